//! Who made a change, as the audit log keeps it.

use std::net::IpAddr;

use crate::Timestamp;
use crate::actor::Party;

/// Who caused a change, when and from where. Every port that changes something takes one, so that nothing changes
/// without a line in the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Who; `None` is somebody anonymous.
    pub by: Option<Party>,
    /// When the request was taken in: the clock of the change.
    pub at: Timestamp,
    /// From which address; `None` from the command line.
    pub ip: Option<IpAddr>,
    /// The request's id, for correlation; `None` from the command line.
    pub request_id: Option<Box<str>>,
    /// What the browser or program calls itself, at most 200 characters; `None` from the command line.
    pub device: Option<Box<str>>,
}

impl Cause {
    /// The operator at the command line, or a worker.
    pub const fn system(at: Timestamp) -> Self {
        Self { by: Some(Party::System), at, ip: None, request_id: None, device: None }
    }

    /// The same, caused by somebody who is known only now.
    #[must_use]
    pub fn by(mut self, party: Party) -> Self {
        self.by = Some(party);
        self
    }
}
