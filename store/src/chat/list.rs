//! Lists of conversations: the inbox, and pages of it over HTTP.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::chat::due::{Due, Urgency};
use brigade_domain::chat::list::{Assignee, Facet, Filter, OfTeam, Order, Place};
use brigade_domain::chat::triage::Priority;
use brigade_domain::chat::{ConversationRow, INBOX};
use brigade_domain::entity::Seq;
use brigade_domain::id::{AccountId, ConversationId, LabelId, TeamId, TenantId, UserId, VisitorId};
use brigade_domain::journal::{BoxFuture, ListItems, Lists};
use brigade_domain::json::Json;
use brigade_domain::refusal::{Fault, Refusal};
use sqlx::PgConnection;
use uuid::Uuid;

use super::read_name;
use crate::Db;
use crate::error::Error;
use crate::journal::to_seq;
use crate::time::{DbTime, from_db, to_db};

/// The most rows of one page.
pub const PAGE: u16 = 100;

/// What the inbox holds at most: of the open ones, and of those that were put off.
const INBOX_ROWS: i64 = 500;
const INBOX_SNOOZED: i64 = 200;

/// The inbox in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgLists(Db);

impl PgLists {
    /// Reads through `db`.
    pub const fn new(db: Db) -> Self {
        Self(db)
    }
}

impl Lists for PgLists {
    fn list(&self, tenant: TenantId, view: &str, actor: &Actor) -> BoxFuture<'static, Result<ListItems, Fault>> {
        // Who may look at the list was decided before; what is in it is for staff in any case.
        if view != INBOX || !actor.sees_as_staff_of(tenant) {
            return Box::pin(async { Ok(Vec::new()) });
        }
        let db = self.0.clone();
        Box::pin(async move {
            db.read("list the inbox", tenant, move |tx| {
                Box::pin(async move {
                    let rows = sqlx::query!(
                        r#"(select id as "id!", rev as "rev!", listing as "listing!" from conversations
                            where tenant_id = $1 and status = 'open'
                            order by activity_slot desc, greatest(last_message_at, woken_at) desc nulls last, id desc limit $2)
                           union all
                           (select id, rev, listing from conversations where tenant_id = $1 and status = 'snoozed'
                            order by snoozed_until, id limit $3)"#,
                        tenant.uuid(),
                        INBOX_ROWS,
                        INBOX_SNOOZED,
                    )
                    .fetch_all(tx)
                    .await?;
                    let item = |row: (Uuid, i64, String)| -> Result<_, Error> {
                        let (id, rev, listing) = row;
                        Ok((ConversationId::from_uuid(id).to_string(), to_seq(rev), json(listing)?))
                    };
                    rows.into_iter().map(|row| item((row.id, row.rev, row.listing))).collect()
                })
            })
            .await
        })
    }
}

pub(super) fn json(listing: String) -> Result<Json, Error> {
    Json::parse(listing).map_err(|error| Fault::internal("read a conversation's listing", error).into())
}

/// Where a page ended; the next one begins after it. Opaque to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    at: Timestamp,
    id: ConversationId,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.as_microsecond(), self.id)
    }
}

impl FromStr for Cursor {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let parse = || {
            let (at, id) = text.split_once('.')?;
            Some(Self { at: Timestamp::from_microsecond(at.parse().ok()?).ok()?, id: id.parse().ok()? })
        };
        parse().ok_or_else(|| Refusal::invalid("cursor", "Not a cursor of this list. Begin without one."))
    }
}

/// A page of conversations, in the order of their place.
#[derive(Debug, Clone)]
pub struct Page {
    /// The rows, each with the `seq` it is from.
    pub rows: Vec<(Seq, ConversationRow)>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
}

struct Record {
    id: Uuid,
    rev: i64,
    kind: String,
    status: String,
    visitor_id: Option<Uuid>,
    account_id: Option<Uuid>,
    assignee: Option<Uuid>,
    team: Option<Uuid>,
    waiting_since: Option<DbTime>,
    last_message_at: Option<DbTime>,
    snoozed_until: Option<DbTime>,
    woken_at: Option<DbTime>,
    priority: String,
    labels: Vec<Uuid>,
    due_at: Option<DbTime>,
    warn_at: Option<DbTime>,
    listing: String,
    sorted_at: DbTime,
}

