//! The answers given lately, so that most repeats need no look at the database.

use std::collections::{HashMap, VecDeque};

use brigade_domain::entity::Seq;
use brigade_domain::journal::{Remembered, RequestKey};
use brigade_domain::refusal::{Code, Refusal};
use uuid::Uuid;

use crate::call::{Accepted, Answer};

const KEPT: usize = 512;

#[derive(Default)]
pub(super) struct RecentRequests {
    by_id: HashMap<Uuid, (i64, Seq)>,
    order: VecDeque<Uuid>,
}

impl RecentRequests {
    pub(super) fn insert(&mut self, request: RequestKey, seq: Seq) {
        if self.by_id.insert(request.id, (request.digest, seq)).is_none() {
            self.order.push_back(request.id);
            if self.order.len() > KEPT
                && let Some(oldest) = self.order.pop_front()
            {
                self.by_id.remove(&oldest);
            }
        }
    }

    pub(super) fn get(&self, request: RequestKey) -> Option<Answer> {
        let &(digest, seq) = self.by_id.get(&request.id)?;
        Some(answer(Remembered { request: RequestKey { id: request.id, digest }, seq }, request))
    }
}

/// The first answer again, or the refusal when the key was used for something else.
pub(super) fn answer(remembered: Remembered, request: RequestKey) -> Answer {
    if remembered.request.digest == request.digest {
        Ok(Accepted { seq: remembered.seq })
    } else {
        Err(Refusal::of(Code::IdempotencyMismatch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_remembers_the_newest_and_tells_other_bodies_apart() {
        let mut recent = RecentRequests::default();
        let key = |n: u64| RequestKey { id: Uuid::from_u128(n.into()), digest: 1 };
        for n in 0..=KEPT as u64 {
            recent.insert(key(n), n);
        }
        assert_eq!(recent.get(key(0)), None);
        assert_eq!(recent.get(key(1)), Some(Ok(Accepted { seq: 1 })));
        let other = RequestKey { digest: 2, ..key(1) };
        assert_eq!(recent.get(other), Some(Err(Refusal::of(Code::IdempotencyMismatch))));
        assert_eq!(recent.order.len(), recent.by_id.len());
    }
}
