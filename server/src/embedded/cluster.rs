//! The cluster: PostgreSQL's files, made once by `initdb`.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use super::EmbeddedError;
use super::folder::Place;
use super::owner::Owner;
use super::programs::Programs;

/// The role that owns the cluster.
pub const SUPERUSER: &str = "postgres";
/// Where it is made, beside its final place: only a complete cluster gets there.
const MAKING: &str = "making";

/// Whether there is no cluster yet.
pub(crate) fn is_missing(place: &Place) -> bool {
    !place.cluster.exists()
}

/// Makes the cluster beside its place, writes it to disk and moves it there. What a start that was killed half-way left
/// is cleared away first: nothing was ever served from it.
pub(crate) fn make(programs: &Programs, owner: &Owner, place: &Place) -> Result<(), EmbeddedError> {
    let home = place.cluster.parent().unwrap_or(&place.cluster);
    let making = home.join(MAKING);
    match std::fs::remove_dir_all(&making) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(EmbeddedError::folder("cannot clear", making)(error));
        }
        _ => {}
    }
    run_initdb(programs, owner, &making)?;
    let fail = || EmbeddedError::folder("cannot write to disk", &place.cluster);
    let home = File::open(home).map_err(fail())?;
    rustix::fs::syncfs(&home).map_err(|error| fail()(error.into()))?;
    std::fs::rename(&making, &place.cluster).map_err(fail())?;
    home.sync_all().map_err(fail())
}

fn run_initdb(programs: &Programs, owner: &Owner, folder: &Path) -> Result<(), EmbeddedError> {
    let mut command = Command::new(programs.path("initdb"));
    command
        .arg("--pgdata")
        .arg(folder)
        .args(["--username", SUPERUSER, "--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums"])
        // The socket's folder may be entered by its owner and root alone; there is no TCP.
        .args(["--auth-local", "trust", "--auth-host", "reject"])
        // Its thousand files are written to disk by one call afterwards instead of one by one: a second and a half less.
        .arg("--no-sync")
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .current_dir("/");
    owner.apply(&mut command);
    let output = command.output().map_err(EmbeddedError::folder("cannot run", programs.path("initdb")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(EmbeddedError::Failed { program: "initdb", output: String::from_utf8_lossy(&said).into_owned() })
}

/// Refuses programs of another major version than the one that made the cluster.
pub(crate) fn check_version(programs: &Programs, place: &Place) -> Result<(), EmbeddedError> {
    let path = place.cluster.join("PG_VERSION");
    let made_by = std::fs::read_to_string(&path).map_err(EmbeddedError::folder("cannot read", &path))?;
    if made_by.trim() == programs.version.to_string() {
        return Ok(());
    }
    Err(EmbeddedError::NoPrograms(format!(
        "{} was made by PostgreSQL {}, and the programs found are of version {}. Say where the right ones are with \
         BRIGADE_DATABASE_PROGRAMS, or move the data with pg_upgrade",
        place.cluster.display(),
        made_by.trim(),
        programs.version,
    )))
}
