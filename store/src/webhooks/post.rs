//! What is due, and what became of it. Who takes a delivery has it to themselves for [`LEASE`]; a server that is killed with
//! it leaves it to be taken again.

use std::time::Duration;

use brigade_domain::Timestamp;
use brigade_domain::chat::event::Side;
use brigade_domain::entity::EntityRef;
use brigade_domain::id::{DeliveryId, EventId, TenantId, WebhookId};
use brigade_domain::identity::mail::Letter;
use brigade_domain::identity::{Cause, Secret};
use brigade_domain::journal::LogLine;
use brigade_domain::refusal::Fault;
use brigade_domain::webhooks::address::EndpointUrl;
use brigade_domain::webhooks::event::EventType;
use brigade_domain::webhooks::payload::{self, Around};
use brigade_domain::webhooks::ports::{Due, EndpointState, Outcome, Parcel, Receipt};
use brigade_domain::webhooks::retry::{Fate, judge};
use rand::RngExt as _;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::endpoints;
use crate::audit::{self, Line as AuditLine};
use crate::error::Error;
use crate::identity::{Envelope, KeyRing, post};
use crate::journal::log::Line;
use crate::time::{DbTime, from_db, to_db};

/// Longer than any attempt takes.
const LEASE: Duration = Duration::from_secs(30);

pub(super) async fn due(tx: &mut PgConnection, at: Timestamp) -> Result<Vec<(TenantId, WebhookId)>, Error> {
    let rows = sqlx::query!(
        r#"select tenant_id as "tenant!", endpoint_id as "endpoint!" from brigade_webhooks_due($1)"#,
        to_db(at)
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (TenantId::from_uuid(row.tenant), WebhookId::from_uuid(row.endpoint))).collect())
}

/// Where to, and what signs.
struct Destination {
    url: EndpointUrl,
    secrets: Vec<Secret>,
}

