//! Targets: how soon customers are to have an answer and their matter settled (service-level targets), by urgency,
//! counted while the business is open or around the clock.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::hours::Hours;
use crate::Timestamp;
use crate::chat::triage::Priority;
use crate::entity::{Job, Seq};
use crate::id::ConversationId;

/// A span of counted time, 1 minute to 30 days of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Minutes(u32);

impl Minutes {
    /// The longest.
    pub const MAX: u32 = 30 * 24 * 60;

    /// How many.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// A number that is no such span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a target is 1 to {} minutes", Minutes::MAX)]
pub struct InvalidMinutes;

impl TryFrom<u32> for Minutes {
    type Error = InvalidMinutes;
    fn try_from(minutes: u32) -> Result<Self, InvalidMinutes> {
        if (1..=Self::MAX).contains(&minutes) { Ok(Self(minutes)) } else { Err(InvalidMinutes) }
    }
}

impl From<Minutes> for u32 {
    fn from(minutes: Minutes) -> Self {
        minutes.0
    }
}

/// Which time counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// While the business is open.
    #[default]
    OpeningHours,
    /// All of it.
    Always,
}

/// How soon, for conversations of one urgency. What is left out has no target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goals {
    /// The first answer to a matter.
    #[serde(default)]
    pub first: Option<Minutes>,
    /// Each later answer.
    #[serde(default)]
    pub next: Option<Minutes>,
    /// Until it is resolved.
    #[serde(default)]
    pub resolution: Option<Minutes>,
}

impl Goals {
    const fn any(&self) -> bool {
        self.first.is_some() || self.next.is_some() || self.resolution.is_some()
    }
}

/// What a business has set itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    /// Which time counts.
    pub counted: Counted,
    /// How long before one is missed it warns; of a target shorter than twice that, at its half. None: 10.
    #[serde(default)]
    pub warn: Option<Minutes>,
    /// For what is urgent.
    #[serde(default)]
    pub urgent: Goals,
    /// For what comes before others.
    #[serde(default)]
    pub high: Goals,
    /// For what is like any other.
    #[serde(default)]
    pub normal: Goals,
    /// For what can wait.
    #[serde(default)]
    pub low: Goals,
}

/// When something is due, and from when on it is soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The last moment.
    pub at: Timestamp,
    /// When to warn.
    pub warn_at: Timestamp,
}

const WARN: u32 = 10;

impl Targets {
    /// Whether there is any.
    pub const fn any(&self) -> bool {
        self.urgent.any() || self.high.any() || self.normal.any() || self.low.any()
    }

    /// Those for conversations that are so urgent.
    pub const fn of(&self, priority: Priority) -> &Goals {
        match priority {
            Priority::Low => &self.low,
            Priority::Normal => &self.normal,
            Priority::High => &self.high,
            Priority::Urgent => &self.urgent,
        }
    }
}

/// What a conversation needs to know of its tenant to say what is due when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The targets.
    pub targets: Targets,
    /// When the business is open.
    pub hours: Hours,
}

impl Policy {
    /// When what was asked for at `since` is due, if it is to take so long. None while nothing says when the business
    /// is open, or when it is closed for years.
    pub fn due(&self, since: Timestamp, goal: Option<Minutes>) -> Option<Due> {
        let goal = goal?.get();
        let lead = self.targets.warn.map_or(WARN, Minutes::get).min(goal / 2);
        Some(Due { at: self.after(since, goal)?, warn_at: self.after(since, goal - lead)? })
    }

    fn after(&self, since: Timestamp, minutes: u32) -> Option<Timestamp> {
        let span = jiff::SignedDuration::from_mins(i64::from(minutes));
        match self.targets.counted {
            Counted::OpeningHours => self.hours.after(since, span),
            Counted::Always => since.checked_add(span).ok(),
        }
    }
}

/// The task that has one conversation say anew what is due when.
pub const RECKON: &str = "targets.reckon";

/// The task that has all of a tenant's do so.
pub const RECKON_ALL: &str = "targets.reckon_all";

/// Has a conversation say anew what is due when, because of entry `rev` of its log.
pub fn reckon_job(conversation: ConversationId, rev: Seq) -> Job {
    Job::new(RECKON, json!({ "conversation": conversation, "rev": rev }))
}

/// Has all of the tenant's conversations that are not resolved say so anew. Each change has its own: a job with a key is
/// not tried again once another has taken its place, and who was killed has to go on to the end.
pub fn reckon_all_job() -> Job {
    Job::new(RECKON_ALL, json!({}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::parse_body;

    #[test]
    fn a_target_is_a_minute_to_thirty_days() {
        let parse = parse_body::<Targets>;
        assert!(parse(r#"{"counted":"always","normal":{"first":1,"next":null,"resolution":43200}}"#).is_ok());
        for body in [
            r#"{"counted":"always","normal":{"first":0}}"#,
            r#"{"counted":"always","normal":{"first":43201}}"#,
            r#"{"counted":"always","normal":{"first":-5}}"#,
            r#"{"counted":"always","normal":{"first":1.5}}"#,
            r#"{"counted":"always","warn":0}"#,
            r#"{"counted":"sometimes"}"#,
            r#"{"counted":"always","normal":{"second":5}}"#,
            "{}",
        ] {
            assert!(parse(body).is_err(), "{body}");
        }
    }
}