impl TryFrom<Record> for (Seq, ConversationRow) {
    type Error = Error;

    fn try_from(record: Record) -> Result<Self, Error> {
        let row = ConversationRow {
            id: ConversationId::from_uuid(record.id),
            kind: record.kind,
            status: record.status,
            visitor: record.visitor_id.map(VisitorId::from_uuid),
            account: record.account_id.map(AccountId::from_uuid),
            assignee: record.assignee.map(UserId::from_uuid),
            team: record.team.map(TeamId::from_uuid),
            waiting_since: record.waiting_since.map(from_db).transpose()?,
            last_message_at: record.last_message_at.map(from_db).transpose()?,
            snoozed_until: record.snoozed_until.map(from_db).transpose()?,
            woken_at: record.woken_at.map(from_db).transpose()?,
            priority: read_name(record.priority, "read a conversation's priority")?,
            labels: record.labels.into_iter().map(LabelId::from_uuid).collect(),
            due: record.due_at.zip(record.warn_at).map(due).transpose()?,
            listing: json(record.listing)?,
        };
        Ok((to_seq(record.rev), row))
    }
}

fn due((at, warn_at): (DbTime, DbTime)) -> Result<Due, Error> {
    Ok(Due { at: from_db(at)?, warn_at: from_db(warn_at)? })
}

/// A page of conversations after `cursor`, at most `limit` (1 to [`PAGE`]).
pub async fn page(
    db: &Db,
    tenant: TenantId,
    filter: Filter,
    order: Order,
    cursor: Option<Cursor>,
    limit: u16,
) -> Result<Page, Fault> {
    let limit = usize::from(limit.clamp(1, PAGE));
    db.read("list conversations", tenant, move |tx| {
        Box::pin(async move {
            // One more than is shown says whether there are more.
            let one_more = i64::try_from(limit).unwrap_or(i64::from(PAGE)) + 1;
            let rows = records(tx, Asked { tenant, filter: &filter, cursor, limit: one_more }, order).await?;
            let more = rows.len() > limit;
            let mut kept = Vec::with_capacity(rows.len());
            let mut next = None;
            for record in rows.into_iter().take(limit) {
                next = Some(Cursor { at: from_db(record.sorted_at)?, id: ConversationId::from_uuid(record.id) });
                kept.push(record.try_into()?);
            }
            Ok(Page { rows: kept, next: next.filter(|_| more) })
        })
    })
    .await
}

/// What is asked for: the place and what narrows it, from where on, and how many.
struct Asked<'a> {
    tenant: TenantId,
    filter: &'a Filter,
    cursor: Option<Cursor>,
    limit: i64,
}

