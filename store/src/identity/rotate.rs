//! Putting every sealed value under the newest key of the ring, so that an older key can be taken away.

use brigade_domain::Timestamp;
use brigade_domain::id::{TenantId, UserId};
use brigade_domain::refusal::Rejection;
use sqlx::PgConnection;

use super::keyring::{KeyRing, Place};
use super::{Identity, keys, mail, second_factor, signing};
use crate::error::Error;
use crate::notices::push;
use crate::time::{from_db, to_db};
use crate::webhooks;

/// How many values were sealed again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rotated {
    /// Secret keys of tenants.
    pub keys: u64,
    /// Letters in the outbox.
    pub letters: u64,
    /// Secrets of two-step sign-in.
    pub second_factors: u64,
    /// Webhooks.
    pub webhooks: u64,
    /// Businesses whose site signs who its visitor is.
    pub identity_secrets: u64,
    /// Devices that are told, and the key pair they are told with.
    pub push: u64,
}

impl Identity {
    /// Seals again what an older key sealed. Stops at the first value that does not open, and changes nothing of its
    /// tenant.
    pub async fn rotate_secrets(&self) -> Result<Rotated, Rejection> {
        let identity = self.clone();
        let reseal = self.db().global_write("seal letters and second factors again", move |tx| {
            Box::pin(async move {
                let letters = reseal_letters(tx, &identity.0.ring).await?;
                let second_factors = reseal_second_factors(tx, &identity.0.ring).await?;
                let push = push::reseal_keys(tx, &identity.0.ring).await?;
                let tenants = sqlx::query_scalar!("select id from tenants").fetch_all(tx).await?;
                Ok((letters, second_factors, push, tenants))
            })
        });
        let (letters, second_factors, push, tenants) = reseal.await?;
        let mut rotated = Rotated { letters, second_factors, push, ..Rotated::default() };
        for tenant in tenants.into_iter().map(TenantId::from_uuid) {
            let identity = self.clone();
            let reseal = self.db().write("seal keys again", tenant, move |tx| {
                Box::pin(async move {
                    let keys = reseal_keys(tx, &identity.0.ring, tenant).await?;
                    let webhooks = webhooks::reseal(tx, &identity.0.ring, tenant).await?;
                    let identity_secrets = signing::reseal(tx, &identity.0.ring, tenant).await?;
                    Ok((keys, webhooks, identity_secrets, push::reseal_devices(tx, &identity.0.ring, tenant).await?))
                })
            });
            let (keys, webhooks, identity_secrets, devices) = reseal.await?;
            rotated.keys += keys;
            rotated.push += devices;
            rotated.webhooks += webhooks;
            rotated.identity_secrets += identity_secrets;
        }
        Ok(rotated)
    }

    /// Since when the newest key of the ring seals. A key that was never seen before does since `now`.
    pub async fn newest_key_since(&self, now: Timestamp) -> Result<Timestamp, Rejection> {
        let id = self.0.ring.newest_id().unwrap_or_default();
        let note = self.db().global_write("note the newest key", move |tx| {
            Box::pin(async move {
                sqlx::query!(
                    "insert into secret_keys (id, since) values ($1, $2) on conflict do nothing",
                    &id[..],
                    to_db(now)
                )
                .execute(&mut *tx)
                .await?;
                let since = sqlx::query_scalar!("select since from secret_keys where id = $1", &id[..]);
                Ok(from_db(since.fetch_one(&mut *tx).await?)?)
            })
        });
        note.await
    }
}

/// The value under the newest key; `None` when it is already.
pub(crate) fn reseal(ring: &KeyRing, sealed: &[u8], place: Place) -> Result<Option<Vec<u8>>, Error> {
    if ring.is_current(sealed) {
        return Ok(None);
    }
    let plain = ring.open(sealed, place)?;
    Ok(Some(ring.seal(&plain, place)?))
}

async fn reseal_letters(tx: &mut PgConnection, ring: &KeyRing) -> Result<u64, Error> {
    let rows = sqlx::query!(r#"select id, sealed as "sealed!" from mail_outbox where sealed is not null for update"#)
        .fetch_all(&mut *tx)
        .await?;
    let mut count = 0;
    for row in rows {
        if let Some(sealed) = reseal(ring, &row.sealed, mail::place(row.id))? {
            sqlx::query!("update mail_outbox set sealed = $2 where id = $1", row.id, sealed).execute(&mut *tx).await?;
            count += 1;
        }
    }
    Ok(count)
}

async fn reseal_second_factors(tx: &mut PgConnection, ring: &KeyRing) -> Result<u64, Error> {
    let rows = sqlx::query!("select user_id, sealed from second_factors for update").fetch_all(&mut *tx).await?;
    let mut count = 0;
    for row in rows {
        if let Some(sealed) = reseal(ring, &row.sealed, second_factor::place(UserId::from_uuid(row.user_id)))? {
            sqlx::query!("update second_factors set sealed = $2 where user_id = $1", row.user_id, sealed)
                .execute(&mut *tx)
                .await?;
            count += 1;
        }
    }
    Ok(count)
}

async fn reseal_keys(tx: &mut PgConnection, ring: &KeyRing, tenant: TenantId) -> Result<u64, Error> {
    let rows = sqlx::query!(
        r#"select id, sealed as "sealed!" from api_keys where tenant_id = $1 and sealed is not null for update"#,
        tenant.uuid()
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut count = 0;
    for row in rows {
        if let Some(sealed) = reseal(ring, &row.sealed, keys::place(tenant, row.id))? {
            sqlx::query!(
                "update api_keys set sealed = $3 where tenant_id = $1 and id = $2",
                tenant.uuid(),
                row.id,
                sealed
            )
            .execute(&mut *tx)
            .await?;
            count += 1;
        }
    }
    Ok(count)
}
