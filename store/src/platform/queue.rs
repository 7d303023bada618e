//! The work that waits and the work that is stuck. What a job is about stays in the database.

use std::time::{Duration, Instant};

use brigade_domain::id::TenantId;
use brigade_domain::identity::Cause;
use brigade_domain::journal::BoxFuture;
use brigade_domain::platform::ports::{DeadLetter, Depth, Queue, Waiting};
use brigade_domain::platform::without_words;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use serde_json::{Value, json};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

use super::PgPlatform;
use crate::audit::{Line, Outcome, PLATFORM, append};
use crate::db::set_tenant;
use crate::error::Error;
use crate::journal::natural;
use crate::time::{DbTime, from_db};

/// What waits is counted at most this often, however many look.
const KEPT: Duration = Duration::from_secs(2);
/// How many are tried again at once.
const MOST: i64 = 1_000;

// The queue's tables are graphile_worker's: its migrations make them, so the checked macros do not know them.
const DEPTHS: &str = "select payload->>'task' as task,
        count(*) filter (where attempts < max_attempts and locked_at is null and run_at <= now()) as due,
        min(run_at) filter (where attempts < max_attempts and locked_at is null and run_at <= now()) as oldest_due,
        count(*) filter (where attempts < max_attempts and locked_at is null and run_at > now()) as later,
        count(*) filter (where locked_at is not null) as running,
        count(*) filter (where attempts < max_attempts and last_error is not null) as failing,
        count(*) filter (where attempts >= max_attempts and locked_at is null) as dead,
        max(updated_at) filter (where last_error is not null) as failed_at,
        (array_agg(last_error order by updated_at desc) filter (where last_error is not null))[1] as error
    from graphile_worker._private_jobs group by 1 order by 1";

/// A worker is heard of every five seconds, and taken for dead after twenty.
const NODES: &str =
    "select count(*) from graphile_worker._private_workers where last_heartbeat_at > now() - interval '20 seconds'";

const DEAD: &str =
    "select id, payload->>'task' as task, payload->>'tenant' as tenant, attempts, last_error, created_at,
        updated_at
    from graphile_worker._private_jobs
    where attempts >= max_attempts and locked_at is null and id < $1 and ($2::text is null or payload->>'task' = $2)
    order by id desc limit $3";

const RETRY: &str = "update graphile_worker._private_jobs set attempts = 0, run_at = now(), updated_at = now()
    where id = $1 and attempts >= max_attempts and locked_at is null
    returning payload->>'task' as task, payload->>'tenant' as tenant";

const RETRY_ALL: &str = "update graphile_worker._private_jobs set attempts = 0, run_at = now(), updated_at = now()
    where id in (select id from graphile_worker._private_jobs
                 where attempts >= max_attempts and locked_at is null and payload->>'task' = $1 and id <= $2
                 order by id limit $3 for update skip locked)";

const PUT_AWAY: &str = "delete from graphile_worker._private_jobs
    where id = $1 and attempts >= max_attempts and locked_at is null
    returning payload->>'task' as task, payload->>'tenant' as tenant";

impl Queue for PgPlatform {
    fn waiting(&self) -> BoxFuture<'static, Result<Waiting, Fault>> {
        let this = self.clone();
        Box::pin(async move {
            if let Some((at, waiting)) = &*this.waiting.lock()
                && at.elapsed() < KEPT
            {
                return Ok(waiting.clone());
            }
            let waiting = this.db.global_read("count the jobs", |tx| Box::pin(waiting(tx))).await?;
            *this.waiting.lock() = Some((Instant::now(), waiting.clone()));
            Ok(waiting)
        })
    }

    fn dead(
        &self,
        task: Option<String>,
        before: Option<i64>,
        limit: u16,
    ) -> BoxFuture<'static, Result<Vec<DeadLetter>, Fault>> {
        let db = self.db.clone();
        Box::pin(async move {
            db.global_read("list the dead letters", move |tx| Box::pin(dead(tx, task, before, limit))).await
        })
    }

    fn retry(&self, id: i64, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        self.decide("job.retried", RETRY, id, cause)
    }

    fn put_away(&self, id: i64, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        self.decide("job.put_away", PUT_AWAY, id, cause)
    }

    fn retry_all(&self, task: String, upto: i64, cause: Cause) -> BoxFuture<'static, Result<u64, Rejection>> {
        let this = self.clone();
        Box::pin(async move {
            let retrying =
                this.db.global_write("retry dead letters", move |tx| Box::pin(retry_all(tx, task, upto, cause)));
            let count = retrying.await?;
            this.forget();
            Ok(count)
        })
    }
}

impl PgPlatform {
    /// What was counted is not so any more.
    fn forget(&self) {
        *self.waiting.lock() = None;
    }

