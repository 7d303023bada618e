//! Who people are: sign-in, sessions, keys, invitations, and the settings page's staff and keys.

use std::sync::Arc;

use brigade_domain::identity::ports;

use crate::Routes;

/// What this feature needs of the repository layer.
#[derive(Clone)]
pub struct Ports {
    /// People as they see themselves.
    pub profiles: Arc<dyn ports::Profiles>,
}

/// The routes of this feature.
pub fn routes() -> Routes {
    Routes::new()
}
