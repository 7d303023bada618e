//! The audit log: who did what, append-only and hash-chained.
//!
//! Each line's hash covers all its fields and the hash of the line before, so that a line changed, removed or put
//! in between breaks the chain of its tenant. [`verify()`] recomputes it. What the chain alone cannot show is that its
//! last lines were cut off; for that, compare the end that [`verify()`] reports with one kept elsewhere.

mod chain;
mod kept;
mod verify;

use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::entity::Audit;
use brigade_domain::id::TenantId;
use brigade_domain::identity::Cause;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;
use crate::time::to_db;
pub use chain::Hash;
pub(crate) use kept::Kept;
pub use verify::{Broken, Chain, verify};

/// The chain of what concerns no tenant: sign-ins, the operator's work.
pub const PLATFORM: TenantId = TenantId::from_uuid(Uuid::nil());

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Succeeded,
    /// A rule said no.
    Refused,
    /// Something broke.
    Failed,
}

impl Outcome {
    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// One line to be written (BK-GUARD: timestamp, event type, actor, address, request, result, particulars).
#[derive(Debug, Clone)]
pub struct Line {
    /// When; kept to the microsecond.
    pub at: Timestamp,
    /// What happened, such as `conversation.assigned`: lower-case letters, digits, dots and underscores.
    pub event_type: String,
    /// Who: a prefixed id, `system`, or `anonymous`.
    pub actor: String,
    /// From where, if it came from outside.
    pub ip: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Particulars: a JSON object, without personal data beyond ids.
    pub metadata: Value,
}

impl Line {
    /// What somebody did, or tried, and from where.
    pub(crate) fn of(event: &str, outcome: Outcome, cause: &Cause, metadata: Value) -> Self {
        Self {
            at: cause.at,
            event_type: event.to_owned(),
            actor: cause.by.map_or_else(|| "anonymous".to_owned(), |party| party.to_string()),
            ip: cause.ip.map(|ip| ip.to_string()),
            request_id: cause.request_id.as_deref().map(str::to_owned),
            outcome,
            metadata,
        }
    }
}

/// Writes lines at the end of the tenant's chain. Takes the tenant's turn at it until the transaction ends, so
/// write them last. The transaction's tenant must be `tenant`.
pub async fn append(tx: &mut PgConnection, tenant: TenantId, lines: &[Line]) -> Result<(), Error> {
    if lines.is_empty() {
        return Ok(());
    }
    let head = sqlx::query!(r#"select seq as "seq!", hash as "hash!" from brigade_audit_head($1)"#, tenant.uuid())
        .fetch_one(&mut *tx)
        .await?;
    let mut end = chain::End { seq: head.seq, hash: chain::hash_from(&head.hash)? };
    for line in lines {
        let prev = end.hash;
        // PostgreSQL keeps microseconds, and the hash must cover what is kept.
        let micros = line.at.as_microsecond();
        let metadata = line.metadata.to_string();
        let fields = chain::Fields {
            tenant: tenant.uuid(),
            at_micros: micros,
            event_type: &line.event_type,
            actor: &line.actor,
            ip: line.ip.as_deref(),
            request_id: line.request_id.as_deref(),
            result: line.outcome.as_str(),
            metadata: &metadata,
        };
        end = end.then(&fields);
        let at = to_db(Timestamp::from_microsecond(micros).unwrap_or(line.at));
        sqlx::query!(
            "insert into audit_log
                 (tenant_id, seq, at, event_type, actor, ip, request_id, result, metadata, prev_hash, hash)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            tenant.uuid(),
            end.seq,
            at,
            line.event_type,
            line.actor,
            line.ip,
            line.request_id,
            line.outcome.as_str(),
            metadata,
            prev.as_slice(),
            end.hash.as_slice(),
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Writes what entities put on the record with their commits.
pub(crate) async fn append_events(
    tx: &mut PgConnection,
    tenant: TenantId,
    events: &[&(Party, Timestamp, Audit)],
) -> Result<(), Error> {
    let line = |(by, at, audit): &&(Party, Timestamp, Audit)| Line {
        at: *at,
        event_type: audit.event.clone(),
        actor: by.to_string(),
        ip: None,
        request_id: None,
        outcome: Outcome::Succeeded,
        metadata: if audit.details.is_object() {
            audit.details.clone()
        } else {
            serde_json::json!({ "details": audit.details })
        },
    };
    let lines: Vec<Line> = events.iter().map(line).collect();
    append(tx, tenant, &lines).await
}