pub(super) async fn take(
    tx: &mut PgConnection,
    ring: &KeyRing,
    tenant: TenantId,
    endpoint: WebhookId,
    at: Timestamp,
    most: u32,
) -> Result<Vec<Due>, Error> {
    let Some(to) = destination(tx, ring, tenant, endpoint, at).await? else { return Ok(Vec::new()) };
    let taken = sqlx::query!(
        "update webhook_deliveries set attempts = attempts + 1, next_at = $4, tried_at = $3
         where tenant_id = $1 and id = any (array(
             select id from webhook_deliveries
             where tenant_id = $1 and endpoint_id = $2 and state = 'waiting' and next_at <= $3
             order by next_at limit $5 for update skip locked))
         returning id, event_id, kind, entity_id, seq, attempts, created_at",
        tenant.uuid(),
        endpoint.uuid(),
        to_db(at),
        to_db(at.checked_add(LEASE).unwrap_or(at)),
        i64::from(most),
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut due = Vec::with_capacity(taken.len());
    for row in taken {
        let body = match row.entity_id.zip(row.seq) {
            None => Ok(payload::test(from_db(row.created_at)?).to_string()),
            Some((entity, seq)) => body(tx, tenant, &row.kind, entity, seq).await,
        };
        match body {
            Ok(body) => due.push(Due {
                tenant,
                endpoint,
                delivery: DeliveryId::from_uuid(row.id),
                attempt: u32::try_from(row.attempts).unwrap_or(u32::MAX),
                parcel: Parcel {
                    url: to.url.clone(),
                    event: EventId::from_uuid(row.event_id),
                    body,
                    secrets: to.secrets.clone(),
                },
            }),
            Err(Error::Broken(fault)) => {
                tracing::error!(webhook.delivery = %row.id, error = %fault, "A delivery cannot be written and is given up.");
                give_up(tx, tenant, row.id).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(due)
}

async fn destination(
    tx: &mut PgConnection,
    ring: &KeyRing,
    tenant: TenantId,
    endpoint: WebhookId,
    at: Timestamp,
) -> Result<Option<Destination>, Error> {
    let row = sqlx::query!(
        "select url, sealed, previous_sealed, previous_until from webhook_endpoints
         where tenant_id = $1 and id = $2 and state = 'on' and removed_at is null",
        tenant.uuid(),
        endpoint.uuid(),
    )
    .fetch_optional(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let previous = row.previous_sealed.as_deref().zip(row.previous_until.map(from_db).transpose()?);
    let secrets = endpoints::secrets(ring, tenant, endpoint.uuid(), &row.sealed, previous, at)?;
    let url = EndpointUrl::parse(&row.url).map_err(|refusal| Fault::internal("read a webhook's address", refusal))?;
    Ok(Some(Destination { url, secrets }))
}

/// What is sent of a line, as the log knows it now.
async fn body(tx: &mut PgConnection, tenant: TenantId, name: &str, entity: Uuid, seq: i64) -> Result<String, Error> {
    let row = sqlx::query!(
        r#"select line.at as "at!: DbTime", line.kind, line.party, line.body,
                  (select gone.seq from event_log gone
                   where gone.tenant_id = $1 and gone.entity_id = $2 and gone.amends = coalesce(line.amends, line.seq)
                     and gone.kind = 'message_deleted'
                   limit 1) as deleted,
                  (select joined.body from event_log joined
                   where joined.tenant_id = $1 and joined.entity_id = $2 and joined.seq < line.seq
                     and joined.kind = 'joined' and joined.party = line.party
                   order by joined.seq desc limit 1) as joined
           from event_log line where line.tenant_id = $1 and line.entity_id = $2 and line.seq = $3"#,
        tenant.uuid(),
        entity,
        seq,
    )
    .fetch_optional(tx)
    .await?;
    let row = row.ok_or(Fault::Internal { what: "find the line of a delivery", source: None })?;
    let line = Line {
        seq,
        at: row.at,
        request_id: None,
        request_digest: None,
        kind: row.kind,
        party: row.party,
        body: row.body,
    };
    let event: EventType = name.parse().map_err(|refusal| Fault::internal("read the event of a delivery", refusal))?;
    let around = Around { side: row.joined.as_deref().map(side).transpose()?, deleted: row.deleted.is_some() };
    let entity = EntityRef { kind: event.entity(), id: entity };
    Ok(payload::payload(event, entity, &LogLine::try_from(line)?, around)?.to_string())
}

/// The side that somebody joined on.
fn side(joined: &str) -> Result<Side, Fault> {
    #[derive(serde::Deserialize)]
    struct Joined {
        side: Side,
    }
    let joined: Joined = serde_json::from_str(joined).map_err(|error| Fault::internal("read who joined", error))?;
    Ok(joined.side)
}

async fn give_up(tx: &mut PgConnection, tenant: TenantId, delivery: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update webhook_deliveries set state = 'failed', next_at = null, failure = 'broken' where tenant_id = $1 and id = $2",
        tenant.uuid(),
        delivery,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What letters to admins are made with.
pub(super) struct Letters<'a> {
    pub(super) ring: &'a KeyRing,
    pub(super) page: &'a str,
}

pub(super) async fn settle(
    tx: &mut PgConnection,
    letters: &Letters<'_>,
    due: &Due,
    began: Timestamp,
    receipt: &Receipt,
) -> Result<(), Error> {
    let at = began.checked_add(Duration::from_millis(receipt.took_ms.into())).unwrap_or(began);
    let (tenant, endpoint) = (due.tenant, due.endpoint);
    let failing_since = sqlx::query_scalar!(
        "select failing_since from webhook_endpoints where tenant_id = $1 and id = $2",
        tenant.uuid(),
        endpoint.uuid()
    )
    .fetch_optional(&mut *tx)
    .await?
    .flatten();
    let failing_since = failing_since.map(from_db).transpose()?;
    let verdict = judge(due.attempt, receipt, at, failing_since, rand::rng().random());
    if !write(tx, due, receipt, verdict.fate).await? {
        return Ok(());
    }
    match verdict.fate {
        Fate::Delivered if failing_since.is_some() => failing(tx, tenant, endpoint, None).await?,
        Fate::Again(_) | Fate::GivenUp if failing_since.is_none() => failing(tx, tenant, endpoint, Some(at)).await?,
        Fate::Delivered | Fate::Again(_) | Fate::GivenUp => {}
    }
    match verdict.switch_off {
        Some(state) => switch_off(tx, letters, tenant, endpoint, state, at).await,
        None => Ok(()),
    }
}

/// Writes down what became of it. False when somebody else has taken it meanwhile.
async fn write(tx: &mut PgConnection, due: &Due, receipt: &Receipt, fate: Fate) -> Result<bool, Error> {
    let (state, next) = match fate {
        Fate::Delivered => ("delivered", None),
        Fate::Again(at) => ("waiting", Some(at)),
        Fate::GivenUp => ("failed", None),
    };
    let (status, answer, failure) = match &receipt.result {
        Outcome::Answered { status, excerpt, .. } => (Some(i32::from(*status)), Some(excerpt.as_str()), None),
        Outcome::Failed(failure) => (None, None, Some(failure.as_str())),
    };
    let written = sqlx::query!(
        "update webhook_deliveries
         set state = $4, next_at = $5, took_ms = $6, status = $7, answer = $8, failure = $9
         where tenant_id = $1 and id = $2 and attempts = $3 and state = 'waiting'",
        due.tenant.uuid(),
        due.delivery.uuid(),
        i32::try_from(due.attempt).unwrap_or(i32::MAX),
        state,
        next.map(to_db),
        i32::try_from(receipt.took_ms).unwrap_or(i32::MAX),
        status,
        answer,
        failure,
    )
    .execute(tx)
    .await?;
    Ok(written.rows_affected() == 1)
}

async fn failing(
    tx: &mut PgConnection,
    tenant: TenantId,
    endpoint: WebhookId,
    since: Option<Timestamp>,
) -> Result<(), Error> {
    sqlx::query!(
        "update webhook_endpoints set failing_since = $3 where tenant_id = $1 and id = $2",
        tenant.uuid(),
        endpoint.uuid(),
        since.map(to_db),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Switches an endpoint off that is still on, and writes to the admins.
async fn switch_off(
    tx: &mut PgConnection,
    letters: &Letters<'_>,
    tenant: TenantId,
    endpoint: WebhookId,
    state: EndpointState,
    at: Timestamp,
) -> Result<(), Error> {
    let url = sqlx::query_scalar!(
        "update webhook_endpoints set state = $3, rev = rev + 1, changed_at = $4
         where tenant_id = $1 and id = $2 and state = 'on' and removed_at is null returning url",
        tenant.uuid(),
        endpoint.uuid(),
        state.as_str(),
        to_db(at),
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(url) = url else { return Ok(()) };
    let admins = sqlx::query!(
        "select person.email, person.name from memberships member join users person on person.id = member.user_id
         where member.tenant_id = $1 and member.role = 'admin' and person.disabled_at is null",
        tenant.uuid(),
    )
    .fetch_all(&mut *tx)
    .await?;
    for admin in admins {
        let (url, link) = (url.clone(), letters.page.to_owned());
        let letter = Letter::WebhookOff { name: admin.name, url, gone: state == EndpointState::Gone, link };
        post(tx, letters.ring, &Envelope::new(&letter, &admin.email, at)).await?;
    }
    crate::notices::webhook_off(tx, tenant, endpoint, at).await?;
    let details = json!({ "webhook": endpoint, "url": url, "state": state.as_str() });
    let line = AuditLine::of("webhook.switched_off", audit::Outcome::Succeeded, &Cause::system(at), details);
    audit::append(tx, tenant, &[line]).await
}
