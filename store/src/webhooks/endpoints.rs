//! A tenant's endpoints. Their secrets are sealed; what is shown never holds one.

use brigade_domain::Timestamp;
use brigade_domain::id::{TenantId, WebhookId};
use brigade_domain::identity::{Cause, Secret};
use brigade_domain::refusal::{Code, Fault};
use brigade_domain::webhooks::ports::{Endpoint, EndpointState, OVERLAP, Wanted};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::relay;
use crate::audit::{Line, Outcome, append};
use crate::chat::{check_seen, to_rev};
use crate::error::Error;
use crate::identity::{KeyRing, Place};
use crate::time::{DbTime, from_db, to_db};

/// Where a secret is sealed for.
const fn place(tenant: TenantId, endpoint: Uuid) -> Place {
    Place { tenant, column: "webhook_endpoints.sealed", row: endpoint }
}

/// Where the secret before it is.
const fn place_of_previous(tenant: TenantId, endpoint: Uuid) -> Place {
    Place { tenant, column: "webhook_endpoints.previous_sealed", row: endpoint }
}

struct Record {
    id: Uuid,
    rev: i32,
    url: String,
    description: String,
    events: Vec<String>,
    state: String,
    previous_until: Option<DbTime>,
    created_at: DbTime,
    failing_since: Option<DbTime>,
    dropped: i64,
    waiting: i64,
}

pub(super) fn state(name: &str) -> Result<EndpointState, Error> {
    let known = EndpointState::ALL.into_iter().find(|known| known.as_str() == name);
    known.ok_or_else(|| Fault::Internal { what: "read the state of a webhook", source: None }.into())
}

impl Record {
    fn read(self) -> Result<Endpoint, Error> {
        Ok(Endpoint {
            id: WebhookId::from_uuid(self.id),
            rev: to_rev(self.rev)?,
            url: self.url,
            description: self.description,
            events: self.events,
            state: state(&self.state)?,
            previous_until: self.previous_until.map(from_db).transpose()?,
            created_at: from_db(self.created_at)?,
            failing_since: self.failing_since.map(from_db).transpose()?,
            dropped: u64::try_from(self.dropped).unwrap_or_default(),
            waiting: u64::try_from(self.waiting).unwrap_or_default(),
        })
    }
}

/// The endpoints, and whether the cursors are set.
pub(super) async fn list(tx: &mut PgConnection, tenant: TenantId) -> Result<(Vec<Endpoint>, bool), Error> {
    let rows = sqlx::query_as!(
        Record,
        r#"select known.id, rev, url, description, events, state, previous_until, created_at, failing_since, dropped,
                  (select count(*) from webhook_deliveries waiting
                   where waiting.tenant_id = $1 and waiting.endpoint_id = known.id and waiting.state = 'waiting') as "waiting!"
           from webhook_endpoints known where tenant_id = $1 and removed_at is null order by id"#,
        tenant.uuid(),
    )
    .fetch_all(&mut *tx)
    .await?;
    let ready =
        sqlx::query_scalar!(r#"select webhooks <> 'preparing' as "ready!" from tenants where id = $1"#, tenant.uuid())
            .fetch_optional(tx)
            .await?;
    Ok((rows.into_iter().map(Record::read).collect::<Result<_, _>>()?, ready.unwrap_or(true)))
}

/// The one endpoint as it is, which nobody else changes meanwhile.
pub(super) async fn lock(tx: &mut PgConnection, tenant: TenantId, id: WebhookId) -> Result<Endpoint, Error> {
    let known = sqlx::query_as!(
        Record,
        r#"select id, rev, url, description, events, state, previous_until, created_at, failing_since, dropped,
                  0::bigint as "waiting!"
           from webhook_endpoints where tenant_id = $1 and id = $2 and removed_at is null for no key update"#,
        tenant.uuid(),
        id.uuid(),
    )
    .fetch_optional(tx)
    .await?;
    known.ok_or(Error::from(Code::NotFound))?.read()
}

/// Whether there is such an endpoint.
pub(super) async fn exists(tx: &mut PgConnection, tenant: TenantId, id: WebhookId) -> Result<bool, Error> {
    let exists = sqlx::query_scalar!(
        r#"select exists (
               select from webhook_endpoints where tenant_id = $1 and id = $2 and removed_at is null) as "exists!""#,
        tenant.uuid(),
        id.uuid(),
    );
    Ok(exists.fetch_one(tx).await?)
}

