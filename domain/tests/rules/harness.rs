//! Runs an entity as the generic actor does, without the actor: parse, decide, apply; and checks on the way what holds
//! for every entity.

use std::fmt::Debug;

use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::entity::{Audience, Decision, Entity, EntityKey, Entry, Seq};
use brigade_domain::refusal::{Code, Refusal};
use jiff::SignedDuration;
use serde_json::Value;

use crate::world::Who;

/// One thing somebody asks for.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) who: Who,
    pub(crate) kind: &'static str,
    pub(crate) body: Value,
    /// How long after the one before.
    pub(crate) after: SignedDuration,
}

/// An entity and its log.
#[derive(Debug)]
pub(crate) struct Run<E: Entity> {
    key: EntityKey,
    pub(crate) state: E,
    pub(crate) log: Vec<Entry<E::Event>>,
    pub(crate) now: Timestamp,
}

impl<E: Entity + PartialEq + Debug> Run<E> {
    pub(crate) fn new(key: EntityKey) -> Self {
        let now = "2026-03-02T09:00:00Z".parse().unwrap();
        Self { key, state: E::empty(&key), log: Vec::new(), now }
    }

    pub(crate) fn head(&self) -> Seq {
        self.log.len() as Seq
    }

    pub(crate) fn wait(&mut self, span: SignedDuration) {
        self.now += span;
    }

    /// Gives a command. Its events go through JSON as they do through the database.
    pub(crate) fn give(&mut self, who: Who, kind: &str, body: &Value) -> Result<Decision<E::Event>, Refusal> {
        self.give_as(&who.actor(), kind, body)
    }

    pub(crate) fn give_as(&mut self, actor: &Actor, kind: &str, body: &Value) -> Result<Decision<E::Event>, Refusal> {
        let command = E::parse(kind, &body.to_string())?;
        let decision = self.state.decide(actor, self.now, &command)?;
        for event in &decision.events {
            let stored = serde_json::to_value(event).unwrap();
            assert!(stored["type"].is_string() && stored["body"].is_object(), "{stored}");
            let event: E::Event = serde_json::from_value(stored).unwrap();
            let entry = Entry { seq: self.head() + 1, event, by: actor.party, at: self.now };
            self.state.apply(&entry);
            self.log.push(entry);
        }
        Ok(decision)
    }

    /// Gives a command that must be possible.
    pub(crate) fn ok(&mut self, who: Who, kind: &str, body: &Value) -> Decision<E::Event> {
        self.give(who, kind, body).unwrap_or_else(|refusal| panic!("{who:?} {kind} {body}: {refusal}"))
    }

    /// Gives a command that must be refused, and says with which code.
    pub(crate) fn refused(&mut self, who: Who, kind: &str, body: &Value) -> Code {
        match self.give(who, kind, body) {
            Err(refusal) => refusal.code,
            Ok(decision) => panic!("{who:?} {kind} {body} was possible: {decision:?}"),
        }
    }

    /// Does what somebody asks for, and checks that a refusal changes nothing.
    pub(crate) fn ask(&mut self, ask: &Ask) -> Result<Decision<E::Event>, Refusal> {
        self.wait(ask.after);
        let (state, head) = (self.state.clone(), self.head());
        let result = self.give(ask.who, ask.kind, &ask.body);
        assert!(
            result.is_ok() || (self.state == state && self.head() == head),
            "{ask:?} was refused and changed something"
        );
        result
    }

    /// What `who` gets to see when it subscribes now.
    pub(crate) fn snapshot(&self, who: Who) -> Option<Value> {
        let actor = who.actor();
        let audience = self.state.audience(&actor, None).ok()?;
        Some(self.state.snapshot(&actor, audience))
    }

    pub(crate) fn sees(&self, who: Who) -> bool {
        self.state.audience(&who.actor(), None).is_ok()
    }

    /// The events that readers of `audience` get, with their seq, as JSON.
    pub(crate) fn visible(&self, audience: Audience) -> Vec<(Seq, Value)> {
        let visible = self.log.iter().filter(|entry| E::visible(&entry.event, audience));
        visible.map(|entry| (entry.seq, serde_json::to_value(&entry.event).unwrap())).collect()
    }

    /// The log folded from the start, with the state going through JSON after `cut` entries.
    pub(crate) fn replayed(&self, cut: usize) -> E {
        let mut state = E::empty(&self.key);
        for (index, entry) in self.log.iter().enumerate() {
            if index == cut {
                state = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
            }
            state.apply(entry);
        }
        state
    }

    /// Applying is total: entries in any order, to a state they were not decided on, make nothing panic.
    pub(crate) fn apply_in_reverse(&self) {
        let mut state = E::empty(&self.key);
        for entry in self.log.iter().rev() {
            state.apply(entry);
        }
        let _ = (state.row(), state.listing());
        for who in Who::ALL {
            if let Ok(audience) = state.audience(&who.actor(), None) {
                state.snapshot(&who.actor(), audience);
            }
        }
    }
}
