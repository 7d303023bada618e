//! The account: a customer relationship with its members, its account manager and its lifecycle (BK-LIFE).
//!
//! | want to know … | look in |
//! |---|---|
//! | which steps a relationship can take | [`lifecycle::Lifecycle`] |
//! | what can be asked, what can happen | [`command::Command`], [`event::Event`] |
//! | who may do what | [`standing::Standing::may`] |
//! | which command does what | `decide` |
//! | how an invited visitor gets an account | [`welcome::Welcome`] |
//! | what is read beside the live state | [`ports`] |

pub mod command;
mod decide;
pub mod event;
pub mod lifecycle;
pub mod ports;
mod snapshot;
pub mod standing;
pub mod state;
pub mod welcome;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::state::Account;
use crate::Timestamp;
use crate::actor::Actor;
use crate::entity::{Audience, Decision, Entity, EntityKey, EntityKind, Entry, Listing, Row};
use crate::id::{AccountId, UserId};
use crate::refusal::{Code, Refusal};

/// What is looked up of an account beside its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    /// Which account.
    pub id: AccountId,
    /// What staff call it.
    pub name: String,
    /// The member of staff responsible.
    pub manager: Option<UserId>,
    /// The lifecycle state's name.
    pub lifecycle: String,
    /// The people who belong to it.
    pub members: Vec<UserId>,
}

impl Entity for Account {
    const KIND: EntityKind = EntityKind::Account;
    type Command = command::Command;
    type Event = event::Event;

    fn empty(key: &EntityKey) -> Self {
        Self::unopened(key)
    }

    fn parse(kind: &str, body: &str) -> Result<Self::Command, Refusal> {
        command::Command::parse(kind, body)
    }

    fn decide(&self, actor: &Actor, _at: Timestamp, command: &Self::Command) -> Result<Decision<Self::Event>, Refusal> {
        self.rule(actor, command)
    }

    fn apply(&mut self, entry: &Entry<Self::Event>) {
        self.take_in(entry);
    }

    fn audience(&self, actor: &Actor, view: Option<&str>) -> Result<Audience, Refusal> {
        match (self.status(), view) {
            (_, Some(_)) | (state::Status::Unopened, None) => Err(Refusal::of(Code::NotFound)),
            (state::Status::Open, None) => self.standing(actor).map(standing::Standing::audience),
        }
    }

    /// Members see everything: it is their relationship.
    fn visible(_event: &Self::Event, audience: Audience) -> bool {
        match audience {
            Audience::Staff | Audience::Customer => true,
        }
    }

    fn snapshot(&self, _actor: &Actor, _audience: Audience) -> Value {
        self.shown()
    }

    fn row(&self) -> Option<Row> {
        self.as_row().map(Row::Account)
    }

    fn listing(&self) -> Option<Listing> {
        None
    }
}
