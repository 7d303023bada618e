//! Recomputing a chain.

use brigade_domain::id::TenantId;
use brigade_domain::refusal::Fault;
use sqlx::PgConnection;

use super::chain::{End, Fields, Hash, hash_from};
use crate::Db;
use crate::error::Error;
use crate::time::from_db;

/// Lines recomputed at a time.
const PAGE: i64 = 1000;

/// A whole chain: its length and the hash of its last line. Kept elsewhere, the pair shows later whether lines
/// were cut off the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    /// How many lines.
    pub lines: i64,
    /// The hash of the last.
    pub end: Hash,
}

/// The first line that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// The position that does not hold what was written there.
    pub seq: i64,
    /// What is wrong with it.
    pub why: &'static str,
}

/// Recomputes the chain of `tenant`: whole, or broken at a first line.
pub async fn verify(db: &Db, tenant: TenantId) -> Result<Result<Chain, Broken>, Fault> {
    let mut end = End::START;
    loop {
        let from = end;
        let page = db
            .read("verify the audit log", tenant, move |tx| Box::pin(async move { page(tx, tenant, from).await }))
            .await?;
        match page {
            Ok(next) if next == end => return Ok(Ok(Chain { lines: end.seq, end: end.hash })),
            Ok(next) => end = next,
            Err(broken) => return Ok(Err(broken)),
        }
    }
}

/// Recomputes the page after `end`.
async fn page(tx: &mut PgConnection, tenant: TenantId, mut end: End) -> Result<Result<End, Broken>, Error> {
    let rows = sqlx::query!(
        "select seq, at, event_type, actor, ip, request_id, result, metadata, prev_hash, hash from audit_log
         where tenant_id = $1 and seq > $2 order by seq limit $3",
        tenant.uuid(),
        end.seq,
        PAGE,
    )
    .fetch_all(tx)
    .await?;
    for row in rows {
        let fields = Fields {
            tenant: tenant.uuid(),
            at_micros: from_db(row.at)?.as_microsecond(),
            event_type: &row.event_type,
            actor: &row.actor,
            ip: row.ip.as_deref(),
            request_id: row.request_id.as_deref(),
            result: &row.result,
            metadata: &row.metadata,
        };
        let next = end.then(&fields);
        let why = if row.seq != next.seq {
            "a line is missing here"
        } else if hash_from(&row.prev_hash)? != end.hash {
            "it does not follow the line before it"
        } else if hash_from(&row.hash)? != next.hash {
            "its content was changed"
        } else {
            end = next;
            continue;
        };
        return Ok(Err(Broken { seq: next.seq, why }));
    }
    Ok(Ok(end))
}
