//! Older messages, and what an edited one said before.

use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::chat::message::Message;
use brigade_domain::chat::ports::PAGE;
use brigade_domain::chat::team_change::TeamChange;
use brigade_domain::entity::{Audience, EntityKey, Seq};
use brigade_domain::id::ConversationId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::entity::{audience, glance};
use crate::envelope::Data;
use crate::guard::ParticipantOrSupport;
use crate::input::{At, Params, page_size};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![page, versions]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageQuery {
    #[serde(default)]
    before: Option<Seq>,
    #[serde(default)]
    limit: Option<u16>,
}

/// A stretch of messages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessagesView {
    /// Oldest first, as in the state; edits, deletions and reactions have taken effect.
    #[schema(value_type = Vec<Object>)]
    messages: Vec<Value>,
    /// To which teams it was given meanwhile, as in the state. For the staff only.
    #[schema(value_type = Vec<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    team_changes: Option<Vec<TeamChange>>,
    /// Whether there are older ones.
    more: bool,
}

/// Messages before one, as they are now.
#[utoipa::path(get, path = "/v1/conversations/{id}/messages", tag = "chat",
    params(("id" = String, Path, description = "`cnv_…`"),
           ("before" = Option<u64>, Query, description = "Messages before this entry; the newest if left out."),
           ("limit" = Option<u16>, Query, description = "1 to 100, 50 if left out.")),
    responses((status = 200, body = MessagesView)))]
async fn page(
    who: ParticipantOrSupport,
    app: App,
    At(id): At<ConversationId>,
    Params(query): Params<PageQuery>,
) -> Answer<Data<MessagesView>> {
    let limit = page_size(query.limit, 50, PAGE, "A page", "messages")?;
    // Whether the caller may see it is the conversation's to say.
    glance(&app, who.actor(), EntityKey::new(who.tenant(), id)).await?;
    let audience = audience(who.actor(), who.tenant());
    let page = app.chat.messages.messages(who.tenant(), id, query.before, limit, audience).await?;
    let messages = page.messages.iter().map(Message::shown).collect();
    let team_changes = match audience {
        Audience::Staff => Some(page.team_changes),
        Audience::Customer => None,
    };
    Ok(Data::new(MessagesView { messages, team_changes, more: page.more }))
}

/// What a message said from a time on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionView {
    text: String,
    #[schema(value_type = String)]
    by: Party,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// What a message said, from first to last.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionsView {
    versions: Vec<VersionView>,
}

/// What an edited message said before. Empty when there is none I may see, or when it was deleted.
#[utoipa::path(get, path = "/v1/conversations/{id}/messages/{seq}/edits", tag = "chat",
    params(("id" = String, Path, description = "`cnv_…`"), ("seq" = u64, Path, description = "Which message.")),
    responses((status = 200, body = VersionsView)))]
async fn versions(
    who: ParticipantOrSupport,
    app: App,
    At((id, seq)): At<(ConversationId, Seq)>,
) -> Answer<Data<VersionsView>> {
    glance(&app, who.actor(), EntityKey::new(who.tenant(), id)).await?;
    let audience = audience(who.actor(), who.tenant());
    let versions = app.chat.messages.edits(who.tenant(), id, seq, audience).await?;
    let view = |version: brigade_domain::chat::ports::Version| VersionView {
        text: version.text.to_string(),
        by: version.by,
        at: version.at,
    };
    Ok(Data::new(VersionsView { versions: versions.into_iter().map(view).collect() }))
}