/// A page of those in a place, by a key (and the id) from small to large or from large to small. Without a cursor it
/// begins before every key there is. A slot is a column that rounds the key down and is indexed: it leaves the order as it
/// is, and only those of one slot are sorted when they are read.
macro_rules! listed {
    ($to:tt $place:tt by $key:tt) => {
        listed!(
            $to $place,
            $key,
            [],
            [],
            "",
            ">",
            "'-infinity'",
            "'00000000-0000-0000-0000-000000000000'"
        )
    };
    ($to:tt $place:tt by $key:tt from the largest) => {
        listed!($to $place, $key, [], [], " desc", "<", "'infinity'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'")
    };
    ($to:tt $place:tt by $key:tt in $slot:tt from the largest) => {
        listed!(
            $to $place,
            $key,
            [+ $slot + " <= coalesce($2::timestamptz, 'infinity') and "],
            [+ $slot + " desc, "],
            " desc",
            "<",
            "'infinity'",
            "'ffffffff-ffff-ffff-ffff-ffffffffffff'"
        )
    };
    (@ ($tx:ident, $page:ident) [$($narrow:tt)*] [$($narrowed:tt)*] $place:tt, $key:tt, [$($near:tt)*], [$($first:tt)*], $way:tt, $beyond:tt, $before_all:tt, $before_all_ids:tt) => {
        sqlx::query_as!(
            Record,
            r#"select id, rev, kind, status, visitor_id, account_id, assignee, team, waiting_since, last_message_at,
                      snoozed_until, woken_at, priority, labels, due_at, warn_at, listing, "#
                + $key
                + r#" as "sorted_at!" from conversations where tenant_id = $1 and "# $($narrow)*
                + "status = "
                + $place
                + " and " $($near)*
                + "("
                + $key
                + ", id) "
                + $beyond
                + " (coalesce($2::timestamptz, "
                + $before_all
                + "), coalesce($3::uuid, "
                + $before_all_ids
                + ")) order by " $($first)*
                + $key
                + $way
                + ", id"
                + $way
                + " limit $4",
            $page.tenant.uuid(),
            $page.cursor.map(|cursor| to_db(cursor.at)),
            $page.cursor.map(|cursor| cursor.id.uuid()),
            $page.limit,
            $($narrowed)*
        )
        .fetch_all($tx)
        .await?
    };
    // All of a place is asked for most, and is a statement of its own: one that can be planned once.
    (($tx:ident, $page:ident) $($listed:tt)*) => {
        if $page.filter.is_whole() {
            listed!(@ ($tx, $page) [] [] $($listed)*)
        } else {
            listed!(
                @ ($tx, $page)
                [+ r#"($5::boolean is null or (waiting_since is not null) = $5)
                 and ($6::uuid is null or assignee = $6)
                 and (not $7 or assignee is null)
                 and ($8::uuid[] is null
                      or (team = any ($8) and (select teams from tenants where id = $1) ? team::text))
                 and (not $9 or team is null or not (select teams from tenants where id = $1) ? team::text)
                 and ($10::uuid is null or labels @> array[$10])
                 and ($11::text is null or priority = $11)
                 and ($12::text is null or case $12 when 'soon' then warn_at <= now() else due_at <= now() end) and "#]
                [
                    $page.filter.waiting,
                    answered_by($page.filter),
                    $page.filter.assignee == Some(Assignee::Nobody),
                    teams($page.filter.team.as_ref()) as _,
                    $page.filter.team == Some(OfTeam::None),
                    $page.filter.label.map(LabelId::uuid),
                    $page.filter.priority.map(Priority::as_str),
                    $page.filter.due.map(Urgency::as_str),
                ]
                $($listed)*
            )
        }
    };
}

async fn records(tx: &mut PgConnection, page: Asked<'_>, order: Order) -> Result<Vec<Record>, Error> {
    Ok(match (page.filter.place, order) {
        (Place::Open, Order::Newest) => listed!(
            (tx, page) "'open'" by "coalesce(greatest(last_message_at, woken_at), to_timestamp(0))" in "activity_slot" from the largest
        ),
        // Few, and they change with every message: sorted as they are read.
        (Place::Open, Order::Longest) => listed!((tx, page) "'open'" by "coalesce(waiting_since, '2900-01-01Z')"),
        // Each step of urgency is a thousand years.
        (Place::Open, Order::Urgent) => listed!(
            (tx, page) "'open'" by
            "(coalesce(waiting_since, '2900-01-01Z')
              + interval '365000 days' * array_position(array['urgent', 'high', 'normal', 'low'], priority))"
        ),
        (Place::Open, Order::Due) => listed!((tx, page) "'open'" by "coalesce(due_at, '2900-01-01Z')"),
        // In the order in which they come back.
        (Place::Snoozed, _) => listed!((tx, page) "'snoozed'" by "snoozed_until"),
        // Many, and they rest: read in the order of their index. Nobody waits in one.
        (Place::Resolved, _) => listed!((tx, page) "'resolved'" by "settled_at" from the largest),
    })
}

fn answered_by(filter: &Filter) -> Option<Uuid> {
    match filter.assignee {
        Some(Assignee::Person(person)) => Some(person.uuid()),
        Some(Assignee::Nobody) | None => None,
    }
}

/// The teams of which it is to be one; `None` where that is not asked for.
pub(super) fn teams(team: Option<&OfTeam>) -> Option<Vec<Uuid>> {
    match team {
        Some(OfTeam::AnyOf(teams)) => Some(teams.iter().map(|team| team.uuid()).collect()),
        Some(OfTeam::None) | None => None,
    }
}

