//! Bringing the schema up to date: our migrations, then the job queue's, then what the queue lets `brigade_app` do.

use graphile_worker::WorkerUtils;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgConnection, PgPool};

use crate::check::StartError;
use crate::jobs::SCHEMA;

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// What the queue's tables let the server do. Run after every migration: the queue's own may add tables.
const QUEUE_GRANTS: &str = "
    grant usage on schema graphile_worker to brigade_app;
    grant select, insert, update, delete on all tables in schema graphile_worker to brigade_app;
    grant usage, select on all sequences in schema graphile_worker to brigade_app;
    grant execute on all functions in schema graphile_worker to brigade_app;
    revoke insert, update, delete on graphile_worker.migrations from brigade_app;
    grant select on public._sqlx_migrations to brigade_app;
    do $$
    declare
        guarded record;
    begin
        -- The queue turns row-level security on for its tables and leaves the policies to us.
        for guarded in
            select c.oid::regclass as name
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'graphile_worker' and c.relkind in ('r', 'p') and c.relrowsecurity
              and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'brigade_app')
        loop
            execute format('create policy brigade_app on %s to brigade_app using (true) with check (true)', guarded.name);
        end loop;
    end $$;
";

/// Runs what has not been run yet, as the user of `connect`, who then owns it. Safe to run again, and at the same
/// time from several servers.
pub async fn migrate(connect: PgConnectOptions) -> Result<(), StartError> {
    let pool = PgPoolOptions::new()
        .max_connections(3)
        .acquire_timeout(std::time::Duration::from_secs(10))
        .connect_with(connect.application_name("brigade migrate"))
        .await?;
    let result = one_at_a_time(&pool).await;
    pool.close().await;
    result
}

/// Two servers that start at once would both grant the queue's rights, which PostgreSQL takes ill.
async fn one_at_a_time(pool: &PgPool) -> Result<(), StartError> {
    let mut turn = pool.acquire().await?;
    sqlx::query_scalar!("select pg_advisory_lock(hashtextextended('brigade.migrate', 0))")
        .fetch_one(&mut *turn)
        .await?;
    let result = run(pool).await;
    // Dropping the connection gives the turn up as well: a failed migration is what matters then.
    let unlock = sqlx::query_scalar!("select pg_advisory_unlock(hashtextextended('brigade.migrate', 0))");
    result.and(unlock.fetch_one(&mut *turn).await.map(drop).map_err(StartError::Connect))
}

async fn run(pool: &PgPool) -> Result<(), StartError> {
    MIGRATOR.run(pool).await.map_err(|error| StartError::Migrations(error.to_string()))?;
    WorkerUtils::new(pool, SCHEMA)
        .migrate()
        .await
        .map_err(|error| StartError::Migrations(format!("the job queue: {error}")))?;
    sqlx::raw_sql(QUEUE_GRANTS).execute(pool).await?;
    Ok(())
}

/// Refuses a database that lacks a migration of this version. One that is ahead is fine: the schema only ever
/// expands while an older version still runs.
pub(crate) async fn check(connection: &mut PgConnection) -> Result<(), StartError> {
    // sqlx's own table: its migrator makes it, so the checked macros do not know it.
    let done: Vec<i64> = sqlx::query_scalar("select version from _sqlx_migrations where success")
        .fetch_all(connection)
        .await
        .map_err(|error| match state(&error).as_deref() {
            Some("42P01" | "42501") => StartError::Migrations("it has never been migrated".to_owned()),
            _ => StartError::Connect(error),
        })?;
    let missing: Vec<String> = MIGRATOR
        .iter()
        .filter(|migration| !done.contains(&migration.version))
        .map(|migration| format!("{} {}", migration.version, migration.description))
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(StartError::Migrations(format!("missing: {}", missing.join(", ")))) }
}

/// Without migrations there is no role to run as, and the connection itself is refused.
pub(crate) fn explain_connect(error: sqlx::Error) -> StartError {
    match state(&error).as_deref() {
        Some("22023") => StartError::Migrations("there is no role brigade_app".to_owned()),
        _ => StartError::Connect(error),
    }
}

fn state(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}
