//! How the process is: what `/readyz`, `/health/cache`, `/api/diag/smoke` and `/metrics` tell.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use brigade_actors::Directory;
use brigade_domain::Timestamp;
use brigade_domain::entity::EntityKind;
use brigade_domain::journal::BoxFuture;
use brigade_domain::limits::SharedLimits;
use brigade_http::ops::{CacheReport, Health, Readiness, SmokePart, SmokeReport};
use brigade_http::platform::Live;
use brigade_store::Db;
use brigade_store::identity::Identity;
use brigade_ws::Hub;
use metrics::gauge;
use metrics_exporter_prometheus::PrometheusHandle;

use super::drain::Traffic;

/// A probe is answered within this time, also when the database hangs.
pub(super) const PROBE: Duration = Duration::from_secs(2);
/// A key that seals secrets is replaced after this (C66).
const KEY_DAYS: u64 = 30;

/// What the answers are made from.
pub(crate) struct Vitals {
    pub(crate) started: Instant,
    pub(crate) up: AtomicBool,
    pub(crate) traffic: Traffic,
    pub(crate) db: Db,
    pub(crate) directory: Directory,
    pub(crate) hub: Hub,
    pub(crate) identity: Identity,
    /// Redis, when it is configured.
    pub(crate) shared: Option<Arc<dyn SharedLimits>>,
    pub(crate) metrics: PrometheusHandle,
    /// The configuration, in a word.
    pub(crate) setting: &'static str,
}

/// A cheap handle to [`Vitals`].
#[derive(Clone)]
pub(crate) struct Pulse(pub(crate) Arc<Vitals>);

impl Pulse {
    /// From now on requests are welcome.
    pub(crate) fn is_up(&self) {
        self.0.up.store(true, Ordering::Release);
    }

    pub(super) async fn database(&self) -> (bool, Duration) {
        let clock = Instant::now();
        let answered = tokio::time::timeout(PROBE, self.0.db.ping()).await;
        (matches!(answered, Ok(Ok(()))), clock.elapsed())
    }

    /// Whether Redis is configured and answers.
    pub(super) async fn redis(&self) -> (bool, Duration) {
        let clock = Instant::now();
        let reachable = match &self.0.shared {
            Some(shared) => shared.reachable().await,
            None => false,
        };
        (reachable, clock.elapsed())
    }

    /// Whether Redis is configured.
    pub(super) fn has_redis(&self) -> bool {
        self.0.shared.is_some()
    }

    /// How long the process runs.
    pub(super) fn uptime(&self) -> Duration {
        self.0.started.elapsed()
    }

    /// What is in this node's memory, and what it has done.
    pub(super) fn live(&self) -> Live {
        let Vitals { directory, hub, db, traffic, .. } = &*self.0;
        let (stats, sockets, (connections, connections_idle)) = (directory.stats(), hub.stats(), db.connections());
        Live {
            uptime_seconds: self.uptime().as_secs_f64(),
            entities: EntityKind::ALL.map(|kind| (kind.as_str(), stats.entities_of(kind))).into(),
            sockets: sockets.sessions,
            requests: traffic.running(),
            commands_waiting: directory.waiting(),
            commands_committed: stats.commands_committed(),
            commands_shed: stats.commands_shed(),
            commits_broken: stats.commits_broken(),
            sockets_closed_slow: sockets.closed_slow,
            sockets_cut: sockets.cut,
            connections,
            connections_idle,
        }
    }

    /// Whole days since the newest key of the ring began to seal; `None` while the database does not say.
    pub(crate) async fn key_days(&self) -> Option<u64> {
        let now = Timestamp::now();
        match tokio::time::timeout(PROBE, self.0.identity.newest_key_since(now)).await {
            Ok(Ok(since)) => Some(now.duration_since(since).as_secs().unsigned_abs() / 86_400),
            Ok(Err(_)) | Err(_) => None,
        }
    }

    /// What was configured: whether the key that seals secrets is one to go on with.
    pub(super) async fn environment(&self) -> SmokePart {
        let clock = Instant::now();
        let (ok, key) = key_age(self.key_days().await);
        let note = format!("{key} ({})", self.0.setting);
        SmokePart { ok, ms: clock.elapsed().as_secs_f64() * 1e3, note }
    }

