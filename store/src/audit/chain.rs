//! The hash of a line: SHA-256 over the hash before and every field, in one canonical form.
//!
//! Each field is written with its length before it, and an absent one differs from an empty one, so that no two
//! different lines have the same form.

use brigade_domain::refusal::Fault;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The hash of a line.
pub type Hash = [u8; 32];

/// The end of a chain: the position and hash of its last line. Before the first line: 0 and zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) seq: i64,
    pub(super) hash: Hash,
}

impl End {
    /// Where every chain begins.
    pub(super) const START: Self = Self { seq: 0, hash: [0; 32] };

    /// The end after one more line.
    pub(super) fn then(&self, fields: &Fields<'_>) -> Self {
        let seq = self.seq + 1;
        Self { seq, hash: fields.hash(&self.hash, seq) }
    }
}

/// What a line says.
pub(super) struct Fields<'a> {
    pub(super) tenant: Uuid,
    pub(super) at_micros: i64,
    pub(super) event_type: &'a str,
    pub(super) actor: &'a str,
    pub(super) ip: Option<&'a str>,
    pub(super) request_id: Option<&'a str>,
    pub(super) result: &'a str,
    pub(super) metadata: &'a str,
}

impl Fields<'_> {
    fn hash(&self, prev: &Hash, seq: i64) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(b"brigade.audit.1");
        hasher.update(prev);
        hasher.update(self.tenant.as_bytes());
        hasher.update(seq.to_be_bytes());
        hasher.update(self.at_micros.to_be_bytes());
        let texts =
            [Some(self.event_type), Some(self.actor), self.ip, self.request_id, Some(self.result), Some(self.metadata)];
        for text in texts {
            match text {
                Some(text) => {
                    hasher.update([1]);
                    hasher.update((text.len() as u64).to_be_bytes());
                    hasher.update(text);
                }
                None => hasher.update([0]),
            }
        }
        hasher.finalize().into()
    }
}

/// A hash as kept in a `bytea` column.
pub(super) fn hash_from(bytes: &[u8]) -> Result<Hash, Fault> {
    bytes.try_into().map_err(|error| Fault::internal("read a hash of the audit log", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields<'a>(actor: &'a str, ip: Option<&'a str>) -> Fields<'a> {
        Fields {
            tenant: Uuid::nil(),
            at_micros: 1,
            event_type: "a.b",
            actor,
            ip,
            request_id: None,
            result: "succeeded",
            metadata: "{}",
        }
    }

    #[test]
    fn no_two_lines_share_a_form() {
        let hash = |fields: Fields<'_>| End::START.then(&fields).hash;
        let base = hash(fields("usr_1", None));
        assert_ne!(base, hash(fields("usr_1", Some(""))));
        assert_ne!(base, hash(fields("usr_2", None)));
        assert_ne!(hash(fields("ab", Some("c"))), hash(fields("a", Some("bc"))));
        assert_ne!(base, End { seq: 1, ..End::START }.then(&fields("usr_1", None)).hash);
        assert_ne!(base, End { hash: [1; 32], ..End::START }.then(&fields("usr_1", None)).hash);
    }
}
