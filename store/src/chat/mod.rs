//! Conversations beside their log: the rows that the inbox and look-ups are made from, and older messages.
//!
//! | want to … | use |
//! |---|---|
//! | give a list topic its content | [`PgLists`] |
//! | page through conversations, find one | [`page`], [`find`] |
//! | read older messages | [`PgMessages`] |

mod history;
mod list;

use brigade_domain::chat::ConversationRow;
use brigade_domain::entity::Seq;
use brigade_domain::id::TenantId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;
use crate::journal::to_bigint;
use crate::time::to_db;
pub use history::PgMessages;
pub use list::{Cursor, Filter, PAGE, Page, PgLists, find, page};

/// Writes the rows of conversations that were just committed at the given `seq`.
pub(crate) async fn save(
    tx: &mut PgConnection,
    tenant: TenantId,
    rows: &[(Seq, &ConversationRow)],
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let column =
        |get: fn(&ConversationRow) -> Option<Uuid>| -> Vec<_> { rows.iter().map(|(_, row)| get(row)).collect() };
    let visitors = column(|row| row.visitor.map(|id| id.uuid()));
    let accounts = column(|row| row.account.map(|id| id.uuid()));
    let assignees = column(|row| row.assignee.map(|id| id.uuid()));
    let ids: Vec<Uuid> = rows.iter().map(|(_, row)| row.id.uuid()).collect();
    let revs: Vec<i64> = rows.iter().map(|(rev, _)| to_bigint(*rev)).collect();
    let kinds: Vec<&str> = rows.iter().map(|(_, row)| row.kind.as_str()).collect();
    let statuses: Vec<&str> = rows.iter().map(|(_, row)| row.status.as_str()).collect();
    let waiting: Vec<_> = rows.iter().map(|(_, row)| row.waiting_since.map(to_db)).collect();
    let last: Vec<_> = rows.iter().map(|(_, row)| row.last_message_at.map(to_db)).collect();
    let listings: Vec<String> = rows.iter().map(|(_, row)| row.listing.to_string()).collect();
    sqlx::query!(
        "insert into conversations as known (tenant_id, id, rev, kind, status, visitor_id, account_id, assignee,
                                             waiting_since, last_message_at, settled_at, listing)
         select $1, id, rev, kind, status, visitor_id, account_id, assignee, waiting_since, last_message_at,
                case when status = 'resolved' then coalesce(last_message_at, now()) end, listing
         from unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[],
                     $9::timestamptz[], $10::timestamptz[], $11::text[])
              as row (id, rev, kind, status, visitor_id, account_id, assignee, waiting_since, last_message_at, listing)
         on conflict (tenant_id, id) do update
         set rev = excluded.rev, kind = excluded.kind, status = excluded.status, visitor_id = excluded.visitor_id,
             account_id = excluded.account_id, assignee = excluded.assignee, waiting_since = excluded.waiting_since,
             last_message_at = excluded.last_message_at, settled_at = excluded.settled_at, listing = excluded.listing
         where known.rev < excluded.rev",
        tenant.uuid(),
        &ids,
        &revs,
        &kinds as _,
        &statuses as _,
        &visitors as _,
        &accounts as _,
        &assignees as _,
        &waiting as _,
        &last as _,
        &listings,
    )
    .execute(tx)
    .await?;
    Ok(())
}