async fn find(tx: &mut PgConnection, tenant: TenantId, id: WebhookId) -> Result<Endpoint, Error> {
    let (all, _) = list(tx, tenant).await?;
    all.into_iter().find(|endpoint| endpoint.id == id).ok_or(Code::NotFound.into())
}

fn names(wanted: &Wanted) -> Vec<&'static str> {
    wanted.events.all().iter().map(|event| event.as_str()).collect()
}

const fn switch(on: bool) -> &'static str {
    if on { EndpointState::On.as_str() } else { EndpointState::Off.as_str() }
}

/// On the record: which endpoint, and where it leads, for that is where what customers say goes to.
async fn note(
    tx: &mut PgConnection,
    tenant: TenantId,
    event: &str,
    endpoint: &Endpoint,
    cause: &Cause,
) -> Result<(), Error> {
    let details = json!({
        "webhook": endpoint.id, "url": endpoint.url, "events": endpoint.events, "state": endpoint.state.as_str(),
    });
    append(tx, tenant, &[Line::of(event, Outcome::Succeeded, cause, details)]).await
}

pub(super) async fn create(
    tx: &mut PgConnection,
    ring: &KeyRing,
    tenant: TenantId,
    id: WebhookId,
    wanted: &Wanted,
    secret: &Secret,
    cause: &Cause,
) -> Result<Endpoint, Error> {
    sqlx::query!(
        "insert into webhook_endpoints (tenant_id, id, url, description, events, state, sealed, created_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        tenant.uuid(),
        id.uuid(),
        wanted.url.as_str(),
        wanted.description.as_str(),
        &names(wanted) as _,
        switch(wanted.on),
        ring.seal(secret.expose().as_bytes(), place(tenant, id.uuid()))?,
        to_db(cause.at),
    )
    .execute(&mut *tx)
    .await?;
    // The first one: nothing of the past is told.
    let first = sqlx::query!(
        "update tenants set webhooks = 'preparing', webhooks_after = null where id = $1 and webhooks in ('none', 'ended')",
        tenant.uuid(),
    )
    .execute(&mut *tx)
    .await?;
    if first.rows_affected() > 0 {
        relay::prepare_some(tx, tenant).await?;
    }
    let endpoint = find(tx, tenant, id).await?;
    note(tx, tenant, "webhook.created", &endpoint, cause).await?;
    Ok(endpoint)
}

pub(super) async fn change(
    tx: &mut PgConnection,
    tenant: TenantId,
    id: WebhookId,
    rev: u32,
    wanted: &Wanted,
    cause: &Cause,
) -> Result<Endpoint, Error> {
    let known = lock(tx, tenant, id).await?;
    check_seen(known.rev, rev, "This webhook has been changed meanwhile. Look at it again.")?;
    sqlx::query!(
        "update webhook_endpoints
         set rev = rev + 1, url = $3, description = $4, events = $5, state = $6, failing_since = null, changed_at = $7
         where tenant_id = $1 and id = $2",
        tenant.uuid(),
        id.uuid(),
        wanted.url.as_str(),
        wanted.description.as_str(),
        &names(wanted) as _,
        // One that we switched off stays so until somebody switches it on.
        if wanted.on || known.state == EndpointState::On { switch(wanted.on) } else { known.state.as_str() },
        to_db(cause.at),
    )
    .execute(&mut *tx)
    .await?;
    let endpoint = find(tx, tenant, id).await?;
    note(tx, tenant, "webhook.changed", &endpoint, cause).await?;
    Ok(endpoint)
}

