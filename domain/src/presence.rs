//! Who is there, as the nodes of one platform tell each other.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::actor::Party;
use crate::id::TenantId;

/// How somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceStatus {
    /// Not connected for longer than the grace period.
    Offline,
    /// Connected, and not looking.
    Away,
    /// At least one device is in use.
    Online,
}

/// How one person is there on one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// In which tenant.
    pub tenant: TenantId,
    /// Who.
    pub party: Party,
    /// Whether the person works for the tenant.
    pub staff: bool,
    /// `Offline`: no longer on that node.
    pub status: PresenceStatus,
}

/// What a node hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PresenceNews {
    /// Another node says who is there.
    Told {
        /// Which node.
        node: Uuid,
        /// Whom it concerns; about everybody else nothing is said.
        leases: Vec<Lease>,
    },
    /// Another node wants to know who is here: it is new, or had lost the connection.
    Asked,
}

/// What is called with all news. Must return quickly.
pub type PresenceListener = Arc<dyn Fn(PresenceNews) + Send + Sync>;

/// The way to the other nodes.
pub trait PresenceLink: Send + Sync + 'static {
    /// Tells them. Never waits, and may be lost: what is true is said again every few seconds, and forgotten when it
    /// is not.
    fn tell(&self, leases: Vec<Lease>);
}
