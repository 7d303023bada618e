//! Blocked visitors: written with the event that blocks them, looked up by the staff and the worker.

use brigade_domain::actor::Party;
use brigade_domain::chat::block::{After, Block, Blocked, Blocks, PAGE, Reason};
use brigade_domain::id::{ConversationId, TenantId, VisitorId};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Fault, Refusal};
use brigade_domain::text::{DisplayName, Email};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Db;
use crate::error::Error;
use crate::journal::{to_bigint, to_seq};
use crate::time::{DbTime, from_db, to_db};

/// Blocked visitors in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgBlocks(Db);

impl PgBlocks {
    /// Works through `db`.
    pub const fn new(db: Db) -> Self {
        Self(db)
    }
}

impl Blocks for PgBlocks {
    fn page(&self, tenant: TenantId, after: Option<After>) -> BoxFuture<'static, Result<Vec<Blocked>, Fault>> {
        let db = self.0.clone();
        Box::pin(
            async move { db.read("list blocked visitors", tenant, move |tx| Box::pin(page(tx, tenant, after))).await },
        )
    }

    fn is_blocked(&self, tenant: TenantId, email: Email) -> BoxFuture<'static, Result<bool, Fault>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.read("look for a blocked address", tenant, move |tx| {
                Box::pin(async move {
                    let known = sqlx::query_scalar!(
                        r#"select exists (select from blocked_visitors where tenant_id = $1 and email = $2) as "known!""#,
                        tenant.uuid(),
                        email.as_str()
                    )
                    .fetch_one(tx)
                    .await?;
                    Ok(known)
                })
            })
            .await
        })
    }
}

struct Record {
    conversation: Uuid,
    visitor: Uuid,
    name: String,
    rev: i64,
    party: String,
    blocked_at: DbTime,
    reason: String,
    email: Option<String>,
}

impl TryFrom<Record> for Blocked {
    type Error = Error;

    fn try_from(record: Record) -> Result<Self, Error> {
        // By the rules of today: who makes them stricter changes what is kept first.
        let broken = |refusal: Refusal| Fault::internal("read a blocked visitor", refusal);
        let by: Party = record.party.parse().map_err(|error| Fault::internal("read who blocked a visitor", error))?;
        Ok(Self {
            conversation: ConversationId::from_uuid(record.conversation),
            visitor: VisitorId::from_uuid(record.visitor),
            name: DisplayName::parse("name", &record.name).map_err(broken)?,
            rev: to_seq(record.rev),
            block: Block {
                by,
                at: from_db(record.blocked_at)?,
                reason: Reason::parse(&record.reason).map_err(broken)?,
                email: record.email.map(|email| Email::parse("email", &email)).transpose().map_err(broken)?,
            },
        })
    }
}

async fn page(tx: &mut PgConnection, tenant: TenantId, after: Option<After>) -> Result<Vec<Blocked>, Error> {
    let rows = sqlx::query_as!(
        Record,
        r#"select conversation_id as conversation, visitor_id as visitor, name, rev, party, blocked_at, reason, email
           from blocked_visitors
           where tenant_id = $1 and ($2::timestamptz is null or (blocked_at, conversation_id) < ($2, $3))
           order by blocked_at desc, conversation_id desc limit $4"#,
        tenant.uuid(),
        after.map(|after| to_db(after.at)) as _,
        after.map(|after| after.conversation.uuid()),
        i64::from(PAGE),
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(Blocked::try_from).collect()
}

/// Keeps that somebody is blocked, with what is known of it now.
pub(crate) async fn keep(tx: &mut PgConnection, tenant: TenantId, blocked: &Blocked) -> Result<(), Error> {
    let Block { by, at, reason, email } = &blocked.block;
    sqlx::query!(
        "insert into blocked_visitors (tenant_id, conversation_id, visitor_id, name, rev, party, blocked_at, reason, email)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (tenant_id, conversation_id) do update
         set name = excluded.name, rev = excluded.rev, party = excluded.party, blocked_at = excluded.blocked_at,
             reason = excluded.reason, email = excluded.email",
        tenant.uuid(),
        blocked.conversation.uuid(),
        blocked.visitor.uuid(),
        blocked.name.as_str(),
        to_bigint(blocked.rev),
        by.to_string(),
        to_db(*at) as _,
        reason.as_str(),
        email.as_ref().map(Email::as_str),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps that somebody may write again.
pub(crate) async fn lift(tx: &mut PgConnection, tenant: TenantId, conversation: ConversationId) -> Result<(), Error> {
    sqlx::query!(
        "delete from blocked_visitors where tenant_id = $1 and conversation_id = $2",
        tenant.uuid(),
        conversation.uuid()
    )
    .execute(tx)
    .await?;
    Ok(())
}
