//! What was sent and what became of it; tests, and sending again.

use brigade_domain::Timestamp;
use brigade_domain::entity::EntityRef;
use brigade_domain::id::{DeliveryId, EventId, TenantId, WebhookId};
use brigade_domain::identity::Cause;
use brigade_domain::refusal::{Code, Fault, Refusal};
use brigade_domain::webhooks::event::EventType;
use brigade_domain::webhooks::payload::TEST;
use brigade_domain::webhooks::ports::{Delivery, DeliveryState, EndpointState, Failure};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::endpoints;
use crate::audit::{Line, Outcome, append};
use crate::error::Error;
use crate::journal::to_seq;
use crate::time::{DbTime, from_db, to_db};

struct Record {
    id: Uuid,
    event_id: Uuid,
    kind: String,
    entity_id: Option<Uuid>,
    seq: Option<i64>,
    created_at: DbTime,
    state: String,
    attempts: i32,
    next_at: Option<DbTime>,
    tried_at: Option<DbTime>,
    took_ms: Option<i32>,
    status: Option<i32>,
    answer: Option<String>,
    failure: Option<String>,
}

fn broken(what: &'static str) -> Fault {
    Fault::Internal { what, source: None }
}

impl Record {
    fn read(self) -> Result<Delivery, Error> {
        let state = DeliveryState::ALL.into_iter().find(|known| known.as_str() == self.state);
        let failure = |name: String| {
            Failure::ALL.into_iter().find(|known| known.as_str() == name).ok_or(broken("read why a delivery failed"))
        };
        let event: Option<EventType> = self.kind.parse().ok();
        let line = event.zip(self.entity_id).zip(self.seq);
        Ok(Delivery {
            id: DeliveryId::from_uuid(self.id),
            event: EventId::from_uuid(self.event_id),
            kind: self.kind,
            line: line.map(|((event, id), seq)| (EntityRef { kind: event.entity(), id }, to_seq(seq))),
            created_at: from_db(self.created_at)?,
            state: state.ok_or(broken("read the state of a delivery"))?,
            attempts: u32::try_from(self.attempts).unwrap_or_default(),
            next_at: self.next_at.map(from_db).transpose()?,
            tried_at: self.tried_at.map(from_db).transpose()?,
            took_ms: self.took_ms.and_then(|took| u32::try_from(took).ok()),
            status: self.status.and_then(|status| u16::try_from(status).ok()),
            answer: self.answer,
            failure: self.failure.map(failure).transpose()?,
        })
    }
}

async fn find(tx: &mut PgConnection, tenant: TenantId, id: DeliveryId) -> Result<Delivery, Error> {
    let record = sqlx::query_as!(
        Record,
        "select id, event_id, kind, entity_id, seq, created_at, state, attempts, next_at, tried_at, took_ms, status, answer, failure
         from webhook_deliveries where tenant_id = $1 and id = $2",
        tenant.uuid(),
        id.uuid(),
    )
    .fetch_one(tx)
    .await?;
    record.read()
}

/// A page of what was sent to an endpoint, and whether there is more; `None` when there is no such endpoint.
pub(super) async fn page(
    tx: &mut PgConnection,
    tenant: TenantId,
    id: WebhookId,
    before: Option<DeliveryId>,
    limit: u16,
) -> Result<Option<(Vec<Delivery>, bool)>, Error> {
    if !endpoints::exists(tx, tenant, id).await? {
        return Ok(None);
    }
    let mut rows = sqlx::query_as!(
        Record,
        "select id, event_id, kind, entity_id, seq, created_at, state, attempts, next_at, tried_at, took_ms, status, answer, failure
         from webhook_deliveries
         where tenant_id = $1 and endpoint_id = $2 and id < coalesce($3, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
         order by id desc limit $4",
        tenant.uuid(),
        id.uuid(),
        before.map(DeliveryId::uuid),
        i64::from(limit) + 1,
    )
    .fetch_all(tx)
    .await?;
    let more = rows.len() > usize::from(limit);
    rows.truncate(usize::from(limit));
    Ok(Some((rows.into_iter().map(Record::read).collect::<Result<_, _>>()?, more)))
}

/// Only what is on gets anything.
async fn check_on(tx: &mut PgConnection, tenant: TenantId, id: WebhookId) -> Result<(), Error> {
    if endpoints::lock(tx, tenant, id).await?.state == EndpointState::On {
        return Ok(());
    }
    Err(Refusal::new(Code::Conflict, "This webhook is off. Switch it on first.").into())
}

pub(super) async fn test(
    tx: &mut PgConnection,
    tenant: TenantId,
    id: WebhookId,
    delivery: DeliveryId,
    at: Timestamp,
) -> Result<Delivery, Error> {
    check_on(tx, tenant, id).await?;
    sqlx::query!(
        "insert into webhook_deliveries (tenant_id, id, endpoint_id, event_id, kind, created_at, next_at)
         values ($1, $2, $3, $4, $5, $6, $6)",
        tenant.uuid(),
        delivery.uuid(),
        id.uuid(),
        Uuid::now_v7(),
        TEST,
        to_db(at),
    )
    .execute(&mut *tx)
    .await?;
    find(tx, tenant, delivery).await
}

pub(super) async fn again(
    tx: &mut PgConnection,
    tenant: TenantId,
    id: WebhookId,
    delivery: DeliveryId,
    cause: &Cause,
) -> Result<Delivery, Error> {
    let waits = sqlx::query_scalar!(
        r#"select state = 'waiting' as "waits!" from webhook_deliveries
           where tenant_id = $1 and endpoint_id = $2 and id = $3 for no key update"#,
        tenant.uuid(),
        id.uuid(),
        delivery.uuid(),
    )
    .fetch_optional(&mut *tx)
    .await?;
    let waits = waits.ok_or(Error::from(Code::NotFound))?;
    check_on(tx, tenant, id).await?;
    if waits {
        return Err(Refusal::new(Code::Conflict, "This delivery waits for its next attempt already.").into());
    }
    sqlx::query!(
        "update webhook_deliveries set state = 'waiting', attempts = 0, next_at = $3 where tenant_id = $1 and id = $2",
        tenant.uuid(),
        delivery.uuid(),
        to_db(cause.at),
    )
    .execute(&mut *tx)
    .await?;
    let sent = find(tx, tenant, delivery).await?;
    let details = json!({ "webhook": id, "delivery": delivery, "event": sent.event });
    append(tx, tenant, &[Line::of("webhook.sent_again", Outcome::Succeeded, cause, details)]).await?;
    Ok(sent)
}
