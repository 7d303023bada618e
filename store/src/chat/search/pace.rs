//! How much of the processor looking through conversations may take: what is being committed comes first.

use std::time::{Duration, Instant};

use super::Touched;

/// So many commits a second cost one more moment of rest for each moment of work …
const STEP: u128 = 150;
/// … up to this: a hundredth of one thread is left also under the heaviest load, so that it is never given up.
const LONGEST: u128 = 99;
/// How long commits are counted, at least.
const COUNTED: Duration = Duration::from_millis(100);

/// Rests between steps of work, longer the more is committed meanwhile.
pub(super) struct Pace {
    touched: Touched,
    since: Instant,
    counted: u64,
    /// Commits a second, lately.
    rate: u128,
}

impl Pace {
    pub(super) fn new(touched: Touched) -> Self {
        let counted = touched.counted();
        Self { touched, since: Instant::now(), counted, rate: 0 }
    }

    /// Counts what was committed since it last did.
    pub(super) fn count(&mut self) {
        let (took, counted) = (self.since.elapsed(), self.touched.counted());
        if took >= COUNTED {
            self.rate = u128::from(counted - self.counted) * 1000 / took.as_millis();
            (self.since, self.counted) = (Instant::now(), counted);
        }
    }

    /// Rests after some work: `least` times as long as it took, and longer under load.
    pub(super) async fn rest(&mut self, work: Duration, least: u32) {
        self.count();
        tokio::time::sleep(work * times(least, self.rate)).await;
    }
}

/// How many times as long as it worked it rests.
fn times(least: u32, rate: u128) -> u32 {
    let times = (u128::from(least) + rate / STEP).min(LONGEST);
    u32::try_from(times).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::times;

    #[test]
    fn the_more_is_committed_the_longer_it_rests_and_never_for_good() {
        let rates = [0, 149, 150, 1_500, 13_500, 1_000_000];
        assert_eq!(rates.map(|rate| times(9, rate)), [9, 9, 10, 19, 99, 99]);
        assert_eq!(times(1, 0), 1, "with nobody there, half of a thread makes up for what was missed");
    }
}
