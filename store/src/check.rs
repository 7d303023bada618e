//! What the server asks of PostgreSQL before it starts.

use sqlx::PgConnection;

/// Why the server does not start on this PostgreSQL.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It cannot be reached, or does not let us in.
    #[error("cannot connect to PostgreSQL: {0}")]
    Connect(#[from] sqlx::Error),
    /// Too old.
    #[error("PostgreSQL {found} is too old: Brigade needs 15 or later")]
    Version {
        /// Its version number, as in `server_version`.
        found: String,
    },
    /// It would lose what it has acknowledged.
    #[error(
        "PostgreSQL runs with {setting} = {value}: it would lose messages that were acknowledged. Set {setting} = on"
    )]
    NotDurable {
        /// Which setting.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// The role the server runs as could see every tenant's rows.
    #[error(
        "the server would run as the PostgreSQL role {role:?}, which {why}: use brigade_app (`brigade migrate` creates it)"
    )]
    Role {
        /// Which role.
        role: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The migrations of this version were not run.
    #[error("the database is not migrated to this version: run `brigade migrate` ({0})")]
    Migrations(String),
    /// The runtime's threads could not be started.
    #[error("cannot start the database threads: {0}")]
    Runtime(#[source] std::io::Error),
    /// The check itself broke off.
    #[error("the start of the database connections broke off: {0}")]
    Task(#[source] tokio::task::JoinError),
}

/// Refuses a server that is too old, not durable, or seen with too many rights (F2, security 28).
pub(crate) async fn server(connection: &mut PgConnection) -> Result<(), StartError> {
    let found = sqlx::query!(
        r#"select current_setting('server_version_num')::integer as "version!",
                  current_setting('server_version') as "version_text!",
                  current_setting('fsync') as "fsync!",
                  current_setting('full_page_writes') as "full_page_writes!",
                  current_setting('synchronous_commit') as "synchronous_commit!",
                  current_user::text as "role!",
                  (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as "sees_all!",
                  exists (select from pg_class where relowner = current_user::regrole and relkind = 'r') as "owns!""#
    )
    .fetch_one(connection)
    .await?;
    if found.version < 150_000 {
        return Err(StartError::Version { found: found.version_text });
    }
    for (setting, value) in [
        ("fsync", found.fsync),
        ("full_page_writes", found.full_page_writes),
        ("synchronous_commit", found.synchronous_commit),
    ] {
        if value == "off" {
            return Err(StartError::NotDurable { setting, value });
        }
    }
    match (found.sees_all, found.owns) {
        (true, _) => Err(StartError::Role { role: found.role, why: "bypasses row-level security" }),
        (_, true) => Err(StartError::Role { role: found.role, why: "owns tables" }),
        (false, false) => Ok(()),
    }
}
