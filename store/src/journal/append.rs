//! The call that moves heads and appends lines; the statements are functions of the database
//! (`migrations/20261123000400_create_teams.sql`, `20261121001200_commit_in_one_call.sql`).

use std::collections::HashSet;

use brigade_domain::id::TenantId;
use brigade_domain::journal::Commit;
use sqlx::PgConnection;
use uuid::Uuid;

use super::group::last_seq;
use super::to_bigint;
use crate::chat::{self, Rev};
use crate::time::{DbTime, to_db};

/// Moves the heads, appends the lines and writes the rows of conversations: in the transaction that is open, and
/// otherwise in one of its own. Returns the entities whose log has moved on: of those, nothing is written.
pub(super) async fn append(
    connection: &mut PgConnection,
    tenant: TenantId,
    commits: &[&Commit],
    rows: &[Rev<'_>],
) -> Result<HashSet<Uuid>, sqlx::Error> {
    let (heads, lines, rows) = (Heads::of(commits), Lines::of(commits), chat::Columns::of(rows));
    let late = sqlx::query_scalar!(
        r#"select brigade_commit_conversations($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                                               $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28,
                                               $29, $30, $31, $32) as "late!""#,
        tenant.uuid(),
        &heads.entity,
        &heads.kind as _,
        &heads.expected,
        &heads.version,
        &lines.entity,
        &lines.seq,
        &lines.at,
        &lines.request as _,
        &lines.digest as _,
        &lines.answers,
        &lines.kind as _,
        &lines.party,
        &lines.body as _,
        &rows.id,
        &rows.rev,
        &rows.kind as _,
        &rows.status as _,
        &rows.visitor as _,
        &rows.account as _,
        &rows.assignee as _,
        &rows.team as _,
        &rows.waiting_since as _,
        &rows.last_message_at as _,
        &rows.settled_at as _,
        &rows.snoozed_until as _,
        &rows.woken_at as _,
        &rows.priority as _,
        &rows.labels as _,
        &rows.due_at as _,
        &rows.warn_at as _,
        &rows.listing as _,
    )
    .fetch_one(connection)
    .await?;
    Ok(late.into_iter().collect())
}

/// Where the heads are expected and where they go, as arrays.
struct Heads<'a> {
    entity: Vec<Uuid>,
    kind: Vec<&'a str>,
    expected: Vec<i64>,
    version: Vec<i64>,
}

impl<'a> Heads<'a> {
    fn of(commits: &[&'a Commit]) -> Self {
        Self {
            entity: commits.iter().map(|commit| commit.key.entity.id).collect(),
            kind: commits.iter().map(|commit| commit.key.entity.kind.as_str()).collect(),
            expected: commits.iter().map(|commit| to_bigint(commit.expected)).collect(),
            version: commits.iter().map(|commit| to_bigint(last_seq(commit))).collect(),
        }
    }
}

/// The columns of the lines, as arrays.
#[derive(Default)]
pub(super) struct Lines<'a> {
    pub(super) entity: Vec<Uuid>,
    pub(super) seq: Vec<i64>,
    pub(super) at: Vec<DbTime>,
    pub(super) request: Vec<Option<Uuid>>,
    pub(super) digest: Vec<Option<i64>>,
    pub(super) answers: Vec<bool>,
    pub(super) kind: Vec<&'a str>,
    pub(super) party: Vec<String>,
    pub(super) body: Vec<&'a str>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(commits: &[&'a Commit]) -> Self {
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
