//! What a run counts.

use std::time::Duration;

use anyhow::Result;
use hdrhistogram::Histogram;
use serde::Serialize;

use super::room::Arrival;

/// Counters of one run. Rates and latencies are those of the measured window; faults are those of the whole run.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) sent: u64,
    pub(super) acked: u64,
    pub(super) deliveries: u64,
    pub(super) doubled: u64,
    pub(super) out_of_order: u64,
    pub(super) misplaced: u64,
    latency: Histogram<u64>,
}

impl Tally {
    pub(super) fn new() -> Result<Self> {
        let latency = Histogram::new_with_bounds(1, 120_000_000, 3)?;
        Ok(Self { sent: 0, acked: 0, deliveries: 0, doubled: 0, out_of_order: 0, misplaced: 0, latency })
    }

    /// The measured window begins.
    pub(super) fn restart(&mut self) {
        (self.sent, self.acked, self.deliveries) = (0, 0, 0);
        self.latency.reset();
    }

    pub(super) fn arrived(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::InOrder => self.deliveries += 1,
            Arrival::OutOfOrder => {
                self.deliveries += 1;
                self.out_of_order += 1;
            }
            Arrival::Doubled => self.doubled += 1,
        }
    }

    pub(super) fn took(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.latency.saturating_record(micros.max(1));
    }

    /// What was counted in a window of this length.
    pub(super) fn rates(&self, window: Duration, load_cpu: Duration) -> Outcome {
        let seconds = window.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
        let per_second = |count: u64| count as f64 / seconds;
        Outcome {
            seconds,
            acked: self.acked,
            deliveries: self.deliveries,
            sent_per_second: per_second(self.sent),
            acked_per_second: per_second(self.acked),
            deliveries_per_second: per_second(self.deliveries),
            generator_busy: load_cpu.as_secs_f64() / seconds,
            ..Outcome::default()
        }
    }

    /// Adds the latencies of everything sent since the window began.
    pub(super) fn with_latencies(&self, rates: &Outcome) -> Outcome {
        Outcome {
            p50_micros: self.latency.value_at_quantile(0.50),
            p99_micros: self.latency.value_at_quantile(0.99),
            max_micros: self.latency.max(),
            ..rates.clone()
        }
    }
}

/// What a run came to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Outcome {
    /// Length of the measured window.
    pub seconds: f64,
    /// Messages acknowledged in it.
    pub acked: u64,
    /// Copies delivered in it, the sender's own included.
    pub deliveries: u64,
    /// Messages sent a second.
    pub sent_per_second: f64,
    /// Messages acknowledged a second.
    pub acked_per_second: f64,
    /// Copies delivered a second.
    pub deliveries_per_second: f64,
    /// From sending to the last reader, median.
    pub p50_micros: u64,
    /// From sending to the last reader, 99th percentile.
    pub p99_micros: u64,
    /// From sending to the last reader, worst.
    pub max_micros: u64,
    /// Share of its core that the generator used: near 1 the figures are the generator's, not the server's.
    pub generator_busy: f64,
    /// Copies that never came, and messages never acknowledged.
    pub lost: u64,
    /// Copies that came twice.
    pub doubled: u64,
    /// Copies that came before one sent earlier, or after one sent later.
    pub out_of_order: u64,
    /// Entries whose position in the room's log was not the one after the last.
    pub misplaced: u64,
    /// Sockets the server ended.
    pub closed: u64,
}

impl Outcome {
    /// Nothing lost, doubled or out of order.
    pub const fn is_clean(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.out_of_order == 0 && self.misplaced == 0 && self.closed == 0
    }
}
