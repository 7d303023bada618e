//! PostgreSQL alone, with the statement the durable peers use.

use anyhow::{Context as _, Result};

use super::{Bench, who};
use crate::run::bench_folder;
use crate::run::peers::TABLE;

/// The scenario's name.
pub const SCENARIO: &str = "pgbench";
/// Rows a second, one row a transaction.
pub const SINGLE: &str = "rows/s, single";
const BATCHED: &str = "rows/s, batches of 64";
const CLIENTS: &str = "32";

fn rows_per_second(bench: &mut Bench, script: &str, rows: f64) -> Result<f64> {
    let seconds = bench.measured.as_secs().max(1).to_string();
    let script = bench_folder().join("peers/pgbench").join(script).display().to_string();
    let postgres = bench.postgres()?;
    postgres.sql(
        postgres.database(),
        &format!("drop table if exists pgbench_messages; create table pgbench_messages {TABLE}"),
    )?;
    let arguments = ["-n", "-c", CLIENTS, "-j", "2", "-M", "prepared", "-T", &seconds, "-f", &script];
    let printed = postgres.tool("pgbench", &arguments).output()?;
    let line = printed.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench printed no tps")?;
    let rate = line.split_ascii_whitespace().next().context("an empty tps")?;
    Ok(rate.parse::<f64>()? * rows)
}

/// Measures both statements.
pub fn run(bench: &mut Bench) -> Result<()> {
    for (metric, script, rows) in [(SINGLE, "single.sql", 1.0), (BATCHED, "batch64.sql", 64.0)] {
        let rate = rows_per_second(bench, script, rows)?;
        bench.book.note(SCENARIO, who::PGBENCH, metric, rate);
    }
    Ok(())
}
