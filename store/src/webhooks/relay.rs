//! From lines of logs to deliveries. The cursor of a log and the deliveries that its lines become are written in one
//! transaction, under the cursor's lock: two servers take turns, and one that is killed has done all or nothing.

use std::collections::HashMap;

use brigade_domain::Timestamp;
use brigade_domain::entity::{EntityKey, EntityKind, EntityRef};
use brigade_domain::id::TenantId;
use brigade_domain::journal::LogLine;
use brigade_domain::refusal::Fault;
use brigade_domain::webhooks::event::EventType;
use brigade_domain::webhooks::payload::event_id;
use brigade_domain::webhooks::ports::MOST_WAITING;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Db;
use crate::error::{Error, unruled};
use crate::journal::log::Line;
use crate::time::{DbTime, to_db};

/// The most lines of one log that are read in one step.
const STEP: i64 = 500;
/// How many cursors are set in one step when a tenant makes its first endpoint.
const PREPARED: i64 = 20_000;

/// Which tenants have endpoints, and of each whether its cursors are set.
pub(super) async fn wanting(db: &Db) -> Result<Vec<(TenantId, bool)>, Fault> {
    db.global_read("look who wants webhooks", |tx| {
        Box::pin(async move {
            let rows = sqlx::query!(
                r#"select id, webhooks = 'on' as "ready!" from tenants where webhooks in ('preparing', 'on')"#
            )
            .fetch_all(tx)
            .await?;
            Ok(rows.into_iter().map(|row| (TenantId::from_uuid(row.id), row.ready)).collect())
        })
    })
    .await
}

/// Sets some more cursors of a tenant to where its logs are. Returns whether all are set.
pub(super) async fn prepare(db: &Db, tenant: TenantId) -> Result<bool, Fault> {
    const DOING: &str = "prepare webhooks";
    let prepare = db.write(DOING, tenant, move |tx| Box::pin(prepare_some(tx, tenant)));
    prepare.await.map_err(|rejection| unruled(rejection, DOING))
}

/// The same, in a transaction. What is written to a log while this goes on is after its cursor, or the log has none yet and
/// is read from its beginning.
pub(super) async fn prepare_some(tx: &mut PgConnection, tenant: TenantId) -> Result<bool, Error> {
    let under_way = sqlx::query_scalar!(
        "select webhooks_after from tenants where id = $1 and webhooks = 'preparing' for no key update",
        tenant.uuid(),
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(after) = under_way else { return Ok(true) };
    let page = sqlx::query!(
        r#"with page as (
               select id, version from entities
               where tenant_id = $1 and id > $2 and kind in ('conversation', 'account')
               order by id limit $3
           ), kept as (
               insert into webhook_cursors as known (tenant_id, entity_id, seq)
               select $1, id, version from page
               on conflict (entity_id, tenant_id) do update set seq = greatest(known.seq, excluded.seq)
           )
           select count(*) as "count!", (array_agg(id order by id desc))[1] as last from page"#,
        tenant.uuid(),
        after.unwrap_or_default(),
        PREPARED,
    )
    .fetch_one(&mut *tx)
    .await?;
    let done = page.count < PREPARED;
    sqlx::query!(
        "update tenants set webhooks = case when $2 then 'on' else 'preparing' end, webhooks_after = case when $2 then null else $3::uuid end
         where id = $1",
        tenant.uuid(),
        done,
        page.last,
    )
    .execute(tx)
    .await?;
    Ok(done)
}

