//! What the guard itself needs: the settings, and the two ports that say who somebody is.

use std::ops::Deref;
use std::sync::Arc;

use actix_web::HttpRequest;
use brigade_domain::identity::{Authenticator, SiteKeys};
use brigade_domain::limits::SharedLimits;
use brigade_domain::support::ports::Openings;

use super::limit::Limiters;
use crate::config::HttpConfig;

/// A cheap handle to what the guard works with.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

/// See [`Gate`].
pub struct Inner {
    /// Settings.
    pub config: HttpConfig,
    /// Credentials to actors, shared with the sockets.
    pub authenticator: Arc<dyn Authenticator>,
    /// Public keys to tenants.
    pub site_keys: Arc<dyn SiteKeys>,
    /// What support reads is put on record.
    pub openings: Arc<dyn Openings>,
    /// Counts that other nodes share, when there are any.
    pub shared: Option<Arc<dyn SharedLimits>>,
    pub(super) limiters: Limiters,
}

impl Gate {
    /// A gate with limiters of its own: one a process.
    pub fn new(
        config: HttpConfig,
        authenticator: Arc<dyn Authenticator>,
        site_keys: Arc<dyn SiteKeys>,
        openings: Arc<dyn Openings>,
    ) -> Self {
        Self::sharing(config, authenticator, site_keys, openings, None)
    }

    /// The same, with counts that other nodes share.
    pub fn sharing(
        config: HttpConfig,
        authenticator: Arc<dyn Authenticator>,
        site_keys: Arc<dyn SiteKeys>,
        openings: Arc<dyn Openings>,
        shared: Option<Arc<dyn SharedLimits>>,
    ) -> Self {
        let limiters = Limiters::new(&config.limits);
        Self(Arc::new(Inner { config, authenticator, site_keys, openings, shared, limiters }))
    }

    /// The gate a request came through.
    ///
    /// # Panics
    /// When the request did not come through [`crate::Routes::mount`], which is a defect at start-up.
    pub(crate) fn of(req: &HttpRequest) -> Self {
        match req.app_data::<Self>() {
            Some(gate) => gate.clone(),
            None => unreachable!("every route is mounted by Routes::mount, which sets the Gate"),
        }
    }
}

impl Deref for Gate {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}
