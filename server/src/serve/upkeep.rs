//! What is done again and again while the server runs: metrics are tidied, what is over is taken away.

use std::time::Duration;

use brigade_domain::Timestamp;
use brigade_store::Db;
use brigade_store::identity::{Purged, purge};
use metrics::gauge;
use metrics_exporter_prometheus::PrometheusHandle;

use super::health::{Pulse, key_age};

/// How often metrics' histograms are tidied.
const METRICS: Duration = Duration::from_secs(5);
/// How often the age of the key that seals secrets is looked at.
const KEYS: Duration = Duration::from_hours(6);
/// How often sessions, tokens and letters that are over are taken away; the first time soon after the start.
const PURGE: Duration = Duration::from_hours(6);
const FIRST_PURGE: Duration = Duration::from_mins(5);

/// Tidies metrics for as long as the runtime runs.
pub(super) async fn metrics(handle: PrometheusHandle) {
    loop {
        tokio::time::sleep(METRICS).await;
        handle.run_upkeep();
    }
}

/// Reminds of a key that has served its time, for as long as the runtime runs; the first time at the start.
pub(super) async fn keys(pulse: Pulse) {
    loop {
        let days = pulse.key_days().await;
        if let Some(days) = days {
            #[expect(clippy::cast_precision_loss, reason = "a number of days")]
            gauge!("brigade_secrets_key_age_days").set(days as f64);
        }
        if let (false, what) = key_age(days) {
            tracing::warn!(key.days = days, "{what}");
        }
        tokio::time::sleep(KEYS).await;
    }
}

/// Takes away what is over for as long as the runtime runs. Two servers doing so at once do no harm.
pub(super) async fn purges(db: Db) {
    tokio::time::sleep(FIRST_PURGE).await;
    loop {
        match purge(&db, Timestamp::now()).await {
            Ok(Purged { sessions, tokens, letters, history, drafts, notices, transcripts }) => {
                tracing::info!(
                    purged.sessions = sessions,
                    purged.tokens = tokens,
                    purged.letters = letters,
                    purged.history = history,
                    purged.drafts = drafts,
                    purged.notices = notices,
                    purged.transcripts = transcripts,
                    "what is over was taken away"
                );
            }
            Err(error) => tracing::warn!(%error, "what is over could not be taken away; tried again later"),
        }
        tokio::time::sleep(PURGE).await;
    }
}
