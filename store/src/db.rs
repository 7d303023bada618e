//! The connections, the runtime they live on, and the only ways into a transaction.
//!
//! | want to … | use |
//! |---|---|
//! | read a tenant's rows | [`Db::read`] |
//! | change a tenant's rows | [`Db::write`] |
//! | work on tables without tenant (users, sessions, tenants) | [`Db::global_read`], [`Db::global_write`] |
//!
//! Every transaction runs in a task of its own on a runtime of its own. Dropping the caller's future, as a
//! disconnecting client does, ends the waiting and not the transaction: sqlx 0.9.0 gives a connection back with
//! its transaction open when `begin` is dropped half-way (transact-rs/sqlx#4385). As a second line, a connection
//! that comes back inside a transaction or with a tenant still set is closed instead of used again.

use std::future::Future;
use std::sync::{Arc, Weak};
use std::time::Duration;

use brigade_domain::id::TenantId;
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Fault, Rejection};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::runtime::{Handle, Runtime};

use crate::check::{self, StartError};
use crate::error::{Error, fault};
use crate::migrate;

/// How long a caller waits for any answer of the database before it is told `UNAVAILABLE`.
pub(crate) const DEADLINE: Duration = Duration::from_millis(4500);

/// How the database is reached and used.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where, and as whom. Without [`Self::app_login`] this user takes on the role `brigade_app`.
    pub connect: PgConnectOptions,
    /// Whether `connect` signs in as `brigade_app` (or a user with its rights) itself.
    pub app_login: bool,
    /// Connections for everything but the commits of entities.
    pub pool: u32,
    /// Connections that commit entities: one while it keeps up, the others when it does not.
    pub lanes: usize,
    /// Threads of the database runtime.
    pub threads: usize,
}

impl Settings {
    /// The usual numbers for a server at `connect`.
    pub fn new(connect: PgConnectOptions) -> Self {
        Self { connect, app_login: false, pool: 10, lanes: 4, threads: 1 }
    }

    /// What each connection of the running server asks for at its start.
    fn runtime_options(&self) -> PgConnectOptions {
        let options = self.connect.clone().application_name("brigade").options([
            ("statement_timeout", "3s"),
            ("lock_timeout", "2s"),
            ("idle_in_transaction_session_timeout", "10s"),
        ]);
        if self.app_login { options } else { options.options([("role", "brigade_app")]) }
    }
}

/// Keeps a runtime, and may be dropped anywhere. Tokio's own must not be dropped where a thread may not block, which
/// is where the last handle usually goes.
struct Keeper(Option<Runtime>);

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

struct Inner {
    pool: PgPool,
    connect: PgConnectOptions,
    lanes: usize,
    runtime: Handle,
    _keeper: Keeper,
}

/// The way to PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

/// The way to PostgreSQL for a task of the store's own, which is to end when nobody else needs it any more.
pub(crate) struct WeakDb(Weak<Inner>);

impl WeakDb {
    /// `None` when nobody needs the database any more, or it was closed.
    pub(crate) fn upgrade(&self) -> Option<Db> {
        self.0.upgrade().map(Db).filter(|db| !db.0.pool.is_closed())
    }
}

