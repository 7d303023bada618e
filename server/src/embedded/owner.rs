//! Who runs PostgreSQL. It refuses root, so root hands it to an unprivileged user.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use super::EmbeddedError;

const USUAL: &str = "postgres";
const MADE: &str = "brigade-postgres";

/// The user who runs PostgreSQL and owns its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// Whoever runs Brigade.
    Ourselves,
    /// Another one, since Brigade runs as root.
    Other {
        /// Its name.
        name: String,
        /// Its number.
        uid: u32,
        /// The number of its group.
        gid: u32,
    },
}

impl Owner {
    /// The user told, else `postgres`, else one that is made for this. Not root: ourselves.
    pub fn choose(told: Option<&str>) -> Result<Self, EmbeddedError> {
        if !rustix::process::geteuid().is_root() {
            return match told {
                Some(name) if lookup(name).is_none_or(|(uid, _)| uid != rustix::process::geteuid().as_raw()) => {
                    Err(EmbeddedError::NoOwner(format!(
                        "database.run_as = {name}: only root can start PostgreSQL as another user"
                    )))
                }
                _ => Ok(Self::Ourselves),
            };
        }
        let (name, (uid, gid)) = match told {
            Some(name) => (name, lookup(name).ok_or_else(|| missing(name))?),
            None => match lookup(USUAL) {
                Some(ids) => (USUAL, ids),
                None => (MADE, lookup(MADE).map_or_else(make, Ok)?),
            },
        };
        if uid == 0 {
            return Err(EmbeddedError::NoOwner(
                "PostgreSQL does not run as root: give database.run_as another user".to_owned(),
            ));
        }
        Ok(Self::Other { name: name.to_owned(), uid, gid })
    }

    /// Makes `command` run as this user.
    pub fn apply(&self, command: &mut Command) {
        if let Self::Other { uid, gid, .. } = self {
            // The standard library drops the supplementary groups of root by itself.
            command.uid(*uid).gid(*gid);
        }
    }

    /// Gives it a file or folder.
    pub fn give(&self, path: &Path) -> std::io::Result<()> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Other { uid, gid, .. } => chown(path, Some(*uid), Some(*gid)),
        }
    }

    /// Whether it can enter `folder`.
    pub fn can_enter(&self, folder: &Path) -> bool {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "cd -- \"$1\" 2>/dev/null", "sh"]).arg(folder).current_dir("/");
        self.apply(&mut command);
        command.status().is_ok_and(|status| status.success())
    }
}

fn missing(name: &str) -> EmbeddedError {
    EmbeddedError::NoOwner(format!("database.run_as = {name}: there is no such user"))
}

fn lookup(name: &str) -> Option<(u32, u32)> {
    let output = Command::new("getent").args(["passwd", "--", name]).output().ok()?;
    let line = String::from_utf8(output.stdout).ok()?;
    let mut fields = line.trim().split(':');
    let (uid, gid) = (fields.nth(2)?, fields.next()?);
    Some((uid.parse().ok()?, gid.parse().ok()?))
}

fn make() -> Result<(u32, u32), EmbeddedError> {
    let arguments = ["--system", "--no-create-home", "--user-group", "--shell", "/usr/sbin/nologin", MADE];
    let output = Command::new("useradd").args(arguments).output();
    lookup(MADE).ok_or_else(|| {
        let said = output.map_or_else(|e| e.to_string(), |o| String::from_utf8_lossy(&o.stderr).trim().to_owned());
        EmbeddedError::NoOwner(format!(
            "PostgreSQL does not run as root, there is no user {USUAL}, and {MADE} could not be made ({said}). Name an \
             unprivileged user with BRIGADE_DATABASE_RUN_AS"
        ))
    })
}
