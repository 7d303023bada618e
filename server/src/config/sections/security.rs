//! Keys.

use crate::config::section::section;
use crate::config::value::SecretKey;

section! {
    /// Keys. One that is not given is made at the first start and kept in `database.data`, readable by its owner only.
    Security = "security" {
        /// Encrypts the secrets of tenants (AES-256-GCM); the keys of CSRF tokens are derived from it.
        /// Required with database.url: it must be the same on every node and survive the machine.
        secrets_key: Option<SecretKey> = Text "", alias "TENANT_SECRETS_ENCRYPTION_KEY";
        /// The keys before that one, newest first: still read, no longer written.
        previous_secrets_keys: Vec<SecretKey> = List "";
    }
}
