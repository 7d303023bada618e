//! Finding PostgreSQL's programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::EmbeddedError;

/// The oldest version Brigade's SQL runs on.
pub const OLDEST: u32 = 15;
const DEBIAN: &str = "/usr/lib/postgresql";

/// A folder with `postgres` and `initdb` of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    folder: PathBuf,
    /// The major version, such as 15.
    pub version: u32,
}

impl Programs {
    /// The path of one of them.
    pub fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }
}

/// The folder told, else the newest of Debian's, else what is on the PATH, else what `pg_config` says.
pub fn find(told: Option<&Path>) -> Result<Programs, EmbeddedError> {
    if let Some(folder) = told {
        return at(folder).map_err(|why| {
            let folder = folder.display();
            EmbeddedError::NoPrograms(format!("database.programs = {folder}: {why}"))
        });
    }
    let found = debian(Path::new(DEBIAN)).or_else(on_path).or_else(from_pg_config);
    found.ok_or_else(|| {
        EmbeddedError::NoPrograms(format!(
            "PostgreSQL {OLDEST} or later is not installed. Install it with `apt-get install postgresql-15`, say where its \
             programs are with BRIGADE_DATABASE_PROGRAMS, or give the address of a server with DATABASE_URL"
        ))
    })
}

fn debian(root: &Path) -> Option<Programs> {
    let versions = std::fs::read_dir(root).ok()?.flatten();
    let mut found: Vec<_> = versions.filter_map(|version| at(&version.path().join("bin")).ok()).collect();
    found.sort_by_key(|programs| programs.version);
    found.pop()
}

fn on_path() -> Option<Programs> {
    let output = Command::new("sh").args(["-c", "command -v postgres"]).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    // A link leads to the folder with the other programs.
    at(path.canonicalize().ok()?.parent()?).ok()
}

fn from_pg_config() -> Option<Programs> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    at(Path::new(String::from_utf8(output.stdout).ok()?.trim())).ok()
}

fn at(folder: &Path) -> Result<Programs, String> {
    for program in ["postgres", "initdb"] {
        if !folder.join(program).is_file() {
            return Err(format!("there is no {program} in that folder"));
        }
    }
    let output = Command::new(folder.join("postgres")).arg("--version").output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    match major(&text) {
        Some(version) if version >= OLDEST => Ok(Programs { folder: folder.to_owned(), version }),
        Some(version) => Err(format!("PostgreSQL {version} is too old; {OLDEST} or later is needed")),
        None => Err(format!("`postgres --version` says {text:?}")),
    }
}

/// `postgres (PostgreSQL) 15.8 (Debian …)` is 15; `17beta2` is 17.
fn major(text: &str) -> Option<u32> {
    let version = text.split_whitespace().nth(2)?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(major("postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)\n"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 17beta2\n"), Some(17));
        assert_eq!(major("nonsense"), None);
    }

    #[test]
    fn a_wrong_folder_is_told_with_the_reason() {
        let error = find(Some(Path::new("/nowhere"))).unwrap_err().to_string();
        assert_eq!(error, "database.programs = /nowhere: there is no postgres in that folder");
    }
}
