//! One figure of the specification each.

pub mod chat;
pub mod generator;
pub mod host;
pub mod idle;
pub mod library;
pub mod pgbench;
pub mod slow;
pub mod tenancy;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::report::Book;
use crate::run::Cores;
use crate::run::brigade::Tenant;
use crate::run::postgres::Postgres;

/// The names the report uses for who was measured.
pub mod who {
    /// Brigade.
    pub const BRIGADE: &str = "brigade";
    /// Brigade, every socket subscribed to a conversation.
    pub const BRIGADE_SUBSCRIBED: &str = "brigade, subscribed";
    /// The actix-ws room without any logic.
    pub const BARE: &str = "bare";
    /// Socket.IO with the insert.
    pub const SOCKETIO: &str = "socketio";
    /// PostgreSQL alone.
    pub const PGBENCH: &str = "pgbench";
}

/// What every scenario needs.
#[derive(Debug)]
pub struct Bench {
    /// Where values go.
    pub book: Book,
    /// Which core does what.
    pub cores: Cores,
    /// Not measured, at the beginning of each part.
    pub warm_up: Duration,
    /// Measured, in each part.
    pub measured: Duration,
    /// Everything on disk: logs, PostgreSQL's data. Removed at the end.
    pub folder: PathBuf,
    /// Microseconds that every flush of the database takes longer.
    pub slower_disk: u32,
    /// The database of all durable peers; started with the first that needs it.
    pub postgres: Option<Postgres>,
    /// Brigade's tenant in that database; made with the first scenario that needs it.
    pub tenant: Option<Tenant>,
    /// Peers to leave out.
    pub without: Vec<String>,
}

impl Bench {
    /// Whether to measure this peer.
    pub fn wants(&self, peer: &str) -> bool {
        !self.without.iter().any(|name| name == peer)
    }

    /// The private PostgreSQL.
    pub fn postgres(&mut self) -> Result<&Postgres> {
        if self.postgres.is_none() {
            self.postgres = Some(Postgres::start(&self.folder, self.slower_disk)?);
        }
        self.postgres.as_ref().context("no PostgreSQL")
    }

    /// Brigade's tenant, with its staff.
    pub fn tenant(&mut self) -> Result<&Tenant> {
        if self.tenant.is_none() {
            let folder = self.folder.clone();
            self.tenant = Some(Tenant::create(self.postgres()?, &folder)?);
        }
        self.tenant.as_ref().context("no tenant")
    }
}
