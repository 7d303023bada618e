//! Conversations beside their log: the rows that the inbox and look-ups are made from, and older messages.
//!
//! | want to … | use |
//! |---|---|
//! | give a list topic its content | [`PgLists`] |
//! | page through conversations, find one | [`page`], [`find`] |
//! | read older messages | [`PgMessages`] |

mod history;
mod list;

use std::collections::HashSet;

use brigade_domain::chat::ConversationRow;
use brigade_domain::entity::Seq;
use brigade_domain::id::{AccountId, TenantId, UserId, VisitorId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;
use crate::journal::to_bigint;
use crate::time::{DbTime, to_db};
pub use history::PgMessages;
pub use list::{Cursor, Filter, PAGE, Page, PgLists, find, page};

/// A row and the `seq` of the commit it is from.
type Rev<'a> = (Seq, &'a ConversationRow);

/// Changes the rows of conversations that were just committed, and returns those that have none yet.
pub(crate) async fn update<'a>(
    tx: &mut PgConnection,
    tenant: TenantId,
    rows: Vec<Rev<'a>>,
) -> Result<Vec<Rev<'a>>, Error> {
    if rows.is_empty() {
        return Ok(rows);
    }
    let columns = Columns::of(&rows);
    let changed = sqlx::query_scalar!(
        "update conversations known
         set rev = row.rev, kind = row.kind, status = row.status, visitor_id = row.visitor_id,
             account_id = row.account_id, assignee = row.assignee, waiting_since = row.waiting_since,
             last_message_at = row.last_message_at, settled_at = row.settled_at, listing = row.listing
         from unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[],
                     $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[])
              as row (id, rev, kind, status, visitor_id, account_id, assignee, waiting_since, last_message_at,
                      settled_at, listing)
         where known.tenant_id = $1 and known.id = row.id
         returning known.id",
        tenant.uuid(),
        &columns.id,
        &columns.rev,
        &columns.kind as _,
        &columns.status as _,
        &columns.visitor as _,
        &columns.account as _,
        &columns.assignee as _,
        &columns.waiting_since as _,
        &columns.last_message_at as _,
        &columns.settled_at as _,
        &columns.listing as _,
    )
    .fetch_all(tx)
    .await?;
    if changed.len() == rows.len() {
        return Ok(Vec::new());
    }
    let changed: HashSet<Uuid> = changed.into_iter().collect();
    Ok(rows.into_iter().filter(|(_, row)| !changed.contains(&row.id.uuid())).collect())
}

/// Makes the rows of conversations that were just committed and have none.
pub(crate) async fn insert(tx: &mut PgConnection, tenant: TenantId, rows: &[Rev<'_>]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(rows);
    sqlx::query!(
        "insert into conversations (tenant_id, id, rev, kind, status, visitor_id, account_id, assignee,
                                    waiting_since, last_message_at, settled_at, listing)
         select $1, * from unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[],
                                  $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[])",
        tenant.uuid(),
        &columns.id,
        &columns.rev,
        &columns.kind as _,
        &columns.status as _,
        &columns.visitor as _,
        &columns.account as _,
        &columns.assignee as _,
        &columns.waiting_since as _,
        &columns.last_message_at as _,
        &columns.settled_at as _,
        &columns.listing as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The columns of the rows, as arrays.
struct Columns<'a> {
    id: Vec<Uuid>,
    rev: Vec<i64>,
    kind: Vec<&'a str>,
    status: Vec<&'a str>,
    visitor: Vec<Option<Uuid>>,
    account: Vec<Option<Uuid>>,
    assignee: Vec<Option<Uuid>>,
    waiting_since: Vec<Option<DbTime>>,
    last_message_at: Vec<Option<DbTime>>,
    settled_at: Vec<Option<DbTime>>,
    listing: Vec<&'a str>,
}

impl<'a> Columns<'a> {
    fn of(rows: &[Rev<'a>]) -> Self {
        let each = || rows.iter().map(|(_, row)| *row);
        Self {
            id: each().map(|row| row.id.uuid()).collect(),
            rev: rows.iter().map(|(rev, _)| to_bigint(*rev)).collect(),
            kind: each().map(|row| row.kind.as_str()).collect(),
            status: each().map(|row| row.status.as_str()).collect(),
            visitor: each().map(|row| row.visitor.map(VisitorId::uuid)).collect(),
            account: each().map(|row| row.account.map(AccountId::uuid)).collect(),
            assignee: each().map(|row| row.assignee.map(UserId::uuid)).collect(),
            waiting_since: each().map(|row| row.waiting_since.map(to_db)).collect(),
            last_message_at: each().map(|row| row.last_message_at.map(to_db)).collect(),
            settled_at: each().map(settled_at).collect(),
            listing: each().map(|row| row.listing.as_str()).collect(),
        }
    }
}

/// What a resolved conversation is sorted by: its last message, and without one, nothing later than any.
fn settled_at(row: &ConversationRow) -> Option<DbTime> {
    (row.status == "resolved").then(|| row.last_message_at.map_or(DbTime::UNIX_EPOCH, to_db))
}
