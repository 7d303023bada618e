//! What customers say of how they were served, for reports.

use brigade_domain::chat::feedback::{Comment, Kept};
use brigade_domain::id::{LabelId, TenantId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;
use crate::journal::to_bigint;
use crate::time::to_db;

/// Keeps what was asked or said.
pub(crate) async fn keep(tx: &mut PgConnection, tenant: TenantId, kept: &Kept) -> Result<(), Error> {
    let labels: Vec<Uuid> = kept.labels.iter().copied().map(LabelId::uuid).collect();
    let score = kept.given.as_ref().map(|given| i16::from(given.score.get()));
    let comment = kept.given.as_ref().and_then(|given| given.comment.as_ref());
    sqlx::query!(
        "insert into feedback (tenant_id, conversation_id, asked_seq, asked_at, resolved_seq, rev, said_at, assignee, labels,
                               score, comment)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (tenant_id, conversation_id, asked_seq) do update
         set rev = excluded.rev, said_at = excluded.said_at, assignee = excluded.assignee, labels = excluded.labels,
             score = excluded.score, comment = excluded.comment
         where feedback.rev < excluded.rev",
        tenant.uuid(),
        kept.conversation.uuid(),
        to_bigint(kept.asked),
        to_db(kept.asked_at) as _,
        to_bigint(kept.resolved),
        to_bigint(kept.rev),
        to_db(kept.at) as _,
        kept.assignee.map(UserId::uuid),
        &labels,
        score,
        comment.map(Comment::as_str),
    )
    .execute(&mut *tx)
    .await?;
    Ok(())
}
