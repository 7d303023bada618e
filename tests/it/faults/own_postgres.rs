//! A PostgreSQL that a test may stop.

use std::process::{Command, Stdio};

use brigade_server::embedded::owner::Owner;
use brigade_server::embedded::programs::{self, Programs};

use crate::support::Folder;

/// A PostgreSQL of a test's own.
pub(super) struct OwnPostgres {
    folder: Folder,
    programs: Programs,
    owner: Owner,
    options: String,
}

impl OwnPostgres {
    /// Starts one with these settings, such as `fsync=off`, beside the usual.
    pub(super) fn start(settings: &[&str]) -> Self {
        let folder = Folder::new();
        let settings: String = settings.iter().map(|setting| format!(" -c {setting}")).collect();
        let options = format!("-k {} -c listen_addresses='' -c max_connections=100{settings}", folder.path().display());
        let own =
            Self { programs: programs::find(None).unwrap(), owner: Owner::choose(None).unwrap(), folder, options };
        own.owner.give(own.folder.path()).unwrap();
        let trust = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
        run(own.program("initdb").arg("-D").arg(own.data()).args(trust));
        own.again();
        own
    }

    /// Starts it again.
    pub(super) fn again(&self) {
        let mut start = self.program("pg_ctl");
        start.arg("-D").arg(self.data()).arg("-l").arg(self.folder.path().join("log"));
        run(start.args(["-w", "-o", &self.options, "start"]));
    }

    /// Stops it at once, without asking anybody to finish.
    pub(super) fn stop(&self) {
        run(self.program("pg_ctl").arg("-D").arg(self.data()).args(["-m", "immediate", "-w", "stop"]));
    }

    /// Its address.
    pub(super) fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.path().display())
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.path(name));
        command.current_dir("/").env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.owner.apply(&mut command);
        command
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        // It may be stopped already, by the test.
        let mut stop = self.program("pg_ctl");
        let _ = stop.arg("-D").arg(self.data()).args(["-m", "immediate", "-w", "stop"]).status();
    }
}

fn run(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}
