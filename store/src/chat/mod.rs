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

use brigade_domain::chat::ConversationRow;
use brigade_domain::entity::Seq;
use brigade_domain::id::{AccountId, TeamId, TenantId, UserId, VisitorId};
use brigade_domain::refusal::{Code, Fault, Refusal};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::composite::is_composite;
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
    sqlx::query!("select brigade_save_conversations($1, '{}', $2)", tenant.uuid(), Kept::of(rows) as _)
        .execute(tx)
        .await?;
    Ok(())
}

/// A row as it is kept.
#[derive(sqlx::Encode)]
pub(crate) struct Kept<'a> {
    id: Uuid,
    rev: i64,
    kind: &'a str,
    status: &'a str,
    visitor_id: Option<Uuid>,
    account_id: Option<Uuid>,
    assignee: Option<Uuid>,
    team: Option<Uuid>,
    waiting_since: Option<DbTime>,
    last_message_at: Option<DbTime>,
    settled_at: Option<DbTime>,
    snoozed_until: Option<DbTime>,
    woken_at: Option<DbTime>,
    priority: &'a str,
    labels: Vec<Uuid>,
    due_at: Option<DbTime>,
    warn_at: Option<DbTime>,
    listing: &'a str,
}
is_composite!(Kept, "brigade_conversation");

impl<'a> Kept<'a> {
    /// The rows as they are kept.
    pub(crate) fn of(rows: &[Rev<'a>]) -> Vec<Self> {
        let kept = |(rev, row): &Rev<'a>| Self {
            id: row.id.uuid(),
            rev: to_bigint(*rev),
            kind: row.kind.as_str(),
            status: row.status.as_str(),
            visitor_id: row.visitor.map(VisitorId::uuid),
            account_id: row.account.map(AccountId::uuid),
            assignee: row.assignee.map(UserId::uuid),
            team: row.team.map(TeamId::uuid),
            waiting_since: row.waiting_since.map(to_db),
            last_message_at: row.last_message_at.map(to_db),
            settled_at: settled_at(row),
            snoozed_until: row.snoozed_until.map(to_db),
            woken_at: row.woken_at.map(to_db),
            priority: row.priority.as_str(),
            labels: row.labels.iter().map(|label| label.uuid()).collect(),
            due_at: row.due.map(|due| to_db(due.at)),
            warn_at: row.due.map(|due| to_db(due.warn_at)),
            listing: row.listing.as_str(),
        };
        rows.iter().map(kept).collect()
    }
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
