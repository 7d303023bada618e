//! Conversations: the rules of one ordered stream of messages between a customer and the tenant's staff.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Timestamp;
use crate::id::{AccountId, ConversationId, UserId, VisitorId};

/// The row beside a conversation's log: what the inbox lists and looks conversations up by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationRow {
    /// Which conversation.
    pub id: ConversationId,
    /// `site` or `account`.
    pub kind: String,
    /// `open` or `resolved`.
    pub status: String,
    /// The visitor of a site chat.
    pub visitor: Option<VisitorId>,
    /// The account it belongs to, once it does.
    pub account: Option<AccountId>,
    /// The member of staff who answers it.
    pub assignee: Option<UserId>,
    /// Since when the customer waits for an answer; `None` when nobody waits.
    pub waiting_since: Option<Timestamp>,
    /// When the last message was sent.
    pub last_message_at: Option<Timestamp>,
    /// What the inbox shows (the body of [`crate::entity::Listing`]).
    pub listing: Value,
}