/// Logs that have not been read to their end, in the order of their ids after `after`, at most `count`.
pub(super) async fn behind(
    tx: &mut PgConnection,
    tenant: TenantId,
    after: Uuid,
    count: usize,
) -> Result<Vec<EntityKey>, Error> {
    let rows = sqlx::query!(
        "select head.id, head.kind from entities head
         left join webhook_cursors known on known.tenant_id = head.tenant_id and known.entity_id = head.id
         where head.tenant_id = $1 and head.id > $2 and head.kind in ('conversation', 'account')
           and coalesce(known.seq, 0) < head.version
         order by head.id limit $3",
        tenant.uuid(),
        after,
        i64::try_from(count).unwrap_or(i64::MAX),
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(|row| Ok(EntityKey::new(tenant, EntityRef { kind: kind(&row.kind)?, id: row.id }))).collect()
}

fn kind(name: &str) -> Result<EntityKind, Error> {
    name.parse().map_err(|()| Fault::Internal { what: "read the kind of an entity", source: None }.into())
}

/// What reading some logs came to.
pub(super) struct Relayed {
    /// How many deliveries there are now more.
    pub(super) found: usize,
    /// Logs with more to read, and those another server is reading.
    pub(super) left: Vec<Uuid>,
}

/// A log, from where to where it is read.
struct Stretch {
    entity: EntityRef,
    after: i64,
    up_to: i64,
    version: i64,
}

/// Reads what is new in these logs, and writes down what is to be delivered of it.
pub(super) async fn read(tx: &mut PgConnection, tenant: TenantId, mut ids: Vec<Uuid>) -> Result<Relayed, Error> {
    // Rivals on other nodes lock in the same order.
    ids.sort_unstable();
    let stretches = lock(tx, tenant, &ids).await?;
    let reading: HashMap<Uuid, &Stretch> = stretches.iter().map(|stretch| (stretch.entity.id, stretch)).collect();
    let left = ids.into_iter().filter(|id| reading.get(id).is_none_or(|log| log.up_to < log.version)).collect();
    let mut endpoints = endpoints(tx, tenant).await?;
    let mut found = 0;
    if !endpoints.is_empty() {
        let lines = lines(tx, tenant, &stretches).await?;
        found = deliver(tx, tenant, &mut endpoints, &lines).await?;
    }
    let grown = stretches.iter().filter(|stretch| stretch.after < stretch.up_to);
    let (moved, seqs): (Vec<Uuid>, Vec<i64>) = grown.map(|stretch| (stretch.entity.id, stretch.up_to)).unzip();
    sqlx::query!(
        "update webhook_cursors known set seq = moved.seq
         from unnest($2::uuid[], $3::bigint[]) as moved (id, seq)
         where known.tenant_id = $1 and known.entity_id = moved.id",
        tenant.uuid(),
        &moved,
        &seqs,
    )
    .execute(tx)
    .await?;
    Ok(Relayed { found, left })
}

/// The cursors of these logs, locked; those that another server holds are left out.
async fn lock(tx: &mut PgConnection, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Stretch>, Error> {
    // A log without a cursor began after the first endpoint was made.
    sqlx::query!(
        "insert into webhook_cursors (tenant_id, entity_id, seq)
         select $1, wanted.id, 0 from unnest($2::uuid[]) as wanted (id)
         where (select head.id from entities head where head.tenant_id = $1 and head.id = wanted.id) is not null
           and (select known.seq from webhook_cursors known where known.tenant_id = $1 and known.entity_id = wanted.id) is null
         order by wanted.id
         on conflict do nothing",
        tenant.uuid(),
        ids,
    )
    .execute(&mut *tx)
    .await?;
    let held = sqlx::query!(
        "select entity_id, seq from webhook_cursors where tenant_id = $1 and entity_id = any ($2)
         order by entity_id for update skip locked",
        tenant.uuid(),
        ids,
    )
    .fetch_all(&mut *tx)
    .await?;
    let held: HashMap<Uuid, i64> = held.into_iter().map(|row| (row.entity_id, row.seq)).collect();
    // After they are locked: whoever held them before has seen no more than this.
    let heads = sqlx::query!(
        "select id, kind, version from entities where tenant_id = $1 and id = any ($2)",
        tenant.uuid(),
        &held.keys().copied().collect::<Vec<_>>(),
    )
    .fetch_all(tx)
    .await?;
    let stretch = |id, name: &str, version: i64| {
        let after = held.get(&id).copied().unwrap_or_default();
        let entity = EntityRef { kind: kind(name)?, id };
        Ok(Stretch { entity, after, up_to: version.min(after + STEP), version })
    };
    heads.into_iter().map(|row| stretch(row.id, &row.kind, row.version)).collect()
}

/// An endpoint that is on.
struct Listener {
    id: Uuid,
    events: Vec<String>,
    waiting: i64,
    dropped: i64,
}

async fn endpoints(tx: &mut PgConnection, tenant: TenantId) -> Result<Vec<Listener>, Error> {
    let rows = sqlx::query!(
        r#"select known.id, known.events,
                  (select count(*) from (
                       select from webhook_deliveries waiting
                       where waiting.tenant_id = $1 and waiting.endpoint_id = known.id and waiting.state = 'waiting'
                       limit $2) as counted) as "waiting!"
           from webhook_endpoints known
           where known.tenant_id = $1 and known.state = 'on' and known.removed_at is null"#,
        tenant.uuid(),
        i64::from(MOST_WAITING),
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Listener { id: row.id, events: row.events, waiting: row.waiting, dropped: 0 })
        .collect())
}

async fn lines(
    tx: &mut PgConnection,
    tenant: TenantId,
    stretches: &[Stretch],
) -> Result<Vec<(EntityRef, LogLine)>, Error> {
    let ids: Vec<Uuid> = stretches.iter().map(|stretch| stretch.entity.id).collect();
    let (firsts, lasts): (Vec<i64>, Vec<i64>) = stretches.iter().map(|log| (log.after + 1, log.up_to)).unzip();
    let rows = sqlx::query!(
        r#"select stretch.number as "number!", line.seq as "seq!", line.at as "at!: DbTime", line.kind as "kind!",
                  line.party as "party!", line.body as "body!"
           from unnest($2::uuid[], $3::bigint[], $4::bigint[]) with ordinality as stretch (id, first, last, number)
           cross join lateral (
               -- "offset 0": a probe for each log, whatever the planner thinks of the table.
               select seq, at, kind, party, body from event_log
               where tenant_id = $1 and entity_id = stretch.id and seq between stretch.first and stretch.last
                 and kind = any ($5)
               offset 0
           ) line
           order by stretch.number, line.seq"#,
        tenant.uuid(),
        &ids,
        &firsts,
        &lasts,
        EventType::LINES as _,
    )
    .fetch_all(tx)
    .await?;
    let read = |number: i64, line: Line| {
        // Ordinality begins with one.
        let stretch = usize::try_from(number - 1).ok().and_then(|number| stretches.get(number))?;
        Some(LogLine::try_from(line).map(|line| (stretch.entity, line)))
    };
    let line = |seq, at, kind, party, body| Line { seq, at, request_id: None, request_digest: None, kind, party, body };
    rows.into_iter().filter_map(|row| read(row.number, line(row.seq, row.at, row.kind, row.party, row.body))).collect()
}

/// The columns of deliveries, as arrays.
#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    endpoints: Vec<Uuid>,
    events: Vec<Uuid>,
    kinds: Vec<&'static str>,
    entities: Vec<Uuid>,
    seqs: Vec<i64>,
}

