//! Routing: who is there, whom a conversation was given to, whose turn it is.
//!
//! What is given out is decided once at a time for a tenant, under a lock, and kept as gifts that are on their way, with
//! the jobs that carry them, in one transaction: whatever is killed, each gift arrives or is settled, and until then it
//! counts against the capacity of whom it is for.

use std::collections::BTreeSet;
use std::time::Duration;

use brigade_domain::entity::Job;
use brigade_domain::id::{ConversationId, TeamId, TenantId, UserId};
use brigade_domain::refusal::{Fault, Rejection};
use brigade_domain::tenant::routing::{GIVE, Gift, Members, Mode, Taker, Unassigned, give_out, route_job};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::chat::read_name;
use crate::error::Error;
use crate::journal::{natural, to_seq};
use crate::{Db, jobs};

/// How many conversations are given out at once.
const AT_ONCE: usize = 500;

/// For how long somebody counts as there once their node has said so.
pub const LEASE: Duration = Duration::from_secs(15);

/// What a node knows of the people of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Who has come.
    pub come: Vec<UserId>,
    /// Who is still there.
    pub stayed: Vec<UserId>,
    /// Who has gone.
    pub gone: Vec<UserId>,
}

/// Routing in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgRouting(Db);

impl PgRouting {
    /// Works through `db`.
    pub const fn new(db: Db) -> Self {
        Self(db)
    }

    /// Gives out what waits in `tenant`: decides, and leaves a job for each. Returns how many.
    pub async fn give_out(&self, tenant: TenantId) -> Result<usize, Rejection> {
        self.0.write("give out conversations", tenant, move |tx| Box::pin(decide(tx, tenant))).await
    }

    /// The conversation has answered: the gift is no longer on its way. If it did not arrive, somebody has room again.
    pub async fn settle(&self, tenant: TenantId, conversation: ConversationId, gift: Uuid) -> Result<(), Rejection> {
        self.0.write("settle a gift", tenant, move |tx| Box::pin(settle(tx, tenant, conversation, gift))).await
    }

    /// Whether conversations are given out in `tenant`, and `user` is not there to take any.
    pub async fn is_missing(&self, tenant: TenantId, user: UserId) -> Result<bool, Fault> {
        self.0.read("look who is there", tenant, move |tx| Box::pin(is_missing(tx, tenant, user))).await
    }

    /// The tenants in which conversations are given out.
    pub async fn tenants(&self) -> Result<Vec<TenantId>, Fault> {
        self.0
            .global_read("look who gives conversations out", |tx| {
                Box::pin(async move {
                    let ids =
                        sqlx::query_scalar!("select id from tenants where routing is not null and status = 'active'");
                    Ok(ids.fetch_all(tx).await?.into_iter().map(TenantId::from_uuid).collect())
                })
            })
            .await
    }

    /// Who works for `tenant`.
    pub async fn staff(&self, tenant: TenantId) -> Result<Vec<UserId>, Fault> {
        self.0
            .read("look who works here", tenant, move |tx| {
                Box::pin(async move {
                    let ids = sqlx::query_scalar!(
                        "select user_id from memberships where tenant_id = $1 and role <> 'client'",
                        tenant.uuid()
                    );
                    Ok(ids.fetch_all(tx).await?.into_iter().map(UserId::from_uuid).collect())
                })
            })
            .await
    }

    /// `node` says who is there. Whoever has come may be given what waits.
    pub async fn attend(&self, tenant: TenantId, node: Uuid, attendance: Attendance) -> Result<(), Rejection> {
        self.0.write("say who is there", tenant, move |tx| Box::pin(attend(tx, tenant, node, attendance))).await
    }
}

async fn decide(tx: &mut PgConnection, tenant: TenantId) -> Result<usize, Error> {
    let Some(mode) = mode(tx, tenant).await? else { return Ok(0) };
    // Whoever decides waits for whoever is deciding, and sees what came of it.
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('routing ' || $1::uuid::text, 0))", tenant.uuid())
        .fetch_one(&mut *tx)
        .await?;
    let takers = takers(tx, tenant).await?;
    let free: BTreeSet<UserId> =
        takers.iter().filter(|taker| taker.load < taker.capacity).map(|taker| taker.user).collect();
    if free.is_empty() {
        return Ok(0);
    }
    let teams = members(tx, tenant).await?;
    let shut: Vec<Uuid> =
        teams.iter().filter(|(_, members)| members.is_disjoint(&free)).map(|(team, _)| team.uuid()).collect();
    let last = last_turn(tx, tenant).await?;
    let waiting = unassigned(tx, tenant, &shut).await?;
    let gifts = give_out(mode, &teams, takers, last, &waiting);
    keep(tx, tenant, &gifts).await?;
    // The first of them could be taken by somebody: each round gives out something.
    if waiting.len() == AT_ONCE {
        jobs::enqueue(tx, Some(tenant), &[&route_job()]).await?;
    }
    Ok(gifts.len())
}

