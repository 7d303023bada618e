//! The platform's own record: what concerns no business, and the operator's work.

use std::collections::BTreeMap;

use brigade_domain::Timestamp;
use brigade_domain::platform::Events;
use brigade_domain::platform::ports::{Lines, Which};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::envelope::Data;
use crate::guard::SuperAdmin;
use crate::identity::AuditView;
use crate::input::{Params, page_of, page_size};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![page]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageQuery {
    #[serde(default)]
    event: Option<String>,
    #[serde(default)]
    from: Option<Timestamp>,
    #[serde(default)]
    to: Option<Timestamp>,
    #[serde(default)]
    before: Option<u64>,
    #[serde(default)]
    limit: Option<u16>,
}

/// A stretch of the record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlatformActivity)]
pub(crate) struct ActivityView {
    /// The newest first.
    items: Vec<AuditView>,
    /// What those are called who did it, by id.
    names: BTreeMap<String, String>,
    /// Send it as `before` for the next page; null on the last.
    next: Option<u64>,
}

/// Who did what on the platform, the newest first.
#[utoipa::path(get, path = "/v1/platform/activity", tag = "platform",
    params(("event" = Option<String>, Query,
            description = "Only this event (`session.signed_in`) or family of events (`session.`)."),
           ("from" = Option<String>, Query, description = "Not before this time, RFC 3339."),
           ("to" = Option<String>, Query, description = "Before this time, RFC 3339."),
           ("before" = Option<u64>, Query, description = "`next` of the page before."),
           ("limit" = Option<u16>, Query, description = "1 to 200, 50 if left out.")),
    responses((status = 200, body = ActivityView)))]
async fn page(_who: SuperAdmin, app: App, Params(query): Params<PageQuery>) -> Answer<Data<ActivityView>> {
    let limit = page_size(query.limit, 50, 200, "A page", "lines")?;
    let events = query.event.as_deref().map(str::parse::<Events>).transpose()?.unwrap_or_default();
    let which = Which { events, from: query.from, to: query.to, before: query.before };
    let Lines { lines, names } = app.platform.activity.page(which, limit + 1).await?;
    let (lines, next) = page_of(lines, limit, |line| line.seq);
    Ok(Data::new(ActivityView {
        items: lines.into_iter().map(AuditView::from).collect(),
        names: names.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
        next,
    }))
}
