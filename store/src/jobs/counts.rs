//! How much waits in the queue.

use brigade_domain::refusal::Fault;
use sqlx::Row as _;

use crate::Db;

/// How many jobs there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Due, and not under way.
    pub due: i64,
    /// Not due yet.
    pub later: i64,
    /// Under way.
    pub running: i64,
    /// Tried as often as allowed.
    pub dead: i64,
}

// The queue's tables are graphile_worker's: its migrations make them, so the checked macros do not know them.
const COUNTS: &str = "select
        count(*) filter (where attempts < max_attempts and locked_at is null and run_at <= now()) as due,
        count(*) filter (where attempts < max_attempts and locked_at is null and run_at > now()) as later,
        count(*) filter (where locked_at is not null) as running,
        count(*) filter (where attempts >= max_attempts and locked_at is null) as dead
    from graphile_worker._private_jobs";

/// Counts for metrics and health.
pub async fn counts(db: &Db) -> Result<Counts, Fault> {
    db.global_read("count the jobs", |tx| {
        Box::pin(async move {
            let row = sqlx::query(COUNTS).fetch_one(tx).await?;
            Ok(Counts {
                due: row.try_get("due")?,
                later: row.try_get("later")?,
                running: row.try_get("running")?,
                dead: row.try_get("dead")?,
            })
        })
    })
    .await
}
