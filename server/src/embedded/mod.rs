//! A private PostgreSQL of Brigade's own, for `brigade serve` without `database.url`.
//!
//! One data folder holds everything: PostgreSQL's files, the lock that keeps a second server out, and the keys
//! Brigade makes for itself. PostgreSQL listens on a unix socket in a folder that only its own user (and root) may
//! enter; there is no TCP port. It starts and stops with the server. When the server is killed, the kernel asks
//! PostgreSQL to stop too; whatever is left of it is stopped by the next start before it begins.
//!
//! | step | module |
//! |---|---|
//! | find PostgreSQL's programs | [`programs`] |
//! | choose who runs it | [`owner`] |
//! | lay out the data folder, lock it | [`folder`] |
//! | make a cluster at the first start | [`cluster`] |
//! | stop what an earlier server left behind | [`orphan`] |
//! | start, watch, restart, stop | [`keeper`] |

pub mod cluster;
pub mod folder;
pub mod keeper;
pub mod orphan;
pub mod owner;
pub mod programs;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use folder::DataFolder;
pub use keeper::{Keeper, State};
use owner::Owner;

/// What can go wrong with the private PostgreSQL; each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// PostgreSQL is not installed.
    #[error("{0}")]
    NoPrograms(String),
    /// Another server uses the folder.
    #[error(
        "another Brigade (process {pid}) is using {folder}. Stop it, or give this one a folder of its own with --data"
    )]
    InUse {
        /// Which folder.
        folder: PathBuf,
        /// Its process, as noted in the lock; `?` when it has not noted it yet.
        pid: String,
    },
    /// Nobody unprivileged to run it.
    #[error("{0}")]
    NoOwner(String),
    /// A folder or file could not be made or read.
    #[error("{what} {path}: {source}")]
    Folder {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program of PostgreSQL failed.
    #[error("{program} failed:\n{output}")]
    Failed {
        /// Which program.
        program: &'static str,
        /// What it printed.
        output: String,
    },
    /// PostgreSQL did not become ready.
    #[error("PostgreSQL did not start. The end of {log}:\n{tail}")]
    NotReady {
        /// Its log.
        log: PathBuf,
        /// The last lines.
        tail: String,
    },
    /// What an earlier server left could not be stopped.
    #[error("the PostgreSQL left by an earlier server (processes {pids}) does not stop; end it by hand")]
    Orphan {
        /// Which processes.
        pids: String,
    },
}

impl EmbeddedError {
    pub(crate) fn folder(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Folder { what, path, source }
    }
}

/// What to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder.
    pub data: PathBuf,
    /// Where PostgreSQL's programs are, if told.
    pub programs: Option<PathBuf>,
    /// Who runs it when this process is root, if told.
    pub run_as: Option<String>,
    /// How many connections it takes.
    pub connections: u32,
}

/// How long each part of a start took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timing {
    /// Making the cluster (first start only).
    pub made: Option<Duration>,
    /// Stopping what an earlier server left.
    pub cleared: Duration,
    /// Until it takes connections.
    pub ready: Duration,
}

/// A running private PostgreSQL with its locked data folder.
#[derive(Debug)]
pub struct Embedded {
    keeper: Keeper,
    folder: DataFolder,
    /// How long the start took.
    pub timing: Timing,
}

impl Embedded {
    /// Starts it; blocks until it takes connections.
    pub fn start(options: &Options) -> Result<Self, EmbeddedError> {
        let folder = DataFolder::lock(&options.data)?;
        Self::start_in(folder, options)
    }

    /// Starts it in a folder that is locked already.
    pub fn start_in(folder: DataFolder, options: &Options) -> Result<Self, EmbeddedError> {
        let programs = programs::find(options.programs.as_deref())?;
        let owner = Owner::choose(options.run_as.as_deref())?;
        let place = folder.prepare(&owner)?;
        let mut timing = Timing::default();
        let clock = Instant::now();
        orphan::stop(&place.cluster)?;
        timing.cleared = clock.elapsed();
        if cluster::is_missing(&place) {
            let clock = Instant::now();
            cluster::make(&programs, &owner, &place)?;
            timing.made = Some(clock.elapsed());
        }
        cluster::check_version(&programs, &place)?;
        let clock = Instant::now();
        let keeper = Keeper::start(keeper::Program {
            postgres: programs.path("postgres"),
            owner,
            place,
            connections: options.connections,
        })?;
        timing.ready = clock.elapsed();
        Ok(Self { keeper, folder, timing })
    }

    /// The address of database `name` for the superuser that owns the cluster.
    pub fn url(&self, name: &str) -> String {
        folder::url(&self.keeper.place().socket, cluster::SUPERUSER, name)
    }

    /// The folder it lives in.
    pub const fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// Its supervisor: state and process.
    pub const fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    /// Stops it: running transactions are rolled back, everything is written. Blocks, 10 s at most.
    pub fn stop(self) {
        self.keeper.stop();
    }
}
