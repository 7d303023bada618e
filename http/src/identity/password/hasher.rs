//! Argon2id for ours, bcrypt for those that come from elsewhere (C08, security 4).
//!
//! Verifying costs about 20 ms and 19 MiB on purpose. A bounded number runs at once on blocking threads, a bounded number
//! waits, and the rest is told that it is very busy: a flood of sign-ins can neither stop the workers nor fill the memory.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use brigade_domain::identity::Secret;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use tokio::sync::Semaphore;

/// KiB of memory.
const MEMORY: u32 = 19_456;
/// Passes over it.
const PASSES: u32 = 2;
/// Hashes that may wait for their turn.
const WAITING: usize = 64;

/// What verifying came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// Another password.
    No,
    /// The password.
    Yes,
    /// The password, under a hash that should be made again.
    Outdated,
}

/// Hashes and verifies passwords. Cheap to clone.
#[derive(Clone)]
pub struct Hasher(Arc<Inner>);

struct Inner {
    argon2: Argon2<'static>,
    /// A place is had while waiting or running.
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    /// What is verified against when there is nobody: takes as long, and never matches.
    nobody: String,
}

impl Hasher {
    /// A hasher that runs `at_once` hashes at a time.
    pub fn new(at_once: usize) -> Result<Self, Fault> {
        let params = Params::new(MEMORY, PASSES, 1, None).map_err(|error| Fault::internal("set up argon2", error))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash(&argon2, &rand::random::<[u8; 32]>())?;
        let at_once = at_once.max(1);
        Ok(Self(Arc::new(Inner {
            argon2,
            places: Arc::new(Semaphore::new(at_once + WAITING)),
            turns: Arc::new(Semaphore::new(at_once)),
            nobody,
        })))
    }

    /// Hashes a password.
    pub async fn hash(&self, password: Secret) -> Result<Secret, Rejection> {
        self.run(move |inner| Ok(Secret::new(hash(&inner.argon2, password.expose().as_bytes())?))).await
    }

    /// Compares a password with a hash; without one it takes as long and says no.
    pub async fn verify(&self, password: Secret, kept: Option<Secret>) -> Result<Verified, Rejection> {
        self.run(move |inner| match kept {
            Some(kept) if kept.expose().starts_with("$2") => Ok(verify_bcrypt(&password, &kept)),
            Some(kept) => inner.verify(&password, kept.expose()),
            None => inner.verify(&password, &inner.nobody).map(|_| Verified::No),
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Rejection> {
        let busy = || Refusal::of(Code::Overloaded).retry_after(std::time::Duration::from_secs(2));
        let place = Arc::clone(&self.0.places).try_acquire_owned().map_err(|_| busy())?;
        let turn = Arc::clone(&self.0.turns).acquire_owned().await.map_err(|_| busy())?;
        let inner = Arc::clone(&self.0);
        // The permits go along: a caller who leaves does not make room before the work is done.
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&inner);
            drop((turn, place));
            result
        });
        let result = done.await.map_err(|error| Fault::internal("hash a password", error))?;
        Ok(result?)
    }
}

impl Inner {
    fn verify(&self, password: &Secret, kept: &str) -> Result<Verified, Fault> {
        let kept = PasswordHash::new(kept).map_err(|error| Fault::internal("read a password's hash", error))?;
        match self.argon2.verify_password(password.expose().as_bytes(), &kept) {
            Ok(()) if is_weaker(&kept) => Ok(Verified::Outdated),
            Ok(()) => Ok(Verified::Yes),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Verified::No),
            Err(error) => Err(Fault::internal("verify a password", error)),
        }
    }
}

fn hash(argon2: &Argon2<'_>, password: &[u8]) -> Result<String, Fault> {
    argon2
        .hash_password(password)
        .map(|hash| hash.to_string())
        .map_err(|error| Fault::internal("hash a password", error))
}

/// Whether the hash was made with less than we ask for now.
fn is_weaker(kept: &PasswordHash) -> bool {
    let asked = |name: &str| kept.params.get_decimal(name).unwrap_or(0);
    kept.algorithm.as_str() != "argon2id" || asked("m") < MEMORY || asked("t") < PASSES
}

/// bcrypt sees only 72 bytes; a longer password does not match instead of matching in part (security 2).
fn verify_bcrypt(password: &Secret, kept: &Secret) -> Verified {
    match bcrypt::non_truncating_verify(password.expose(), kept.expose()) {
        Ok(true) => Verified::Outdated,
        Ok(false) | Err(_) => Verified::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text)
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_of_the_promised_cost_and_matches_only_its_password() {
        let hasher = Hasher::new(2).unwrap();
        let kept = hasher.hash(secret("correct horse")).await.unwrap();
        assert!(kept.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.expose());
        assert_eq!(hasher.verify(secret("correct horse"), Some(kept.clone())).await.unwrap(), Verified::Yes);
        assert_eq!(hasher.verify(secret("correct horsf"), Some(kept.clone())).await.unwrap(), Verified::No);
        assert_ne!(hasher.hash(secret("correct horse")).await.unwrap(), kept);
    }

    #[tokio::test]
    async fn no_password_is_cut_off() {
        let hasher = Hasher::new(2).unwrap();
        let long = "x".repeat(127);
        let kept = hasher.hash(secret(&format!("{long}a"))).await.unwrap();
        assert_eq!(hasher.verify(secret(&format!("{long}b")), Some(kept)).await.unwrap(), Verified::No);
        let legacy = secret(&bcrypt::hash("y".repeat(72), 4).unwrap());
        assert_eq!(hasher.verify(secret(&"y".repeat(73)), Some(legacy)).await.unwrap(), Verified::No);
    }

    #[tokio::test]
    async fn hashes_from_elsewhere_are_accepted_and_due_to_be_made_again() {
        let hasher = Hasher::new(2).unwrap();
        let legacy = secret(&bcrypt::hash("correct horse", 4).unwrap());
        assert_eq!(hasher.verify(secret("correct horse"), Some(legacy.clone())).await.unwrap(), Verified::Outdated);
        assert_eq!(hasher.verify(secret("wrong"), Some(legacy)).await.unwrap(), Verified::No);
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8_192, 1, 1, None).unwrap());
        let weak = secret(&hash(&weak, b"correct horse").unwrap());
        assert_eq!(hasher.verify(secret("correct horse"), Some(weak)).await.unwrap(), Verified::Outdated);
    }

    #[tokio::test]
    async fn nobody_never_matches() {
        let hasher = Hasher::new(2).unwrap();
        assert_eq!(hasher.verify(secret(""), None).await.unwrap(), Verified::No);
    }

    #[tokio::test]
    async fn a_flood_is_told_to_wait() {
        let hasher = Hasher::new(1).unwrap();
        let tries = (0..WAITING + 20).map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move { hasher.verify(secret("x"), None).await })
        });
        let results = futures_util::future::join_all(tries).await;
        let busy = results.iter().filter(|result| matches!(result, Ok(Err(Rejection::Refused(_))))).count();
        assert!(busy >= 1, "nobody was told to wait");
        assert!(results.len() - busy > WAITING);
    }
}
