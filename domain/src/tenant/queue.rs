//! The queue of customers who wait for an answer.
//!
//! Conversations report to it through jobs, which may arrive late, twice or in another order. Each carries `rev`, the
//! `seq` of the conversation's log it speaks of; the queue takes only what is newer than what it knows. What it knows
//! of conversations that have left is kept for the last few thousand of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Timestamp;
use crate::entity::{Job, Seq};
use crate::id::{ConversationId, TenantId};

/// The most conversations that can wait.
pub const MAX_WAITING: usize = 5_000;

/// How many that have left are remembered at least.
const REMEMBERED: usize = 5_000;

/// How many more than that are let come together before the oldest are forgotten.
const SLACK: usize = 1_000;

/// A conversation that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Since when.
    pub since: Timestamp,
    /// As of which entry of the conversation's log.
    pub rev: Seq,
}

/// A conversation that has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Left {
    /// As of which entry of the conversation's log.
    rev: Seq,
    /// With which entry of the tenant's log: the oldest are forgotten first.
    at: Seq,
}

/// Who waits, and who has left.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    waiting: BTreeMap<ConversationId, Waiting>,
    left: BTreeMap<ConversationId, Left>,
}

impl Queue {
    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether this conversation waits, and since when.
    pub fn get(&self, conversation: ConversationId) -> Option<&Waiting> {
        self.waiting.get(&conversation)
    }

    /// Whether a report as of `rev` is news.
    pub fn is_news(&self, conversation: ConversationId, rev: Seq) -> bool {
        let waiting = self.waiting.get(&conversation).map(|waiting| waiting.rev);
        let left = self.left.get(&conversation).map(|left| left.rev);
        waiting.or(left).is_none_or(|known| known < rev)
    }

    /// Who waits, longest first.
    pub fn in_order(&self) -> Vec<(ConversationId, Waiting)> {
        let mut all: Vec<_> = self.waiting.iter().map(|(id, waiting)| (*id, *waiting)).collect();
        all.sort_unstable_by_key(|(id, waiting)| (waiting.since, *id));
        all
    }

    pub(super) fn enter(&mut self, conversation: ConversationId, waiting: Waiting) {
        self.left.remove(&conversation);
        self.waiting.insert(conversation, waiting);
    }

    pub(super) fn leave(&mut self, conversation: ConversationId, rev: Seq, at: Seq) {
        self.waiting.remove(&conversation);
        self.left.insert(conversation, Left { rev, at });
        if self.left.len() > REMEMBERED + SLACK {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let mut ages: Vec<Seq> = self.left.values().map(|left| left.at).collect();
        ages.sort_unstable_by(|a, b| b.cmp(a));
        if let Some(&oldest_kept) = ages.get(REMEMBERED - 1) {
            self.left.retain(|_, left| left.at >= oldest_kept);
        }
    }
}

/// The job that reports to the tenant whether the customer of a conversation waits, as of `rev`. What is `assigned`
/// already need not be given to anybody.
pub fn queue_job(
    tenant: TenantId,
    conversation: ConversationId,
    rev: Seq,
    since: Option<Timestamp>,
    assigned: bool,
) -> Job {
    let (kind, body) = match since {
        // Left out where it is false: most have nobody yet, and a node of before routing reads those.
        Some(since) if assigned => {
            ("enqueue", json!({ "conversation": conversation, "since": since, "rev": rev, "assigned": true }))
        }
        Some(since) => ("enqueue", json!({ "conversation": conversation, "since": since, "rev": rev })),
        None => ("dequeue", json!({ "conversation": conversation, "rev": rev })),
    };
    Job::command(tenant, tenant, kind, &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn conversation(n: u64) -> ConversationId {
        ConversationId::from_uuid(Uuid::from_u128(n.into()))
    }

    #[test]
    fn what_left_is_remembered_within_bounds_and_the_oldest_is_forgotten() {
        let mut queue = Queue::default();
        for n in 1..=20_000 {
            queue.leave(conversation(n), 7, n);
            assert!(queue.left.len() <= REMEMBERED + SLACK);
        }
        assert!(queue.left.len() >= REMEMBERED);
        assert!(!queue.is_news(conversation(20_000), 7));
        assert!(queue.is_news(conversation(20_000), 8));
        assert!(queue.is_news(conversation(1), 7));
    }

    #[test]
    fn who_waits_longest_comes_first() {
        let mut queue = Queue::default();
        let since = |second| Timestamp::from_second(second).unwrap();
        queue.enter(conversation(1), Waiting { since: since(30), rev: 2 });
        queue.enter(conversation(2), Waiting { since: since(10), rev: 2 });
        queue.enter(conversation(3), Waiting { since: since(20), rev: 2 });
        let order: Vec<_> = queue.in_order().into_iter().map(|(id, _)| id).collect();
        assert_eq!(order, [conversation(2), conversation(3), conversation(1)]);
    }
}
