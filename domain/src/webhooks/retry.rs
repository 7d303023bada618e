//! What follows an attempt: delivered, tried again later, given up; and when an endpoint is switched off.

use std::time::Duration;

use super::ports::{EndpointState, Outcome, Receipt};
use crate::Timestamp;

/// After each attempt but the last, how long until the next: the suggestion of the Standard Webhooks.
const PAUSES: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];
/// An endpoint that asks for more patience gets no more than this.
const MOST_PATIENCE: Duration = Duration::from_hours(24);
/// An endpoint that has failed everything for so long is switched off.
const PERSEVERANCE: Duration = Duration::from_hours(5 * 24);
/// It does not exist any more, and says so.
const GONE: u16 = 410;

/// What becomes of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrived.
    Delivered,
    /// It is tried again.
    Again(Timestamp),
    /// It was tried often enough.
    GivenUp,
}

/// What follows an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Of the delivery.
    pub fate: Fate,
    /// What the endpoint becomes, when it does not stay on.
    pub switch_off: Option<EndpointState>,
}

/// Judges the `attempt`-th attempt (from 1 on) that ended `at`. `chance` spreads the next one, so that many that failed
/// together do not come back together. `failing_since`: nothing has arrived at the endpoint since.
pub fn judge(attempt: u32, receipt: &Receipt, at: Timestamp, failing_since: Option<Timestamp>, chance: u8) -> Verdict {
    let asked = match &receipt.result {
        Outcome::Answered { status, .. } if (200..300).contains(status) => {
            return Verdict { fate: Fate::Delivered, switch_off: None };
        }
        Outcome::Answered { status: GONE, .. } => {
            return Verdict { fate: Fate::GivenUp, switch_off: Some(EndpointState::Gone) };
        }
        Outcome::Answered { retry_after, .. } => *retry_after,
        Outcome::Failed(_) => None,
    };
    let failed_for = failing_since.map_or(Duration::ZERO, |since| at.duration_since(since).unsigned_abs());
    Verdict {
        fate: pause(attempt, asked, chance).map_or(Fate::GivenUp, |pause| Fate::Again(later(at, pause))),
        switch_off: (failed_for >= PERSEVERANCE).then_some(EndpointState::Failing),
    }
}

/// How long until the next attempt; `None` after the last. Up to a tenth longer than it says, and as long as was asked for.
fn pause(attempt: u32, asked: Option<Duration>, chance: u8) -> Option<Duration> {
    let index = usize::try_from(attempt.max(1) - 1).ok()?;
    let pause = PAUSES.get(index)?;
    let spread = pause.mul_f64(1.0 + f64::from(chance) / 2_550.0);
    Some(spread.max(asked.unwrap_or_default().min(MOST_PATIENCE)))
}

fn later(at: Timestamp, pause: Duration) -> Timestamp {
    at.checked_add(pause).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhooks::ports::Failure;

    fn answered(status: u16, retry_after: Option<u64>) -> Receipt {
        let retry_after = retry_after.map(Duration::from_secs);
        Receipt { took_ms: 5, result: Outcome::Answered { status, excerpt: String::new(), retry_after } }
    }

    fn now() -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn seconds(verdict: Verdict) -> Option<i64> {
        match verdict.fate {
            Fate::Again(at) => Some(at.as_second()),
            Fate::Delivered | Fate::GivenUp => None,
        }
    }

    #[test]
    fn what_arrived_is_done_whatever_the_answer_says() {
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(judge(3, &answered(status, None), now(), None, 0).fate, Fate::Delivered, "{status}");
        }
        for status in [100, 199, 300, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503, 999] {
            assert_ne!(judge(3, &answered(status, None), now(), None, 0).fate, Fate::Delivered, "{status}");
        }
    }

    #[test]
    fn the_pauses_are_those_of_the_suggestion_and_then_it_is_given_up() {
        let after = |attempt, chance| seconds(judge(attempt, &answered(500, None), now(), None, chance));
        let pauses: Vec<_> = (1..=10).map(|attempt| after(attempt, 0)).collect();
        let hours = |hours: i64| Some(hours * 3_600);
        let expected =
            [Some(5), Some(300), Some(1_800), hours(2), hours(5), hours(10), hours(14), hours(20), hours(24), None];
        assert_eq!(pauses, expected);
        assert_eq!(after(3, 255), Some(1_980), "a tenth more at most");
        assert_eq!(after(400, 0), None);
        let broken = Receipt { took_ms: 5, result: Outcome::Failed(Failure::Unreachable) };
        assert_eq!(seconds(judge(1, &broken, now(), None, 0)), Some(5));
    }

    #[test]
    fn who_asks_for_patience_gets_it_within_bounds() {
        let after = |attempt, asked| seconds(judge(attempt, &answered(429, Some(asked)), now(), None, 0));
        assert_eq!(after(1, 60), Some(60));
        assert_eq!(after(3, 60), Some(1_800), "never sooner than otherwise");
        assert_eq!(after(1, u64::MAX), Some(86_400));
    }

    #[test]
    fn who_is_gone_is_switched_off_at_once_and_who_fails_for_days_then() {
        let gone = judge(1, &answered(410, None), now(), None, 0);
        assert_eq!(gone, Verdict { fate: Fate::GivenUp, switch_off: Some(EndpointState::Gone) });
        let after = |days: i64| {
            let at = Timestamp::from_second(days * 86_400).unwrap();
            judge(2, &answered(500, None), at, Some(now()), 0).switch_off
        };
        assert_eq!(after(4), None);
        assert_eq!(after(5), Some(EndpointState::Failing));
    }
}
