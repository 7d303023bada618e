//! With what a business's own site signs who its visitor is: sealed, and for a day beside the one before.

use brigade_domain::Timestamp;
use brigade_domain::id::TenantId;
use brigade_domain::identity::ports::{IdentitySecrets, SECRET_OVERLAP, SecretState};
use brigade_domain::identity::{Cause, Secret};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use serde_json::json;
use sqlx::PgConnection;

use super::keyring::{KeyRing, Place};
use super::{Identity, audit};
use crate::chat::{check_seen, to_rev};
use crate::error::Error;
use crate::time::{DbTime, from_db, to_db};

const MEANWHILE: &str = "The secret has been changed meanwhile. Look at it again.";

const fn place(tenant: TenantId) -> Place {
    Place { tenant, column: "identity_secrets.sealed", row: tenant.uuid() }
}

const fn place_of_previous(tenant: TenantId) -> Place {
    Place { tenant, column: "identity_secrets.previous_sealed", row: tenant.uuid() }
}

impl IdentitySecrets for Identity {
    fn state(&self, tenant: TenantId) -> BoxFuture<'static, Result<SecretState, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            let state = db.read("look at an identity secret", tenant, move |tx| {
                Box::pin(async move { row(tx, tenant).await?.map_or(Ok(SecretState::default()), |row| row.state()) })
            });
            state.await
        })
    }

    fn renew(
        &self,
        tenant: TenantId,
        rev: u32,
        secret: Secret,
        cause: Cause,
    ) -> BoxFuture<'static, Result<SecretState, Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let inner = identity.clone();
            let renew = identity.db().write("renew an identity secret", tenant, move |tx| {
                Box::pin(async move { renew(tx, &inner.0.ring, tenant, rev, &secret, &cause).await })
            });
            renew.await
        })
    }

    fn end(&self, tenant: TenantId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.write("end an identity secret", tenant, move |tx| {
                Box::pin(async move {
                    let ended = sqlx::query!(
                        "update identity_secrets set rev = rev + 1, sealed = null, previous_sealed = null,
                                previous_until = null, changed_at = $2
                         where tenant_id = $1 and sealed is not null",
                        tenant.uuid(),
                        to_db(cause.at),
                    )
                    .execute(&mut *tx)
                    .await?;
                    if ended.rows_affected() == 0 {
                        return Err(Code::NotFound.into());
                    }
                    audit::done(tx, Some(tenant), "identity_secret.ended", &cause, json!({})).await
                })
            })
            .await
        })
    }

    fn current(&self, tenant: TenantId, at: Timestamp) -> BoxFuture<'static, Result<Vec<Secret>, Fault>> {
        let identity = self.clone();
        Box::pin(async move {
            let row =
                identity.db().read("read an identity secret", tenant, move |tx| Box::pin(row(tx, tenant))).await?;
            row.map_or_else(|| Ok(Vec::new()), |row| row.open(&identity.0.ring, tenant, at))
        })
    }
}

struct Row {
    rev: i32,
    sealed: Option<Vec<u8>>,
    previous_sealed: Option<Vec<u8>>,
    previous_until: Option<DbTime>,
    changed_at: DbTime,
}

impl Row {
    fn state(&self) -> Result<SecretState, Error> {
        let made_at = self.sealed.as_ref().map(|_| from_db(self.changed_at)).transpose()?;
        let previous_until = self.previous_until.map(from_db).transpose()?;
        Ok(SecretState { rev: to_rev(self.rev)?, made_at, previous_until })
    }

    fn open(&self, ring: &KeyRing, tenant: TenantId, at: Timestamp) -> Result<Vec<Secret>, Fault> {
        let until: Option<Timestamp> = self.previous_until.map(from_db).transpose()?;
        let previous = self.previous_sealed.as_ref().filter(|_| until.is_some_and(|until| at < until));
        let sealed = self.sealed.iter().map(|sealed| (sealed, place(tenant)));
        sealed
            .chain(previous.map(|sealed| (sealed, place_of_previous(tenant))))
            .map(|(sealed, place)| {
                let text = String::from_utf8(ring.open(sealed, place)?);
                text.map(Secret::new).map_err(|error| Fault::internal("open an identity secret", error))
            })
            .collect()
    }
}

