//! Conversations: the rules of one ordered stream of messages between a customer and the tenant's staff (BK-CHAT).
//!
//! | want to know … | look in |
//! |---|---|
//! | what can be asked | [`command::Command`] |
//! | what can happen, and who sees it | [`event::Event`] |
//! | who may do what | [`standing::Standing::may`] |
//! | what passes and is never stored | [`signal::Signal`] |
//! | which command does what in which status | `decide` |
//! | what an event changes | [`state::Conversation`] |
//! | what readers and the inbox see | `snapshot` |
//! | what is read beside the live state | [`ports`] |
//! | how what was said is found | [`search`] |
//! | what the staff have ready to say | [`canned`] |
//! | what is due when | [`due`] |
//! | what customers say of it | [`feedback`] |
//! | who may write nothing more | [`block`] |
//! | who a visitor is, as the business's site says | [`identity`] |
//! | what was said, as a letter | [`transcript`] |
//! | what reports know of what customers came with | [`matter`] |
//! | what somebody has begun to write | [`draft`] |
//! | what is written and sent later | [`schedule`] |
//! | which files go with messages, and how they arrive | [`attachment`] |
//! | which of them the staff look at together | [`list`], [`view`] |
//! | how the staff sort them: priority, labels, snoozing | [`triage`] |

pub mod attachment;
pub mod block;
pub mod canned;
pub mod command;
mod decide;
pub mod draft;
pub mod due;
pub mod event;
pub mod feedback;
pub mod identity;
pub mod list;
pub mod matter;
pub mod message;
pub mod ports;
pub mod schedule;
pub mod search;
pub mod signal;
mod snapshot;
pub mod standing;
pub mod state;
pub mod team_change;
pub mod text;
pub mod transcript;
pub mod triage;
pub mod view;
mod wire;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::snapshot::{INBOX, SHOWN};
pub use self::state::Conversation;
use self::triage::Priority;
use crate::Timestamp;
use crate::actor::Actor;
use crate::entity::{Audience, Decision, Entity, EntityKey, EntityKind, Entry, Hearers, Listing, Row, unknown_command};
use crate::id::{AccountId, ConversationId, LabelId, TeamId, UserId, VisitorId};
use crate::json::Json;
use crate::refusal::{Code, Refusal};

/// The row beside a conversation's log: what the inbox lists and looks conversations up by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationRow {
    /// Which conversation.
    pub id: ConversationId,
    /// `site` or `account`.
    pub kind: String,
    /// `open`, `snoozed` or `resolved`.
    pub status: String,
    /// The visitor of a site chat.
    pub visitor: Option<VisitorId>,
    /// The account it belongs to, once it does.
    pub account: Option<AccountId>,
    /// The member of staff who answers it.
    pub assignee: Option<UserId>,
    /// The team it was given to.
    pub team: Option<TeamId>,
    /// Since when the customer waits for an answer; `None` when nobody waits.
    pub waiting_since: Option<Timestamp>,
    /// When the last message was sent.
    pub last_message_at: Option<Timestamp>,
    /// While snoozed, until when.
    pub snoozed_until: Option<Timestamp>,
    /// When it came back by itself, until somebody writes.
    pub woken_at: Option<Timestamp>,
    /// How urgent it is.
    pub priority: Priority,
    /// What it is about, in the order of their ids.
    pub labels: Vec<LabelId>,
    /// When the first thing is due, and from when on it is soon.
    pub due: Option<due::Due>,
    /// What the inbox shows (the body of [`crate::entity::Listing`]).
    pub listing: Json,
}

impl Entity for Conversation {
    const KIND: EntityKind = EntityKind::Conversation;
    type Command = command::Command;
    type Event = event::Event;

    fn empty(key: &EntityKey) -> Self {
        Self::unopened(key)
    }

    fn parse(kind: &str, body: &str) -> Result<Self::Command, Refusal> {
        command::Command::parse(kind, body)
    }

    fn decide(&self, actor: &Actor, at: Timestamp, command: &Self::Command) -> Result<Decision<Self::Event>, Refusal> {
        self.rule(actor, at, command)
    }

    fn apply(&mut self, entry: &Entry<Self::Event>) {
        self.take_in(entry);
    }

    fn audience(&self, actor: &Actor, view: Option<&str>) -> Result<Audience, Refusal> {
        match (self.status, view) {
            // A conversation has no views, and before it is opened there is nothing to see for anybody.
            (_, Some(_)) | (state::Status::Unopened, None) => Err(Refusal::of(Code::NotFound)),
            (state::Status::Open | state::Status::Snoozed { .. } | state::Status::Resolved, None) => {
                self.standing(actor).map(standing::Standing::audience)
            }
        }
    }

    fn visible(event: &Self::Event, audience: Audience) -> bool {
        event.visible(audience)
    }

    fn snapshot(&self, actor: &Actor, audience: Audience) -> Value {
        self.shown_to(actor, audience)
    }

    fn row(&self) -> Option<Row> {
        self.is_listed().then(|| Row::Conversation(self.as_row()))
    }

    fn listing(&self) -> Option<Listing> {
        self.is_listed().then(|| self.as_listing())
    }

    fn ephemeral(&self, actor: &Actor, kind: &str) -> Result<Hearers, Refusal> {
        let signal = signal::Signal::of(kind).ok_or_else(|| unknown_command(kind))?;
        let standing = self.standing(actor)?;
        if standing.may_signal(signal) && self.may_write(standing) {
            Ok(signal.hearers())
        } else {
            Err(Refusal::of(Code::Forbidden))
        }
    }
}
