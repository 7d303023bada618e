//! The inbox, page by page.

use brigade_domain::chat::due::Urgency;
use brigade_domain::chat::list::{Order, PAGE, Place};
use brigade_domain::chat::triage::Priority;
use brigade_domain::chat::view::{Assigned, Criteria, Teamed};
use brigade_domain::id::LabelId;
use brigade_domain::json::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::views::viewer;
use crate::envelope::Data;
use crate::guard::StaffOrSupport;
use crate::input::{Params, page_size};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    #[serde(default)]
    status: Place,
    #[serde(default)]
    waiting: Option<bool>,
    #[serde(default)]
    assignee: Option<Assigned>,
    #[serde(default)]
    team: Option<Teamed>,
    #[serde(default)]
    label: Option<LabelId>,
    #[serde(default)]
    priority: Option<Priority>,
    #[serde(default)]
    due: Option<Urgency>,
    #[serde(default)]
    order: Order,
    #[serde(default)]
    cursor: Option<String>,
    #[serde(default)]
    limit: Option<u16>,
}

/// A stretch of the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListView {
    /// Inbox items, as in the topic `tenant:…/inbox`.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Json>,
    /// Send it as `cursor` for the next page; null on the last.
    next: Option<String>,
}

/// Conversations of my tenant: newest activity first, those that were put off by when they come back.
#[utoipa::path(get, path = "/v1/conversations", tag = "chat",
    params(("status" = Option<String>, Query, description = "`open`, `snoozed` or `resolved`; `open` if left out."),
           ("waiting" = Option<bool>, Query, description = "Only those whose customer waits, or does not."),
           ("assignee" = Option<String>, Query, description = "Only those answered by this person (`usr_…`), by `me`, or by `none`."),
           ("team" = Option<String>, Query, description = "Only those given to this team (`tea_…`), to one of `mine`, or to `none`."),
           ("label" = Option<String>, Query, description = "Only those with this label: `lbl_…`."),
           ("priority" = Option<String>, Query, description = "Only those that are `low`, `normal`, `high` or `urgent`."),
           ("due" = Option<String>, Query, description = "Only those in which an answer or the solution is due `soon` or was missed, or only those in which it was `missed`."),
           ("order" = Option<String>, Query, description = "Of open ones: `newest` activity first (if left out), who waits the `longest`, the most `urgent`, or what is `due` soonest."),
           ("cursor" = Option<String>, Query, description = "`next` of the page before."),
           ("limit" = Option<u16>, Query, description = "1 to 100, 50 if left out.")),
    responses((status = 200, body = ListView)))]
async fn list(who: StaffOrSupport, app: App, Params(query): Params<ListQuery>) -> Answer<Data<ListView>> {
    let limit = page_size(query.limit, 50, PAGE, "A page", "conversations")?;
    // It shows how what was said begins: that support reads it is on record before it does.
    if let Some(looking) = who.looking() {
        app.identity.openings.listed(looking, who.cause()).await?;
    }
    let ListQuery { status, waiting, assignee, team, label, priority, due, .. } = query;
    let criteria = Criteria { status, waiting, assignee, team, label, priority, due };
    let viewer = viewer(who.actor(), who.tenant(), &app, criteria.asks_for_teams()).await?;
    let filter = criteria.seen_by(&viewer)?;
    let page = app.chat.conversations.page(who.tenant(), filter, query.order, query.cursor, limit).await?;
    Ok(Data::new(ListView { items: page.items, next: page.next }))
}
