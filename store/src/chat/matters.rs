//! Matters beside the logs: what reports are counted over (`brigade_domain::chat::matter`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use brigade_domain::chat::matter::{Done, MatterRow};
use brigade_domain::id::{LabelId, TenantId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;
use crate::journal::to_bigint;
use crate::time::{DbTime, to_db};

/// Keeps what commands made of matters, in the order it happened. Each is kept whole, as it was last.
pub(crate) async fn keep(tx: &mut PgConnection, tenant: TenantId, told: &[&MatterRow]) -> Result<(), Error> {
    if told.is_empty() {
        return Ok(());
    }
    let last: BTreeMap<_, _> = told.iter().map(|row| ((row.conversation, row.seq), *row)).collect();
    let columns = Columns::of(last.into_values());
    sqlx::query!(
        "insert into matters (tenant_id, conversation_id, seq, rev, kind, began_at, answered_at, answered_by, resolved_at,
                              resolved_by, assignee, labels, messages, answer_due, resolution_due)
         select $1, told.conversation, told.seq, told.rev, told.kind, told.began_at, told.answered_at, told.answered_by,
                told.resolved_at, told.resolved_by, told.assignee, told.labels::uuid[], told.messages, told.answer_due,
                told.resolution_due
         from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::uuid[],
                     $9::timestamptz[], $10::uuid[], $11::uuid[], $12::text[], $13::integer[], $14::timestamptz[],
                     $15::timestamptz[])
             as told (conversation, seq, rev, kind, began_at, answered_at, answered_by, resolved_at, resolved_by, assignee,
                      labels, messages, answer_due, resolution_due)
         on conflict (conversation_id, seq, tenant_id) do update
         set rev = excluded.rev, kind = excluded.kind, answered_at = excluded.answered_at,
             answered_by = excluded.answered_by, resolved_at = excluded.resolved_at, resolved_by = excluded.resolved_by,
             assignee = excluded.assignee, labels = excluded.labels, messages = excluded.messages,
             answer_due = excluded.answer_due, resolution_due = excluded.resolution_due
         where matters.rev < excluded.rev",
        tenant.uuid(),
        &columns.conversation,
        &columns.seq,
        &columns.rev,
        &columns.kind as _,
        &columns.began_at,
        &columns.answered_at as _,
        &columns.answered_by as _,
        &columns.resolved_at as _,
        &columns.resolved_by as _,
        &columns.assignee as _,
        &columns.labels as _,
        &columns.messages as _,
        &columns.answer_due as _,
        &columns.resolution_due as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The columns of the rows, as arrays.
#[derive(Default)]
struct Columns {
    conversation: Vec<Uuid>,
    seq: Vec<i64>,
    rev: Vec<i64>,
    kind: Vec<&'static str>,
    began_at: Vec<DbTime>,
    answered_at: Vec<Option<DbTime>>,
    answered_by: Vec<Option<Uuid>>,
    resolved_at: Vec<Option<DbTime>>,
    resolved_by: Vec<Option<Uuid>>,
    assignee: Vec<Option<Uuid>>,
    labels: Vec<Cow<'static, str>>,
    messages: Vec<Option<i32>>,
    answer_due: Vec<Option<DbTime>>,
    resolution_due: Vec<Option<DbTime>>,
}

impl Columns {
    fn of<'a>(rows: impl Iterator<Item = &'a MatterRow>) -> Self {
        let mut columns = Self::default();
        for row in rows {
            let at = |done: &Option<Done>| done.map(|done| to_db(done.at));
            let by = |done: &Option<Done>| done.and_then(|done| done.by.user()).map(UserId::uuid);
            columns.conversation.push(row.conversation.uuid());
            columns.seq.push(to_bigint(row.seq));
            columns.rev.push(to_bigint(row.rev));
            columns.kind.push(row.kind.as_str());
            columns.began_at.push(to_db(row.began_at));
            columns.answered_at.push(at(&row.answered));
            columns.answered_by.push(by(&row.answered));
            columns.resolved_at.push(at(&row.resolved));
            columns.resolved_by.push(by(&row.resolved));
            columns.assignee.push(row.assignee.map(UserId::uuid));
            columns.labels.push(array_text(&row.labels));
            columns.messages.push(row.resolved.map(|_| i32::try_from(row.messages).unwrap_or(i32::MAX)));
            columns.answer_due.push(row.answer_due.map(to_db));
            columns.resolution_due.push(row.resolution_due.map(to_db));
        }
        columns
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
