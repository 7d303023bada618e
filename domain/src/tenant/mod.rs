//! The tenant as an entity: who of the staff is there, business hours, the queue of waiting conversations.
//!
//! | want to know … | look in |
//! |---|---|
//! | when a business is open | [`hours::Hours`] |
//! | what can be asked, what can happen | [`command::Command`], [`event::Event`] |
//! | who may do what | [`standing::Standing::may`] |
//! | which command does what | `decide` |
//! | what its conversations are about | [`label::Label`] |
//! | who of its staff work together | [`team::Team`] |
//! | how soon customers are to have an answer | [`targets::Targets`] |
//! | what the site chat says first, and on which page | [`greeting::Greeting`] |
//! | what customers are asked once they were served | [`feedback::Question`] |
//! | what visitors are asked before their first message | [`questions::Questions`] |
//! | how the chat looks on its site | [`look::Look`] |
//! | who waits for an answer, and why late reports do no harm | [`queue::Queue`] |
//! | who is given what waits | [`routing::give_out`] |

pub mod clock;
pub mod command;
mod decide;
pub mod event;
pub mod feedback;
pub mod greeting;
pub mod hours;
pub mod label;
pub mod look;
pub mod questions;
pub mod queue;
pub mod routing;
pub mod shown;
mod snapshot;
pub mod standing;
pub mod state;
pub mod targets;
pub mod team;
pub mod text;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::queue::queue_job;
pub use self::snapshot::SHOWN_WAITING;
pub use self::state::Tenant;
use crate::Timestamp;
use crate::actor::{Actor, ActorKind};
pub use crate::chat::INBOX;
use crate::entity::{Audience, Decision, Entity, EntityKey, EntityKind, Entry, Hearers, Listing, Row};
use crate::id::{LabelId, TenantId, UserId};
use crate::refusal::{Code, Refusal};

/// The signal by which Brigade says to somebody of the staff that there is something new for them ([`crate::notices`]).
pub const NOTICED: &str = "noticed";

/// What is looked up of a tenant beside its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantRow {
    /// Which tenant.
    pub id: TenantId,
    /// The tenant entity's settings (hours, zone, greeting) as JSON text.
    pub settings: String,
    /// Its labels, in the order of their ids.
    pub labels: Vec<LabelId>,
    /// Its teams and who is in each, as JSON text.
    pub teams: String,
    /// How conversations are given out, as JSON text: the mode, how many everybody can take, and who takes none. `None`
    /// while they are given by hand.
    pub routing: Option<String>,
    /// Who of the staff has said that chats are not welcome.
    pub away: Vec<UserId>,
}

impl Entity for Tenant {
    const KIND: EntityKind = EntityKind::Tenant;
    type Command = command::Command;
    type Event = event::Event;

    fn empty(key: &EntityKey) -> Self {
        Self::uncreated(key)
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
        self.audience_for(actor, view)
    }

    fn visible(event: &Self::Event, audience: Audience) -> bool {
        event.visible(audience)
    }

    fn snapshot(&self, _actor: &Actor, audience: Audience) -> Value {
        self.shown_to(audience)
    }

    fn row(&self) -> Option<Row> {
        self.as_row().map(Row::Tenant)
    }

    fn listing(&self) -> Option<Listing> {
        None
    }

    fn ephemeral(&self, actor: &Actor, kind: &str) -> Result<Hearers, Refusal> {
        match (kind, actor.kind) {
            (NOTICED, ActorKind::System) => Ok(Hearers::Staff),
            (NOTICED, _) => Err(Code::Forbidden.into()),
            _ => Err(Refusal::new(Code::UnknownCommand, format!("This topic takes no signal of type {kind}."))),
        }
    }
}
