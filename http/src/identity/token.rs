//! Random tokens: made here, shown once, kept as hashes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brigade_domain::identity::{RANDOM_CHARACTERS, TokenHash};
use rand::RngExt as _;
use rand::distr::{Alphanumeric, SampleString as _};
use sha2::{Digest, Sha256};

/// A token of 256 bits of chance (security 10), after `prefix`.
pub(crate) fn make(prefix: &str) -> (String, TokenHash) {
    let bytes: [u8; 32] = rand::rng().random();
    let token = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes));
    let hash = hash(&token);
    (token, hash)
}

/// What the database keeps of a token.
pub(crate) fn hash(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token.as_bytes()).into())
}

/// A visitor's token, `vst_…`, and its hash.
pub fn visitor() -> (String, TokenHash) {
    make("vst_")
}

/// What an API key ends with.
pub(crate) fn key_characters() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), RANDOM_CHARACTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_256_bits_and_never_the_same() {
        let tokens: std::collections::HashSet<String> = (0..1_000).map(|_| make("").0).collect();
        assert_eq!(tokens.len(), 1_000);
        assert!(tokens.iter().all(|token| URL_SAFE_NO_PAD.decode(token).unwrap().len() == 32));
        assert_ne!(make("").1, hash(""));
        assert_eq!(key_characters().len(), 32);
    }
}
