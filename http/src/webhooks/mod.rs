//! Outgoing webhooks: where a business's own servers are told what happens, and what was sent.

mod deliveries;
mod endpoints;

use std::sync::Arc;

use brigade_domain::webhooks::address::Policy;
use brigade_domain::webhooks::ports::Webhooks;

use crate::Routes;

/// What this feature needs.
#[derive(Clone)]
pub struct Ports {
    /// Endpoints and deliveries.
    pub webhooks: Arc<dyn Webhooks>,
    /// Where endpoints may be.
    pub policy: Policy,
}

/// The routes of this feature.
pub fn routes() -> Routes {
    Routes::new().with(endpoints::routes()).with(deliveries::routes())
}
