//! What the widget shows before anybody writes.

use std::sync::Arc;

use brigade_domain::Timestamp;
use brigade_domain::actor::{Actor, Party};
use brigade_domain::chat::text::PageUrl;
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{TenantId, UserId};
use brigade_domain::presence::PresenceStatus;
use brigade_domain::refusal::Fault;
use brigade_domain::tenant::questions::{Kind, Question};
use brigade_domain::tenant::shown::Shown;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::glance;
use crate::envelope::Data;
use crate::guard::SiteKey;
use crate::input::Params;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![config]
}

/// Whose site it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SiteTenantView {
    #[schema(value_type = String)]
    id: TenantId,
    name: String,
}

/// What the chat says first on this page: what the business says there, or what it says everywhere, or what any says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GreetingView {
    /// With somebody there.
    online: String,
    /// With nobody there.
    offline: String,
}

/// What a business says that has said nothing of its own.
const ONLINE: &str = "Hello! What can we do for you?";
const OFFLINE: &str = "Hello! Nobody is here at the moment. Leave a message, and we answer when we are back.";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    page: Option<String>,
}

/// How the chat stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SiteConfigView {
    tenant: SiteTenantView,
    /// Whether somebody of the staff is there and takes chats.
    staff_online: bool,
    /// Whether these are opening hours.
    open_now: bool,
    /// When it opens next; null when it is open, or never is.
    #[schema(value_type = Option<String>, format = DateTime)]
    opens_at: Option<Timestamp>,
    greeting: GreetingView,
    /// What is asked before the first message, 5 at most; mostly nothing.
    questions: Vec<QuestionView>,
}

/// A question to be answered when a chat is begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuestionView {
    question: String,
    /// `text`, `name`, `email` or `choice`.
    #[schema(value_type = String)]
    kind: Kind,
    /// Whether there is no chat without an answer.
    required: bool,
    /// What can be chosen from.
    choices: Vec<String>,
}

impl From<&Question> for QuestionView {
    fn from(Question { question, kind, required, choices }: &Question) -> Self {
        let choices = choices.iter().map(ToString::to_string).collect();
        Self { question: question.to_string(), kind: *kind, required: *required, choices }
    }
}

/// Whether somebody is there, and what the chat says first.
#[utoipa::path(get, path = "/v1/site/config", tag = "site",
    params(("page" = Option<String>, Query,
        description = "The address of the page the chat is on, which may have its own greeting.")),
    responses((status = 200, body = SiteConfigView)))]
async fn config(who: SiteKey, app: App, Params(asked): Params<Asked>) -> Answer<Data<SiteConfigView>> {
    let page = asked.page.as_deref().map(PageUrl::parse).transpose()?;
    let tenant = who.tenant();
    let shown = tenant_now(&app, tenant).await?;
    let open_now = shown.hours.is_open(who.at());
    let opens_at = if open_now { None } else { shown.hours.next_opening(who.at()) };
    let greets = |somebody, otherwise: &str| {
        let own = shown.greeting.on(page.as_ref(), somebody);
        (if own.is_empty() { otherwise } else { own }).to_owned()
    };
    let greeting = GreetingView { online: greets(true, ONLINE), offline: greets(false, OFFLINE) };
    Ok(Data::new(SiteConfigView {
        staff_online: staff_online(&app, tenant, &shown.available, &shown.unavailable),
        tenant: SiteTenantView { id: tenant, name: shown.name },
        open_now,
        opens_at,
        greeting,
        questions: shown.questions.all().iter().map(QuestionView::from).collect(),
    }))
}

/// The business as its entity says it is now.
pub(super) async fn tenant_now(app: &App, tenant: TenantId) -> Answer<Shown> {
    let system = Arc::new(Actor::system(tenant));
    let state = glance(app, &system, EntityKey::new(tenant, tenant)).await?.state;
    Ok(Shown::read(state).map_err(|error| Fault::internal("read a tenant's state", error))?)
}

/// Somebody who has said that chats are welcome is there; or somebody who has said nothing, as far as that can be told:
/// with anybody there who does not take chats it cannot, and the visitor is not promised an answer.
fn staff_online(app: &App, tenant: TenantId, available: &[UserId], unavailable: &[UserId]) -> bool {
    let is_there = |user: &UserId| app.presence.status(tenant, Party::User(*user)) == PresenceStatus::Online;
    available.iter().any(is_there) || (app.presence.staff_online(tenant) && !unavailable.iter().any(is_there))
}