    /// What is read at the moment of asking rather than counted when it happens.
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float; counts stay far below 2^52")]
    fn gauges(&self) {
        let live = self.live();
        gauge!("brigade_uptime_seconds").set(live.uptime_seconds);
        for (kind, count) in live.entities {
            gauge!("brigade_entities", "kind" => kind).set(count as f64);
        }
        gauge!("brigade_commands_waiting").set(live.commands_waiting as f64);
        gauge!("brigade_commands_committed").set(live.commands_committed as f64);
        gauge!("brigade_commands_shed").set(live.commands_shed as f64);
        gauge!("brigade_commits_broken").set(live.commits_broken as f64);
        gauge!("brigade_sockets").set(live.sockets as f64);
        gauge!("brigade_sockets_closed_slow").set(live.sockets_closed_slow as f64);
        gauge!("brigade_sockets_cut").set(live.sockets_cut as f64);
        gauge!("brigade_requests_running").set(live.requests as f64);
        gauge!("brigade_database_connections").set(f64::from(live.connections));
        gauge!("brigade_database_connections_idle").set(live.connections_idle as f64);
    }
}

impl Health for Pulse {
    fn ready(&self) -> BoxFuture<'static, Readiness> {
        let this = self.clone();
        Box::pin(async move {
            let (up, staying) = (this.0.up.load(Ordering::Acquire), !this.0.traffic.is_draining());
            // Going away is known at once, without asking anybody.
            let database = up && staying && this.database().await.0;
            let parts = BTreeMap::from([("started", up), ("staying", staying), ("database", database)]);
            Readiness { ready: parts.values().all(|good| *good), parts }
        })
    }

    fn uptime_seconds(&self) -> f64 {
        self.uptime().as_secs_f64()
    }

    fn caches(&self) -> BoxFuture<'static, CacheReport> {
        let (hits, misses, keys) = self.0.identity.cache_counts();
        let this = self.clone();
        Box::pin(async move { cache_report(this.redis().await.0, keys, hits, misses) })
    }

    fn smoke(&self) -> BoxFuture<'static, SmokeReport> {
        let this = self.clone();
        Box::pin(async move {
            let (ok, took) = this.database().await;
            let database = SmokePart { ok, ms: took.as_secs_f64() * 1e3, note: "PostgreSQL answers a ping".to_owned() };
            let (reachable, took) = this.redis().await;
            let redis = match this.0.shared {
                Some(_) => {
                    SmokePart { ok: reachable, ms: took.as_secs_f64() * 1e3, note: "Redis answers a ping".to_owned() }
                }
                None => SmokePart { ok: true, ms: 0.0, note: "not configured: one node, in-process".to_owned() },
            };
            let env = this.environment().await;
            let ok = database.ok && redis.ok && env.ok;
            let report = SmokeReport { ok, version: env!("CARGO_PKG_VERSION"), database, redis, env };
            tracing::info!(
                smoke.ok = report.ok,
                smoke.database_ms = report.database.ms,
                smoke.redis_ms = report.redis.ms,
                smoke.version = report.version,
                "diagnostic frame"
            );
            report
        })
    }

    fn metrics(&self) -> String {
        self.gauges();
        self.0.metrics.render()
    }
}

/// Whether a key of that age is one to go on with, and what to say of it.
pub(super) fn key_age(days: Option<u64>) -> (bool, String) {
    match days {
        Some(days @ ..KEY_DAYS) => (true, format!("The secrets key has served {days} of {KEY_DAYS} days")),
        Some(days) => {
            (false, format!("The secrets key has served {days} days, replace it: `brigade secrets rotate --help`"))
        }
        None => (false, "The database does not say how old the secrets key is".to_owned()),
    }
}

/// Figures in the words of MAIS-OPS-05.
#[expect(clippy::cast_precision_loss, reason = "a percentage with two digits")]
fn cache_report(connected: bool, keys: usize, hits: u64, misses: u64) -> CacheReport {
    let total = hits + misses;
    let rate = if total == 0 { 0.0 } else { hits as f64 * 100.0 / total as f64 };
    let efficiency = match rate {
        _ if total == 0 => "none",
        rate if rate >= 90.0 => "excellent",
        rate if rate >= 60.0 => "good",
        _ => "poor",
    };
    CacheReport {
        connected,
        hits,
        misses,
        keys: keys as u64,
        total_requests: total,
        hit_rate: format!("{rate:.2}%"),
        efficiency,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_to_be_replaced_after_30_days() {
        assert!(key_age(Some(0)).0 && key_age(Some(29)).0);
        assert!(!key_age(Some(30)).0 && !key_age(None).0);
    }

    #[test]
    fn a_hit_rate_is_told_in_the_words_of_the_requirement() {
        let report = cache_report(false, 3, 93, 7);
        assert_eq!((report.hit_rate.as_str(), report.efficiency, report.total_requests), ("93.00%", "excellent", 100));
        assert_eq!(cache_report(true, 0, 0, 0).efficiency, "none");
    }
}
