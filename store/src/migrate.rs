//! Bringing the schema up to date: our migrations, then the job queue's, then what the queue lets `brigade_app` do.

use graphile_worker::WorkerUtils;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

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
        .max_connections(2)
        .acquire_timeout(std::time::Duration::from_secs(10))
        .connect_with(connect.application_name("brigade migrate"))
        .await?;
    let result = run(&pool).await;
    pool.close().await;
    result
}

async fn run(pool: &sqlx::PgPool) -> Result<(), StartError> {
    MIGRATOR.run(pool).await.map_err(|error| StartError::Migrations(error.to_string()))?;
    WorkerUtils::new(pool, SCHEMA)
        .migrate()
        .await
        .map_err(|error| StartError::Migrations(format!("the job queue: {error}")))?;
    sqlx::raw_sql(QUEUE_GRANTS).execute(pool).await?;
    Ok(())
}
