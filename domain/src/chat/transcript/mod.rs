//! Transcripts: what both sides have said in a conversation, as a letter.
//!
//! Customers ask for theirs, and the staff have one sent. The command says to whom; the worker writes the letter some moments
//! later ([`letter::Transcript`]). It goes to the address a visitor left in this very conversation, or to a client's own.

pub mod letter;
mod phrases;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Timestamp;
use crate::actor::Party;
use crate::entity::{Job, Seq};
use crate::id::{ConversationId, TenantId, UserId};
use crate::identity::mail::Mail;
use crate::journal::BoxFuture;
use crate::language::Language;
use crate::refusal::Fault;
use crate::text::Email;

/// The task that writes a transcript and puts it into the outbox of letters.
pub const SEND: &str = "transcripts.send";

/// So many transcripts of one conversation are sent within 24 hours. To one address a tenant sends five: that is the database's
/// to count.
pub const A_DAY: usize = 3;

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// A visitor, at the address they have left in the conversation.
    Address(Email),
    /// A client, at the address they sign in with.
    Person(UserId),
}

/// That a transcript was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// By whom.
    pub by: Party,
    /// When.
    pub at: Timestamp,
    /// For whom.
    pub to: Recipient,
}

/// What a conversation knows of its transcripts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcripts {
    /// The last one.
    pub(super) last: Option<Asked>,
    /// When the newest [`A_DAY`] were asked for, oldest first.
    pub(super) times: Vec<Timestamp>,
}

impl Transcripts {
    pub(super) fn take(&mut self, asked: Asked) {
        self.times.push(asked.at);
        let too_many = self.times.len().saturating_sub(A_DAY);
        self.times.drain(..too_many);
        self.last = Some(asked);
    }
}

/// A transcript to be sent: kept with the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Of which conversation.
    pub conversation: ConversationId,
    /// The entry that asks: what was said before it is in the letter.
    pub rev: Seq,
    /// When.
    pub at: Timestamp,
    /// For whom.
    pub to: Recipient,
}

/// Which transcript: what the task [`SEND`] needs. The address is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Which {
    /// Of which conversation.
    pub conversation: ConversationId,
    /// The entry that asks.
    pub rev: Seq,
    /// In which language it is written.
    #[serde(default)]
    pub language: Language,
}

impl Which {
    /// The job.
    pub fn job(self) -> Job {
        Job::new(SEND, json!(self))
    }
}

/// Transcripts that wait to be written.
pub trait Waiting: Send + Sync + 'static {
    /// Where it goes. None: it is on its way already, or there is nobody any more who may have it.
    fn address(&self, tenant: TenantId, which: Which) -> BoxFuture<'static, Result<Option<String>, Fault>>;

    /// Puts it into the outbox of letters, once: in the same transaction it waits no longer.
    fn post(&self, tenant: TenantId, which: Which, mail: Mail, at: Timestamp) -> BoxFuture<'static, Result<(), Fault>>;
}
