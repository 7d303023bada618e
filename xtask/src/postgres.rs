//! A throwaway PostgreSQL with the migrations run, for the chores that need one before anything is built.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::shell::{program, read, root};

/// A PostgreSQL in a folder of its own under /tmp; gone with it.
pub(crate) struct Throwaway {
    folder: PathBuf,
    programs: PathBuf,
}

impl Throwaway {
    /// Starts one and runs every migration.
    pub(crate) fn start() -> Result<Self> {
        crate::tools::postgres()?;
        let folder = read(program("mktemp").args(["--directory", "/tmp/brigade-xtask-XXXXXX"]))?;
        let throwaway = Self { folder: PathBuf::from(folder.trim()), programs: programs()? };
        throwaway.launch().context("cannot start a throwaway PostgreSQL")?;
        throwaway.migrate()?;
        Ok(throwaway)
    }

    /// Its address, as the owner of everything in it.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@localhost/brigade?host={}", self.folder.display())
    }

    fn launch(&self) -> Result<()> {
        read(program("chmod").arg("0777").arg(&self.folder))?;
        let data = self.folder.join("data");
        let initdb = self.programs.join("initdb");
        let trust = ["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"];
        read(unprivileged(&initdb).arg("-D").arg(&data).args(trust))?;
        let options = format!("-k {} -c listen_addresses= -c fsync=off", self.folder.display());
        let mut start = unprivileged(&self.programs.join("pg_ctl"));
        start.arg("-D").arg(&data).arg("-l").arg(self.folder.join("log")).arg("-w").arg("-o").arg(options).arg("start");
        read(&mut start)?;
        read(self.psql("postgres").args(["--command", "create database brigade"])).map(drop)
    }

    fn migrate(&self) -> Result<()> {
        for migration in migrations()? {
            let name = migration.display().to_string();
            let mut psql = self.psql("brigade");
            psql.args(["--quiet", "--single-transaction", "--file"]).arg(&migration);
            read(&mut psql).with_context(|| format!("the migration {name} fails"))?;
        }
        Ok(())
    }

    fn psql(&self, database: &str) -> Command {
        let mut psql = program(self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--username", "postgres", "--dbname", database]);
        psql.arg("--host").arg(&self.folder);
        psql
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        let mut stop = unprivileged(&self.programs.join("pg_ctl"));
        stop.arg("-D").arg(self.folder.join("data")).args(["-m", "immediate", "-w", "stop"]);
        if let Err(error) = read(&mut stop) {
            crate::report::warn(&format!("the throwaway PostgreSQL is not stopped: {error:#}"));
        }
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            crate::report::warn(&format!("{} is left behind: {error}", self.folder.display()));
        }
    }
}

/// Every migration, in order.
pub(crate) fn migrations() -> Result<Vec<PathBuf>> {
    let folder = root().join("migrations");
    let mut found: Vec<_> = std::fs::read_dir(&folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    found.sort();
    Ok(found)
}

/// PostgreSQL refuses root.
fn unprivileged(path: &Path) -> Command {
    if crate::shell::succeeds(program("sh").args(["-c", "test \"$(id -u)\" = 0"])) {
        let mut command = program("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(path).current_dir("/");
        return command;
    }
    let mut command = program(path);
    command.current_dir("/");
    command
}

fn programs() -> Result<PathBuf> {
    let newest = "ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1";
    let found = read(program("sh").args(["-c", newest]))?;
    if !found.trim().is_empty() {
        return Ok(PathBuf::from(found.trim()));
    }
    Ok(PathBuf::from(read(program("pg_config").arg("--bindir"))?.trim()))
}
