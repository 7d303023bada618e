//! The data folder: what is where in it, and the lock that keeps a second server out.
//!
//! ```text
//! DATA/brigade.lock   held while a server runs; the process's number inside
//! DATA/secrets/       keys Brigade made for itself (0600)
//! DATA/postgres/      its cluster/; a link elsewhere when its user cannot enter DATA
//! DATA/run/           its socket; elsewhere when that path would be too long
//! DATA/postgres.log   what PostgreSQL prints
//! ```

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::EmbeddedError;
use super::owner::Owner;

/// PostgreSQL's name for the socket of its default port; the number is part of the file's name, no port is opened.
const SOCKET_FILE: &str = ".s.PGSQL.5432";
/// A socket's path may be 107 bytes long; its lock file has `.lock` at the end but is no socket.
const LONGEST_SOCKET_PATH: usize = 107;
/// A server that was killed an instant ago may still hold the lock while the kernel clears it away.
const PATIENCE: Duration = Duration::from_millis(500);
/// Where PostgreSQL's files go when its user cannot enter the data folder (as under /root).
const ELSEWHERE: &str = "/var/lib/brigade";

/// A data folder that this process, and no other, uses.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

/// Where PostgreSQL's parts are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its files.
    pub cluster: PathBuf,
    /// The folder of its socket.
    pub socket: PathBuf,
    /// What it prints.
    pub log: PathBuf,
}

impl DataFolder {
    /// Makes the folder when it is not there, and locks it.
    pub fn lock(path: &Path) -> Result<Self, EmbeddedError> {
        make_folder(path, 0o755)?;
        let path = path.canonicalize().map_err(EmbeddedError::folder("cannot find", path))?;
        let name = path.join("brigade.lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o644)
            .open(&name)
            .map_err(EmbeddedError::folder("cannot write", &name))?;
        let clock = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if clock.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::WouldBlock) => return Err(in_use(path, &mut file)),
                Err(TryLockError::Error(source)) => return Err(EmbeddedError::folder("cannot lock", name)(source)),
            }
        }
        let note = |file: &mut File| -> std::io::Result<()> {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        note(&mut file).map_err(EmbeddedError::folder("cannot write", &name))?;
        Ok(Self { path, _lock: file })
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folders for PostgreSQL, owned by its user, and says where they are.
    pub(crate) fn prepare(&self, owner: &Owner) -> Result<Place, EmbeddedError> {
        let cluster = self.cluster(owner)?;
        let socket = socket_folder(&self.path);
        make_folder(&socket, 0o700)?;
        owner.give(&socket).map_err(EmbeddedError::folder("cannot give away", &socket))?;
        Ok(Place { cluster, socket, log: self.path.join("postgres.log") })
    }

    fn cluster(&self, owner: &Owner) -> Result<PathBuf, EmbeddedError> {
        let usual = self.path.join("postgres");
        if !usual.is_symlink() && !owner.can_enter(&self.path) {
            let elsewhere = Path::new(ELSEWHERE).join(digest(&self.path));
            // PostgreSQL's user passes through the one, and owns the other.
            make_folder(Path::new(ELSEWHERE), 0o755)?;
            make_folder(&elsewhere, 0o700)?;
            owner.give(&elsewhere).map_err(EmbeddedError::folder("cannot give away", &elsewhere))?;
            symlink(&elsewhere, &usual).map_err(EmbeddedError::folder("cannot make the link", &usual))?;
        }
        make_folder(&usual, 0o700)?;
        let home = usual.canonicalize().map_err(EmbeddedError::folder("cannot find", &usual))?;
        owner.give(&home).map_err(EmbeddedError::folder("cannot give away", &home))?;
        Ok(home.join("cluster"))
    }
}

/// The address of database `name` of the PostgreSQL that a running server keeps in `data`, if one does.
pub fn running(data: &Path, user: &str, name: &str) -> Option<String> {
    let socket = socket_folder(&data.canonicalize().ok()?);
    socket.join(SOCKET_FILE).exists().then(|| url(&socket, user, name))
}

/// The address of a database behind a socket.
pub(crate) fn url(socket: &Path, user: &str, name: &str) -> String {
    let escaped: String = socket
        .to_string_lossy()
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("postgres://{user}@localhost/{name}?host={escaped}")
}

/// A short folder in /run (or /tmp when /run is not ours), named after the data folder, so that any length of path is
/// good for the data folder and every command finds the socket of the server that runs there.
fn socket_folder(data: &Path) -> PathBuf {
    let inside = data.join("run");
    if inside.join(SOCKET_FILE).as_os_str().len() <= LONGEST_SOCKET_PATH && !under_private_home(data) {
        return inside;
    }
    let root = if rustix::process::geteuid().is_root() { "/run" } else { "/tmp" };
    Path::new(root).join(format!("brigade-{}", digest(data)))
}

/// Root's home may be entered by root alone, so the socket of another user cannot be in it.
fn under_private_home(data: &Path) -> bool {
    rustix::process::geteuid().is_root() && data.join("postgres").is_symlink()
}

fn digest(path: &Path) -> String {
    let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
    crate::hex::hex(&hash[..8])
}

fn make_folder(path: &Path, mode: u32) -> Result<(), EmbeddedError> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(path)
        .map_err(EmbeddedError::folder("cannot make the folder", path))
}

fn in_use(folder: PathBuf, file: &mut File) -> EmbeddedError {
    let mut pid = String::new();
    if file.read_to_string(&mut pid).is_err() || pid.trim().is_empty() {
        "?".clone_into(&mut pid);
    }
    EmbeddedError::InUse { folder, pid: pid.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_data_path_gets_a_short_socket_path() {
        let long = PathBuf::from(format!("/srv/{}", "x".repeat(150)));
        for data in [Path::new("/srv/brigade"), &long] {
            let socket = socket_folder(data).join(SOCKET_FILE);
            assert!(socket.as_os_str().len() <= LONGEST_SOCKET_PATH, "{}", socket.display());
        }
        assert_ne!(socket_folder(&long), socket_folder(&long.join("y")));
    }

    #[test]
    fn an_address_escapes_the_socket_folder() {
        let url = url(Path::new("/srv/a b/run"), "me", "db");
        assert_eq!(url, "postgres://me@localhost/db?host=%2Fsrv%2Fa%20b%2Frun");
    }
}
