//! A private PostgreSQL: its own data folder and unix socket, durable as in production, gone afterwards.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use rustix::process::Signal;

use super::{Child, Start};

/// Who owns the data folder when we are root (PostgreSQL refuses root).
const USER: &str = "postgres";
const DATABASE: &str = "bench";

/// Settings beside the defaults. Durability is the default and said again because everything depends on it; the
/// others keep a checkpoint from falling into one run and not into the next, and let a slower disk be one for everybody.
pub const SETTINGS: [&str; 10] = [
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "listen_addresses=",
    "max_connections=200",
    "shared_buffers=256MB",
    "max_wal_size=4GB",
    "checkpoint_timeout=30min",
    "autovacuum=on",
    "commit_siblings=0",
];

/// A running PostgreSQL.
#[derive(Debug)]
pub struct Postgres {
    // Before the folder: it must end while its files are there.
    child: Child,
    folder: PathBuf,
    binaries: PathBuf,
}

/// The newest installed server binaries.
fn binaries() -> Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .context("PostgreSQL's server binaries are not installed (apt-get install postgresql)")?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, path)| path.join("postgres").exists())
        .collect();
    found.sort();
    Ok(found.pop().context("no version under /usr/lib/postgresql has a server")?.1)
}

impl Postgres {
    /// Creates a data folder under `parent`, which everybody may enter, and starts a server on it. Before each flush of
    /// its log it waits `slower_disk` microseconds: who commits meanwhile shares the flush, as with a slow disk.
    pub fn start(parent: &Path, slower_disk: u32) -> Result<Self> {
        let binaries = binaries()?;
        let folder = parent.join("pg");
        fs::create_dir(&folder)?;
        if rustix::process::geteuid().is_root() {
            let owner = format!("{USER}:{USER}");
            Start::new("chown", vec!["chown".into(), owner, text(&folder)], parent).output()?;
        }
        let tool = |name: &str| text(&binaries.join(name));
        let data = text(&folder.join("data"));
        let mut init = Start::new(
            "initdb",
            [&tool("initdb"), "-D", &data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
                .map(Into::into)
                .into(),
            &folder,
        );
        init.user = Some(USER);
        init.output()?;
        let mut line = vec![tool("postgres"), "-D".into(), data, "-k".into(), text(&folder)];
        for setting in SETTINGS {
            line.extend(["-c".into(), setting.into()]);
        }
        line.extend(["-c".into(), format!("commit_delay={slower_disk}")]);
        let mut start = Start::new("postgres", line, &folder);
        start.user = Some(USER);
        start.end = Signal::INT;
        let child = start.spawn(parent)?;
        let mut postgres = Self { child, folder, binaries };
        let ready = postgres.tool("pg_isready", &["-q"]);
        postgres.child.wait_until(Duration::from_secs(20), || ready.output().is_ok())?;
        postgres.tool("createdb", &[DATABASE]).output()?;
        Ok(postgres)
    }

    /// One of its command-line tools, connected to this server.
    pub fn tool(&self, name: &str, arguments: &[&str]) -> Start {
        let line = std::iter::once(text(&self.binaries.join(name))).chain(arguments.iter().map(|&a| a.to_owned()));
        Start::new(name, line.collect(), &self.folder)
            .with("PGHOST", text(&self.folder))
            .with("PGUSER", USER)
            .with("PGDATABASE", DATABASE)
    }

    /// Runs SQL in a database and returns the rows as text.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String> {
        let arguments = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql];
        Ok(self.tool("psql", &arguments).output()?.trim().to_owned())
    }

    /// The database of the peers and of pgbench.
    pub const fn database(&self) -> &'static str {
        DATABASE
    }

    /// Where its socket is.
    pub fn socket_folder(&self) -> &Path {
        &self.folder
    }

    /// Its superuser.
    pub const fn user(&self) -> &'static str {
        USER
    }

    /// A connection string for a database here.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@localhost/{database}?host={}", self.folder.display())
    }

    /// The postmaster's process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
