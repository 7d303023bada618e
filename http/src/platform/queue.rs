//! Work that is stuck: what it was, why, and what is to become of it.

use brigade_domain::Timestamp;
use brigade_domain::id::TenantId;
use brigade_domain::platform::ports::{DeadLetter, PAGE};
use brigade_domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::envelope::{Data, Done};
use crate::guard::SuperAdmin;
use crate::input::{At, Body, Params, page_of, page_size};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list, retry_all, retry, put_away]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    #[serde(default)]
    task: Option<String>,
    #[serde(default)]
    before: Option<i64>,
    #[serde(default)]
    limit: Option<u16>,
}

/// Whose work it was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobTenant)]
pub(crate) struct OwnerView {
    #[schema(value_type = String)]
    id: TenantId,
    /// Null when it is not there any more.
    name: Option<String>,
}

/// A job that failed too often. What was to be done with what is not told: it may hold what customers wrote.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
pub(crate) struct LetterView {
    /// The queue's number for it.
    id: i64,
    /// Which kind, such as `mail.send`.
    task: String,
    /// Whose work it was; null for the platform's own.
    tenant: Option<OwnerView>,
    /// How often it was tried.
    attempts: u16,
    /// When it was put into the queue.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// When it failed the last time.
    #[schema(value_type = String, format = DateTime)]
    failed_at: Timestamp,
    /// What went wrong the last time, without what was in the job: its beginning.
    error: String,
}

impl From<DeadLetter> for LetterView {
    fn from(letter: DeadLetter) -> Self {
        let DeadLetter { id, task, tenant, tenant_name, attempts, since, failed_at, error } = letter;
        let tenant = tenant.map(|id| OwnerView { id, name: tenant_name });
        Self { id, task, tenant, attempts, since, failed_at, error }
    }
}

/// A stretch of the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetterPage)]
pub(crate) struct LettersView {
    /// The newest first.
    items: Vec<LetterView>,
    /// Send it as `before` for the next page; null on the last.
    next: Option<i64>,
}

/// Jobs that failed too often, the newest first.
#[utoipa::path(get, path = "/v1/platform/dead-letters", tag = "platform",
    params(("task" = Option<String>, Query, description = "Only this kind, such as `mail.send`."),
           ("before" = Option<i64>, Query, description = "`next` of the page before."),
           ("limit" = Option<u16>, Query, description = "1 to 100, 25 if left out.")),
    responses((status = 200, body = LettersView)))]
async fn list(_who: SuperAdmin, app: App, Params(query): Params<ListQuery>) -> Answer<Data<LettersView>> {
    let limit = page_size(query.limit, 25, PAGE, "A page", "jobs")?;
    let task = query.task.map(known_shape).transpose()?;
    let letters = app.platform.queue.dead(task, query.before, limit + 1).await?;
    let (letters, next) = page_of(letters, limit, |letter| letter.id);
    Ok(Data::new(LettersView { items: letters.into_iter().map(LetterView::from).collect(), next }))
}

fn known_shape(task: String) -> Result<String, Refusal> {
    let known = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.');
    if (1..=100).contains(&task.len()) && task.bytes().all(known) {
        return Ok(task);
    }
    Err(Refusal::invalid("task", "A kind of jobs is named like mail.send."))
}

/// Which jobs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetryAll)]
pub(crate) struct RetryAllBody {
    /// Which kind.
    task: String,
    /// Up to which number: what has failed since somebody looked is not meant.
    upto: i64,
}

/// How many there were.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Retried)]
pub(crate) struct RetriedView {
    /// At most a thousand at a time.
    jobs: u64,
}

/// Has all dead letters of a kind tried again, a thousand at most. It is on the platform's record.
#[utoipa::path(post, path = "/v1/platform/dead-letters/retry", tag = "platform", request_body = RetryAllBody,
    responses((status = 200, body = RetriedView)))]
async fn retry_all(who: SuperAdmin, app: App, Body(body): Body<RetryAllBody>) -> Answer<Data<RetriedView>> {
    let task = known_shape(body.task)?;
    let jobs = app.platform.queue.retry_all(task, body.upto, who.cause()).await?;
    Ok(Data::new(RetriedView { jobs }))
}

/// Has one tried again from now on. It is on the platform's record.
#[utoipa::path(post, path = "/v1/platform/dead-letters/{job}/retry", tag = "platform",
    params(("job" = i64, Path, description = "The queue's number for it.")), responses((status = 200, body = Done)))]
async fn retry(who: SuperAdmin, app: App, At(job): At<i64>) -> Answer<Data<Done>> {
    app.platform.queue.retry(job, who.cause()).await?;
    Ok(Data::done())
}

/// Puts one away: it is never done. It is on the platform's record.
#[utoipa::path(delete, path = "/v1/platform/dead-letters/{job}", tag = "platform",
    params(("job" = i64, Path, description = "The queue's number for it.")), responses((status = 200, body = Done)))]
async fn put_away(who: SuperAdmin, app: App, At(job): At<i64>) -> Answer<Data<Done>> {
    app.platform.queue.put_away(job, who.cause()).await?;
    Ok(Data::done())
}
