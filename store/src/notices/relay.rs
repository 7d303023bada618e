//! From lines of logs to notices. The cursor of a log and the notices that its lines become are written in one
//! transaction, under the cursor's lock: two servers take turns.

use std::collections::{BTreeSet, HashMap, HashSet};

use brigade_domain::Timestamp;
use brigade_domain::chat::due::Due;
use brigade_domain::entity::{EntityKey, EntityKind, EntityRef, Entry, Job};
use brigade_domain::id::{ConversationId, TenantId, UserId};
use brigade_domain::journal::LogLine;
use brigade_domain::notices::Kind;
use brigade_domain::notices::tell::{LINES, News, Scene, of_account, of_conversation, of_due};
use brigade_domain::refusal::Fault;
use brigade_domain::webhooks::event::read as read_event;
use serde::de::DeserializeOwned;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{keep, news};
use crate::error::Error;
use crate::journal::log::Line;
use crate::journal::to_bigint;
use crate::time::{DbTime, from_db};
use crate::{Db, jobs};

/// The most lines of one log that are read in one step.
const STEP: i64 = 500;

/// The task that tells what is due.
const DUE: &str = "notices.due";

/// The tenants that are at work.
pub(super) async fn tenants(db: &Db) -> Result<Vec<TenantId>, Fault> {
    db.global_read("look whose staff is told", |tx| {
        Box::pin(async move {
            let ids = sqlx::query_scalar!("select id from tenants where status = 'active' order by id");
            Ok(ids.fetch_all(tx).await?.into_iter().map(TenantId::from_uuid).collect())
        })
    })
    .await
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
         left join notice_cursors known
           -- The last says again what follows: without it, the cursors are read from the first one for each page.
           on known.tenant_id = head.tenant_id and known.entity_id = head.id and known.entity_id > $2
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

/// A log, from where to where it is read.
struct Stretch {
    entity: EntityRef,
    after: i64,
    up_to: i64,
    version: i64,
}

/// Reads what is new in these logs, and writes down who is told what of it. Returns the logs with more to read, and those
/// another server is reading.
pub(super) async fn read(tx: &mut PgConnection, tenant: TenantId, mut ids: Vec<Uuid>) -> Result<Vec<Uuid>, Error> {
    // Rivals on other nodes lock in the same order.
    ids.sort_unstable();
    let stretches = lock(tx, tenant, &ids).await?;
    let reading: HashMap<Uuid, &Stretch> = stretches.iter().map(|stretch| (stretch.entity.id, stretch)).collect();
    let left = ids.into_iter().filter(|id| reading.get(id).is_none_or(|log| log.up_to < log.version)).collect();
    let lines = lines(tx, tenant, &stretches).await?;
    if !lines.is_empty() {
        tell(tx, tenant, &stretches, lines).await?;
    }
    let grown = stretches.iter().filter(|stretch| stretch.after < stretch.up_to);
    let (moved, seqs): (Vec<Uuid>, Vec<i64>) = grown.map(|stretch| (stretch.entity.id, stretch.up_to)).unzip();
    sqlx::query!(
        "update notice_cursors known set seq = moved.seq
         from unnest($2::uuid[], $3::bigint[]) as moved (id, seq)
         where known.tenant_id = $1 and known.entity_id = moved.id",
        tenant.uuid(),
        &moved,
        &seqs,
    )
    .execute(tx)
    .await?;
    Ok(left)
}

/// The cursors of these logs, locked; those that another server holds are left out.
async fn lock(tx: &mut PgConnection, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Stretch>, Error> {
    sqlx::query!(
        "insert into notice_cursors (tenant_id, entity_id, seq)
         select $1, wanted.id, 0 from unnest($2::uuid[]) as wanted (id)
         where (select head.id from entities head where head.tenant_id = $1 and head.id = wanted.id) is not null
           and (select known.seq from notice_cursors known where known.tenant_id = $1 and known.entity_id = wanted.id) is null
         order by wanted.id
         on conflict do nothing",
        tenant.uuid(),
        ids,
    )
    .execute(&mut *tx)
    .await?;
    let held = sqlx::query!(
        "select entity_id, seq from notice_cursors where tenant_id = $1 and entity_id = any ($2)
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

/// The lines that matter, by their log.
async fn lines(
    tx: &mut PgConnection,
    tenant: TenantId,
    stretches: &[Stretch],
) -> Result<HashMap<Uuid, Vec<LogLine>>, Error> {
    let ids: Vec<Uuid> = stretches.iter().map(|stretch| stretch.entity.id).collect();
    let (firsts, lasts): (Vec<i64>, Vec<i64>) = stretches.iter().map(|log| (log.after + 1, log.up_to)).unzip();
    let rows = sqlx::query!(
        r#"select stretch.id as "id!", line.seq as "seq!", line.at as "at!: DbTime", line.kind as "kind!",
                  line.party as "party!", line.body as "body!"
           from unnest($2::uuid[], $3::bigint[], $4::bigint[]) as stretch (id, first, last)
           cross join lateral (
               -- "offset 0": a probe for each log, whatever the planner thinks of the table.
               select seq, at, kind, party, body from event_log
               where tenant_id = $1 and entity_id = stretch.id and seq between stretch.first and stretch.last
                 and kind = any ($5)
               offset 0
           ) line
           order by stretch.id, line.seq"#,
        tenant.uuid(),
        &ids,
        &firsts,
        &lasts,
        LINES as _,
    )
    .fetch_all(tx)
    .await?;
    let mut found: HashMap<Uuid, Vec<LogLine>> = HashMap::new();
    for row in rows {
        let (request_id, request_digest) = (None, None);
        let (seq, at, kind, party, body) = (row.seq, row.at, row.kind, row.party, row.body);
        let line = Line { seq, at, request_id, request_digest, kind, party, body };
        found.entry(row.id).or_default().push(line.try_into()?);
    }
    Ok(found)
}

/// How a conversation stands.
struct Standing {
    assignee: Option<UserId>,
    waits: bool,
    /// Who is in the team it is given to.
    team: Option<BTreeSet<UserId>>,
    due: Option<Due>,
    inviter: Option<UserId>,
}

/// Who is told what of these lines, and what they need not be told any more.
async fn tell(
    tx: &mut PgConnection,
    tenant: TenantId,
    stretches: &[Stretch],
    mut lines: HashMap<Uuid, Vec<LogLine>>,
) -> Result<(), Error> {
    let people = People::find(tx, tenant).await?;
    let standings = standings(tx, tenant, &lines.keys().copied().collect::<Vec<_>>()).await?;
    let mut concerned: HashSet<Uuid> = HashSet::new();
    for stretch in stretches {
        let Some(lines) = lines.remove(&stretch.entity.id) else { continue };
        let id = stretch.entity.id;
        let news = match stretch.entity.kind {
            EntityKind::Conversation => {
                let Some(standing) = standings.get(&id) else { continue };
                let to_be_had = people.by_hand && standing.waits && standing.assignee.is_none();
                let due = standing.due.is_some();
                concerned.extend(
                    keep::forget(tx, tenant, id, standing.assignee, to_be_had, standing.team.as_ref(), due).await?,
                );
                if let Some(due) = standing.due.filter(|_| lines.iter().any(|line| &*line.kind == "due_set")) {
                    look_at(tx, tenant, id, due.warn_at).await?;
                }
                let scene = Scene {
                    assignee: standing.assignee,
                    to_be_had,
                    team: standing.team.as_ref(),
                    staff: &people.staff,
                    away: &people.away,
                    inviter: standing.inviter,
                };
                of_conversation(&entries(&lines), &scene)
            }
            EntityKind::Account => of_account(&entries(&lines), &people.staff),
            EntityKind::Tenant => continue,
        };
        write(tx, tenant, id, &news, &mut concerned).await?;
    }
    news::say(tx, tenant, &concerned.into_iter().collect::<Vec<_>>()).await
}

async fn write(
    tx: &mut PgConnection,
    tenant: TenantId,
    subject: Uuid,
    News { seen, tell }: &News,
    concerned: &mut HashSet<Uuid>,
) -> Result<(), Error> {
    for (user, seen) in seen {
        if keep::seen(tx, tenant, subject, *user, *seen).await? {
            concerned.insert(user.uuid());
        }
    }
    let fresh: Vec<keep::Fresh> = tell
        .iter()
        .map(|told| keep::Fresh {
            user: told.user,
            kind: told.kind,
            subject,
            mark: to_bigint(told.mark),
            times: told.times,
            by: Some(told.by),
            note: told.note.map(to_bigint),
            at: told.at,
        })
        .collect();
    concerned.extend(keep::tell(tx, tenant, fresh).await?);
    Ok(())
}

/// The lines as the events they hold. One that does not read is of no use to anybody, and must not hold up the others.
fn entries<E: DeserializeOwned>(lines: &[LogLine]) -> Vec<Entry<E>> {
    let read = |line: &LogLine| match read_event(line) {
        Ok(event) => Some(Entry { seq: line.seq, event, by: line.by, at: line.at }),
        Err(fault) => {
            tracing::error!(line.seq = line.seq, error = %fault, "A line of a log does not read.");
            None
        }
    };
    lines.iter().filter_map(read).collect()
}

/// Who works here.
struct People {
    staff: BTreeSet<UserId>,
    away: BTreeSet<UserId>,
    by_hand: bool,
}

impl People {
    async fn find(tx: &mut PgConnection, tenant: TenantId) -> Result<Self, Error> {
        let row = sqlx::query!(
            r#"select away, routing is null as "by_hand!",
                      array(select user_id from memberships where tenant_id = $1 and role <> 'client') as "staff!"
               from tenants where id = $1"#,
            tenant.uuid()
        )
        .fetch_one(tx)
        .await?;
        let staff = row.staff.into_iter().map(UserId::from_uuid).collect();
        let away = row.away.iter().filter_map(|user| user.parse().ok()).collect();
        Ok(Self { staff, away, by_hand: row.by_hand })
    }
}

async fn standings(tx: &mut PgConnection, tenant: TenantId, ids: &[Uuid]) -> Result<HashMap<Uuid, Standing>, Error> {
    let rows = sqlx::query!(
        r#"select chat.id, chat.assignee, chat.waiting_since is not null and chat.status = 'open' as "waits!",
                  chat.due_at, chat.warn_at,
                  case when teams ? chat.team::text then
                      array(select member::uuid from jsonb_array_elements_text(teams -> chat.team::text) member)
                  end as team,
                  case when chat.account_id is not null then (
                      select line.body::jsonb ->> 'inviter' from event_log line
                      where line.tenant_id = $1 and line.entity_id = chat.id and line.kind = 'invited'
                      order by line.seq desc limit 1
                  ) end as inviter
           from conversations chat join tenants on tenants.id = $1
           where chat.tenant_id = $1 and chat.id = any ($2)"#,
        tenant.uuid(),
        ids,
    )
    .fetch_all(tx)
    .await?;
    let mut standings = HashMap::with_capacity(rows.len());
    for row in rows {
        let standing = Standing {
            assignee: row.assignee.map(UserId::from_uuid),
            waits: row.waits,
            team: row.team.map(|team| team.into_iter().map(UserId::from_uuid).collect()),
            due: due_of(row.due_at, row.warn_at)?,
            inviter: row.inviter.and_then(|user| user.parse().ok()),
        };
        standings.insert(row.id, standing);
    }
    Ok(standings)
}

fn due_of(at: Option<DbTime>, warn_at: Option<DbTime>) -> Result<Option<Due>, Error> {
    let (Some(at), Some(warn_at)) = (at, warn_at) else { return Ok(None) };
    Ok(Some(Due { at: from_db(at)?, warn_at: from_db(warn_at)? }))
}

/// Leaves a job that looks at what is due in a conversation then; it takes the place of one for another time.
async fn look_at(tx: &mut PgConnection, tenant: TenantId, conversation: Uuid, at: Timestamp) -> Result<(), Error> {
    let conversation = ConversationId::from_uuid(conversation);
    let mut job = Job::new(DUE, json!({ "conversation": conversation }));
    job.run_at = Some(at);
    job.key = Some(format!("{DUE}:{conversation}"));
    jobs::enqueue(tx, Some(tenant), &[&job]).await
}

/// Tells who answers a conversation what is due in it as of `now`.
pub(super) async fn due(
    tx: &mut PgConnection,
    tenant: TenantId,
    conversation: ConversationId,
    now: Timestamp,
) -> Result<(), Error> {
    let row = sqlx::query!(
        "select chat.assignee, chat.due_at, chat.warn_at from conversations chat
         where chat.tenant_id = $1 and chat.id = $2 and chat.status <> 'resolved'",
        tenant.uuid(),
        conversation.uuid(),
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(()) };
    let Some(due) = due_of(row.due_at, row.warn_at)? else { return Ok(()) };
    let news = of_due(due, now);
    if let Some(at) = news.again {
        look_at(tx, tenant, conversation.uuid(), at).await?;
    }
    let (Some(assignee), Some(at)) = (row.assignee, news.told) else { return Ok(()) };
    let fresh = keep::Fresh {
        user: UserId::from_uuid(assignee),
        kind: Kind::Due,
        subject: conversation.uuid(),
        mark: at.as_microsecond(),
        times: 1,
        by: None,
        note: None,
        at,
    };
    let told = keep::tell(tx, tenant, vec![fresh]).await?;
    news::say(tx, tenant, &told).await
}
