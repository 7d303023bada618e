//! One tenant's share of what waits, in one transaction: few round trips, one wait for the disk.
//!
//! Each entity stands for itself: one that lost a race is left out and reported, the others are committed. A
//! constraint's no takes the whole transaction with it; the lane then goes about it with more care: it asks first
//! which commands were done before, and if that was not it, commits one by one.

use std::collections::{HashMap, HashSet};

use brigade_domain::entity::{Row, Seq};
use brigade_domain::id::TenantId;
use brigade_domain::journal::{Commit, CommitError, Remembered, RequestKey};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use super::{to_bigint, to_seq};
use crate::error::Error;
use crate::time::{DbTime, to_db};
use crate::{accounts, audit, chat, db, jobs, tenants};

/// What became of one commit of the group.
pub(super) type Outcome = Result<(), CommitError>;

/// Why a whole group was not committed, or may have been.
pub(super) enum Failure {
    /// Before the commit was asked for: nothing was written.
    Undone(Error),
    /// While the commit was under way: it may have been written.
    Unknown(sqlx::Error),
}

/// How a group is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    /// Ask first which commands were done before. Otherwise the index on them refuses the whole group.
    pub(super) recall: bool,
    /// Let PostgreSQL plan its statements anew.
    pub(super) replan: bool,
}

/// Commits what can be committed and says of each what became of it. No entity may be in a group twice.
pub(super) async fn commit(
    connection: &mut PgConnection,
    tenant: TenantId,
    commits: &[&Commit],
    manner: Manner,
) -> Result<Vec<Outcome>, Failure> {
    let begin = db::begin(Some(tenant), false);
    // Plans are made for the tables' sizes at that time and kept. A log that was empty a minute ago is not any more.
    let begin = if manner.replan { format!("DISCARD PLANS; {begin}") } else { begin };
    // Safe: `begin` is made from nothing but a uuid.
    let undone = |error: sqlx::Error| Failure::Undone(error.into());
    let mut tx = connection.begin_with(AssertSqlSafe(begin)).await.map_err(undone)?;
    match write(&mut tx, tenant, commits, manner.recall).await {
        Ok(outcomes) => {
            tx.commit().await.map_err(Failure::Unknown)?;
            Ok(outcomes)
        }
        Err(error) => {
            // Should the rollback fail too, the connection is gone and the transaction with it.
            let _ = tx.rollback().await;
            Err(Failure::Undone(error))
        }
    }
}

async fn write(
    tx: &mut PgConnection,
    tenant: TenantId,
    commits: &[&Commit],
    recall: bool,
) -> Result<Vec<Outcome>, Error> {
    let mut repeated = if recall { repeated(tx, tenant, commits).await? } else { HashMap::new() };
    let fresh: Vec<&Commit> =
        commits.iter().copied().filter(|commit| !repeated.contains_key(&commit.key.entity.id)).collect();
    let late = append(tx, tenant, &fresh).await?;
    let moved = fresh.into_iter().filter(|commit| !late.contains(&commit.key.entity.id));
    beside(tx, tenant, moved.collect()).await?;
    let outcome = |commit: &&Commit| {
        let id = commit.key.entity.id;
        match repeated.remove(&id) {
            Some(remembered) => Err(CommitError::Repeated(remembered)),
            None if late.contains(&id) => Err(CommitError::Conflict),
            None => Ok(()),
        }
    };
    Ok(commits.iter().map(outcome).collect())
}

/// The rows, jobs, audit lines and snapshots of what was committed: a statement only for what there is.
async fn beside(tx: &mut PgConnection, tenant: TenantId, moved: Vec<&Commit>) -> Result<(), Error> {
    let (mut conversations, mut new_conversations) = (Vec::new(), Vec::new());
    let (mut relationships, mut businesses) = (Vec::new(), Vec::new());
    for commit in &moved {
        match &commit.row {
            Some(Row::Conversation(row)) if commit.expected == 0 => new_conversations.push((last_seq(commit), row)),
            Some(Row::Conversation(row)) => conversations.push((last_seq(commit), row)),
            Some(Row::Account(row)) => relationships.push(row),
            Some(Row::Tenant(row)) => businesses.push(row),
            None => {}
        }
    }
    // Accounts first: a conversation handed over refers to one.
    accounts::save(tx, tenant, &relationships).await?;
    conversations = chat::update(tx, tenant, conversations).await?;
    new_conversations.append(&mut conversations);
    chat::insert(tx, tenant, &new_conversations).await?;
    tenants::save(tx, tenant, &businesses).await?;
    let kept: Vec<_> = moved.iter().filter_map(|commit| Some((commit.key, commit.snapshot.as_ref()?))).collect();
    super::log::keep_all(tx, tenant, &kept).await?;
    let jobs: Vec<_> = moved.iter().flat_map(|commit| &commit.jobs).collect();
    jobs::enqueue(tx, Some(tenant), &jobs).await?;
    // Last: the tenant's turn at the audit log is held until the commit.
    let audit: Vec<_> = moved.iter().flat_map(|commit| &commit.audit).collect();
    audit::append_events(tx, tenant, &audit).await
}

/// The columns of the lines, as arrays.
#[derive(Default)]
struct Columns<'a> {
    entity: Vec<Uuid>,
    seq: Vec<i64>,
    at: Vec<DbTime>,
    request: Vec<Option<Uuid>>,
    digest: Vec<Option<i64>>,
    answers: Vec<bool>,
    kind: Vec<&'a str>,
    party: Vec<String>,
    body: Vec<&'a str>,
}

