//! Copies of what is known of somebody: asked for, made in attempts, taken away. Their bytes are kept with the files.

use brigade_domain::Timestamp;
use brigade_domain::entity::Job;
use brigade_domain::id::{ExportId, UserId};
use brigade_domain::identity::Cause;
use brigade_domain::identity::mail::{Letter, OwnDataNews};
use brigade_domain::identity::own_data::{BUILD, EVERY_SECONDS, EXPIRE, Export, KEPT_SECONDS, WAITED_SECONDS};
use brigade_domain::identity::ports::{ExportWork, Exports};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::mail::{Envelope, post};
use super::resolve::later;
use super::{Identity, audit, scope};
use crate::error::{Error, unruled};
use crate::jobs::enqueue;
use crate::time::{DbTime, from_db, to_db};

impl Identity {
    /// Changes what no rule can refuse.
    async fn work<T, F>(&self, what: &'static str, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        self.db().global_write(what, work).await.map_err(|error| unruled(error, what))
    }
}

impl Exports for Identity {
    fn request(&self, user: UserId, id: ExportId, cause: Cause) -> BoxFuture<'static, Result<Export, Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_write("ask for a copy of one's data", move |tx| Box::pin(request(tx, user, id, cause))).await
        })
    }

    fn exports(&self, user: UserId, at: Timestamp) -> BoxFuture<'static, Result<Vec<Export>, Fault>> {
        let db = self.db().clone();
        Box::pin(
            async move { db.global_read("list copies of one's data", move |tx| Box::pin(list(tx, user, at))).await },
        )
    }

    fn open(&self, user: UserId, id: ExportId, cause: Cause) -> BoxFuture<'static, Result<(Uuid, u64), Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_write("save a copy of one's data", move |tx| Box::pin(open(tx, user, id, cause))).await
        })
    }
}

impl ExportWork for Identity {
    fn begin(
        &self,
        user: UserId,
        id: ExportId,
        build: Uuid,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<Option<Option<Uuid>>, Fault>> {
        let identity = self.clone();
        Box::pin(async move {
            identity.work("begin a copy of somebody's data", move |tx| Box::pin(begin(tx, user, id, build, at))).await
        })
    }

    fn progress(&self, user: UserId, build: Uuid, steps: (u32, u32)) -> BoxFuture<'static, Result<bool, Fault>> {
        let identity = self.clone();
        Box::pin(async move {
            identity
                .work("note how far a copy is", move |tx| {
                    Box::pin(async move {
                        scope::be(tx, user).await?;
                        let noted = sqlx::query!(
                            "update data_exports set steps_done = $3, steps = $4
                             where user_id = $1 and build = $2 and bytes is null",
                            user.uuid(),
                            build,
                            i32::try_from(steps.0.min(steps.1)).unwrap_or(i32::MAX),
                            i32::try_from(steps.1).unwrap_or(i32::MAX)
                        );
                        Ok(noted.execute(tx).await?.rows_affected() == 1)
                    })
                })
                .await
        })
    }

    fn finish(&self, user: UserId, build: Uuid, bytes: u64, at: Timestamp) -> BoxFuture<'static, Result<bool, Fault>> {
        let (identity, inner) = (self.clone(), self.clone());
        Box::pin(async move {
            identity
                .work("finish a copy of somebody's data", move |tx| {
                    Box::pin(async move { finish(tx, &inner, user, build, bytes, at).await })
                })
                .await
        })
    }

    fn over(&self, user: UserId, id: ExportId, at: Timestamp) -> BoxFuture<'static, Result<Option<Uuid>, Fault>> {
        let identity = self.clone();
        Box::pin(async move {
            identity
                .work("look whether a copy is over", move |tx| {
                    Box::pin(async move {
                        scope::be(tx, user).await?;
                        let build = sqlx::query_scalar!(
                            "select build from data_exports where user_id = $1 and id = $2 and expires_at <= $3",
                            user.uuid(),
                            id.uuid(),
                            to_db(at)
                        );
                        Ok(build.fetch_optional(tx).await?.flatten())
                    })
                })
                .await
        })
    }

    fn forget(&self, user: UserId, id: ExportId, at: Timestamp) -> BoxFuture<'static, Result<(), Fault>> {
        let identity = self.clone();
        Box::pin(async move {
            identity
                .work("forget a copy that is over", move |tx| {
                    Box::pin(async move {
                        scope::be(tx, user).await?;
                        sqlx::query!(
                            "delete from data_exports where user_id = $1 and id = $2 and expires_at <= $3",
                            user.uuid(),
                            id.uuid(),
                            to_db(at)
                        )
                        .execute(tx)
                        .await?;
                        Ok(())
                    })
                })
                .await
        })
    }
}

/// A row as its owner sees it.
struct Row {
    id: Uuid,
    requested_at: DbTime,
    steps_done: i32,
    steps: i32,
    bytes: Option<i64>,
    expires_at: DbTime,
}

impl TryFrom<Row> for Export {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: ExportId::from_uuid(row.id),
            requested_at: from_db(row.requested_at)?,
            steps: (row.steps_done.unsigned_abs(), row.steps.unsigned_abs()),
            bytes: row.bytes.map(i64::unsigned_abs),
            expires_at: from_db(row.expires_at)?,
        })
    }
}