pub(super) async fn rotate(
    tx: &mut PgConnection,
    ring: &KeyRing,
    tenant: TenantId,
    id: WebhookId,
    secret: &Secret,
    cause: &Cause,
) -> Result<Endpoint, Error> {
    lock(tx, tenant, id).await?;
    let sealed = sqlx::query_scalar!(
        "select sealed from webhook_endpoints where tenant_id = $1 and id = $2",
        tenant.uuid(),
        id.uuid()
    )
    .fetch_one(&mut *tx)
    .await?;
    // Sealed again, for it has another place from now on.
    let previous = ring.seal(&ring.open(&sealed, place(tenant, id.uuid()))?, place_of_previous(tenant, id.uuid()))?;
    let until = cause.at.checked_add(OVERLAP).unwrap_or(cause.at);
    sqlx::query!(
        "update webhook_endpoints set sealed = $3, previous_sealed = $4, previous_until = $5 where tenant_id = $1 and id = $2",
        tenant.uuid(),
        id.uuid(),
        ring.seal(secret.expose().as_bytes(), place(tenant, id.uuid()))?,
        previous,
        to_db(until),
    )
    .execute(&mut *tx)
    .await?;
    let endpoint = find(tx, tenant, id).await?;
    note(tx, tenant, "webhook.secret_replaced", &endpoint, cause).await?;
    Ok(endpoint)
}

pub(super) async fn remove(tx: &mut PgConnection, tenant: TenantId, id: WebhookId, cause: &Cause) -> Result<(), Error> {
    // Whoever adds one beside it waits, and then finds whether there is still one.
    sqlx::query_scalar!(
        "select pg_advisory_xact_lock(hashtextextended('webhook_endpoints ' || $1::uuid::text, 0))::text",
        tenant.uuid()
    )
    .fetch_one(&mut *tx)
    .await?;
    let endpoint = lock(tx, tenant, id).await?;
    sqlx::query!(
        "update webhook_endpoints set removed_at = $3, state = 'off' where tenant_id = $1 and id = $2",
        tenant.uuid(),
        id.uuid(),
        to_db(cause.at),
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update tenants set webhooks = 'ended', webhooks_after = null
         where id = $1 and not exists (select from webhook_endpoints where tenant_id = $1 and removed_at is null)",
        tenant.uuid(),
    )
    .execute(&mut *tx)
    .await?;
    note(tx, tenant, "webhook.removed", &endpoint, cause).await
}

/// The secrets that sign now, the newest first.
pub(super) fn secrets(
    ring: &KeyRing,
    tenant: TenantId,
    endpoint: Uuid,
    sealed: &[u8],
    previous: Option<(&[u8], Timestamp)>,
    at: Timestamp,
) -> Result<Vec<Secret>, Fault> {
    let open = |sealed: &[u8], place| {
        let text = String::from_utf8(ring.open(sealed, place)?)
            .map_err(|error| Fault::internal("open a webhook's secret", error))?;
        Ok(Secret::new(text))
    };
    let mut secrets = vec![open(sealed, place(tenant, endpoint))?];
    if let Some((sealed, _)) = previous.filter(|(_, until)| at < *until) {
        secrets.push(open(sealed, place_of_previous(tenant, endpoint))?);
    }
    Ok(secrets)
}

/// Seals again what an older key of the ring sealed; returns how many endpoints that concerned.
pub(crate) async fn reseal(tx: &mut PgConnection, ring: &KeyRing, tenant: TenantId) -> Result<u64, Error> {
    let rows = sqlx::query!(
        "select id, sealed, previous_sealed from webhook_endpoints where tenant_id = $1 for no key update",
        tenant.uuid()
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut count = 0;
    for row in rows {
        let is_current = |sealed: &Vec<u8>| ring.is_current(sealed);
        if is_current(&row.sealed) && row.previous_sealed.as_ref().is_none_or(is_current) {
            continue;
        }
        let again = |sealed: &[u8], place| ring.seal(&ring.open(sealed, place)?, place);
        let previous = row.previous_sealed.as_deref();
        let previous = previous.map(|sealed| again(sealed, place_of_previous(tenant, row.id))).transpose()?;
        sqlx::query!(
            "update webhook_endpoints set sealed = $3, previous_sealed = $4 where tenant_id = $1 and id = $2",
            tenant.uuid(),
            row.id,
            again(&row.sealed, place(tenant, row.id))?,
            previous,
        )
        .execute(&mut *tx)
        .await?;
        count += 1;
    }
    Ok(count)
}
