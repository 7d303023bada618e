//! The tenant as an entity: who of the staff is there, business hours, the queue of waiting conversations.

use serde::{Deserialize, Serialize};

use crate::id::TenantId;

/// What is looked up of a tenant beside its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantRow {
    /// Which tenant.
    pub id: TenantId,
    /// The tenant entity's settings (hours, zone, greeting) as JSON text.
    pub settings: String,
}
