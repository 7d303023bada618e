//! The smallest entity that has every kind of rule: a sum that may not fall below zero.

use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::entity::{
    Audience, Decision, Entity, EntityKey, EntityKind, Entry, Hearers, Listing, Row, parse_body, unknown_command,
};
use brigade_domain::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Counter {
    pub(crate) sum: i64,
    pub(crate) closed: bool,
}

pub(crate) enum Ask {
    Add(i64),
    Secret,
    Close,
    Boom,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub(crate) enum Happened {
    Added { n: i64 },
    Whispered,
    Closed,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Add {
    n: i64,
}

impl Entity for Counter {
    const KIND: EntityKind = EntityKind::Conversation;
    type Command = Ask;
    type Event = Happened;

    fn empty(_key: &EntityKey) -> Self {
        Self { sum: 0, closed: false }
    }

    fn parse(kind: &str, body: &str) -> Result<Ask, Refusal> {
        match kind {
            "add" => parse_body::<Add>(body).map(|Add { n }| Ask::Add(n)),
            "whisper" => Ok(Ask::Secret),
            "close" => Ok(Ask::Close),
            "boom" => Ok(Ask::Boom),
            _ => Err(unknown_command(kind)),
        }
    }

    fn decide(&self, _actor: &Actor, _at: Timestamp, command: &Ask) -> Result<Decision<Happened>, Refusal> {
        match *command {
            Ask::Boom => panic!("a handler that panics"),
            Ask::Add(_) if self.closed => Err(Refusal::new(Code::Conflict, "It is closed.")),
            Ask::Add(0) => Ok(Decision::nothing()),
            Ask::Add(n) if self.sum + n < 0 => Err(Refusal::new(Code::Conflict, "It would fall below zero.")),
            Ask::Add(n) => Ok(Happened::Added { n }.into()),
            Ask::Secret => Ok(Happened::Whispered.into()),
            Ask::Close => Ok(Happened::Closed.into()),
        }
    }

    fn apply(&mut self, entry: &Entry<Happened>) {
        match entry.event {
            Happened::Added { n } => self.sum += n,
            Happened::Whispered => {}
            Happened::Closed => self.closed = true,
        }
    }

    fn audience(&self, actor: &Actor, _view: Option<&str>) -> Result<Audience, Refusal> {
        match actor.name.as_str() {
            "staff" => Ok(Audience::Staff),
            // A customer may look until it is closed.
            "customer" if !self.closed => Ok(Audience::Customer),
            _ => Err(Refusal::of(Code::NotFound)),
        }
    }

    fn visible(event: &Happened, audience: Audience) -> bool {
        !matches!((event, audience), (Happened::Whispered, Audience::Customer))
    }

    fn snapshot(&self, _actor: &Actor, _audience: Audience) -> Value {
        json!({ "sum": self.sum })
    }

    fn row(&self) -> Option<Row> {
        None
    }

    fn listing(&self) -> Option<Listing> {
        None
    }

    fn ephemeral(&self, _actor: &Actor, kind: &str) -> Result<Hearers, Refusal> {
        match kind {
            "waving" => Ok(Hearers::Everybody),
            "winking" => Ok(Hearers::Staff),
            _ => Err(unknown_command(kind)),
        }
    }
}
