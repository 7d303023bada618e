//! One tenant's share of what waits, in one transaction: one round trip if nothing but conversations is concerned, few
//! otherwise, and one wait for the disk.
//!
//! Each entity stands for itself: one that lost a race is left out and reported, the others are committed. A
//! constraint's no takes the whole transaction with it; the lane then goes about it with more care: it asks first
//! which commands were done before, and if that was not it, commits one by one.

use std::collections::HashMap;

use brigade_domain::entity::{Fact, Row, Seq};
use brigade_domain::id::TenantId;
use brigade_domain::journal::{Commit, CommitError, Remembered, RequestKey};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use super::{append, to_seq};
use crate::error::{Error, is_disconnected};
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
    if manner.replan {
        // Plans are made for the tables' sizes at that time and kept. A log that was empty a minute ago is not any more.
        sqlx::raw_sql("DISCARD PLANS").execute(&mut *connection).await.map_err(undone)?;
    }
    if manner.recall || !commits.iter().all(|commit| is_plain(commit)) {
        return commit_all(connection, tenant, commits, manner.recall).await;
    }
    let late = append::append(connection, tenant, commits, &rows(commits)).await.map_err(|error| {
        // A no of the database has undone the call; a connection that ended may have kept it.
        if is_disconnected(&error) { Failure::Unknown(error) } else { undone(error) }
    })?;
    let outcome =
        |commit: &&Commit| if late.contains(&commit.key.entity.id) { Err(CommitError::Conflict) } else { Ok(()) };
    Ok(commits.iter().map(outcome).collect())
}

fn undone(error: sqlx::Error) -> Failure {
    Failure::Undone(error.into())
}

/// Whether a commit is nothing but lines and the row of a conversation, as nearly all are: one call writes those.
fn is_plain(commit: &Commit) -> bool {
    matches!(commit.row, None | Some(Row::Conversation(_)))
        && commit.snapshot.is_none()
        && commit.jobs.is_empty()
        && commit.audit.is_empty()
        && commit.facts.is_empty()
}

/// The rows of the conversations among them.
fn rows<'a>(commits: &[&'a Commit]) -> Vec<chat::Rev<'a>> {
    let row = |commit: &&'a Commit| match &commit.row {
        Some(Row::Conversation(row)) => Some((last_seq(commit), row)),
        _ => None,
    };
    commits.iter().filter_map(row).collect()
}

/// Commits a group that has more to write, or has to ask first, in a transaction of several statements.
async fn commit_all(
    connection: &mut PgConnection,
    tenant: TenantId,
    commits: &[&Commit],
    recall: bool,
) -> Result<Vec<Outcome>, Failure> {
    // Safe: made from nothing but a uuid.
    let begin = AssertSqlSafe(db::begin(Some(tenant), false));
    let mut tx = connection.begin_with(begin).await.map_err(undone)?;
    match write(&mut tx, tenant, commits, recall).await {
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
    // Their rows come later, beside what those refer to.
    let late = append::append(tx, tenant, &fresh, &[]).await?;
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

/// The rows, facts, jobs, audit lines and snapshots of what was committed: a statement only for what there is.
async fn beside(tx: &mut PgConnection, tenant: TenantId, moved: Vec<&Commit>) -> Result<(), Error> {
    let (mut relationships, mut businesses) = (Vec::new(), Vec::new());
    for commit in &moved {
        match &commit.row {
            Some(Row::Account(row)) => relationships.push(row),
            Some(Row::Tenant(row)) => businesses.push(row),
            Some(Row::Conversation(_)) | None => {}
        }
    }
    // Accounts first: a conversation handed over refers to one.
    accounts::save(tx, tenant, &relationships).await?;
    chat::save(tx, tenant, &rows(&moved)).await?;
    let mut matters = Vec::new();
    for fact in moved.iter().flat_map(|commit| &commit.facts) {
        match fact {
            Fact::Matter(row) => matters.push(row),
            // Each in the order they happened.
            Fact::Feedback(kept) => chat::keep_feedback(tx, tenant, kept).await?,
            Fact::Transcript(wanted) => chat::keep_transcript(tx, tenant, wanted).await?,
            Fact::Blocked(blocked) => chat::keep_blocked(tx, tenant, blocked).await?,
            Fact::Unblocked(conversation) => chat::lift_block(tx, tenant, *conversation).await?,
        }
    }
    chat::keep_matters(tx, tenant, &matters).await?;
    tenants::save(tx, tenant, &businesses).await?;
    let kept: Vec<_> = moved.iter().filter_map(|commit| Some((commit.key, commit.snapshot.as_ref()?))).collect();
    super::log::keep_all(tx, tenant, &kept).await?;
    let jobs: Vec<_> = moved.iter().flat_map(|commit| &commit.jobs).collect();
    jobs::enqueue(tx, Some(tenant), &jobs).await?;
    // Last: the tenant's turn at the audit log is held until the commit.
    let audit: Vec<_> = moved.iter().flat_map(|commit| &commit.audit).collect();
    audit::append_events(tx, tenant, &audit).await
}

/// Which entities' commits hold commands that were done before, and those commands.
async fn repeated(
    tx: &mut PgConnection,
    tenant: TenantId,
    commits: &[&Commit],
) -> Result<HashMap<Uuid, Vec<Remembered>>, Error> {
    let (entities, requests) = append::commands(commits);
    let rows = sqlx::query!(
        r#"select asked.entity_id as "entity!", asked.request_id as "request!", known.request_digest as "digest!",
                  known.seq as "seq!"
           from unnest($2::uuid[], $3::uuid[]) as asked (entity_id, request_id)
           cross join lateral (
               -- "offset 0": a probe for each command, whatever the planner thinks of the table.
               select request_digest, seq from event_log
               where tenant_id = $1 and entity_id = asked.entity_id and request_id = asked.request_id and answers
               offset 0
           ) known"#,
        tenant.uuid(),
        &entities,
        &requests,
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

/// Where the log is after the commit.
pub(super) fn last_seq(commit: &Commit) -> Seq {
    commit.lines.last().map_or(commit.expected, |line| line.seq)
}

/// Whether the lines continue the log without a hole; checked before anything is written.
pub(super) fn is_whole(commit: &Commit) -> bool {
    !commit.lines.is_empty() && commit.lines.iter().zip(commit.expected + 1..).all(|(line, seq)| line.seq == seq)
}
