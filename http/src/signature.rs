//! What this server signs for itself, to know it again: HMAC-SHA256 with the newest key of the ring; what an older key has
//! signed is known until that key leaves the ring (C66).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::config::HttpConfig;

/// What something is signed for: a signature for one purpose is none for another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// A token against requests that another site made the browser send.
    Csrf,
    /// A browser somebody has signed in from.
    Device,
    /// A browser somebody has signed in from with password and code.
    ProvenDevice,
    /// The address of a file.
    File,
    /// What ends somebody's letters.
    Unsubscribe,
}

impl Purpose {
    const fn prefix(self) -> &'static [u8] {
        match self {
            Self::Csrf => b"brigade csrf v1\0",
            Self::Device => b"brigade device v1\0",
            Self::ProvenDevice => b"brigade proven device v1\0",
            Self::File => b"brigade file v1\0",
            Self::Unsubscribe => b"brigade unsubscribe v1\0",
        }
    }
}

/// The signature of `parts`, of which all but the last have one length each; empty without a key.
pub(crate) fn sign(config: &HttpConfig, purpose: Purpose, parts: &[&[u8]]) -> Vec<u8> {
    config.signing_keys.first().map(|key| mac(key, purpose, parts).finalize().into_bytes().to_vec()).unwrap_or_default()
}

/// Whether this server made that signature.
pub(crate) fn is_genuine(config: &HttpConfig, purpose: Purpose, parts: &[&[u8]], signature: &[u8]) -> bool {
    config.signing_keys.iter().any(|key| mac(key, purpose, parts).verify_slice(signature).is_ok())
}

fn mac(key: &[u8; 32], purpose: Purpose, parts: &[&[u8]]) -> Hmac<Sha256> {
    // HMAC pads a key to the block of 64 bytes with zeros.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(purpose.prefix());
    for part in parts {
        mac.update(part);
    }
    mac
}
