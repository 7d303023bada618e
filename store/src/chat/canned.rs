//! Canned replies.

use brigade_domain::chat::canned::{CannedReplies, KeptReply, Reply, ReplyText, Shortcut};
use brigade_domain::id::{ReplyId, TenantId};
use brigade_domain::identity::Cause;
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{check_seen, to_rev};
use crate::Db;
use crate::audit::{Line, Outcome, append};
use crate::error::Error;
use crate::time::to_db;

/// Canned replies in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgCannedReplies(Db);

impl PgCannedReplies {
    /// Works through `db`.
    pub const fn new(db: Db) -> Self {
        Self(db)
    }
}

impl CannedReplies for PgCannedReplies {
    fn list(&self, tenant: TenantId) -> BoxFuture<'static, Result<Vec<KeptReply>, Fault>> {
        let db = self.0.clone();
        Box::pin(async move { db.read("list canned replies", tenant, move |tx| Box::pin(list(tx, tenant))).await })
    }

    fn create(
        &self,
        tenant: TenantId,
        id: ReplyId,
        reply: Reply,
        cause: Cause,
    ) -> BoxFuture<'static, Result<KeptReply, Rejection>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.write("make a canned reply", tenant, move |tx| {
                Box::pin(async move {
                    insert(tx, tenant, id, &reply, &cause).await?;
                    note(tx, tenant, "canned_reply.created", id, Some(&reply), &cause).await?;
                    Ok(KeptReply { id, rev: 1, reply })
                })
            })
            .await
        })
    }

    fn change(
        &self,
        tenant: TenantId,
        id: ReplyId,
        rev: u32,
        reply: Reply,
        cause: Cause,
    ) -> BoxFuture<'static, Result<KeptReply, Rejection>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.write("change a canned reply", tenant, move |tx| {
                Box::pin(async move {
                    let rev = update(tx, tenant, id, rev, &reply, &cause).await?;
                    note(tx, tenant, "canned_reply.changed", id, Some(&reply), &cause).await?;
                    Ok(KeptReply { id, rev, reply })
                })
            })
            .await
        })
    }

    fn remove(&self, tenant: TenantId, id: ReplyId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.write("remove a canned reply", tenant, move |tx| {
                Box::pin(async move {
                    delete(tx, tenant, id).await?;
                    note(tx, tenant, "canned_reply.removed", id, None, &cause).await
                })
            })
            .await
        })
    }
}

async fn list(tx: &mut PgConnection, tenant: TenantId) -> Result<Vec<KeptReply>, Error> {
    let rows = sqlx::query!(
        "select id, rev, shortcut, text from canned_replies where tenant_id = $1 order by shortcut",
        tenant.uuid()
    )
    .fetch_all(tx)
    .await?;
    let kept = |id: Uuid, rev: i32, shortcut: &str, text: &str| -> Result<KeptReply, Error> {
        // By the rules of today: who makes them stricter changes what is kept first.
        let broken = |refusal: Refusal| Fault::internal("read a canned reply", refusal);
        let reply = Reply {
            shortcut: Shortcut::parse(shortcut).map_err(broken)?,
            text: ReplyText::parse(text).map_err(broken)?,
        };
        Ok(KeptReply { id: ReplyId::from_uuid(id), rev: to_rev(rev)?, reply })
    };
    rows.into_iter().map(|row| kept(row.id, row.rev, &row.shortcut, &row.text)).collect()
}

async fn insert(
    tx: &mut PgConnection,
    tenant: TenantId,
    id: ReplyId,
    reply: &Reply,
    cause: &Cause,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into canned_replies (tenant_id, id, shortcut, text, changed_at) values ($1, $2, $3, $4, $5)",
        tenant.uuid(),
        id.uuid(),
        reply.shortcut.as_str(),
        reply.text.as_str(),
        to_db(cause.at)
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn update(
    tx: &mut PgConnection,
    tenant: TenantId,
    id: ReplyId,
    rev: u32,
    reply: &Reply,
    cause: &Cause,
) -> Result<u32, Error> {
    let known = sqlx::query_scalar!(
        "select rev from canned_replies where tenant_id = $1 and id = $2 for update",
        tenant.uuid(),
        id.uuid()
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Error::from(Code::NotFound))?;
    let said = "Somebody else has changed this canned reply meanwhile. Look at it again.";
    check_seen(to_rev(known)?, rev, said)?;
    let rev = sqlx::query_scalar!(
        "update canned_replies set rev = rev + 1, shortcut = $3, text = $4, changed_at = $5
         where tenant_id = $1 and id = $2 returning rev",
        tenant.uuid(),
        id.uuid(),
        reply.shortcut.as_str(),
        reply.text.as_str(),
        to_db(cause.at)
    )
    .fetch_one(tx)
    .await?;
    to_rev(rev)
}

async fn delete(tx: &mut PgConnection, tenant: TenantId, id: ReplyId) -> Result<(), Error> {
    let removed = sqlx::query!("delete from canned_replies where tenant_id = $1 and id = $2", tenant.uuid(), id.uuid())
        .execute(tx)
        .await?;
    if removed.rows_affected() == 0 { Err(Code::NotFound.into()) } else { Ok(()) }
}

async fn note(
    tx: &mut PgConnection,
    tenant: TenantId,
    event: &str,
    id: ReplyId,
    reply: Option<&Reply>,
    cause: &Cause,
) -> Result<(), Error> {
    let shortcut = reply.map(|reply| &reply.shortcut);
    let line = Line::of(event, Outcome::Succeeded, cause, json!({ "reply": id, "shortcut": shortcut }));
    append(tx, tenant, &[line]).await
}
