//! Sealing of secrets at rest: AES-256-GCM under a ring of keys (MAIS-TEN-11, security 39).
//!
//! A sealed value says which key sealed it, and is bound to its place, so that neither another tenant's row nor another
//! column's value opens in its stead. The first key of the ring seals; all of them open, so a key is replaced by putting
//! a new one in front, running [`super::Identity::rotate_secrets`], and then taking the old one away.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use brigade_domain::id::TenantId;
use brigade_domain::refusal::Fault;
use rand::RngExt as _;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const NONCE: usize = 12;
const HEAD: usize = 1 + KEY_ID + NONCE;

/// Where a sealed value is kept: part of what it is sealed with.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Whose; the nil uuid is the platform's.
    pub tenant: TenantId,
    /// Table and column.
    pub column: &'static str,
    /// The row.
    pub row: Uuid,
}

struct Key {
    id: [u8; KEY_ID],
    bytes: [u8; 32],
    cipher: Aes256Gcm,
}

/// The keys, the newest first.
pub struct KeyRing {
    keys: Vec<Key>,
}

/// Keys that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a master key has 64 hexadecimal characters; make one with `openssl rand -hex 32`")]
pub struct InvalidKeys;

impl KeyRing {
    /// Reads the keys, 64 hexadecimal characters each, the newest first (MAIS-OPS-06).
    pub fn from_hex<T: AsRef<str>>(keys: &[T]) -> Result<Self, InvalidKeys> {
        let keys: Vec<Key> = keys.iter().map(|key| read_key(key.as_ref())).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(InvalidKeys) } else { Ok(Self { keys }) }
    }

    /// Seals `plain` for `place` with the newest key.
    pub fn seal(&self, plain: &[u8], place: Place) -> Result<Vec<u8>, Fault> {
        let key = self.keys.first().ok_or(Fault::Internal { what: "seal a secret without a key", source: None })?;
        let nonce: [u8; NONCE] = rand::rng().random();
        let aad = associated(key.id, place);
        let body = key
            .cipher
            .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: &aad })
            .map_err(|_| Fault::Internal { what: "seal a secret", source: None })?;
        let mut sealed = Vec::with_capacity(HEAD + body.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&key.id);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    /// Opens what was sealed for `place`, with whichever key sealed it.
    pub fn open(&self, sealed: &[u8], place: Place) -> Result<Vec<u8>, Fault> {
        let broken = |what| Fault::Internal { what, source: None };
        let (id, nonce, body) = split(sealed).ok_or_else(|| broken("open a secret that is not one"))?;
        let key = self.keys.iter().find(|key| key.id == id);
        let key = key.ok_or_else(|| broken("open a secret whose key is not in the ring"))?;
        key.cipher
            .decrypt(&Nonce::from(nonce), Payload { msg: body, aad: &associated(id, place) })
            .map_err(|_| broken("open a secret that was changed or is not in its place"))
    }

    /// Whether the newest key sealed it.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        split(sealed).is_some_and(|(id, ..)| self.keys.first().is_some_and(|key| key.id == id))
    }

    /// What the newest key is known by; it says nothing about the key.
    pub fn newest_id(&self) -> Option<[u8; KEY_ID]> {
        self.keys.first().map(|key| key.id)
    }

    /// Keys for another use, made of these, in the same order: they rotate together.
    pub fn derive(&self, label: &str) -> Vec<[u8; 32]> {
        self.keys
            .iter()
            .map(|key| {
                let mut hasher = Sha256::new();
                hasher.update(b"brigade derived key 1\0");
                hasher.update(key.bytes);
                hasher.update(label.as_bytes());
                hasher.finalize().into()
            })
            .collect()
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRing({} keys)", self.keys.len())
    }
}

