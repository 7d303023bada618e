//! The cluster: PostgreSQL's files, made once by `initdb`.

use std::path::PathBuf;
use std::process::Command;

use super::EmbeddedError;
use super::folder::Place;
use super::owner::Owner;
use super::programs::Programs;

/// The role that owns the cluster.
pub const SUPERUSER: &str = "postgres";
/// Written by Brigade when `initdb` came to its end, so that a cluster half made by a killed start is made anew.
const COMPLETE: &str = "brigade.complete";

/// Whether there is no complete cluster yet.
pub(crate) fn is_missing(place: &Place) -> bool {
    !place.cluster.join(COMPLETE).exists()
}

/// Makes the cluster. What a start that was killed half-way left is cleared away first: nothing was ever served from it.
pub(crate) fn make(programs: &Programs, owner: &Owner, place: &Place) -> Result<(), EmbeddedError> {
    clear(place)?;
    let mut command = Command::new(programs.path("initdb"));
    command
        .arg("--pgdata")
        .arg(&place.cluster)
        .args(["--username", SUPERUSER, "--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums"])
        // The socket's folder may be entered by its owner and root alone; there is no TCP.
        .args(["--auth-local", "trust", "--auth-host", "reject"])
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .current_dir("/");
    owner.apply(&mut command);
    let output = command.output().map_err(EmbeddedError::folder("cannot run", programs.path("initdb")))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        return Err(EmbeddedError::Failed { program: "initdb", output: String::from_utf8_lossy(&said).into_owned() });
    }
    let mark = place.cluster.join(COMPLETE);
    std::fs::write(&mark, "").map_err(EmbeddedError::folder("cannot write", &mark))?;
    owner.give(&mark).map_err(EmbeddedError::folder("cannot give away", mark))
}

fn clear(place: &Place) -> Result<(), EmbeddedError> {
    let fail = |path: &PathBuf| EmbeddedError::folder("cannot clear", path.clone());
    for entry in std::fs::read_dir(&place.cluster).map_err(fail(&place.cluster))? {
        let path = entry.map_err(fail(&place.cluster))?.path();
        let cleared = if path.is_dir() && !path.is_symlink() {
            std::fs::remove_dir_all(&path)
        } else {
            std::fs::remove_file(&path)
        };
        cleared.map_err(fail(&path))?;
    }
    Ok(())
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
