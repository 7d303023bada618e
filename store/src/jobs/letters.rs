//! What waits in the queue and what is stuck there.

use brigade_domain::Timestamp;
use brigade_domain::refusal::{Fault, Rejection};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::Task;
use crate::Db;
use crate::error::Error;
use crate::time::from_db;

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

/// A job that failed too often.
#[derive(Debug, Clone)]
pub struct Dead {
    /// The queue's number for it.
    pub id: i64,
    /// What was to be done.
    pub task: Task,
    /// How often it was tried.
    pub attempts: i16,
    /// What went wrong the last time.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub since: Timestamp,
}

// The queue's tables are graphile_worker's: its migrations make them, so the checked macros do not know them.
const COUNTS: &str = "select
        count(*) filter (where attempts < max_attempts and locked_at is null and run_at <= now()) as due,
        count(*) filter (where attempts < max_attempts and locked_at is null and run_at > now()) as later,
        count(*) filter (where locked_at is not null) as running,
        count(*) filter (where attempts >= max_attempts and locked_at is null) as dead
    from graphile_worker._private_jobs";

const DEAD: &str = "select id, payload, attempts, last_error, created_at from graphile_worker._private_jobs
    where attempts >= max_attempts and locked_at is null and id > $1 order by id limit $2";

const REVIVE: &str = "update graphile_worker._private_jobs
    set attempts = 0, run_at = now(), updated_at = now()
    where id = $1 and attempts >= max_attempts and locked_at is null";

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

/// The dead letters after `after` (0 to begin with), at most `limit`.
pub async fn dead(db: &Db, after: i64, limit: u16) -> Result<Vec<Dead>, Fault> {
    db.global_read("list the dead letters", move |tx| {
        Box::pin(async move {
            let rows = sqlx::query(DEAD).bind(after).bind(i64::from(limit)).fetch_all(tx).await?;
            rows.iter().map(letter).collect()
        })
    })
    .await
}

fn letter(row: &PgRow) -> Result<Dead, Error> {
    let sqlx::types::Json(task) = row.try_get("payload")?;
    Ok(Dead {
        id: row.try_get("id")?,
        task,
        attempts: row.try_get("attempts")?,
        last_error: row.try_get("last_error")?,
        since: from_db(row.try_get("created_at")?)?,
    })
}

/// Puts a dead letter back to be tried again from now on. False when there is no such dead letter.
pub async fn revive(db: &Db, id: i64) -> Result<bool, Rejection> {
    db.global_write("revive a dead letter", move |tx| {
        Box::pin(async move { Ok(sqlx::query(REVIVE).bind(id).execute(tx).await?.rows_affected() == 1) })
    })
    .await
}