impl Db {
    /// Connects as the running server and refuses a PostgreSQL that would lose what it acknowledged, or a role
    /// that could see every tenant's rows.
    pub async fn connect(settings: Settings) -> Result<Self, StartError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(settings.threads.max(1))
            .thread_name("database")
            .enable_all()
            .build()
            .map_err(StartError::Runtime)?;
        let (runtime, keeper) = (runtime.handle().clone(), Keeper(Some(runtime)));
        let connect = settings.runtime_options();
        let options = PgPoolOptions::new()
            .max_connections(settings.pool.max(1))
            .acquire_timeout(Duration::from_secs(3))
            .after_release(|connection, _| Box::pin(is_clean(connection)));
        let (lanes, opened) = (settings.lanes.max(1), connect.clone());
        let open = async move {
            let pool = options.connect_with(opened).await.map_err(migrate::explain_connect)?;
            let mut connection = pool.acquire().await?;
            check::server(&mut connection).await?;
            migrate::check(&mut connection).await?;
            drop(connection);
            Ok::<_, StartError>(pool)
        };
        let pool = runtime.spawn(open).await.map_err(StartError::Task)??;
        Ok(Self(Arc::new(Inner { pool, connect, lanes, runtime, _keeper: keeper })))
    }

    /// Reads rows of `tenant`; `what` says what for, should it fail.
    pub async fn read<T, F>(&self, what: &'static str, tenant: TenantId, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        self.transaction(what, begin(Some(tenant), true), work).await.map_err(|error| only_fault(error, what))
    }

    /// Changes rows of `tenant`: all of it or, when `work` returns an error, nothing.
    pub async fn write<T, F>(&self, what: &'static str, tenant: TenantId, work: F) -> Result<T, Rejection>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        self.transaction(what, begin(Some(tenant), false), work).await.map_err(|error| error.into_rejection(what))
    }

    /// Reads tables that have no tenant. Rows of tenants are not there: no tenant is set.
    pub async fn global_read<T, F>(&self, what: &'static str, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        self.transaction(what, begin(None, true), work).await.map_err(|error| only_fault(error, what))
    }

    /// Changes tables that have no tenant. A change of both sets the tenant half-way, with [`set_tenant`].
    pub async fn global_write<T, F>(&self, what: &'static str, work: F) -> Result<T, Rejection>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        self.transaction(what, begin(None, false), work).await.map_err(|error| error.into_rejection(what))
    }

    async fn transaction<T, F>(&self, what: &'static str, begin: String, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        let pool = self.0.pool.clone();
        self.task(what, async move {
            // Safe: `begin` is made below from nothing but a uuid.
            let mut tx = pool.begin_with(AssertSqlSafe(begin)).await?;
            match work(&mut tx).await {
                Ok(value) => {
                    tx.commit().await?;
                    Ok(value)
                }
                Err(error) => {
                    // The error is what matters; a rollback that fails too means the connection is gone, and with
                    // it the transaction.
                    let _ = tx.rollback().await;
                    Err(error)
                }
            }
        })
        .await
    }

    /// Runs `work` to its end on the database's runtime; waits for it at most [`DEADLINE`].
    pub(crate) async fn task<T, E>(
        &self,
        what: &'static str,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        match tokio::time::timeout(DEADLINE, self.0.runtime.spawn(work)).await {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => Err(Fault::internal(what, panic).into()),
            Err(elapsed) => Err(Fault::unavailable("the database", elapsed).into()),
        }
    }

    /// Starts a task of the store's own on the database's runtime.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.0.runtime.spawn(work);
    }

    pub(crate) fn downgrade(&self) -> WeakDb {
        WeakDb(Arc::downgrade(&self.0))
    }

    /// How the server's own connections are opened.
    pub(crate) fn connect_options(&self) -> &PgConnectOptions {
        &self.0.connect
    }

    pub(crate) fn lanes(&self) -> usize {
        self.0.lanes
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Fault> {
        let pool = self.0.pool.clone();
        let ping = async move { Ok::<_, Error>(pool.acquire().await?.ping().await?) };
        self.task("ping the database", ping).await.map_err(|error| only_fault(error, "ping the database"))
    }

    /// Connections of the pool: all, and those idle.
    pub fn connections(&self) -> (u32, usize) {
        (self.0.pool.size(), self.0.pool.num_idle())
    }

    /// Waits for what runs and closes the connections.
    pub async fn close(&self) {
        let pool = self.0.pool.clone();
        if let Err(panic) = self.0.runtime.spawn(async move { pool.close().await }).await {
            tracing::error!(error = %panic, "Closing the database connections broke off.");
        }
    }
}

/// Reads have no rule that says no: what refuses them all the same is a defect.
fn only_fault(error: Error, what: &'static str) -> Fault {
    match error {
        Error::Sql(error) => fault(what, error),
        Error::Refused(refusal) => Fault::internal(what, refusal),
        Error::Broken(fault) => fault,
    }
}

/// The statement that opens a transaction with its tenant set, in one round trip.
pub(crate) fn begin(tenant: Option<TenantId>, read_only: bool) -> String {
    let begin = if read_only { "BEGIN READ ONLY" } else { "BEGIN" };
    match tenant {
        Some(tenant) => format!("{begin}; SET LOCAL brigade.tenant_id = '{}'", tenant.uuid()),
        None => begin.to_owned(),
    }
}

/// Sets the tenant for the rest of the transaction.
pub async fn set_tenant(tx: &mut PgConnection, tenant: TenantId) -> Result<(), Error> {
    sqlx::query_scalar!("select set_config('brigade.tenant_id', $1, true)", tenant.uuid().to_string())
        .fetch_one(tx)
        .await?;
    Ok(())
}

/// Whether a connection that comes back may be used again. Inside a transaction the time of the transaction is not
/// the time of the statement; inside a failed one the question itself is an error, and the connection is closed too.
async fn is_clean(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    // As a simple query: of a prepared one, parsing begins the implicit transaction before the statement runs.
    let row = sqlx::raw_sql(
        "select now() = statement_timestamp() and coalesce(current_setting('brigade.tenant_id', true), '') = ''",
    )
    .fetch_one(connection)
    .await?;
    let clean: bool = sqlx::Row::try_get(&row, 0)?;
    if !clean {
        tracing::error!("A database connection came back inside a transaction and was closed.");
    }
    Ok(clean)
}