async fn mode(tx: &mut PgConnection, tenant: TenantId) -> Result<Option<Mode>, Error> {
    let mode = sqlx::query_scalar!(
        "select routing ->> 'mode' from tenants where id = $1 and status = 'active'",
        tenant.uuid()
    )
    .fetch_optional(tx)
    .await?;
    mode.flatten().map(|mode| read_name(mode, "read a tenant's routing")).transpose()
}

/// Who works here, is there and takes chats; with what they have and what is on its way to them. One
/// statement: what arrives meanwhile is seen in one place or in both, and counted once.
async fn takers(tx: &mut PgConnection, tenant: TenantId) -> Result<Vec<Taker>, Error> {
    let rows = sqlx::query!(
        r#"with held as (
               select assignee as user_id, id from conversations
               where tenant_id = $1 and status = 'open' and assignee is not null
               union
               select user_id, conversation_id from routing_gifts where tenant_id = $1 and pending
           )
           select member.user_id as "user!", coalesce(last.turn, 0) as "turn!",
                  coalesce(routing -> 'people' ->> member.user_id::text, routing ->> 'capacity')::bigint as "capacity!",
                  (select count(*) from held where held.user_id = member.user_id) as "load!"
           from tenants tenant
           join memberships member on member.tenant_id = $1 and member.role <> 'client'
           left join routing_turns last on last.tenant_id = $1 and last.user_id = member.user_id
           where tenant.id = $1 and not routing -> 'away' ? member.user_id::text and exists (
               select from routing_presence there
               where there.tenant_id = $1 and there.user_id = member.user_id and there.until > clock_timestamp()
           )"#,
        tenant.uuid(),
    )
    .fetch_all(tx)
    .await?;
    let taker = |user: Uuid, load, capacity, turn| Taker {
        user: UserId::from_uuid(user),
        load: natural(load),
        capacity: natural(capacity),
        turn: natural(turn),
    };
    Ok(rows.into_iter().map(|row| taker(row.user, row.load, row.capacity, row.turn)).collect())
}

/// The last turn of anybody, whether they are there or not.
async fn last_turn(tx: &mut PgConnection, tenant: TenantId) -> Result<u64, Error> {
    let last = sqlx::query_scalar!("select max(turn) from routing_turns where tenant_id = $1", tenant.uuid());
    Ok(natural(last.fetch_one(tx).await?.unwrap_or(0)))
}

/// Who is in which team.
async fn members(tx: &mut PgConnection, tenant: TenantId) -> Result<Members, Error> {
    let rows = sqlx::query!(
        r#"select team.key::uuid as "team!",
                  array(select member::uuid from jsonb_array_elements_text(team.value) member) as "members!"
           from tenants, jsonb_each(teams) team where id = $1"#,
        tenant.uuid(),
    )
    .fetch_all(tx)
    .await?;
    let people = |members: Vec<Uuid>| members.into_iter().map(UserId::from_uuid).collect();
    Ok(rows.into_iter().map(|row| (TeamId::from_uuid(row.team), people(row.members))).collect())
}

/// What waits and is nobody's, longest first; but not what is for one of the teams of which nobody has room: that would stand in
/// the way of all that came later.
async fn unassigned(tx: &mut PgConnection, tenant: TenantId, shut: &[Uuid]) -> Result<Vec<Unassigned>, Error> {
    let rows = sqlx::query!(
        r#"select waits.id, waits.rev, waits.team, account.manager as "manager?", gift.user_id as "before?"
           from conversations waits
           left join accounts account on account.tenant_id = $1 and account.id = waits.account_id
           left join routing_gifts gift on gift.tenant_id = $1 and gift.conversation_id = waits.id
           where waits.tenant_id = $1 and waits.status = 'open' and waits.waiting_since is not null
             and waits.assignee is null and gift.pending is not true
             and (waits.team is null or waits.team <> all ($3))
           order by waits.waiting_since, waits.id limit $2"#,
        tenant.uuid(),
        i64::try_from(AT_ONCE).unwrap_or(i64::MAX),
        shut,
    )
    .fetch_all(tx)
    .await?;
    let waiting = rows.into_iter().map(|row| Unassigned {
        conversation: ConversationId::from_uuid(row.id),
        team: row.team.map(TeamId::from_uuid),
        manager: row.manager.map(UserId::from_uuid),
        before: row.before.map(UserId::from_uuid),
        rev: to_seq(row.rev),
    });
    Ok(waiting.collect())
}