async fn deliver(
    tx: &mut PgConnection,
    tenant: TenantId,
    endpoints: &mut [Listener],
    lines: &[(EntityRef, LogLine)],
) -> Result<usize, Error> {
    let mut columns = Columns::default();
    for (entity, line) in lines {
        // A line that does not read is of no use to anybody, and must not hold up the others.
        let event = EventType::of(entity.kind, line).unwrap_or_else(|fault| {
            tracing::error!(entity = %entity, line.seq = line.seq, error = %fault, "A line of a log does not read.");
            None
        });
        let Some(event) = event else { continue };
        let (id, seq) = (event_id(&EntityKey::new(tenant, *entity), line.seq), crate::journal::to_bigint(line.seq));
        for endpoint in endpoints.iter_mut().filter(|known| known.events.iter().any(|name| name == event.as_str())) {
            if endpoint.waiting >= i64::from(MOST_WAITING) {
                endpoint.dropped += 1;
                continue;
            }
            endpoint.waiting += 1;
            columns.ids.push(Uuid::now_v7());
            columns.endpoints.push(endpoint.id);
            columns.events.push(id.uuid());
            columns.kinds.push(event.as_str());
            columns.entities.push(entity.id);
            columns.seqs.push(seq);
        }
    }
    let now = Timestamp::now();
    if !columns.ids.is_empty() {
        sqlx::query!(
            "insert into webhook_deliveries (tenant_id, id, endpoint_id, event_id, kind, entity_id, seq, created_at, next_at)
             select $1, id, endpoint, event, kind, entity, seq, $8, $8
             from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::bigint[])
                 as fresh (id, endpoint, event, kind, entity, seq)
             on conflict on constraint webhook_deliveries_once do nothing",
            tenant.uuid(),
            &columns.ids,
            &columns.endpoints,
            &columns.events,
            &columns.kinds as _,
            &columns.entities,
            &columns.seqs,
            to_db(now),
        )
        .execute(&mut *tx)
        .await?;
    }
    for endpoint in endpoints.iter().filter(|endpoint| endpoint.dropped > 0) {
        tracing::warn!(webhook.endpoint = %endpoint.id, webhook.dropped = endpoint.dropped, "Too much waits for an endpoint: events were left out.");
        sqlx::query!(
            "update webhook_endpoints set dropped = dropped + $3, dropped_at = $4 where tenant_id = $1 and id = $2",
            tenant.uuid(),
            endpoint.id,
            endpoint.dropped,
            to_db(now),
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(columns.ids.len())
}
