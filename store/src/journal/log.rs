//! Reading logs and snapshots.

use std::sync::Arc;

use brigade_domain::entity::EntityKey;
use brigade_domain::id::InvalidId;
use brigade_domain::journal::{Loaded, LogLine, Range, Remembered, RequestKey, Snapshot};
use brigade_domain::refusal::Fault;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{to_bigint, to_seq};
use crate::error::Error;
use crate::time::{DbTime, from_db};

/// The most lines one page holds.
const PAGE: u16 = 500;

/// A row of `event_log`.
pub(crate) struct Line {
    pub(crate) seq: i64,
    pub(crate) at: DbTime,
    pub(crate) request_id: Option<Uuid>,
    pub(crate) request_digest: Option<i64>,
    pub(crate) kind: String,
    pub(crate) party: String,
    pub(crate) body: String,
}

impl TryFrom<Line> for LogLine {
    type Error = Error;

    fn try_from(line: Line) -> Result<Self, Error> {
        let by = line.party.parse().map_err(|error: InvalidId| Fault::internal("read who wrote a line", error))?;
        let request = line.request_id.zip(line.request_digest).map(|(id, digest)| RequestKey { id, digest });
        Ok(Self {
            seq: to_seq(line.seq),
            kind: Arc::from(line.kind),
            body: Arc::from(line.body),
            by,
            at: from_db(line.at)?,
            request,
        })
    }
}

pub(crate) fn lines(rows: Vec<Line>) -> Result<Vec<LogLine>, Error> {
    rows.into_iter().map(LogLine::try_from).collect()
}

/// The newest snapshot, then every line after it. In this order: what is committed in between is one more line.
pub(super) async fn load(tx: &mut PgConnection, key: EntityKey) -> Result<Loaded, Error> {
    let head = sqlx::query!(
        r#"select head.epoch, kept.seq as "seq?", kept.state as "state?"
           from entities head
           left join snapshots kept on kept.tenant_id = head.tenant_id and kept.entity_id = head.id
           where head.tenant_id = $1 and head.id = $2 and head.kind = $3"#,
        key.tenant.uuid(),
        key.entity.id,
        key.entity.kind.as_str(),
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(head) = head else {
        return Ok(Loaded { epoch: 1, snapshot: None, lines: Vec::new() });
    };
    let snapshot = head.seq.zip(head.state).map(|(seq, state)| Snapshot { seq: to_seq(seq), state });
    let after = snapshot.as_ref().map_or(0, |snapshot| to_bigint(snapshot.seq));
    let rows = sqlx::query_as!(
        Line,
        "select seq, at, request_id, request_digest, kind, party, body from event_log
         where tenant_id = $1 and entity_id = $2 and seq > $3
         order by seq",
        key.tenant.uuid(),
        key.entity.id,
        after,
    )
    .fetch_all(tx)
    .await?;
    let epoch = u32::try_from(head.epoch).map_err(|error| Fault::internal("read an epoch", error))?;
    Ok(Loaded { epoch, snapshot, lines: lines(rows)? })
}

/// A page of the log, ascending.
pub(super) async fn page(
    tx: &mut PgConnection,
    key: EntityKey,
    range: Range,
    limit: u16,
) -> Result<Vec<LogLine>, Error> {
    let limit = i64::from(limit.clamp(1, PAGE));
    let (tenant, entity, kind) = (key.tenant.uuid(), key.entity.id, key.entity.kind.as_str());
    let rows = match range {
        Range::After(after) => {
            sqlx::query_as!(
                Line,
                "select seq, at, request_id, request_digest, kind, party, body from event_log
                 where tenant_id = $1 and entity_id = $2 and seq > $3
                   and exists (select from entities where tenant_id = $1 and id = $2 and kind = $4)
                 order by seq limit $5",
                tenant,
                entity,
                to_bigint(after),
                kind,
                limit,
            )
            .fetch_all(tx)
            .await?
        }
        Range::Before(before) => {
            let mut rows = sqlx::query_as!(
                Line,
                "select seq, at, request_id, request_digest, kind, party, body from event_log
                 where tenant_id = $1 and entity_id = $2 and seq < $3
                   and exists (select from entities where tenant_id = $1 and id = $2 and kind = $4)
                 order by seq desc limit $5",
                tenant,
                entity,
                to_bigint(before),
                kind,
                limit,
            )
            .fetch_all(tx)
            .await?;
            rows.reverse();
            rows
        }
    };
    lines(rows)
}

/// What a command's key was answered with.
pub(super) async fn recall(tx: &mut PgConnection, key: EntityKey, request: Uuid) -> Result<Option<Remembered>, Error> {
    let found = sqlx::query!(
        r#"select line.seq, line.request_digest as "digest!"
           from event_log line
           join entities head on head.tenant_id = line.tenant_id and head.id = line.entity_id and head.kind = $4
           where line.tenant_id = $1 and line.entity_id = $2 and line.request_id = $3 and line.answers"#,
        key.tenant.uuid(),
        key.entity.id,
        request,
        key.entity.kind.as_str(),
    )
    .fetch_optional(tx)
    .await?;
    Ok(found
        .map(|found| Remembered { request: RequestKey { id: request, digest: found.digest }, seq: to_seq(found.seq) }))
}

/// Keeps a snapshot unless a newer one is kept, or the log has not got that far.
pub(super) async fn keep(tx: &mut PgConnection, key: EntityKey, snapshot: Snapshot) -> Result<(), Error> {
    sqlx::query!(
        "insert into snapshots (tenant_id, entity_id, seq, state)
         select head.tenant_id, head.id, $4, $5 from entities head
         where head.tenant_id = $1 and head.id = $2 and head.kind = $3 and head.version >= $4
         on conflict (tenant_id, entity_id) do update set seq = excluded.seq, state = excluded.state
         where snapshots.seq < excluded.seq",
        key.tenant.uuid(),
        key.entity.id,
        key.entity.kind.as_str(),
        to_bigint(snapshot.seq),
        snapshot.state,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps the snapshots of entities that were just committed.
pub(super) async fn keep_all(
    tx: &mut PgConnection,
    tenant: brigade_domain::id::TenantId,
    kept: &[(EntityKey, &Snapshot)],
) -> Result<(), Error> {
    if kept.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = kept.iter().map(|(key, _)| key.entity.id).collect();
    let seqs: Vec<i64> = kept.iter().map(|(_, snapshot)| to_bigint(snapshot.seq)).collect();
    let states: Vec<&str> = kept.iter().map(|(_, snapshot)| snapshot.state.as_str()).collect();
    sqlx::query!(
        "insert into snapshots (tenant_id, entity_id, seq, state)
         select $1, entity_id, seq, state from unnest($2::uuid[], $3::bigint[], $4::text[]) as s (entity_id, seq, state)
         on conflict (tenant_id, entity_id) do update set seq = excluded.seq, state = excluded.state
         where snapshots.seq < excluded.seq",
        tenant.uuid(),
        &ids,
        &seqs,
        &states as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}
