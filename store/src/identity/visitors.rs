//! The capability of an anonymous visitor for its one conversation.

use brigade_domain::Timestamp;
use brigade_domain::id::{ConversationId, TenantId, VisitorId};
use brigade_domain::identity::TokenHash;
use brigade_domain::identity::ports::{SessionEvent, VisitorTokens};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Fault, Rejection};

use super::Identity;
use super::resolve::{VISITOR_SECONDS, seconds};
use crate::time::to_db;

impl VisitorTokens for Identity {
    fn issue(
        &self,
        tenant: TenantId,
        visitor: VisitorId,
        conversation: ConversationId,
        token: TokenHash,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.write("issue a visitor's token", tenant, move |tx| {
                Box::pin(async move {
                    sqlx::query!(
                        "insert into visitor_tokens
                             (tenant_id, secret_hash, visitor_id, conversation_id, created_at, last_seen_at)
                         values ($1, $2, $3, $4, $5, $5)",
                        tenant.uuid(),
                        &token.0[..],
                        visitor.uuid(),
                        conversation.uuid(),
                        to_db(at)
                    )
                    .execute(tx)
                    .await?;
                    Ok(())
                })
            })
            .await
        })
    }

    fn conversation_of(
        &self,
        tenant: TenantId,
        token: TokenHash,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<Option<ConversationId>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.read("find a visitor's conversation", tenant, move |tx| {
                Box::pin(async move {
                    let found = sqlx::query_scalar!(
                        "select conversation_id from visitor_tokens
                         where tenant_id = $1 and secret_hash = $2 and ended_at is null
                           and last_seen_at + make_interval(secs => $3) > $4",
                        tenant.uuid(),
                        &token.0[..],
                        seconds(VISITOR_SECONDS),
                        to_db(at)
                    )
                    .fetch_optional(tx)
                    .await?;
                    Ok(found.map(ConversationId::from_uuid))
                })
            })
            .await
        })
    }

    fn forget(&self, tenant: TenantId, token: TokenHash, at: Timestamp) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let ended = identity
                .db()
                .write("forget a visitor", tenant, move |tx| {
                    Box::pin(async move {
                        let ended = sqlx::query_scalar!(
                            "update visitor_tokens set ended_at = $3
                             where tenant_id = $1 and secret_hash = $2 and ended_at is null returning visitor_id",
                            tenant.uuid(),
                            &token.0[..],
                            to_db(at)
                        )
                        .fetch_optional(tx)
                        .await?;
                        Ok(ended.map(VisitorId::from_uuid))
                    })
                })
                .await?;
            if let Some(visitor) = ended {
                identity.ended(SessionEvent::Visitor(visitor)).await;
            }
            Ok(())
        })
    }
}
