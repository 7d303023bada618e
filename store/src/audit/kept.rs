//! A line as it was written.

use brigade_domain::identity::ports::AuditLine;
use brigade_domain::refusal::Fault;

use crate::error::Error;
use crate::time::{DbTime, from_db};

/// A row of the audit log, without what chains it.
pub(crate) struct Kept {
    pub(crate) seq: i64,
    pub(crate) at: DbTime,
    pub(crate) event_type: String,
    pub(crate) actor: String,
    pub(crate) ip: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) result: String,
    /// JSON text.
    pub(crate) metadata: String,
}

impl Kept {
    pub(crate) fn read(self) -> Result<AuditLine, Error> {
        let details = serde_json::from_str(&self.metadata)
            .map_err(|error| Fault::internal("read a line of the audit log", error))?;
        Ok(AuditLine {
            seq: self.seq.unsigned_abs(),
            at: from_db(self.at)?,
            event: self.event_type,
            actor: self.actor,
            ip: self.ip,
            request_id: self.request_id,
            result: self.result,
            details,
        })
    }
}