async fn row(tx: &mut PgConnection, tenant: TenantId) -> Result<Option<Row>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select rev, sealed, previous_sealed, previous_until, changed_at from identity_secrets where tenant_id = $1",
        tenant.uuid()
    );
    Ok(row.fetch_optional(tx).await?)
}

/// The same, which nobody else changes meanwhile.
async fn lock(tx: &mut PgConnection, tenant: TenantId) -> Result<Option<Row>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select rev, sealed, previous_sealed, previous_until, changed_at from identity_secrets where tenant_id = $1
         for no key update",
        tenant.uuid()
    );
    Ok(row.fetch_optional(tx).await?)
}

async fn renew(
    tx: &mut PgConnection,
    ring: &KeyRing,
    tenant: TenantId,
    rev: u32,
    secret: &Secret,
    cause: &Cause,
) -> Result<SecretState, Error> {
    let known = lock(tx, tenant).await?;
    check_seen(known.as_ref().map_or(Ok(0), |known| to_rev(known.rev))?, rev, MEANWHILE)?;
    // Sealed again, for it has another place from now on.
    let before = known.as_ref().and_then(|known| known.sealed.as_ref());
    let previous =
        before.map(|sealed| ring.seal(&ring.open(sealed, place(tenant))?, place_of_previous(tenant))).transpose()?;
    let until = previous.as_ref().map(|_| cause.at.checked_add(SECRET_OVERLAP).unwrap_or(cause.at));
    let sealed = ring.seal(secret.expose().as_bytes(), place(tenant))?;
    // Whoever makes the first one beside this one waits, and has then not seen this one.
    let written = sqlx::query!(
        "insert into identity_secrets (tenant_id, sealed, changed_at) values ($1, $2, $5)
         on conflict (tenant_id) do update set rev = identity_secrets.rev + 1, sealed = excluded.sealed,
             previous_sealed = $3, previous_until = $4, changed_at = excluded.changed_at
         where identity_secrets.rev = $6",
        tenant.uuid(),
        sealed,
        previous,
        until.map(to_db),
        to_db(cause.at),
        i32::try_from(rev).unwrap_or(i32::MAX),
    )
    .execute(&mut *tx)
    .await?;
    if written.rows_affected() == 0 {
        return Err(Refusal::new(Code::Conflict, MEANWHILE).into());
    }
    let event = if previous.is_some() { "identity_secret.replaced" } else { "identity_secret.created" };
    audit::done(tx, Some(tenant), event, cause, json!({})).await?;
    Ok(SecretState { rev: rev + 1, made_at: Some(cause.at), previous_until: until })
}

/// Seals again what an older key of the ring sealed; whether there was something.
pub(super) async fn reseal(tx: &mut PgConnection, ring: &KeyRing, tenant: TenantId) -> Result<u64, Error> {
    let Some(row) = lock(tx, tenant).await? else { return Ok(0) };
    let is_current = |sealed: &Option<Vec<u8>>| sealed.as_ref().is_none_or(|sealed| ring.is_current(sealed));
    if is_current(&row.sealed) && is_current(&row.previous_sealed) {
        return Ok(0);
    }
    let again = |sealed: Option<Vec<u8>>, place| sealed.map(|sealed| ring.seal(&ring.open(&sealed, place)?, place));
    let sealed = again(row.sealed, place(tenant)).transpose()?;
    let previous = again(row.previous_sealed, place_of_previous(tenant)).transpose()?;
    sqlx::query!(
        "update identity_secrets set sealed = $2, previous_sealed = $3 where tenant_id = $1",
        tenant.uuid(),
        sealed,
        previous,
    )
    .execute(&mut *tx)
    .await?;
    Ok(1)
}
