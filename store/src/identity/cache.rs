//! Who a credential stands for, remembered for at most two seconds, in bounded memory.
//!
//! What ends a credential takes its entry out at once. An answer that was being read from the database meanwhile is not
//! put in: it may be from before (the generation tells).

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use brigade_domain::identity::{Authenticated, SessionEvent, SiteTenant};
use parking_lot::Mutex;

const LIFETIME: Duration = Duration::from_secs(2);
const CREDENTIALS: usize = 20_000;
const KEYS: usize = 2_000;

struct Kept<V> {
    since: Instant,
    value: V,
}

/// A map that forgets.
struct Short<K, V> {
    most: usize,
    entries: Mutex<HashMap<K, Kept<V>>>,
}

impl<K: Hash + Eq, V: Clone> Short<K, V> {
    fn new(most: usize) -> Self {
        Self { most, entries: Mutex::new(HashMap::new()) }
    }

    fn get(&self, key: &K, now: Instant) -> Option<V> {
        let entries = self.entries.lock();
        let kept = entries.get(key)?;
        (now.duration_since(kept.since) < LIFETIME).then(|| kept.value.clone())
    }

    fn put(&self, key: K, value: V, since: Instant) {
        let mut entries = self.entries.lock();
        if entries.len() >= self.most {
            entries.retain(|_, kept| since.duration_since(kept.since) < LIFETIME);
        }
        if entries.len() < self.most {
            entries.insert(key, Kept { since, value });
        }
    }
}

/// A moment before a look-up. What was forgotten since must not be put in from that look-up.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    generation: u64,
    at: Instant,
}

/// The cache of one process.
pub(super) struct Cache {
    credentials: Short<[u8; 32], Authenticated>,
    keys: Short<String, SiteTenant>,
    origins: Short<String, bool>,
    generation: AtomicU64,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            credentials: Short::new(CREDENTIALS),
            keys: Short::new(KEYS),
            origins: Short::new(KEYS),
            generation: AtomicU64::new(0),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }
}

impl Cache {
    pub(super) fn asking(&self) -> Asked {
        Asked { generation: self.generation.load(Ordering::SeqCst), at: Instant::now() }
    }

    pub(super) fn credential(&self, hash: &[u8; 32], asked: Asked) -> Option<Authenticated> {
        self.counted(self.credentials.get(hash, asked.at))
    }

    /// The same, with the memory of the one before where nothing has changed: a socket holds it for hours.
    pub(super) fn sharing(&self, hash: &[u8; 32], mut who: Authenticated) -> Authenticated {
        if let Some(kept) = self.credentials.entries.lock().get(hash)
            && kept.value.actor == who.actor
        {
            who.actor = Arc::clone(&kept.value.actor);
        }
        who
    }

    pub(super) fn keep_credential(&self, hash: [u8; 32], who: Authenticated, asked: Asked) {
        if self.is_recent(asked) {
            self.credentials.put(hash, who, asked.at);
        }
    }

    pub(super) fn key(&self, key: &String, asked: Asked) -> Option<SiteTenant> {
        self.counted(self.keys.get(key, asked.at))
    }

    pub(super) fn keep_key(&self, key: String, site: SiteTenant, asked: Asked) {
        if self.is_recent(asked) {
            self.keys.put(key, site, asked.at);
        }
    }

    pub(super) fn origin(&self, origin: &String, asked: Asked) -> Option<bool> {
        self.counted(self.origins.get(origin, asked.at))
    }

    pub(super) fn keep_origin(&self, origin: String, known: bool, asked: Asked) {
        if self.is_recent(asked) {
            self.origins.put(origin, known, asked.at);
        }
    }

    fn is_recent(&self, asked: Asked) -> bool {
        self.generation.load(Ordering::SeqCst) == asked.generation
    }

    fn counted<V>(&self, found: Option<V>) -> Option<V> {
        let counter = if found.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Forgets what `event` ends.
    pub(super) fn forget(&self, event: &SessionEvent) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.credentials.entries.lock().retain(|_, kept| !kept.value.ends_with(event));
        match *event {
            SessionEvent::Key(key) => self.keys.entries.lock().retain(|_, kept| kept.value.key != key),
            SessionEvent::Tenant(tenant) => {
                self.keys.entries.lock().retain(|_, kept| kept.value.tenant != tenant);
                self.origins.entries.lock().clear();
            }
            SessionEvent::Session(_) | SessionEvent::User(_) | SessionEvent::Visitor(_) => {}
        }
    }

    /// Hits, misses and entries held.
    pub(super) fn counts(&self) -> (u64, u64, usize) {
        let entries =
            self.credentials.entries.lock().len() + self.keys.entries.lock().len() + self.origins.entries.lock().len();
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed), entries)
    }
}

#[cfg(test)]
mod tests {
    use brigade_domain::Timestamp;
    use brigade_domain::actor::{Actor, Party};
    use brigade_domain::id::{SessionId, TenantId, UserId};
    use uuid::Uuid;

    use super::*;

    fn who(user: u128, session: u128) -> Authenticated {
        let tenant = TenantId::from_uuid(Uuid::from_u128(1));
        let party = Party::User(UserId::from_uuid(Uuid::from_u128(user)));
        Authenticated {
            actor: Arc::new(Actor { party, ..Actor::system(tenant) }),
            session: SessionId::from_uuid(Uuid::from_u128(session)),
            expires_at: Timestamp::MAX,
            conversation: None,
            second_factor_missing: false,
            support: None,
        }
    }

    #[test]
    fn what_ends_is_forgotten_at_once_and_nothing_else() {
        let cache = Cache::default();
        let asked = cache.asking();
        cache.keep_credential([1; 32], who(1, 1), asked);
        cache.keep_credential([2; 32], who(1, 2), asked);
        cache.keep_credential([3; 32], who(2, 3), asked);
        cache.forget(&SessionEvent::Session(SessionId::from_uuid(Uuid::from_u128(1))));
        let has = |byte: u8| cache.credential(&[byte; 32], cache.asking()).is_some();
        assert_eq!([has(1), has(2), has(3)], [false, true, true]);
        cache.forget(&SessionEvent::User(UserId::from_uuid(Uuid::from_u128(1))));
        assert_eq!([has(1), has(2), has(3)], [false, false, true]);
        cache.forget(&SessionEvent::Tenant(TenantId::from_uuid(Uuid::from_u128(1))));
        assert!(!has(3));
    }

    #[test]
    fn an_answer_from_before_a_change_is_not_kept() {
        let cache = Cache::default();
        let asked = cache.asking();
        cache.forget(&SessionEvent::User(UserId::from_uuid(Uuid::from_u128(9))));
        cache.keep_credential([1; 32], who(9, 1), asked);
        assert!(cache.credential(&[1; 32], cache.asking()).is_none());
    }

    #[test]
    fn the_memory_is_bounded_and_entries_get_old() {
        let short = Short::new(10);
        let now = Instant::now();
        for n in 0..100 {
            short.put(n, n, now);
        }
        assert_eq!(short.entries.lock().len(), 10);
        assert_eq!(short.get(&3, now), Some(3));
        assert_eq!(short.get(&3, now + LIFETIME), None);
        short.put(200, 200, now + LIFETIME);
        assert_eq!(short.get(&200, now + LIFETIME), Some(200));
    }
}