async fn request(tx: &mut PgConnection, user: UserId, id: ExportId, cause: Cause) -> Result<Export, Error> {
    // Whoever asks twice at once takes turns: the second finds the first.
    sqlx::query!("select id from users where id = $1 for update", user.uuid()).fetch_optional(&mut *tx).await?;
    for last in list(tx, user, cause.at).await? {
        let from = if last.bytes.is_none() { later(cause.at, 60) } else { later(last.requested_at, EVERY_SECONDS) };
        if let Ok(wait) = std::time::Duration::try_from(from.duration_since(cause.at))
            && !wait.is_zero()
        {
            return Err(too_soon(last.bytes.is_none()).retry_after(wait).into());
        }
    }
    let export =
        Export { id, requested_at: cause.at, steps: (0, 0), bytes: None, expires_at: later(cause.at, WAITED_SECONDS) };
    sqlx::query!(
        "insert into data_exports (id, user_id, requested_at, expires_at) values ($1, $2, $3, $4)",
        id.uuid(),
        user.uuid(),
        to_db(export.requested_at),
        to_db(export.expires_at)
    )
    .execute(&mut *tx)
    .await?;
    let body = json!({ "user": user, "export": id });
    let gone = Job { run_at: Some(export.expires_at), ..Job::new(EXPIRE, body.clone()) };
    enqueue(tx, None, &[&Job::new(BUILD, body), &gone]).await?;
    let home = audit::home(tx, user).await?;
    audit::done(tx, home, "own_data.copy_requested", &cause, json!({ "export": id })).await?;
    Ok(export)
}

fn too_soon(being_made: bool) -> Refusal {
    let text = if being_made {
        "A copy is being made already. It is shown here when it is ready."
    } else {
        "You have had a copy within the last hour. Save that one, or come back later."
    };
    Refusal::new(Code::RateLimited, text).with_details(json!({ "limit": "data_exports" }))
}

async fn list(tx: &mut PgConnection, user: UserId, at: Timestamp) -> Result<Vec<Export>, Error> {
    scope::be(tx, user).await?;
    let rows = sqlx::query_as!(
        Row,
        "select id, requested_at, steps_done, steps, bytes, expires_at from data_exports
         where user_id = $1 and expires_at > $2 order by requested_at desc, id desc",
        user.uuid(),
        to_db(at)
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(Export::try_from).collect()
}

async fn open(tx: &mut PgConnection, user: UserId, id: ExportId, cause: Cause) -> Result<(Uuid, u64), Error> {
    scope::be(tx, user).await?;
    let found = sqlx::query!(
        r#"select build as "build!", bytes as "bytes!" from data_exports
           where user_id = $1 and id = $2 and bytes is not null and expires_at > $3"#,
        user.uuid(),
        id.uuid(),
        to_db(cause.at)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let found = found.ok_or(Error::from(Code::NotFound))?;
    let home = audit::home(tx, user).await?;
    audit::done(tx, home, "own_data.copy_saved", &cause, json!({ "export": id })).await?;
    Ok((found.build, found.bytes.unsigned_abs()))
}

async fn begin(
    tx: &mut PgConnection,
    user: UserId,
    id: ExportId,
    build: Uuid,
    at: Timestamp,
) -> Result<Option<Option<Uuid>>, Error> {
    scope::be(tx, user).await?;
    let waiting = sqlx::query_scalar!(
        "select build from data_exports where user_id = $1 and id = $2 and bytes is null and expires_at > $3 for update",
        user.uuid(),
        id.uuid(),
        to_db(at)
    )
    .fetch_optional(&mut *tx)
    .await?;
    if waiting.is_some() {
        sqlx::query!(
            "update data_exports set build = $3, steps_done = 0, steps = 0 where user_id = $1 and id = $2",
            user.uuid(),
            id.uuid(),
            build
        )
        .execute(tx)
        .await?;
    }
    Ok(waiting)
}

async fn finish(
    tx: &mut PgConnection,
    identity: &Identity,
    user: UserId,
    build: Uuid,
    bytes: u64,
    at: Timestamp,
) -> Result<bool, Error> {
    scope::be(tx, user).await?;
    let expires_at = later(at, KEPT_SECONDS);
    let finished = sqlx::query_scalar!(
        "update data_exports set bytes = $3, finished_at = $4, expires_at = $5, steps_done = steps
         where user_id = $1 and build = $2 and bytes is null returning id",
        user.uuid(),
        build,
        i64::try_from(bytes).unwrap_or(i64::MAX),
        to_db(at),
        to_db(expires_at)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(id) = finished.map(ExportId::from_uuid) else { return Ok(false) };
    let gone = Job::new(EXPIRE, json!({ "user": user, "export": id }));
    enqueue(tx, None, &[&Job { run_at: Some(expires_at), ..gone }]).await?;
    let person = sqlx::query!("select name, email from users where id = $1", user.uuid()).fetch_one(&mut *tx).await?;
    post(
        tx,
        identity.ring(),
        &Envelope::new(&Letter::OwnData { name: person.name, news: OwnDataNews::CopyReady }, &person.email, at),
    )
    .await?;
    let home = audit::home(tx, user).await?;
    audit::done(tx, home, "own_data.copy_made", &Cause::system(at), json!({ "user": user, "export": id })).await?;
    Ok(true)
}
