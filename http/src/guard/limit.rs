//! How much is too much (BK-GUARD-05, C07): GCRA limits by caller, in bounded memory.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use brigade_domain::actor::Party;
use brigade_domain::id::TenantId;
use brigade_domain::limits::{Count, SharedLimits};
use brigade_domain::refusal::{Code, Refusal};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde_json::json;

use super::address;
use super::authority::Visit;
use crate::config::Limits;

/// Which limit a route counts against, beside the flood limit of the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The API: by actor, or by address when nobody is signed in.
    Api,
    /// Searching: by actor, more often than the rest of the API (C07).
    Search,
    /// Giving parts of files: by actor; site visitors by address, for one address can be many visitors.
    Upload,
    /// Starting site chats: by address, strict.
    SiteChat,
    /// Pages, scripts, health: by address, generous.
    Assets,
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    Person(Party, Option<TenantId>),
    Tenant(TenantId),
    Address(IpAddr),
}

impl Caller {
    fn address(ip: IpAddr) -> Self {
        Self::Address(address::counted(ip))
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(party, Some(tenant)) => write!(f, "{party} {tenant}"),
            Self::Person(party, None) => party.fmt(f),
            Self::Tenant(tenant) => tenant.fmt(f),
            Self::Address(ip) => ip.fmt(f),
        }
    }
}

/// When more callers than `remembered` are known, the rest share this many buckets.
const SHARED_BUCKETS: u64 = 4_096;
/// After this many requests, callers that have been quiet are forgotten.
const SWEEP_EVERY: u32 = 4_096;

/// One limit over many callers. A caller is remembered as a keyed hash, so that an entry has one small size.
pub(crate) struct Limiter {
    name: &'static str,
    per_minute: u32,
    callers: DefaultKeyedRateLimiter<u64>,
    hasher: RandomState,
    remembered: usize,
    since_sweep: AtomicU32,
}

impl Limiter {
    fn new(name: &'static str, per_minute: u32, remembered: usize) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        Self {
            name,
            per_minute,
            callers: RateLimiter::keyed(quota),
            hasher: RandomState::new(),
            remembered,
            since_sweep: AtomicU32::new(0),
        }
    }

    /// Counts one request of `caller`, or says when to come back.
    fn take(&self, caller: Caller) -> Result<(), Refusal> {
        let key = self.bucket(self.hasher.hash_one(caller));
        self.callers.check_key(&key).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            too_many(self.name, wait)
        })
    }

    /// The caller's own bucket while there is room, a shared one after that: a flood of addresses makes the limit
    /// coarser, it does not make the server bigger.
    fn bucket(&self, caller: u64) -> u64 {
        if self.since_sweep.fetch_add(1, Ordering::Relaxed) >= SWEEP_EVERY {
            self.sweep();
        }
        if self.callers.len() < self.remembered { caller } else { caller % SHARED_BUCKETS }
    }

    fn sweep(&self) {
        self.since_sweep.store(0, Ordering::Relaxed);
        self.callers.retain_recent();
        self.callers.shrink_to_fit();
    }
}

fn too_many(name: &str, wait: Duration) -> Refusal {
    Refusal::of(Code::RateLimited).with_details(json!({ "limit": name })).retry_after(wait.max(Duration::from_secs(1)))
}

/// All limiters of the process.
pub(crate) struct Limiters {
    actor: Limiter,
    visitor: Limiter,
    tenant: Limiter,
    address: Limiter,
    search: Limiter,
    upload: Limiter,
    visitor_upload: Limiter,
    site_chat: Limiter,
    assets: Limiter,
    flood: Limiter,
}

impl Limiters {
    pub(crate) fn new(limits: &Limits) -> Self {
        let limiter = |name, per_minute| Limiter::new(name, per_minute, limits.remembered);
        Self {
            actor: limiter("actor", limits.actor),
            visitor: limiter("visitor", limits.visitor),
            tenant: limiter("tenant", limits.tenant),
            address: limiter("address", limits.address),
            search: limiter("search", limits.search),
            upload: limiter("upload", limits.upload),
            visitor_upload: limiter("visitor_upload", limits.visitor_upload),
            site_chat: limiter("site_chat", limits.site_chat),
            assets: limiter("assets", limits.assets),
            flood: limiter("flood", limits.flood),
        }
    }