/// The teams that `person` is in.
pub async fn teams_of(db: &Db, tenant: TenantId, person: UserId) -> Result<BTreeSet<TeamId>, Fault> {
    db.read("look for somebody's teams", tenant, move |tx| {
        Box::pin(async move {
            let ids = sqlx::query_scalar!(
                r#"select team.key::uuid as "id!" from tenants, jsonb_each(teams) team
                   where id = $1 and team.value ? $2::uuid::text"#,
                tenant.uuid(),
                person.uuid(),
            )
            .fetch_all(tx)
            .await?;
            Ok(ids.into_iter().map(TeamId::from_uuid).collect())
        })
    })
    .await
}

/// What there is to do and what was put off, by kind. Each by its index: what is resolved is not passed by.
pub async fn facets(db: &Db, tenant: TenantId) -> Result<Vec<Facet>, Fault> {
    db.read("count conversations", tenant, move |tx| {
        Box::pin(async move {
            let rows = sqlx::query!(
                r#"select status as "status!", waiting as "waiting!", assignee, labels as "labels!", priority as "priority!",
                          case when (select teams from tenants where id = $1) ? team::text then team end as team,
                          case when due_at <= now() then 'missed' when warn_at <= now() then 'soon' end as due,
                          count(*) as "count!"
                   from (
                       select status, waiting_since is not null as waiting, assignee, team, labels, priority, due_at, warn_at
                       from conversations where tenant_id = $1 and status = 'open'
                       union all
                       select status, waiting_since is not null, assignee, team, labels, priority, due_at, warn_at
                       from conversations where tenant_id = $1 and status = 'snoozed'
                   ) as unsettled
                   group by 1, 2, 3, 4, 5, 6, 7"#,
                tenant.uuid(),
            )
            .fetch_all(tx)
            .await?;
            let mut facets = Vec::with_capacity(rows.len());
            for row in rows {
                facets.push(Facet {
                    place: read_name(row.status, "read where a conversation stands")?,
                    waiting: row.waiting,
                    assignee: row.assignee.map(UserId::from_uuid).into(),
                    team: row.team.map(TeamId::from_uuid),
                    labels: row.labels.into_iter().map(LabelId::from_uuid).collect(),
                    priority: read_name(row.priority, "read a conversation's priority")?,
                    due: row.due.map(|due| read_name(due, "read how a conversation stands to its targets")).transpose()?,
                    count: row.count.unsigned_abs(),
                });
            }
            Ok(facets)
        })
    })
    .await
}

/// One conversation's row, if it was ever opened.
pub async fn find(db: &Db, tenant: TenantId, id: ConversationId) -> Result<Option<(Seq, ConversationRow)>, Fault> {
    db.read("find a conversation", tenant, move |tx| {
        Box::pin(async move {
            let row = sqlx::query_as!(
                Record,
                r#"select id, rev, kind, status, visitor_id, account_id, assignee, team, waiting_since, last_message_at,
                          snoozed_until, woken_at, priority, labels, due_at, warn_at, listing,
                          coalesce(settled_at, last_message_at, to_timestamp(0)) as "sorted_at!"
                   from conversations where tenant_id = $1 and id = $2"#,
                tenant.uuid(),
                id.uuid(),
            )
            .fetch_optional(tx)
            .await?;
            row.map(TryInto::try_into).transpose()
        })
    })
    .await
}

/// The conversations that are not resolved, by their ids, after `after` (to begin with, none): at most [`PAGE`].
pub async fn unsettled(db: &Db, tenant: TenantId, after: Option<ConversationId>) -> Result<Vec<ConversationId>, Fault> {
    db.read("go through conversations", tenant, move |tx| {
        Box::pin(async move {
            let ids = sqlx::query_scalar!(
                "select id from conversations
                 where tenant_id = $1 and status in ('open', 'snoozed') and id > $2 order by id limit $3",
                tenant.uuid(),
                after.map_or(Uuid::nil(), ConversationId::uuid),
                i64::from(PAGE),
            )
            .fetch_all(tx)
            .await?;
            Ok(ids.into_iter().map(ConversationId::from_uuid).collect())
        })
    })
    .await
}
