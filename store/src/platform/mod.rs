//! What who operates the platform is shown: the ports of [`brigade_domain::platform`].
//!
//! Businesses are counted one by one, each behind its own wall, so that nothing here ever reads rows of two.

mod activity;
mod queue;
mod tenants;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use brigade_domain::id::TenantId;
use brigade_domain::platform::ports::{Figures, Waiting};
use parking_lot::Mutex;

use crate::Db;

/// The platform, for its operator. Cheap to clone; clones share what they have counted.
#[derive(Clone)]
pub struct PgPlatform {
    db: Db,
    counted: Arc<Mutex<HashMap<TenantId, Figures>>>,
    /// Who counts. One at a time: the operator's curiosity must not crowd out the businesses' work.
    turn: Arc<tokio::sync::Mutex<()>>,
    waiting: Arc<Mutex<Option<(Instant, Waiting)>>>,
}

impl PgPlatform {
    /// Reads and changes through `db`.
    pub fn new(db: Db) -> Self {
        Self { db, counted: Arc::default(), turn: Arc::default(), waiting: Arc::default() }
    }
}
