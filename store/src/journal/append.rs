//! The call that moves heads and appends lines; the statements are functions of the database
//! (`migrations/20261124000100_commit_in_few_arguments.sql`).

use std::collections::HashSet;

use brigade_domain::id::TenantId;
use brigade_domain::journal::Commit;
use sqlx::PgConnection;
use uuid::Uuid;

use super::group::last_seq;
use super::to_bigint;
use crate::chat::{Kept, Rev};
use crate::composite::is_composite;
use crate::time::{DbTime, to_db};

/// Moves the heads, appends the lines and writes the rows of conversations: in the transaction that is open, and
/// otherwise in one of its own. Returns the entities whose log has moved on: of those, nothing is written.
pub(super) async fn append(
    connection: &mut PgConnection,
    tenant: TenantId,
    commits: &[&Commit],
    rows: &[Rev<'_>],
) -> Result<HashSet<Uuid>, sqlx::Error> {
    let heads: Vec<Head<'_>> = commits.iter().map(|commit| Head::of(commit)).collect();
    let late = sqlx::query_scalar!(
        r#"select brigade_commit_conversations($1, $2, $3, $4, $5) as "late!""#,
        tenant.uuid(),
        &heads as _,
        heads.iter().any(|head| head.expected == 0),
        Line::of(commits) as _,
        Kept::of(rows) as _,
    )
    .fetch_one(connection)
    .await?;
    Ok(late.into_iter().collect())
}

/// Where a log is expected to be and where it goes.
#[derive(sqlx::Encode)]
struct Head<'a> {
    id: Uuid,
    kind: &'a str,
    expected: i64,
    version: i64,
}
is_composite!(Head, "brigade_head");

impl<'a> Head<'a> {
    fn of(commit: &'a Commit) -> Self {
        let key = commit.key.entity;
        let (expected, version) = (to_bigint(commit.expected), to_bigint(last_seq(commit)));
        Self { id: key.id, kind: key.kind.as_str(), expected, version }
    }
}

/// A line as the log has it.
#[derive(sqlx::Encode)]
struct Line<'a> {
    entity_id: Uuid,
    seq: i64,
    at: DbTime,
    request_id: Option<Uuid>,
    request_digest: Option<i64>,
    /// Whether it is the last of its command.
    answers: bool,
    kind: &'a str,
    party: String,
    body: &'a str,
}
is_composite!(Line, "brigade_line");

impl<'a> Line<'a> {
    fn of(commits: &[&'a Commit]) -> Vec<Self> {
        let mut lines = Vec::new();
        for commit in commits {
            for (index, line) in commit.lines.iter().enumerate() {
                let next = commit.lines.get(index + 1).and_then(|next| next.request);
                lines.push(Self {
                    entity_id: commit.key.entity.id,
                    seq: to_bigint(line.seq),
                    at: to_db(line.at),
                    request_id: line.request.map(|request| request.id),
                    request_digest: line.request.map(|request| request.digest),
                    answers: line.request.is_some() && line.request != next,
                    kind: &line.kind,
                    party: line.by.to_string(),
                    body: &line.body,
                });
            }
        }
        lines
    }
}

/// The commands that a group would do, as arrays: of which entity, and their keys.
pub(super) fn commands(commits: &[&Commit]) -> (Vec<Uuid>, Vec<Uuid>) {
    let answers = Line::of(commits).into_iter().filter(|line| line.answers);
    answers.filter_map(|line| Some((line.entity_id, line.request_id?))).unzip()
}
