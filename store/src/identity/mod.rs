//! People, sessions, keys and invitations in PostgreSQL: the ports of [`brigade_domain::identity::ports`].
//!
//! [`Identity`] implements all of them. Tokens are kept as hashes and found by them, secrets are sealed with the
//! [`KeyRing`], and every change writes its line of the audit log in its own transaction.
//!
//! Tables of tenants are under row-level security here as everywhere. What must be found before the tenant is known
//! is found by possession: [`scope::hold`] tells PostgreSQL the hash of what was shown, and that opens that one row.

pub mod admin;
mod audit;
mod cache;
mod deletion;
mod events;
mod exports;
mod history;
mod invitations;
mod keyring;
mod keys;
mod mail;
mod own_data;
mod people;
mod profile;
mod purge;
mod resolve;
mod rotate;
mod scope;
mod second_factor;
mod second_step;
mod sessions;
mod signing;
mod staff;
mod support;
mod support_list;
mod tenant;
mod throttle;
mod tokens;
mod visitors;
mod wording;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::Db;
use cache::Cache;
use events::{Hub, Seen};
pub use keyring::{InvalidKeys, KeyRing, Place};
pub(crate) use mail::{Envelope, post};
pub use purge::{Purged, purge};
pub use rotate::Rotated;
pub(crate) use rotate::reseal;

/// The identity ports over PostgreSQL. One a process: it holds the cache and tells who listens.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    db: Db,
    ring: KeyRing,
    cache: Cache,
    hub: Hub,
    seen: tokio::sync::Mutex<Seen>,
}

impl Identity {
    /// Starts with an empty cache, and watches for what other nodes and the command line change.
    pub fn start(db: Db, ring: KeyRing) -> Self {
        let identity = Self(Arc::new(Inner {
            db,
            ring,
            cache: Cache::default(),
            hub: Hub::default(),
            seen: tokio::sync::Mutex::default(),
        }));
        events::watch(&identity);
        identity
    }

    /// Look-ups answered from the cache, look-ups that went to the database, and entries held.
    pub fn cache_counts(&self) -> (u64, u64, usize) {
        self.0.cache.counts()
    }

    /// What seals secrets.
    pub(crate) fn ring(&self) -> &KeyRing {
        &self.0.ring
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }
}

fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}
