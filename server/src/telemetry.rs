//! Log lines through `tracing`, metrics through `metrics`. Neither carries personal data: ids, not names or texts.

use std::io::IsTerminal as _;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::config::value::Setting as _;
use crate::config::{Format, Log};

/// Seconds: from a cached answer to the longest a request may take.
const BUCKETS: [f64; 12] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Starts logging. Only the first call of a process has an effect.
pub(crate) fn start_logging(log: &Log) -> anyhow::Result<()> {
    // The queue warns of each job that is enqueued before its worker has looked at the names of tasks.
    let usual = format!("warn,graphile_worker_task_details=error,brigade={}", log.level.show());
    let filter = match &log.filter {
        Some(more) => EnvFilter::try_new(format!("{usual},{more}"))
            .map_err(|error| anyhow::anyhow!("log.filter = {more:?}: {error}"))?,
        None => EnvFilter::try_new(usual)?,
    };
    let pretty = match log.format {
        Format::Pretty => true,
        Format::Json => false,
        Format::Auto => std::io::stderr().is_terminal(),
    };
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_span_events(FmtSpan::NONE);
    // A second server in the same process (tests) logs through the first one's.
    let _ = if pretty {
        lines.with_ansi(std::io::stderr().is_terminal()).compact().try_init()
    } else {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
    Ok(())
}

/// The process's metrics; installed by the first call.
pub(crate) fn metrics() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)?
        .build_recorder();
    let handle = HANDLE.get_or_init(|| recorder.handle());
    // Another thread may have been first; its recorder is as good.
    let _ = metrics::set_global_recorder(recorder);
    Ok(handle.clone())
}
