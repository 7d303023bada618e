//! Going away: new traffic is sent elsewhere, what runs is finished.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Counts the requests under way, and says whether the server is going away. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Traffic(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    running: AtomicUsize,
    draining: AtomicBool,
}

/// A request under way; counted until dropped.
#[derive(Debug)]
pub(crate) struct Request(Traffic);

impl Traffic {
    /// Counts a request in.
    pub(crate) fn enter(&self) -> Request {
        self.0.running.fetch_add(1, Ordering::AcqRel);
        Request(self.clone())
    }

    /// From now on `/readyz` fails and answers end their connections.
    pub(crate) fn drain(&self) {
        self.0.draining.store(true, Ordering::Release);
    }

    /// Whether the server is going away.
    pub(crate) fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Acquire)
    }

    /// Requests under way.
    pub(crate) fn running(&self) -> usize {
        self.0.running.load(Ordering::Acquire)
    }

    /// Waits until no request is under way, `limit` at most. Whether all came to their end.
    pub(crate) async fn finished(&self, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        while self.running() > 0 {
            if Instant::now() >= until {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        true
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.0.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waits_for_what_runs_and_no_longer_than_told() {
        let traffic = Traffic::default();
        let request = traffic.enter();
        assert!(!traffic.finished(Duration::from_millis(30)).await);
        drop(request);
        assert!(traffic.finished(Duration::from_millis(30)).await);
    }
}
