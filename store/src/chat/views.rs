//! Saved views of the inbox.

use brigade_domain::chat::view::{Criteria, Editor, KeptView, View, ViewName, Views};
use brigade_domain::id::{TenantId, UserId, ViewId};
use brigade_domain::identity::Cause;
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Rejection};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{check_seen, read_name, to_rev};
use crate::Db;
use crate::audit::{Line, Outcome, append};
use crate::error::Error;
use crate::time::to_db;

/// Views in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgViews(Db);

impl PgViews {
    /// Works through `db`.
    pub const fn new(db: Db) -> Self {
        Self(db)
    }
}

impl Views for PgViews {
    fn list(&self, tenant: TenantId, me: Option<UserId>) -> BoxFuture<'static, Result<Vec<KeptView>, Fault>> {
        let db = self.0.clone();
        Box::pin(async move { db.read("list views", tenant, move |tx| Box::pin(list(tx, tenant, me))).await })
    }

    fn create(
        &self,
        tenant: TenantId,
        id: ViewId,
        owner: Option<UserId>,
        view: View,
        cause: Cause,
    ) -> BoxFuture<'static, Result<KeptView, Rejection>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.write("keep a view", tenant, move |tx| {
                Box::pin(async move {
                    let kept = KeptView { id, rev: 1, owner, view };
                    insert(tx, tenant, &kept, &cause).await?;
                    note(tx, tenant, "inbox_view.created", &kept, &cause).await?;
                    Ok(kept)
                })
            })
            .await
        })
    }

    fn change(
        &self,
        tenant: TenantId,
        id: ViewId,
        editor: Editor,
        rev: u32,
        view: View,
        cause: Cause,
    ) -> BoxFuture<'static, Result<KeptView, Rejection>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.write("change a view", tenant, move |tx| {
                Box::pin(async move {
                    let known = lock(tx, tenant, id, editor).await?;
                    check_seen(known.rev, rev, "This view has been changed meanwhile. Look at it again.")?;
                    let kept = KeptView { rev: rev + 1, view, ..known };
                    update(tx, tenant, &kept, &cause).await?;
                    note(tx, tenant, "inbox_view.changed", &kept, &cause).await?;
                    Ok(kept)
                })
            })
            .await
        })
    }

    fn remove(
        &self,
        tenant: TenantId,
        id: ViewId,
        editor: Editor,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.write("remove a view", tenant, move |tx| {
                Box::pin(async move {
                    let known = lock(tx, tenant, id, editor).await?;
                    delete(tx, tenant, id).await?;
                    note(tx, tenant, "inbox_view.removed", &known, &cause).await
                })
            })
            .await
        })
    }
}

async fn list(tx: &mut PgConnection, tenant: TenantId, me: Option<UserId>) -> Result<Vec<KeptView>, Error> {
    let rows = sqlx::query_as!(
        Record,
        "select id, rev, owner, name, criteria, sorting from inbox_views
         where tenant_id = $1 and (owner is null or owner = $2) order by id",
        tenant.uuid(),
        me.map(UserId::uuid),
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(Record::read).collect()
}

struct Record {
    id: Uuid,
    rev: i32,
    owner: Option<Uuid>,
    name: String,
    criteria: Value,
    sorting: String,
}

impl Record {
    /// By the rules of today: who makes them stricter changes what is kept first.
    fn read(self) -> Result<KeptView, Error> {
        let name = ViewName::parse(&self.name).map_err(|refusal| Fault::internal("read a view's name", refusal))?;
        let criteria: Criteria =
            serde_json::from_value(self.criteria).map_err(|error| Fault::internal("read a view's criteria", error))?;
        let view = View { name, criteria, order: read_name(self.sorting, "read a view's order")? };
        let (id, owner) = (ViewId::from_uuid(self.id), self.owner.map(UserId::from_uuid));
        Ok(KeptView { id, rev: to_rev(self.rev)?, owner, view })
    }
}

fn to_json(criteria: &Criteria) -> Result<Value, Error> {
    Ok(serde_json::to_value(criteria).map_err(|error| Fault::internal("write a view's criteria", error))?)
}

/// The view as it is, which nobody else changes meanwhile; only if `editor` may.
async fn lock(tx: &mut PgConnection, tenant: TenantId, id: ViewId, editor: Editor) -> Result<KeptView, Error> {
    let known = sqlx::query_as!(
        Record,
        "select id, rev, owner, name, criteria, sorting from inbox_views where tenant_id = $1 and id = $2 for update",
        tenant.uuid(),
        id.uuid(),
    )
    .fetch_optional(tx)
    .await?
    .ok_or(Error::from(Code::NotFound))?
    .read()?;
    editor.may_change(known.owner)?;
    Ok(known)
}

async fn insert(tx: &mut PgConnection, tenant: TenantId, kept: &KeptView, cause: &Cause) -> Result<(), Error> {
    sqlx::query!(
        "insert into inbox_views (tenant_id, id, owner, name, criteria, sorting, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        tenant.uuid(),
        kept.id.uuid(),
        kept.owner.map(UserId::uuid),
        kept.view.name.as_str(),
        to_json(&kept.view.criteria)?,
        kept.view.order.as_str(),
        to_db(cause.at)
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn update(tx: &mut PgConnection, tenant: TenantId, kept: &KeptView, cause: &Cause) -> Result<(), Error> {
    sqlx::query!(
        "update inbox_views set rev = rev + 1, name = $3, criteria = $4, sorting = $5, changed_at = $6
         where tenant_id = $1 and id = $2",
        tenant.uuid(),
        kept.id.uuid(),
        kept.view.name.as_str(),
        to_json(&kept.view.criteria)?,
        kept.view.order.as_str(),
        to_db(cause.at)
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn delete(tx: &mut PgConnection, tenant: TenantId, id: ViewId) -> Result<(), Error> {
    sqlx::query!("delete from inbox_views where tenant_id = $1 and id = $2", tenant.uuid(), id.uuid())
        .execute(tx)
        .await?;
    Ok(())
}

/// What the staff share is on the record; how somebody sorts their own day is not.
async fn note(
    tx: &mut PgConnection,
    tenant: TenantId,
    event: &str,
    kept: &KeptView,
    cause: &Cause,
) -> Result<(), Error> {
    if kept.owner.is_some() {
        return Ok(());
    }
    let line = Line::of(event, Outcome::Succeeded, cause, json!({ "view": kept.id, "name": kept.view.name }));
    append(tx, tenant, &[line]).await
}