/// Keeps what was decided, with the jobs that carry it out.
async fn keep(tx: &mut PgConnection, tenant: TenantId, gifts: &[Gift]) -> Result<(), Error> {
    if gifts.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = gifts.iter().map(|_| Uuid::now_v7()).collect();
    let conversations: Vec<Uuid> = gifts.iter().map(|gift| gift.conversation.uuid()).collect();
    let users: Vec<Uuid> = gifts.iter().map(|gift| gift.to.uuid()).collect();
    let turns: Vec<i64> = gifts.iter().map(|gift| i64::try_from(gift.turn).unwrap_or(i64::MAX)).collect();
    sqlx::query!(
        "insert into routing_gifts (tenant_id, conversation_id, user_id, id, pending)
         select $1, conversation, person, gift, true
         from unnest($2::uuid[], $3::uuid[], $4::uuid[]) as fresh (conversation, person, gift)
         on conflict (tenant_id, conversation_id) do update
         set user_id = excluded.user_id, id = excluded.id, pending = true",
        tenant.uuid(),
        &conversations,
        &users,
        &ids,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into routing_turns (tenant_id, user_id, turn)
         select $1, person, max(turn) from unnest($2::uuid[], $3::bigint[]) as fresh (person, turn) group by person
         on conflict (tenant_id, user_id) do update set turn = excluded.turn",
        tenant.uuid(),
        &users,
        &turns,
    )
    .execute(&mut *tx)
    .await?;
    let job = |(gift, id): (&Gift, &Uuid)| {
        let Gift { conversation, to, team, rev, .. } = gift;
        let body = json!({ "conversation": conversation, "to": to, "team": team, "gift": id, "rev": rev });
        Job::new(GIVE, body)
    };
    let carried: Vec<Job> = gifts.iter().zip(&ids).map(job).collect();
    jobs::enqueue(tx, Some(tenant), &carried.iter().collect::<Vec<_>>()).await
}

async fn settle(
    tx: &mut PgConnection,
    tenant: TenantId,
    conversation: ConversationId,
    gift: Uuid,
) -> Result<(), Error> {
    let arrived = sqlx::query_scalar!(
        r#"update routing_gifts gift set pending = false
           where tenant_id = $1 and conversation_id = $2 and id = $3 and pending
           returning exists (
               select from conversations where tenant_id = $1 and id = $2 and assignee = gift.user_id
           ) as "arrived!""#,
        tenant.uuid(),
        conversation.uuid(),
        gift,
    )
    .fetch_optional(&mut *tx)
    .await?;
    match arrived {
        Some(false) => jobs::enqueue(tx, Some(tenant), &[&route_job()]).await,
        Some(true) | None => Ok(()),
    }
}

async fn is_missing(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<bool, Error> {
    let missing = sqlx::query_scalar!(
        r#"select (routing -> 'away' ? $2::uuid::text or not exists (
               select from routing_presence there
               join memberships member on member.tenant_id = $1 and member.user_id = $2 and member.role <> 'client'
               where there.tenant_id = $1 and there.user_id = $2 and there.until > clock_timestamp()
           )) as "missing!"
           from tenants where id = $1 and routing is not null and status = 'active'"#,
        tenant.uuid(),
        user.uuid(),
    )
    .fetch_optional(tx)
    .await?;
    Ok(missing.unwrap_or(false))
}

async fn attend(tx: &mut PgConnection, tenant: TenantId, node: Uuid, attendance: Attendance) -> Result<(), Error> {
    let Attendance { come, stayed, gone } = attendance;
    let there: Vec<Uuid> = come.iter().chain(&stayed).map(|user| user.uuid()).collect();
    let gone: Vec<Uuid> = gone.iter().map(|user| user.uuid()).collect();
    // Whoever is gone for good is told by nobody.
    sqlx::query!(
        "delete from routing_presence
         where tenant_id = $1 and ((node = $2 and user_id = any ($3)) or until < clock_timestamp() - interval '1 hour')",
        tenant.uuid(),
        node,
        &gone,
    )
    .execute(&mut *tx)
    .await?;
    // In one order, as another node may be doing the same.
    sqlx::query!(
        "insert into routing_presence (tenant_id, user_id, node, until)
         select $1, person, $2, clock_timestamp() + make_interval(secs => $4) from unnest($3::uuid[]) as person
         order by person
         on conflict (tenant_id, user_id, node) do update set until = excluded.until",
        tenant.uuid(),
        node,
        &there,
        LEASE.as_secs_f64(),
    )
    .execute(&mut *tx)
    .await?;
    if come.is_empty() { Ok(()) } else { jobs::enqueue(tx, Some(tenant), &[&route_job()]).await }
}
