//! Who is blocked. Blocking and letting somebody write again are commands to their conversation.

use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::chat::block::{After, Blocked, PAGE};
use brigade_domain::id::ConversationId;
use brigade_domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::envelope::Data;
use crate::guard::Staff;
use crate::input::Params;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockedQuery {
    after: Option<String>,
}

/// A visitor who may write nothing more.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BlockedView {
    #[schema(value_type = String)]
    conversation: ConversationId,
    /// What the staff call them.
    name: String,
    /// By whom: `usr_…`, `key_…`, or `system` for an address that was blocked before.
    #[schema(value_type = String)]
    by: Party,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Why, in the words of whoever did it.
    reason: String,
    /// The address that is blocked too.
    email: Option<String>,
}

/// A stretch of the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BlockedPage {
    /// The newest first.
    items: Vec<BlockedView>,
    /// For the next page; null on the last one.
    next: Option<String>,
}

impl From<Blocked> for BlockedView {
    fn from(Blocked { conversation, name, block, .. }: Blocked) -> Self {
        let email = block.email.map(|email| email.to_string());
        let (name, reason) = (name.to_string(), block.reason.to_string());
        Self { conversation, name, by: block.by, at: block.at, reason, email }
    }
}

/// Visitors whom the staff have blocked, and since when, by whom and why: 50 at a time.
#[utoipa::path(get, path = "/v1/blocked-visitors", tag = "chat",
    params(("after" = Option<String>, Query, description = "The `next` of the page before.")),
    responses((status = 200, body = BlockedPage)))]
async fn list(who: Staff, app: App, Params(query): Params<BlockedQuery>) -> Answer<Data<BlockedPage>> {
    let after = query.after.as_deref().map(read_cursor).transpose()?;
    let found = app.chat.blocks.page(who.tenant(), after).await?;
    let full = found.len() == usize::from(PAGE);
    let next = found.last().filter(|_| full).map(write_cursor);
    Ok(Data::new(BlockedPage { items: found.into_iter().map(BlockedView::from).collect(), next }))
}

fn write_cursor(last: &Blocked) -> String {
    format!("{}~{}", last.block.at, last.conversation)
}

fn read_cursor(text: &str) -> Result<After, Refusal> {
    let read = || {
        let (at, conversation) = text.split_once('~')?;
        Some(After { at: at.parse().ok()?, conversation: conversation.parse().ok()? })
    };
    read().ok_or_else(|| Refusal::invalid("after", "This is of no page of the list. Begin with the first one."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_of_a_page() {
        let conversation = "cnv_01h455vb4pex5vsknk084sn02q";
        let after = read_cursor(&format!("2026-03-02T09:00:00.123456Z~{conversation}")).unwrap();
        assert_eq!(
            (after.at.to_string().as_str(), after.conversation.to_string().as_str()),
            ("2026-03-02T09:00:00.123456Z", conversation)
        );
        for text in
            ["", "~", "2026-03-02T09:00:00Z", "yesterday~cnv_01h455vb4pex5vsknk084sn02q", "2026-03-02T09:00:00Z~usr_1"]
        {
            assert!(read_cursor(text).is_err(), "{text}");
        }
    }
}
