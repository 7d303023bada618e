//! The smallest entity: a sum. What is measured is the host, not the rules.

use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::entity::{
    Audience, Decision, Entity, EntityKey, EntityKind, Entry, Listing, Row, parse_body, unknown_command,
};
use brigade_domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What has been added so far.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Sum {
    sum: i64,
}

/// Adds a number.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Add {
    n: i64,
}

/// A number was added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub(super) enum Happened {
    /// This one.
    Added { n: i64 },
}

impl Entity for Sum {
    const KIND: EntityKind = EntityKind::Conversation;
    type Command = Add;
    type Event = Happened;

    fn empty(_key: &EntityKey) -> Self {
        Self { sum: 0 }
    }

    fn parse(kind: &str, body: &str) -> Result<Add, Refusal> {
        if kind == "add" { parse_body(body) } else { Err(unknown_command(kind)) }
    }

    fn decide(&self, _actor: &Actor, _at: Timestamp, add: &Add) -> Result<Decision<Happened>, Refusal> {
        Ok(Happened::Added { n: add.n }.into())
    }

    fn apply(&mut self, entry: &Entry<Happened>) {
        let Happened::Added { n } = entry.event;
        self.sum += n;
    }

    fn audience(&self, _actor: &Actor, _view: Option<&str>) -> Result<Audience, Refusal> {
        Ok(Audience::Staff)
    }

    fn visible(_event: &Happened, _audience: Audience) -> bool {
        true
    }

    fn snapshot(&self, _actor: &Actor, _audience: Audience) -> Value {
        Value::from(self.sum)
    }

    fn row(&self) -> Option<Row> {
        None
    }

    fn listing(&self) -> Option<Listing> {
        None
    }
}