impl<'a> Columns<'a> {
    fn of(commits: &[&'a Commit]) -> Self {
        let mut columns = Self::default();
        for commit in commits {
            for (index, line) in commit.lines.iter().enumerate() {
                let next = commit.lines.get(index + 1).and_then(|next| next.request);
                columns.entity.push(commit.key.entity.id);
                columns.seq.push(to_bigint(line.seq));
                columns.at.push(to_db(line.at));
                columns.request.push(line.request.map(|request| request.id));
                columns.digest.push(line.request.map(|request| request.digest));
                columns.answers.push(line.request.is_some() && line.request != next);
                columns.kind.push(&line.kind);
                columns.party.push(line.by.to_string());
                columns.body.push(&line.body);
            }
        }
        columns
    }
}

/// Which entities' commits hold commands that were done before, and those commands.
async fn repeated(
    tx: &mut PgConnection,
    tenant: TenantId,
    commits: &[&Commit],
) -> Result<HashMap<Uuid, Vec<Remembered>>, Error> {
    let lines = Columns::of(commits);
    let rows = sqlx::query!(
        r#"select asked.entity_id as "entity!", asked.request_id as "request!", known.request_digest as "digest!",
                  known.seq as "seq!"
           from unnest($2::uuid[], $3::uuid[], $4::boolean[]) as asked (entity_id, request_id, answers)
           cross join lateral (
               -- "offset 0": a probe for each command, whatever the planner thinks of the table.
               select request_digest, seq from event_log
               where tenant_id = $1 and entity_id = asked.entity_id and request_id = asked.request_id and answers
               offset 0
           ) known
           where asked.answers"#,
        tenant.uuid(),
        &lines.entity,
        &lines.request as _,
        &lines.answers,
    )
    .fetch_all(tx)
    .await?;
    let mut repeated: HashMap<Uuid, Vec<Remembered>> = HashMap::new();
    for row in rows {
        let request = RequestKey { id: row.request, digest: row.digest };
        repeated.entry(row.entity).or_default().push(Remembered { request, seq: to_seq(row.seq) });
    }
    Ok(repeated)
}

/// Makes the heads of entities that nobody has written to. Whose head is made by a rival at this moment finds it
/// moved afterwards.
async fn create_heads(tx: &mut PgConnection, tenant: TenantId, commits: &[&Commit]) -> Result<(), Error> {
    let new = || commits.iter().filter(|commit| commit.expected == 0);
    let entities: Vec<Uuid> = new().map(|commit| commit.key.entity.id).collect();
    if entities.is_empty() {
        return Ok(());
    }
    let kinds: Vec<&str> = new().map(|commit| commit.key.entity.kind.as_str()).collect();
    sqlx::query!(
        "insert into entities (tenant_id, id, kind, version)
         select $1, entity_id, kind, 0 from unnest($2::uuid[], $3::text[]) as c (entity_id, kind)
         on conflict (id, tenant_id) do nothing",
        tenant.uuid(),
        &entities,
        &kinds as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Moves the heads and appends the lines, and returns the entities whose log has moved on: of those, nothing is
/// written.
///
/// No head moves unless it is where its commit expects it; rivals wait for each other at the head's row.
async fn append(tx: &mut PgConnection, tenant: TenantId, commits: &[&Commit]) -> Result<HashSet<Uuid>, Error> {
    if commits.is_empty() {
        return Ok(HashSet::new());
    }
    create_heads(tx, tenant, commits).await?;
    let entities: Vec<Uuid> = commits.iter().map(|commit| commit.key.entity.id).collect();
    let kinds: Vec<&str> = commits.iter().map(|commit| commit.key.entity.kind.as_str()).collect();
    let expected: Vec<i64> = commits.iter().map(|commit| to_bigint(commit.expected)).collect();
    let versions: Vec<i64> = commits.iter().map(|commit| to_bigint(last_seq(commit))).collect();
    let lines = Columns::of(commits);
    let late = sqlx::query_scalar!(
        r#"
        with commits as materialized (
            select * from unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[])
                as c (entity_id, kind, expected, version)
        ), moved as (
            update entities head set version = commits.version from commits
            where head.tenant_id = $1 and head.id = commits.entity_id
              and head.kind = commits.kind and head.version = commits.expected
            returning head.id
        ), late as materialized (
            select entity_id from commits except all select id from moved
        ), appended as (
            insert into event_log
                (tenant_id, entity_id, seq, at, request_id, request_digest, answers, kind, party, body)
            select $1, entity_id, seq, at, request_id, request_digest, answers, kind, party, body
            from unnest($6::uuid[], $7::bigint[], $8::timestamptz[], $9::uuid[], $10::bigint[],
                        $11::boolean[], $12::text[], $13::text[], $14::text[])
                as l (entity_id, seq, at, request_id, request_digest, answers, kind, party, body)
            where not exists (select from late where late.entity_id = l.entity_id)
        )
        select entity_id as "entity!" from late
        "#,
        tenant.uuid(),
        &entities,
        &kinds as _,
        &expected,
        &versions,
        &lines.entity,
        &lines.seq,
        &lines.at,
        &lines.request as _,
        &lines.digest as _,
        &lines.answers,
        &lines.kind as _,
        &lines.party,
        &lines.body as _,
    )
    .fetch_all(tx)
    .await?;
    Ok(late.into_iter().collect())
}

/// Where the log is after the commit.
fn last_seq(commit: &Commit) -> Seq {
    commit.lines.last().map_or(commit.expected, |line| line.seq)
}

/// Whether the lines continue the log without a hole; checked before anything is written.
pub(super) fn is_whole(commit: &Commit) -> bool {
    !commit.lines.is_empty() && commit.lines.iter().zip(commit.expected + 1..).all(|(line, seq)| line.seq == seq)
}
