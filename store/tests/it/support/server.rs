//! A throwaway PostgreSQL: its own folder, a unix socket, durable like the real one. It ends with the test, also
//! when the test is killed: a shell between the two watches a pipe.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;

pub(crate) struct Server {
    folder: PathBuf,
    child: Child,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with("")
    }

    /// With more settings, such as `-c fsync=off`.
    pub(crate) fn start_with(settings: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("brigade-it-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).expect("a folder");
        give_away(&folder);
        let programs = programs();
        let made = as_postgres(&mut Command::new(programs.join("initdb")))
            .args(["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(folder.join("data"))
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let child = spawn(&programs, &folder, settings);
        let server = Self { folder, child };
        server.wait_until_ready(&programs);
        server
    }

    pub(crate) fn connect(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass().socket(&self.folder).username("postgres").database("postgres")
    }

    /// Stops it as a crash would, and starts it again.
    pub(crate) fn crash_and_restart(&mut self) {
        let programs = programs();
        let stop = |mode| {
            as_postgres(&mut Command::new(programs.join("pg_ctl")))
                .args(["stop", "-m", mode, "-D"])
                .arg(self.folder.join("data"))
                .output()
                .expect("pg_ctl runs")
        };
        assert!(stop("immediate").status.success());
        let _ = self.child.wait();
        self.child = spawn(&programs, &self.folder, "");
        self.wait_until_ready(&programs);
    }

    fn wait_until_ready(&self, programs: &Path) {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let ready = Command::new(programs.join("pg_isready")).arg("-qh").arg(&self.folder).status();
            if ready.expect("pg_isready runs").success() {
                return;
            }
            assert!(Instant::now() < until, "PostgreSQL did not start in {}", self.folder.display());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut pipe) = self.child.stdin.take() {
            let _ = pipe.write_all(b"stop\n");
        }
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn spawn(programs: &Path, folder: &Path, settings: &str) -> Child {
    let script = format!(
        "'{postgres}' -D '{folder}/data' -k '{folder}' -c listen_addresses= {settings} >'{folder}/log' 2>&1 &
         pid=$!; read _; kill -QUIT $pid 2>/dev/null; wait $pid",
        postgres = programs.join("postgres").display(),
        folder = folder.display(),
    );
    let mut command = Command::new("sh");
    as_postgres(&mut command)
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("PostgreSQL starts")
}

/// The newest of Debian's PostgreSQL programs.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
    let newest = versions.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok()).max();
    PathBuf::from(format!("/usr/lib/postgresql/{}/bin", newest.expect("a version of PostgreSQL")))
}

/// PostgreSQL refuses to run as root: then it runs as Debian's user `postgres`.
fn as_postgres(command: &mut Command) -> &mut Command {
    match postgres_user() {
        Some((uid, gid)) => command.uid(uid).gid(gid).current_dir("/"),
        None => command,
    }
}

fn give_away(folder: &Path) {
    if let Some((uid, gid)) = postgres_user() {
        std::os::unix::fs::chown(folder, Some(uid), Some(gid)).expect("root may give a folder away");
    }
}

/// The user `postgres`, when we are root.
fn postgres_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    if std::fs::metadata("/proc/self").ok()?.uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.starts_with("postgres:"))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}
