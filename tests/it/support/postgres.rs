//! One PostgreSQL for all tests of a run, and in it an empty migrated database for each test.
//!
//! Each test is a process of its own. The first one starts PostgreSQL (in memory where there is `/dev/shm`, so that a
//! commit costs no disk) and migrates a template; every test holds a shared lock as long as it lives. A small shell
//! beside PostgreSQL takes the lock alone once nobody has held it for a while, and stops it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use brigade_server::embedded::owner::Owner;
use brigade_server::embedded::programs::{self, Programs};

const TEMPLATE: &str = "brigade_template";
/// How many seconds without a test before PostgreSQL is stopped.
const LINGER: u32 = 20;

/// The PostgreSQL of this run.
struct Shared {
    folder: PathBuf,
    programs: Programs,
    owner: Owner,
    _in_use: File,
}

/// An empty database with the schema of this version; dropped with this.
#[derive(Debug)]
pub struct Fresh {
    name: String,
}

impl Fresh {
    /// Makes one.
    pub fn new() -> Self {
        let shared = shared();
        let name = format!("test_{}", uuid::Uuid::now_v7().simple());
        shared.psql("postgres", &format!("create database {name} template {TEMPLATE}"));
        Self { name }
    }

    /// Its address, as the owner of everything in it.
    pub fn url(&self) -> String {
        shared().url(&self.name)
    }

    /// Runs SQL as the superuser; gives back the rows, columns separated by `|`.
    pub fn sql(&self, sql: &str) -> String {
        shared().psql(&self.name, sql)
    }

    /// Runs SQL that the database may refuse: then with what it said.
    pub fn try_sql(&self, sql: &str) -> Result<String, String> {
        shared().try_psql(&self.name, sql)
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            shared().psql("postgres", &format!("drop database {} with (force)", self.name));
        }
    }
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(Shared::join)
}

impl Shared {
    fn join() -> Self {
        let folder = folder();
        std::fs::create_dir_all(&folder).unwrap();
        let open = |name: &str| File::options().create(true).append(true).open(folder.join(name)).unwrap();
        let in_use = open("in-use.lock");
        in_use.lock_shared().unwrap();
        let shared = Self {
            programs: programs::find(None).unwrap(),
            owner: Owner::choose(None).unwrap(),
            folder: folder.clone(),
            _in_use: in_use,
        };
        let start = open("start.lock");
        start.lock().unwrap();
        if !folder.join("ready").exists() {
            shared.start();
            std::fs::write(folder.join("ready"), "").unwrap();
        }
        drop(start);
        shared
    }

    fn start(&self) {
        let data = self.folder.join("data");
        let socket = self.folder.join("socket");
        for leftover in [&data, &socket] {
            if leftover.exists() {
                std::fs::remove_dir_all(leftover).unwrap();
            }
            std::fs::create_dir(leftover).unwrap();
            self.owner.give(leftover).unwrap();
        }
        let mut initdb = self.program("initdb");
        initdb.arg("-D").arg(&data).args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        run(&mut initdb);
        self.launch(&data, &socket);
        self.psql("postgres", &format!("create database {TEMPLATE}"));
        let url = self.url(TEMPLATE);
        let migrated = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(brigade_server::database::migrate(&url))
        });
        migrated.join().unwrap().unwrap();
    }

    /// Starts PostgreSQL and, beside it, the shell that stops it when no test has used it for a while.
    fn launch(&self, data: &Path, socket: &Path) {
        let options = format!(
            "-k {} -c listen_addresses= -c max_connections=300 -c shared_buffers=256MB -c log_min_messages=warning",
            socket.display()
        );
        let mut start = self.program("pg_ctl");
        start.arg("-D").arg(data).arg("-l").arg(data.join("log")).arg("-w").arg("-o").arg(options).arg("start");
        run(&mut start);
        let stop = format!(
            "while sleep {LINGER}; do flock --nonblock {folder}/in-use.lock sh -c \
             'rm -f {folder}/ready; {pg_ctl} -D {data} -m immediate -w stop' && exit; done",
            folder = self.folder.display(),
            pg_ctl = self.programs.path("pg_ctl").display(),
            data = data.display(),
        );
        // It removes a file of ours and stops a process of PostgreSQL's user: as root that takes two users.
        let stop = match &self.owner {
            Owner::Ourselves => stop,
            Owner::Other { uid, gid, .. } => stop.replacen(
                &self.programs.path("pg_ctl").display().to_string(),
                &format!(
                    "setpriv --reuid={uid} --regid={gid} --clear-groups {}",
                    self.programs.path("pg_ctl").display()
                ),
                1,
            ),
        };
        let mut watcher = Command::new("setsid");
        watcher
            .args(["sh", "-c", &stop])
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        watcher.spawn().unwrap();
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.path(name));
        command
            .current_dir("/")
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.owner.apply(&mut command);
        command
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}/socket", self.folder.display())
    }

    fn psql(&self, database: &str, sql: &str) -> String {
        self.try_psql(database, sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    fn try_psql(&self, database: &str, sql: &str) -> Result<String, String> {
        let output = Command::new(self.programs.path("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", sql])
            .arg("-h")
            .arg(self.folder.join("socket"))
            .output()
            .unwrap();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        Ok(String::from_utf8(output.stdout).unwrap().trim_end().to_owned())
    }
}

fn run(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}

/// One folder for each state of the migrations, so that a change of them starts anew.
fn folder() -> PathBuf {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let mut names: Vec<_> = std::fs::read_dir(migrations)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name(), entry.metadata().unwrap().len(), entry.metadata().unwrap().modified().unwrap())
        })
        .collect();
    names.sort();
    let hash = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, format!("{names:?}").as_bytes());
    let root = if Path::new("/dev/shm").is_dir() { PathBuf::from("/dev/shm") } else { std::env::temp_dir() };
    root.join(format!("brigade-it-{}", &hash.simple().to_string()[..12]))
}
