//! Messages that the staff write now and that are sent later.
//!
//! What waits stands in the conversation, for its staff alone, and is named by the entry that scheduled it. A job looks when
//! the time has come ([`SEND`]) and asks under the author's name; the conversation decides then whether it is sent or held
//! back, and what is sent stands there no longer: asked twice, the second finds nothing.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::command::mentions;
use super::event::Event;
use super::state::Conversation;
use super::text::MessageText;
use super::wire;
use crate::Timestamp;
use crate::actor::Party;
use crate::entity::{Entry, Job, Seq};
use crate::id::{AccountId, ConversationId, TenantId, UserId};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Refusal};
use crate::text::DisplayName;

/// The task that sends one when its time has come.
pub const SEND: &str = "scheduled.send";

/// The most that wait in one conversation.
pub const MOST: usize = 20;

/// The most bytes (UTF-8) of all that waits in one conversation: what is shown of a conversation has an end.
pub const MOST_BYTES: usize = 60_000;

/// At least so far ahead.
pub const SOONEST: SignedDuration = SignedDuration::from_mins(1);

/// At most so far ahead.
pub const LATEST: SignedDuration = SignedDuration::from_hours(24 * 90);

/// What was to be sent so long ago is not sent by itself any more: what was right then may be wrong now.
pub const TOO_LATE: SignedDuration = SignedDuration::from_hours(24);

/// Why something was not sent at its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// The customer has written since, and it was to be sent only if not.
    CustomerWrote,
    /// Whoever wrote it is not of the staff any more.
    AuthorGone,
    /// The visitor was blocked.
    VisitorBlocked,
    /// The account it was written for has the conversation no longer.
    AccountChanged,
    /// Brigade was away for more than [`TOO_LATE`].
    TooLate,
    /// It could not be said, for another reason.
    NotPossible,
}

/// A message that is sent later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    /// Who wrote it.
    pub by: Party,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: MessageText,
    /// When it is sent.
    pub send_at: Timestamp,
    /// The message it answers.
    pub reply_to: Option<Seq>,
    /// Who is meant.
    pub mentions: Vec<UserId>,
    /// Only if the customer writes nothing above this `seq`.
    pub unless_reply_after: Option<Seq>,
    /// Whose conversation it was then.
    pub account: Option<AccountId>,
    /// Why it was not sent at its time.
    pub held: Option<Held>,
}

/// Write a message that is sent later.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// What.
    pub text: MessageText,
    /// When it is sent.
    pub send_at: Timestamp,
    /// Which message it answers.
    pub reply_to: Option<Seq>,
    /// Who is meant, each once.
    pub mentions: Vec<UserId>,
    /// Only if the customer writes nothing above this `seq`.
    pub unless_reply_after: Option<Seq>,
}

/// Change what is sent later.
#[derive(Debug, Clone, PartialEq)]
pub struct Reschedule {
    /// Which.
    pub item: Seq,
    /// What it says.
    pub text: MessageText,
    /// When it is sent.
    pub send_at: Timestamp,
    /// Only if the customer writes nothing above this `seq`.
    pub unless_reply_after: Option<Seq>,
}

/// The time of a scheduled message has come.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Come {
    /// Of which.
    pub item: Seq,
    /// Whose it is.
    pub author: UserId,
    /// Which time that was.
    pub send_at: Timestamp,
    /// The entry that says so.
    pub rev: Seq,
}

impl Schedule {
    pub(super) fn parse(body: wire::Schedule) -> Result<Self, Refusal> {
        let wire::Schedule { send_at, reply_to, unless_reply_after, .. } = body;
        let text = MessageText::parse(&body.text)?;
        Ok(Self { text, send_at, reply_to, mentions: mentions(body.mentions)?, unless_reply_after })
    }
}

impl Reschedule {
    pub(super) fn parse(body: &wire::Reschedule) -> Result<Self, Refusal> {
        let wire::Reschedule { item, send_at, unless_reply_after, .. } = *body;
        Ok(Self { item, text: MessageText::parse(&body.text)?, send_at, unless_reply_after })
    }
}

/// What the task [`SEND`] needs. The words are the conversation's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToSend {
    /// In which conversation.
    pub conversation: ConversationId,
    /// Which.
    pub item: Seq,
    /// Whose it is.
    pub author: UserId,
    /// When it is sent.
    pub send_at: Timestamp,
    /// The entry that says so.
    pub rev: Seq,
}

impl ToSend {
    /// The job: one for each message, at the time it has now.
    pub fn job(self) -> Job {
        let key = Some(format!("{SEND} {} {}", self.conversation, self.item));
        Job { run_at: Some(self.send_at), key, ..Job::new(SEND, json!(self)) }
    }
}

/// Who can still say something in a business.
pub trait Authors: Send + Sync + 'static {
    /// What somebody is called, if they are of its staff and can sign in.
    fn name(&self, tenant: TenantId, user: UserId) -> BoxFuture<'static, Result<Option<DisplayName>, Fault>>;
}

impl Conversation {
    /// What happened to what is sent later.
    pub(super) fn take_scheduled(&mut self, entry: &Entry<Event>) {
        match &entry.event {
            Event::MessageScheduled { text, send_at, reply_to, mentions, unless_reply_after } => {
                let scheduled = Scheduled {
                    by: entry.by,
                    at: entry.at,
                    text: text.clone(),
                    send_at: *send_at,
                    reply_to: *reply_to,
                    mentions: mentions.clone(),
                    unless_reply_after: *unless_reply_after,
                    account: self.account,
                    held: None,
                };
                self.scheduled.insert(entry.seq, scheduled);
            }
            Event::MessageRescheduled { item, text, send_at, unless_reply_after } => {
                if let Some(kept) = self.scheduled.get_mut(item) {
                    (kept.text, kept.send_at) = (text.clone(), *send_at);
                    kept.unless_reply_after = *unless_reply_after;
                    (kept.account, kept.held) = (self.account, None);
                }
            }
            Event::ScheduledHeld { item, reason, .. } => {
                if let Some(kept) = self.scheduled.get_mut(item) {
                    kept.held = Some(*reason);
                }
            }
            Event::MessageUnscheduled { item } | Event::ScheduledSent { item, .. } => {
                self.scheduled.remove(item);
            }
            _ => {}
        }
    }

    /// When the next of what waits is sent; what was held back is not.
    pub(super) fn sends_at(&self) -> Option<Timestamp> {
        self.scheduled.values().filter(|kept| kept.held.is_none()).map(|kept| kept.send_at).min()
    }

    /// Whether something was not sent at its time and somebody has to say what becomes of it.
    pub(super) fn holds_back(&self) -> bool {
        self.scheduled.values().any(|kept| kept.held.is_some())
    }

    /// What waits, as the staff see it: what is sent first comes first.
    pub(super) fn shown_scheduled(&self) -> Value {
        let mut all: Vec<_> = self.scheduled.iter().collect();
        all.sort_by_key(|(item, kept)| (kept.send_at, **item));
        let shown = |(item, kept): (&Seq, &Scheduled)| {
            json!({
                "item": item,
                "by": kept.by,
                "at": kept.at,
                "text": kept.text,
                "send_at": kept.send_at,
                "reply_to": kept.reply_to,
                "mentions": kept.mentions,
                "unless_reply_after": kept.unless_reply_after,
                "held": kept.held,
            })
        };
        Value::Array(all.into_iter().map(shown).collect())
    }
}
