//! Conversations beside their log: the rows that the inbox and look-ups are made from, and older messages.
//!
//! | want to … | use |
//! |---|---|
//! | give a list topic its content | [`PgLists`] |
//! | page through conversations, count them, find one | [`page`], [`facets`], [`find`] |
//! | go through all that are not resolved | [`unsettled`] |
//! | keep saved views of them | [`PgViews`] |
//! | read older messages | [`PgMessages`] |
//! | find what was said | [`PgSearch`] |
//! | keep canned replies | [`PgCannedReplies`] |
//! | keep what people have begun to write | [`PgDrafts`] |
//! | know which files there are | [`PgAttachments`] |
//! | know who is blocked | [`PgBlocks`] |

mod attachments;
mod blocks;
mod canned;
mod drafts;
mod feedback;
mod history;
mod list;
mod matters;
mod schedule;
mod search;
mod transcripts;
mod views;

use std::borrow::Cow;

use brigade_domain::chat::ConversationRow;
use brigade_domain::entity::Seq;
use brigade_domain::id::{AccountId, LabelId, TeamId, TenantId, UserId, VisitorId};
use brigade_domain::refusal::{Code, Fault, Refusal};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;
use crate::journal::to_bigint;
use crate::time::{DbTime, to_db};
pub use attachments::PgAttachments;
pub use blocks::PgBlocks;
pub(crate) use blocks::{keep as keep_blocked, lift as lift_block};
pub use canned::PgCannedReplies;
pub use drafts::PgDrafts;
pub(crate) use drafts::expire as expire_drafts;
pub(crate) use feedback::keep as keep_feedback;
pub use history::PgMessages;
pub use list::{Cursor, PAGE, Page, PgLists, facets, find, page, teams_of, unsettled};
pub(crate) use matters::keep as keep_matters;
pub use search::PgSearch;
pub(crate) use search::Touched;
pub(crate) use transcripts::{expire as expire_transcripts, keep as keep_transcript};
pub use views::PgViews;

/// A row and the `seq` of the commit it is from.
pub(crate) type Rev<'a> = (Seq, &'a ConversationRow);

/// Writes the rows of conversations that were just committed.
pub(crate) async fn save(tx: &mut PgConnection, tenant: TenantId, rows: &[Rev<'_>]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(rows);
    sqlx::query!(
        r#"select brigade_save_conversations($1, '{}', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
                                             $13, $14, $15, $16, $17, $18, $19)"#,
        tenant.uuid(),
        &columns.id,
        &columns.rev,
        &columns.kind as _,
        &columns.status as _,
        &columns.visitor as _,
        &columns.account as _,
        &columns.assignee as _,
        &columns.team as _,
        &columns.waiting_since as _,
        &columns.last_message_at as _,
        &columns.settled_at as _,
        &columns.snoozed_until as _,
        &columns.woken_at as _,
        &columns.priority as _,
        &columns.labels as _,
        &columns.due_at as _,
        &columns.warn_at as _,
        &columns.listing as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The columns of the rows, as arrays.
pub(crate) struct Columns<'a> {
    pub(crate) id: Vec<Uuid>,
    pub(crate) rev: Vec<i64>,
    pub(crate) kind: Vec<&'a str>,
    pub(crate) status: Vec<&'a str>,
    pub(crate) visitor: Vec<Option<Uuid>>,
    pub(crate) account: Vec<Option<Uuid>>,
    pub(crate) assignee: Vec<Option<Uuid>>,
    pub(crate) team: Vec<Option<Uuid>>,
    pub(crate) waiting_since: Vec<Option<DbTime>>,
    pub(crate) last_message_at: Vec<Option<DbTime>>,
    pub(crate) settled_at: Vec<Option<DbTime>>,
    pub(crate) snoozed_until: Vec<Option<DbTime>>,
    pub(crate) woken_at: Vec<Option<DbTime>>,
    pub(crate) priority: Vec<&'a str>,
    /// Each the text of an array.
    pub(crate) labels: Vec<Cow<'static, str>>,
    pub(crate) due_at: Vec<Option<DbTime>>,
    pub(crate) warn_at: Vec<Option<DbTime>>,
    pub(crate) listing: Vec<&'a str>,
}

impl<'a> Columns<'a> {
    pub(crate) fn of(rows: &[Rev<'a>]) -> Self {
        let each = || rows.iter().map(|(_, row)| *row);
        Self {
            id: each().map(|row| row.id.uuid()).collect(),
            rev: rows.iter().map(|(rev, _)| to_bigint(*rev)).collect(),
            kind: each().map(|row| row.kind.as_str()).collect(),
            status: each().map(|row| row.status.as_str()).collect(),
            visitor: each().map(|row| row.visitor.map(VisitorId::uuid)).collect(),
            account: each().map(|row| row.account.map(AccountId::uuid)).collect(),
            assignee: each().map(|row| row.assignee.map(UserId::uuid)).collect(),
            team: each().map(|row| row.team.map(TeamId::uuid)).collect(),
            waiting_since: each().map(|row| row.waiting_since.map(to_db)).collect(),
            last_message_at: each().map(|row| row.last_message_at.map(to_db)).collect(),
            settled_at: each().map(settled_at).collect(),
            snoozed_until: each().map(|row| row.snoozed_until.map(to_db)).collect(),
            woken_at: each().map(|row| row.woken_at.map(to_db)).collect(),
            priority: each().map(|row| row.priority.as_str()).collect(),
            labels: each().map(|row| array_text(&row.labels)).collect(),
            due_at: each().map(|row| row.due.map(|due| to_db(due.at))).collect(),
            warn_at: each().map(|row| row.due.map(|due| to_db(due.warn_at))).collect(),
            listing: each().map(|row| row.listing.as_str()).collect(),
        }
    }
}

/// The text of an array: arrays of arrays do not unnest row by row.
fn array_text(labels: &[LabelId]) -> Cow<'static, str> {
    if labels.is_empty() {
        return Cow::Borrowed("{}");
    }
    let ids: Vec<_> = labels.iter().map(|label| label.uuid().to_string()).collect();
    Cow::Owned(format!("{{{}}}", ids.join(",")))
}

/// What a resolved conversation is sorted by: its last message, and without one, nothing later than any.
fn settled_at(row: &ConversationRow) -> Option<DbTime> {
    (row.status == "resolved").then(|| row.last_message_at.map_or(DbTime::UNIX_EPOCH, to_db))
}

/// Reads one of the names that are kept as text, such as a priority.
pub(crate) fn read_name<T: DeserializeOwned>(name: String, doing: &'static str) -> Result<T, Error> {
    Ok(serde_json::from_value(Value::String(name)).map_err(|error| Fault::internal(doing, error))?)
}

/// How often something that people change was changed.
pub(crate) fn to_rev(rev: i32) -> Result<u32, Error> {
    Ok(u32::try_from(rev).map_err(|error| Fault::internal("read how often something was changed", error))?)
}

/// Who changes something has to have seen it as it is: refused with `said` when it is at another revision than `seen`.
pub(crate) fn check_seen(known: u32, seen: u32, said: &'static str) -> Result<(), Refusal> {
    if known == seen {
        return Ok(());
    }
    Err(Refusal::new(Code::Conflict, said).with_details(json!({ "rev": known })))
}