    /// Counts a request before anything is known of it but its address.
    pub(super) fn flood(&self, ip: IpAddr) -> Result<(), Refusal> {
        self.flood.take(Caller::address(ip))
    }

    /// Counts a request whose credential is not valid.
    pub(super) fn unknown(&self, ip: IpAddr) -> Result<(), Refusal> {
        self.address.take(Caller::address(ip))
    }

    /// Counts a request, on this node and then over all that share their counts. Routes with a limit of their own
    /// count there. What is cheap to answer is counted by each node alone.
    pub(super) async fn count(
        &self,
        shared: Option<&dyn SharedLimits>,
        limit: Limit,
        visit: &Visit,
        changes: bool,
    ) -> Result<(), Refusal> {
        let counts = self.counts(limit, visit, changes);
        for (limiter, caller) in counts.into_iter().flatten() {
            limiter.take(caller)?;
        }
        let Some(shared) = shared.filter(|_| limit != Limit::Assets) else { return Ok(()) };
        let counts = counts.into_iter().flatten().map(|(limiter, caller)| Count {
            limit: limiter.name,
            caller: caller.to_string(),
            per_minute: limiter.per_minute,
        });
        match shared.take(counts.collect()).await {
            None => Ok(()),
            Some((name, wait)) => Err(too_many(name, wait)),
        }
    }

    /// What a request counts against: by actor when it is known, by address otherwise. Whom one of them refuses takes
    /// nothing from those after it: not from the tenant, above all.
    fn counts(&self, limit: Limit, visit: &Visit, changes: bool) -> [Option<(&Limiter, Caller)>; 3] {
        let address = Caller::address(visit.context.ip);
        // A file is many parts and one thing to say.
        let says = changes && limit != Limit::Upload;
        let visitor = visit.visitor().filter(|_| says).map(|visitor| (&self.visitor, Caller::Person(visitor, None)));
        let tenant = match (limit, &visit.who) {
            (Limit::Api | Limit::Search | Limit::Upload, Some(who)) => who.actor.tenant,
            _ => None,
        };
        let own = match (limit, &visit.who) {
            (Limit::Api, Some(who)) => (&self.actor, Caller::Person(who.actor.party, tenant)),
            (Limit::Search, Some(who)) => (&self.search, Caller::Person(who.actor.party, tenant)),
            (Limit::Upload, Some(_)) if visit.visitor().is_some() => (&self.visitor_upload, address),
            (Limit::Upload, Some(who)) => (&self.upload, Caller::Person(who.actor.party, tenant)),
            (Limit::Api | Limit::Search | Limit::Upload, None) => (&self.address, address),
            (Limit::SiteChat, _) => (&self.site_chat, address),
            (Limit::Assets, _) => (&self.assets, address),
        };
        [visitor, Some(own), tenant.map(|tenant| (&self.tenant, Caller::Tenant(tenant)))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(n: u32) -> Caller {
        Caller::Address(std::net::Ipv4Addr::from(n).into())
    }

    #[test]
    fn the_limit_is_exact_and_says_when_to_come_back() {
        let limiter = Limiter::new("test", 100, 1_000);
        let (one, another) = (caller(1), caller(2));
        assert_eq!((0..150).filter(|_| limiter.take(one).is_ok()).count(), 100);
        let refusal = limiter.take(one).unwrap_err();
        assert_eq!(refusal.code, Code::RateLimited);
        assert!(refusal.retry_after.unwrap() >= Duration::from_secs(1));
        assert!(limiter.take(another).is_ok());
    }

    #[test]
    fn a_flood_of_callers_does_not_grow_the_memory() {
        let limiter = Limiter::new("test", 1, 100);
        for n in 0..50_000 {
            let _ = limiter.take(caller(n));
        }
        let bound = 100 + usize::try_from(SHARED_BUCKETS).unwrap();
        assert!(limiter.callers.len() <= bound, "{} callers remembered", limiter.callers.len());
    }

    #[test]
    fn quiet_callers_are_forgotten() {
        // 60,000 a minute: a caller is at rest again after a millisecond.
        let limiter = Limiter::new("test", 60_000, 100_000);
        for n in 0..1_000 {
            limiter.take(caller(n)).unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
        limiter.sweep();
        assert_eq!(limiter.callers.len(), 0);
    }
}