fn read_key(text: &str) -> Result<Key, InvalidKeys> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return Err(InvalidKeys);
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (Some(high), Some(low)) = (digit(pair[0]), digit(pair[1])) else { return Err(InvalidKeys) };
        *byte = high << 4 | low;
    }
    let mut hasher = Sha256::new();
    hasher.update(b"brigade key id 1\0");
    hasher.update(bytes);
    let digest: [u8; 32] = hasher.finalize().into();
    let [a, b, c, d, ..] = digest;
    Ok(Key { id: [a, b, c, d], bytes, cipher: Aes256Gcm::new(&bytes.into()) })
}

fn split(sealed: &[u8]) -> Option<([u8; KEY_ID], [u8; NONCE], &[u8])> {
    let (head, body) = sealed.split_at_checked(HEAD)?;
    let id = head.get(1..=KEY_ID)?.try_into().ok()?;
    let nonce = head.get(1 + KEY_ID..)?.try_into().ok()?;
    (head.first() == Some(&VERSION)).then_some((id, nonce, body))
}

fn associated(id: [u8; KEY_ID], place: Place) -> Vec<u8> {
    let mut aad = Vec::with_capacity(64);
    aad.push(VERSION);
    aad.extend_from_slice(&id);
    aad.extend_from_slice(place.tenant.uuid().as_bytes());
    aad.extend_from_slice(place.row.as_bytes());
    aad.extend_from_slice(place.column.as_bytes());
    aad
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
    const NEW: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

    fn place(tenant: u128, row: u128) -> Place {
        Place {
            tenant: TenantId::from_uuid(Uuid::from_u128(tenant)),
            column: "api_keys.sealed",
            row: Uuid::from_u128(row),
        }
    }

    #[test]
    fn a_secret_opens_in_its_place_and_nowhere_else() {
        let ring = KeyRing::from_hex(&[NEW]).unwrap();
        let sealed = ring.seal(b"sk_live_x", place(1, 1)).unwrap();
        assert_eq!(ring.open(&sealed, place(1, 1)).unwrap(), b"sk_live_x");
        assert!(ring.open(&sealed, place(2, 1)).is_err());
        assert!(ring.open(&sealed, place(1, 2)).is_err());
        assert!(ring.open(&sealed, Place { column: "mail_outbox.sealed", ..place(1, 1) }).is_err());
        assert_ne!(ring.seal(b"sk_live_x", place(1, 1)).unwrap(), sealed);
    }

    #[test]
    fn a_changed_secret_does_not_open() {
        let ring = KeyRing::from_hex(&[NEW]).unwrap();
        let sealed = ring.seal(b"sk_live_x", place(1, 1)).unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(ring.open(&changed, place(1, 1)).is_err(), "byte {index}");
        }
        assert!(ring.open(&sealed[..10], place(1, 1)).is_err());
        assert!(ring.open(&[], place(1, 1)).is_err());
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens_while_it_is_there() {
        let sealed = KeyRing::from_hex(&[OLD]).unwrap().seal(b"x", place(1, 1)).unwrap();
        let both = KeyRing::from_hex(&[NEW, OLD]).unwrap();
        assert_eq!(both.open(&sealed, place(1, 1)).unwrap(), b"x");
        assert!(!both.is_current(&sealed));
        assert!(both.is_current(&both.seal(b"x", place(1, 1)).unwrap()));
        assert!(KeyRing::from_hex(&[NEW]).unwrap().open(&sealed, place(1, 1)).is_err());
    }

    #[test]
    fn keys_are_64_hexadecimal_characters_and_derive_apart() {
        for wrong in ["", "00", &NEW[1..], &format!("{NEW}0"), &NEW.replace('f', "g")] {
            assert!(KeyRing::from_hex(&[wrong]).is_err(), "{wrong}");
        }
        assert!(KeyRing::from_hex::<&str>(&[]).is_err());
        let ring = KeyRing::from_hex(&[NEW, OLD]).unwrap();
        assert_ne!(ring.derive("a"), ring.derive("b"));
        assert_eq!(ring.derive("a").len(), 2);
        assert!(!format!("{ring:?}").contains("ff"));
    }
}
