//! A tenant's API keys.

use brigade_domain::id::{ApiKeyId, TenantId};
use brigade_domain::identity::ports::{ApiKeys, KeyInfo, NewKey, SessionEvent};
use brigade_domain::identity::{Cause, KeyKind, KeyMode, TenantKey};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use brigade_domain::text::DisplayName;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::keyring::{KeyRing, Place};
use super::{Identity, audit, sha256};
use crate::error::Error;
use crate::time::{DbTime, from_db, to_db};

/// Keys that work, a tenant.
const MOST: i64 = 50;

impl ApiKeys for Identity {
    fn list(&self, tenant: TenantId) -> BoxFuture<'static, Result<Vec<KeyInfo>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move { db.read("list keys", tenant, move |tx| Box::pin(list(tx, tenant))).await })
    }

    fn create(&self, tenant: TenantId, key: NewKey, cause: Cause) -> BoxFuture<'static, Result<KeyInfo, Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let inner = identity.clone();
            identity
                .db()
                .write("make a key", tenant, move |tx| {
                    Box::pin(async move {
                        check_slug(tx, tenant, &key.key).await?;
                        let info = insert(tx, &inner.0.ring, tenant, &key, &cause).await?;
                        let details = json!({ "key": key.id, "kind": key.key.kind(), "mode": key.key.mode() });
                        audit::done(tx, Some(tenant), "api_key.created", &cause, details).await?;
                        Ok(info)
                    })
                })
                .await
        })
    }

    fn rotate(
        &self,
        tenant: TenantId,
        old: ApiKeyId,
        new: ApiKeyId,
        random: String,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(KeyInfo, TenantKey), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let inner = identity.clone();
            let rotated = identity
                .db()
                .write("rotate a key", tenant, move |tx| {
                    Box::pin(async move {
                        let key = successor(tx, tenant, old, new, &random, &cause).await?;
                        let info = insert(tx, &inner.0.ring, tenant, &key, &cause).await?;
                        let details = json!({ "key": old, "by": new });
                        audit::done(tx, Some(tenant), "api_key.rotated", &cause, details).await?;
                        Ok((info, key.key))
                    })
                })
                .await?;
            identity.ended(SessionEvent::Key(old)).await;
            Ok(rotated)
        })
    }

    fn revoke(&self, tenant: TenantId, key: ApiKeyId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            identity
                .db()
                .write("revoke a key", tenant, move |tx| {
                    Box::pin(async move {
                        end(tx, tenant, key, &cause).await?;
                        audit::done(tx, Some(tenant), "api_key.revoked", &cause, json!({ "key": key })).await
                    })
                })
                .await?;
            identity.ended(SessionEvent::Key(key)).await;
            Ok(())
        })
    }
}

struct Record {
    id: Uuid,
    name: String,
    kind: String,
    mode: String,
    shown: String,
    created_at: DbTime,
    last_used_at: Option<DbTime>,
}

fn info(record: Record) -> Result<KeyInfo, Error> {
    Ok(KeyInfo {
        id: ApiKeyId::from_uuid(record.id),
        name: record.name,
        kind: if record.kind == KeyKind::Public.as_str() { KeyKind::Public } else { KeyKind::Secret },
        mode: if record.mode == KeyMode::Live.as_str() { KeyMode::Live } else { KeyMode::Test },
        shown: record.shown,
        created_at: from_db(record.created_at)?,
        last_used_at: record.last_used_at.map(from_db).transpose()?,
    })
}

async fn list(tx: &mut PgConnection, tenant: TenantId) -> Result<Vec<KeyInfo>, Error> {
    let rows = sqlx::query_as!(
        Record,
        "select id, name, kind, mode, shown, created_at, last_used_at from api_keys
         where tenant_id = $1 and revoked_at is null order by created_at desc, id desc",
        tenant.uuid()
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(info).collect()
}

/// A key carries its tenant's short name.
async fn check_slug(tx: &mut PgConnection, tenant: TenantId, key: &TenantKey) -> Result<(), Error> {
    let slug = slug(tx, tenant).await?;
    if key.expose().split('_').nth(2) == Some(slug.as_str()) {
        return Ok(());
    }
    Err(Fault::Internal { what: "make a key with another tenant's short name", source: None }.into())
}

async fn slug(tx: &mut PgConnection, tenant: TenantId) -> Result<String, Error> {
    Ok(sqlx::query_scalar!("select slug from tenants where id = $1", tenant.uuid()).fetch_one(tx).await?)
}

/// Where a secret key is sealed for.
pub(super) const fn place(tenant: TenantId, key: Uuid) -> Place {
    Place { tenant, column: "api_keys.sealed", row: key }
}

async fn insert(
    tx: &mut PgConnection,
    ring: &KeyRing,
    tenant: TenantId,
    new: &NewKey,
    cause: &Cause,
) -> Result<KeyInfo, Error> {
    let working = sqlx::query_scalar!(
        r#"select count(*) as "count!" from api_keys where tenant_id = $1 and revoked_at is null"#,
        tenant.uuid()
    )
    .fetch_one(&mut *tx)
    .await?;
    if working >= MOST {
        return Err(Refusal::new(Code::Conflict, format!("There are {MOST} keys already. Revoke one first.")).into());
    }
    let text = new.key.expose();
    let (shown, sealed) = match new.key.kind() {
        KeyKind::Public => (text.to_owned(), None),
        KeyKind::Secret => (new.key.hint(), Some(ring.seal(text.as_bytes(), place(tenant, new.id.uuid()))?)),
    };
    let row = sqlx::query_as!(
        Record,
        "insert into api_keys (tenant_id, id, name, kind, mode, secret_hash, shown, sealed, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         returning id, name, kind, mode, shown, created_at, last_used_at",
        tenant.uuid(),
        new.id.uuid(),
        new.name.as_str(),
        new.key.kind().as_str(),
        new.key.mode().as_str(),
        &sha256(text)[..],
        shown,
        sealed,
        to_db(cause.at)
    )
    .fetch_one(tx)
    .await?;
    info(row)
}

/// Ends `old`, and answers the key that takes its place.
async fn successor(
    tx: &mut PgConnection,
    tenant: TenantId,
    old: ApiKeyId,
    new: ApiKeyId,
    random: &str,
    cause: &Cause,
) -> Result<NewKey, Error> {
    let (name, kind, mode) = end(tx, tenant, old, cause).await?;
    let slug = slug(tx, tenant).await?;
    let key = TenantKey::compose(kind, mode, &slug, random)
        .map_err(|_| Fault::Internal { what: "compose a key", source: None })?;
    Ok(NewKey { id: new, name: DisplayName::parse("name", &name)?, key })
}

async fn end(
    tx: &mut PgConnection,
    tenant: TenantId,
    key: ApiKeyId,
    cause: &Cause,
) -> Result<(String, KeyKind, KeyMode), Error> {
    let row = sqlx::query!(
        "update api_keys set revoked_at = $3 where tenant_id = $1 and id = $2 and revoked_at is null
         returning name, kind, mode",
        tenant.uuid(),
        key.uuid(),
        to_db(cause.at)
    )
    .fetch_optional(tx)
    .await?;
    let row = row.ok_or(Error::from(Code::NotFound))?;
    let kind = if row.kind == KeyKind::Public.as_str() { KeyKind::Public } else { KeyKind::Secret };
    let mode = if row.mode == KeyMode::Live.as_str() { KeyMode::Live } else { KeyMode::Test };
    Ok((row.name, kind, mode))
}
