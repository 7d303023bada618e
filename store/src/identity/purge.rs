//! Taking away what is over: sessions and tokens seven days after their end (C35), visitors' tokens, attempts, mail, drafts,
//! sign-in histories, notices.

use brigade_domain::Timestamp;
use brigade_domain::id::TenantId;
use brigade_domain::refusal::Rejection;
use uuid::Uuid;

use super::history;
use super::resolve::{VISITOR_SECONDS, seconds};
use crate::Db;
use crate::chat::{expire_drafts, expire_transcripts};
use crate::db::set_tenant;
use crate::notices;
use crate::time::to_db;

/// How much was taken away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Sessions.
    pub sessions: u64,
    /// Tokens of all kinds.
    pub tokens: u64,
    /// Letters.
    pub letters: u64,
    /// Lines of sign-in histories.
    pub history: u64,
    /// Drafts that nobody went on with.
    pub drafts: u64,
    /// Notices.
    pub notices: u64,
    /// Transcripts that were asked for long ago.
    pub transcripts: u64,
}

/// Takes away what is over as of `at`. Run it daily or so; running it twice does no harm.
pub async fn purge(db: &Db, at: Timestamp) -> Result<Purged, Rejection> {
    let (mut purged, tenants) = db.global_write("purge", move |tx| Box::pin(global(tx, at))).await?;
    for tenant in tenants.into_iter().map(TenantId::from_uuid) {
        let (tokens, drafts, notices, transcripts) = db
            .write("purge a tenant", tenant, move |tx| {
                Box::pin(async move {
                    set_tenant(tx, tenant).await?;
                    let gone = sqlx::query!(
                        "delete from visitor_tokens where tenant_id = $1
                         and (last_seen_at + make_interval(secs => $3) < $2 or ended_at < $2::timestamptz - interval '7 days')",
                        tenant.uuid(),
                        to_db(at),
                        seconds(VISITOR_SECONDS)
                    )
                    .execute(&mut *tx)
                    .await?;
                    let drafts = expire_drafts(tx, tenant, at).await?;
                    let transcripts = expire_transcripts(tx, tenant, at).await?;
                    Ok((gone.rows_affected(), drafts, notices::expire(tx, tenant, at).await?, transcripts))
                })
            })
            .await?;
        purged.tokens += tokens;
        purged.drafts += drafts;
        purged.notices += notices;
        purged.transcripts += transcripts;
    }
    Ok(purged)
}

async fn global(tx: &mut sqlx::PgConnection, at: Timestamp) -> Result<(Purged, Vec<Uuid>), crate::Error> {
    let now = to_db(at);
    let sessions = sqlx::query!(
        "delete from sessions where least(expires_at, ended_at) < $1::timestamptz - interval '7 days'",
        now
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    let tokens =
        sqlx::query!("delete from one_time_tokens where expires_at < $1::timestamptz - interval '7 days'", now)
            .execute(&mut *tx)
            .await?
            .rows_affected();
    // Secrets that were shown and never used, and sign-ins whose code never came.
    let unused = sqlx::query!(
        "delete from second_factors where confirmed_at is null and created_at < $1::timestamptz - interval '1 day'",
        now
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    let steps = sqlx::query!("delete from second_steps where expires_at < $1::timestamptz - interval '1 day'", now)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    let letters = sqlx::query!("delete from mail_outbox where sent_at < $1::timestamptz - interval '7 days'", now)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    let history = history::expire(tx, at).await?;
    sqlx::query!("delete from throttles where ends_at < $1", now).execute(&mut *tx).await?;
    let tenants = sqlx::query_scalar!("select id from tenants").fetch_all(tx).await?;
    Ok((
        Purged { sessions, tokens: tokens + unused + steps, letters, history, drafts: 0, notices: 0, transcripts: 0 },
        tenants,
    ))
}
