//! The keys that Brigade makes for itself when none are given: random, in `DATA/secrets`, readable by their owner only.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::config::value::{SecretKey, Setting as _};

/// The kept text called `name`; made by `make` and written to disk before it is used for the first time.
pub(crate) fn kept(data: &Path, name: &str, make: impl FnOnce() -> String) -> Result<String> {
    let folder = data.join("secrets");
    let path = folder.join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => return Ok(text.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
    let text = make();
    let write = || -> std::io::Result<()> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let new = folder.join(format!(".{name}.new"));
        let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        writeln!(file, "{text}")?;
        file.sync_all()?;
        std::fs::rename(&new, &path)?;
        std::fs::File::open(&folder)?.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))?;
    Ok(text)
}

/// The key that encrypts the secrets of tenants: kept in the data folder when none is configured.
pub(crate) fn secrets_key(data: &Path) -> Result<SecretKey> {
    let text = kept(data, "secrets-key", || SecretKey::from_bytes(rand::random()).to_hex())?;
    SecretKey::parse(&text)
        .with_context(|| format!("{}/secrets/secrets-key is not a key of 64 hexadecimal digits", data.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let data = std::env::temp_dir().join(format!("brigade-keys-{}", uuid::Uuid::now_v7()));
        let first = secrets_key(&data).unwrap();
        assert_eq!(secrets_key(&data).unwrap().reveal(), first.reveal());
        let mode = |name: &str| data.join(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("secrets"), mode("secrets/secrets-key")), (0o700, 0o600));
        std::fs::remove_dir_all(&data).unwrap();
    }
}
