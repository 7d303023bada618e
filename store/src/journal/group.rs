//! One tenant's share of what waits, in one transaction: few round trips, one wait for the disk.
//!
//! Each entity stands for itself: one that lost a race or repeats a command is left out and reported, the others
//! are committed. Only a constraint's no takes the whole transaction with it; the lane then commits one by one.

use std::collections::HashMap;

use brigade_domain::entity::Row;
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

/// Commits what can be committed and says of each what became of it. No entity may be in a group twice.
pub(super) async fn commit(
    connection: &mut PgConnection,
    tenant: TenantId,
    commits: &[&Commit],
    replan: bool,
) -> Result<Vec<Outcome>, Failure> {
    let begin = db::begin(Some(tenant), false);
    // Plans are made for the tables' sizes at that time and kept. A log that was empty a minute ago is not any more.
    let begin = if replan { format!("DISCARD PLANS; {begin}") } else { begin };
    // Safe: `begin` is made from nothing but a uuid.
    let undone = |error: sqlx::Error| Failure::Undone(error.into());
    let mut tx = connection.begin_with(AssertSqlSafe(begin)).await.map_err(undone)?;
    match write(&mut tx, tenant, commits).await {
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

async fn write(tx: &mut PgConnection, tenant: TenantId, commits: &[&Commit]) -> Result<Vec<Outcome>, Error> {
    let mut failed = append(tx, tenant, commits).await?;
    let moved = commits.iter().copied().filter(|commit| !failed.contains_key(&commit.key.entity.id));
    beside(tx, tenant, moved.collect()).await?;
    let outcome = |commit: &&Commit| match failed.remove(&commit.key.entity.id) {
        None => Ok(()),
        Some(remembered) if remembered.is_empty() => Err(CommitError::Conflict),
        Some(remembered) => Err(CommitError::Repeated(remembered)),
    };
    Ok(commits.iter().map(outcome).collect())
}

/// The rows, jobs, audit lines and snapshots of what was committed: a statement only for what there is.
async fn beside(tx: &mut PgConnection, tenant: TenantId, moved: Vec<&Commit>) -> Result<(), Error> {
    let (mut conversations, mut relationships, mut businesses) = (Vec::new(), Vec::new(), Vec::new());
    for commit in &moved {
        let rev = commit.lines.last().map_or(commit.expected, |line| line.seq);
        match &commit.row {
            Some(Row::Conversation(row)) => conversations.push((rev, row)),
            Some(Row::Account(row)) => relationships.push(row),
            Some(Row::Tenant(row)) => businesses.push(row),
            None => {}
        }
    }
    // Accounts first: a conversation handed over refers to one.
    accounts::save(tx, tenant, &relationships).await?;
    chat::save(tx, tenant, &conversations).await?;
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

/// Moves the heads and appends the lines, and returns the entities whose head did not move: with the commands that
/// were done before, or with none when the log has moved on.
///
/// No entity's head moves unless it is where the commit expects it; rivals wait for each other at the head's row.
async fn append(
    tx: &mut PgConnection,
    tenant: TenantId,
    commits: &[&Commit],
) -> Result<HashMap<Uuid, Vec<Remembered>>, Error> {
    let entities: Vec<Uuid> = commits.iter().map(|commit| commit.key.entity.id).collect();
    let kinds: Vec<&str> = commits.iter().map(|commit| commit.key.entity.kind.as_str()).collect();
    let expected: Vec<i64> = commits.iter().map(|commit| to_bigint(commit.expected)).collect();
    let versions: Vec<i64> =
        commits.iter().map(|commit| to_bigint(commit.expected) + commit.lines.len() as i64).collect();
    let lines = Columns::of(commits);
    let rows = sqlx::query!(
        r#"
        with commits as materialized (
            select * from unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[])
                as c (entity_id, kind, expected, version)
        ), lines as materialized (
            select * from unnest($6::uuid[], $7::bigint[], $8::timestamptz[], $9::uuid[], $10::bigint[],
                                 $11::boolean[], $12::text[], $13::text[], $14::text[])
                as l (entity_id, seq, at, request_id, request_digest, answers, kind, party, body)
        ), repeated as materialized (
            select lines.entity_id, known.request_id, known.request_digest, known.seq
            from lines cross join lateral (
                -- "offset 0": one probe of the index for each command, whatever the planner thinks of the table.
                select request_id, request_digest, seq from event_log
                where tenant_id = $1 and entity_id = lines.entity_id and request_id = lines.request_id and answers
                offset 0
            ) known
            where lines.answers
        ), created as (
            insert into entities (tenant_id, id, kind, version)
            select $1, entity_id, kind, version from commits
            where expected = 0 and not exists (select from repeated where repeated.entity_id = commits.entity_id)
            on conflict (tenant_id, id) do nothing
            returning id
        ), moved as (
            update entities head set version = commits.version from commits
            where head.tenant_id = $1 and head.id = commits.entity_id and head.kind = commits.kind
              and head.version = commits.expected and commits.expected > 0
              and not exists (select from repeated where repeated.entity_id = commits.entity_id)
            returning head.id
        ), failed as materialized (
            select entity_id from commits except all select id from created except all select id from moved
        ), appended as (
            insert into event_log
                (tenant_id, entity_id, seq, at, request_id, request_digest, answers, kind, party, body)
            select $1, entity_id, seq, at, request_id, request_digest, answers, kind, party, body from lines
            where not exists (select from failed where failed.entity_id = lines.entity_id)
        )
        select failed.entity_id as "entity!", repeated.request_id as "request?", repeated.request_digest as "digest?",
               repeated.seq as "seq?"
        from failed left join repeated on repeated.entity_id = failed.entity_id
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
    let mut failed: HashMap<Uuid, Vec<Remembered>> = HashMap::new();
    for row in rows {
        let repeated = failed.entry(row.entity).or_default();
        if let (Some(id), Some(digest), Some(seq)) = (row.request, row.digest, row.seq) {
            repeated.push(Remembered { request: RequestKey { id, digest }, seq: to_seq(seq) });
        }
    }
    Ok(failed)
}

/// Whether the lines continue the log without a hole; checked before anything is written.
pub(super) fn is_whole(commit: &Commit) -> bool {
    !commit.lines.is_empty() && commit.lines.iter().zip(commit.expected + 1..).all(|(line, seq)| line.seq == seq)
}