    /// Decides what becomes of one dead letter, and puts that on the record.
    fn decide(
        &self,
        event: &'static str,
        statement: &'static str,
        id: i64,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let this = self.clone();
        Box::pin(async move {
            let deciding = this
                .db
                .global_write("decide on a dead letter", move |tx| Box::pin(decide(tx, event, statement, id, cause)));
            deciding.await?;
            this.forget();
            Ok(())
        })
    }
}

async fn decide(
    tx: &mut PgConnection,
    event: &'static str,
    statement: &'static str,
    id: i64,
    cause: Cause,
) -> Result<(), Error> {
    let Some(row) = sqlx::query(statement).bind(id).fetch_optional(&mut *tx).await? else {
        let text = "This is no dead letter any more. Somebody else has perhaps seen to it.";
        return Err(Refusal::new(Code::NotFound, text).into());
    };
    let (task, tenant): (Option<String>, Option<String>) = (row.try_get("task")?, row.try_get("tenant")?);
    note(tx, event, &cause, json!({ "job": id, "task": task, "tenant": tenant })).await
}

async fn retry_all(tx: &mut PgConnection, task: String, upto: i64, cause: Cause) -> Result<u64, Error> {
    let retried = sqlx::query(RETRY_ALL).bind(&task).bind(upto).bind(MOST).execute(&mut *tx).await?;
    let count = retried.rows_affected();
    if count > 0 {
        note(tx, "job.all_retried", &cause, json!({ "task": task, "upto": upto, "jobs": count })).await?;
    }
    Ok(count)
}

/// On the platform's own record: it is the operator's doing, whosever work it was.
async fn note(tx: &mut PgConnection, event: &str, cause: &Cause, details: Value) -> Result<(), Error> {
    set_tenant(tx, PLATFORM).await?;
    append(tx, PLATFORM, &[Line::of(event, Outcome::Succeeded, cause, details)]).await
}

async fn waiting(tx: &mut PgConnection) -> Result<Waiting, Error> {
    let rows = sqlx::query(DEPTHS).fetch_all(&mut *tx).await?;
    let kinds = rows.iter().map(depth).collect::<Result<_, _>>()?;
    let nodes: i64 = sqlx::query_scalar(NODES).fetch_one(&mut *tx).await?;
    let letters = sqlx::query!(
        r#"select count(*) as "count!", min(created_at) as oldest from mail_outbox where sent_at is null"#
    )
    .fetch_one(tx)
    .await?;
    Ok(Waiting {
        kinds,
        nodes: natural(nodes),
        letters: natural(letters.count),
        oldest_letter: letters.oldest.map(from_db).transpose()?,
    })
}

fn depth(row: &PgRow) -> Result<Depth, Error> {
    let count = |name: &str| row.try_get::<i64, _>(name).map(natural);
    let time = |name: &str| -> Result<_, Error> {
        let at: Option<DbTime> = row.try_get(name)?;
        Ok(at.map(from_db).transpose()?)
    };
    let error: Option<String> = row.try_get("error")?;
    Ok(Depth {
        task: row.try_get::<Option<String>, _>("task")?.unwrap_or_default(),
        due: count("due")?,
        oldest_due: time("oldest_due")?,
        later: count("later")?,
        running: count("running")?,
        failing: count("failing")?,
        dead: count("dead")?,
        error: error.map(|error| without_words(&error)).zip(time("failed_at")?),
    })
}

async fn dead(
    tx: &mut PgConnection,
    task: Option<String>,
    before: Option<i64>,
    limit: u16,
) -> Result<Vec<DeadLetter>, Error> {
    let rows = sqlx::query(DEAD)
        .bind(before.unwrap_or(i64::MAX))
        .bind(task)
        .bind(i64::from(limit))
        .fetch_all(&mut *tx)
        .await?;
    let mut letters = rows.iter().map(letter).collect::<Result<Vec<_>, _>>()?;
    let tenants: Vec<Uuid> = letters.iter().filter_map(|letter| letter.tenant.map(TenantId::uuid)).collect();
    let names = sqlx::query!("select id, name from tenants where id = any($1)", &tenants).fetch_all(tx).await?;
    for letter in &mut letters {
        let its = names.iter().find(|row| letter.tenant.map(TenantId::uuid) == Some(row.id));
        letter.tenant_name = its.map(|row| row.name.clone());
    }
    Ok(letters)
}

fn letter(row: &PgRow) -> Result<DeadLetter, Error> {
    let tenant: Option<String> = row.try_get("tenant")?;
    let attempts: i16 = row.try_get("attempts")?;
    let error: Option<String> = row.try_get("last_error")?;
    Ok(DeadLetter {
        id: row.try_get("id")?,
        task: row.try_get::<Option<String>, _>("task")?.unwrap_or_default(),
        tenant: tenant.and_then(|tenant| tenant.parse().ok()),
        tenant_name: None,
        attempts: attempts.unsigned_abs(),
        since: from_db(row.try_get("created_at")?)?,
        failed_at: from_db(row.try_get("updated_at")?)?,
        error: without_words(&error.unwrap_or_default()),
    })
}
