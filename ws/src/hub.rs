//! Every session of this node: counting, heartbeats, revocation, draining.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use brigade_actors::{Directory, Presence, SubscriberId};
use brigade_domain::Timestamp;
use brigade_domain::actor::{Actor, Party};
use brigade_domain::identity::ports::{Authenticator, SessionEvent, SessionEvents};
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::support::ports::Openings;
use parking_lot::{Mutex, RwLock};
use tokio::sync::mpsc;

use crate::config::LiveLimits;
use crate::outbox::Health;
use crate::rate::{Rate, Rates};
use crate::session::Session;

/// Close codes of docs/PROTOCOL.md.
pub(crate) mod code {
    pub(crate) const GOING_AWAY: u16 = 1001;
    pub(crate) const PROTOCOL: u16 = 1002;
    pub(crate) const UNSUPPORTED: u16 = 1003;
    pub(crate) const NOT_TEXT: u16 = 1007;
    pub(crate) const TOO_LARGE: u16 = 1009;
    pub(crate) const DEFECT: u16 = 1011;
    pub(crate) const MALFORMED: u16 = 4400;
    pub(crate) const AUTH: u16 = 4401;
    pub(crate) const REVOKED: u16 = 4403;
    pub(crate) const TOO_MANY_SESSIONS: u16 = 4409;
    pub(crate) const TOO_MANY_COMMANDS: u16 = 4429;
}

const TICK: Duration = Duration::from_secs(1);
/// Longer than resolving a credential can take.
const REMEMBER_ENDED: Duration = Duration::from_secs(30);

/// What the hub counted, for metrics and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HubStats {
    /// Sockets open.
    pub sessions: usize,
    /// Sockets closed as slow since the start.
    pub closed_slow: u64,
    /// Sockets cut because the peer did not answer, since the start.
    pub cut: u64,
}

struct Inner {
    directory: Directory,
    presence: Arc<Presence>,
    authenticator: Arc<dyn Authenticator>,
    openings: Arc<dyn Openings>,
    limits: LiveLimits,
    sessions: RwLock<HashMap<SubscriberId, Arc<Session>>>,
    rates: Rates,
    per_person: Mutex<HashMap<Party, usize>>,
    per_address: Mutex<HashMap<IpAddr, usize>>,
    /// What ended lately, for sessions that were being resolved at that moment.
    ended: Mutex<VecDeque<(Instant, SessionEvent)>>,
    next_id: AtomicU64,
    draining: AtomicBool,
    closed_slow: AtomicU64,
    cut: AtomicU64,
}

/// Every session of this node. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

impl Hub {
    /// A hub without sessions.
    pub fn new(
        directory: Directory,
        presence: Arc<Presence>,
        authenticator: Arc<dyn Authenticator>,
        openings: Arc<dyn Openings>,
        limits: LiveLimits,
    ) -> Self {
        Self(Arc::new(Inner {
            directory,
            presence,
            authenticator,
            openings,
            rates: Rates::new(&limits),
            limits,
            sessions: RwLock::default(),
            per_person: Mutex::default(),
            per_address: Mutex::default(),
            ended: Mutex::default(),
            next_id: AtomicU64::new(1),
            draining: AtomicBool::new(false),
            closed_slow: AtomicU64::new(0),
            cut: AtomicU64::new(0),
        }))
    }

    /// Keeps the sessions in order for as long as the runtime runs: heartbeats, deadlines, grace periods of
    /// presence, revocations.
    pub async fn keep(self, events: Arc<dyn SessionEvents>) {
        let (sender, mut revoked) = mpsc::unbounded_channel();
        events.listen(Arc::new(move |event| {
            if sender.send(event).is_err() {
                tracing::debug!("a revocation came after the hub had ended");
            }
        }));
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                Some(event) = revoked.recv() => self.revoke(&event),
                now = tick.tick() => self.check(now.into_std()),
            }
        }
    }

    /// Whether new sockets are refused.
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Acquire)
    }

    /// Refuses new sockets and closes all with a jittered time to come back; returns when they are gone or the
    /// time is over.
    pub async fn drain(&self, limit: Duration) {
        self.0.draining.store(true, Ordering::Release);
        for session in self.all() {
            // Spread over 4.5 s by the session's number: no randomness needed to avoid a stampede.
            let wait = 500 + (session.id_for_jitter() * 2_654_435_761) % 4_500;
            session.outbox.close(code::GOING_AWAY, &format!("retry_after_ms={wait}"));
        }
        let until = Instant::now() + limit;
        while !self.0.sessions.read().is_empty() && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for session in self.all() {
            session.outbox.cut();
        }
    }

    /// What was counted.
    pub fn stats(&self) -> HubStats {
        HubStats {
            sessions: self.0.sessions.read().len(),
            closed_slow: self.0.closed_slow.load(Ordering::Relaxed),
            cut: self.0.cut.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.0.directory
    }

    pub(crate) fn presence(&self) -> &Arc<Presence> {
        &self.0.presence
    }

    pub(crate) fn authenticator(&self) -> &Arc<dyn Authenticator> {
        &self.0.authenticator
    }

    pub(crate) fn openings(&self) -> &Arc<dyn Openings> {
        &self.0.openings
    }

    /// The bounds in force.
    pub fn limits(&self) -> &LiveLimits {
        &self.0.limits
    }

    pub(crate) fn next_id(&self) -> SubscriberId {
        self.0.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Counts a socket in for its address.
    pub(crate) fn open(&self, session: &Arc<Session>) -> Result<(), Refusal> {
        if let Some(address) = session.address {
            take(&self.0.per_address, address, self.limits().sessions_per_address, "connections from one address")?;
        }
        self.0.sessions.write().insert(brigade_actors::Subscriber::id(&**session), Arc::clone(session));
        if self.is_draining() {
            // The drain may have looked through the sessions before this one was among them.
            session.outbox.close(code::GOING_AWAY, "retry_after_ms=1000");
        }
        Ok(())
    }

    /// How much a session of `actor` may send.
    pub(crate) fn rate_of(&self, actor: &Actor) -> Rate {
        self.0.rates.of(self.limits(), actor)
    }

    /// Counts a socket in for its person.
    pub(crate) fn identified(&self, party: Party) -> Result<(), Refusal> {
        take(&self.0.per_person, party, self.limits().sessions_per_person, "connections of one person")
    }

    pub(crate) fn forget(&self, session: &Session) {
        let known = self.0.sessions.write().remove(&brigade_actors::Subscriber::id(session));
        if known.is_none() {
            return;
        }
        if session.outbox.was_slow() {
            self.0.closed_slow.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(address) = session.address {
            give_back(&self.0.per_address, &address);
        }
        if let Some(who) = session.who() {
            give_back(&self.0.per_person, &who.actor.party);
        }
    }

    fn all(&self) -> Vec<Arc<Session>> {
        self.0.sessions.read().values().cloned().collect()
    }

    fn revoke(&self, event: &SessionEvent) {
        let now = Instant::now();
        {
            // Before the sessions are looked through: who is resolved after that finds it here.
            let mut ended = self.0.ended.lock();
            while ended.front().is_some_and(|(at, _)| now.duration_since(*at) > REMEMBER_ENDED) {
                ended.pop_front();
            }
            ended.push_back((now, *event));
        }
        for session in self.all() {
            if !session.who().is_some_and(|who| who.ends_with(event)) {
                continue;
            }
            match event {
                // Something about the person changed: the name, a role, an account, perhaps in another tenant.
                SessionEvent::User(_) => drop(actix_rt::spawn(session.resolve_again())),
                SessionEvent::Session(_)
                | SessionEvent::Key(_)
                | SessionEvent::Visitor(_)
                | SessionEvent::Tenant(_) => session.revoke(),
            }
        }
    }

    /// Whether what was resolved after `asked` has ended meanwhile.
    pub(crate) fn revoked_since(&self, asked: Instant, session: &Session) -> bool {
        let Some(who) = session.who() else { return false };
        self.0.ended.lock().iter().any(|(at, event)| *at >= asked && who.ends_with(event))
    }

    fn check(&self, now: Instant) {
        self.0.presence.sweep(now);
        self.0.rates.sweep();
        let limits = self.limits();
        let wall = Timestamp::now();
        for session in self.all() {
            match session.outbox.health(now, limits.write_deadline) {
                Health::Well => {}
                Health::Stalled => session.outbox.close_as_slow(),
                Health::Overdue => {
                    self.0.cut.fetch_add(1, Ordering::Relaxed);
                    session.outbox.cut();
                    continue;
                }
            }
            match session.who() {
                None if session.age() > limits.hello_deadline => {
                    session.outbox.close(code::AUTH, "no hello in time");
                }
                Some(who) if who.expires_at <= wall => session.outbox.close(code::AUTH, "the session is over"),
                _ => {}
            }
            if !session.beat(limits.ping_every, limits.pong_deadline) {
                self.0.cut.fetch_add(1, Ordering::Relaxed);
                session.outbox.cut();
            }
            session.recover_topics();
        }
    }
}

fn take<K: Eq + std::hash::Hash>(
    counts: &Mutex<HashMap<K, usize>>,
    key: K,
    limit: usize,
    what: &str,
) -> Result<(), Refusal> {
    let mut counts = counts.lock();
    let count = counts.entry(key).or_default();
    if *count >= limit {
        let message = format!("There are already {limit} {what}. Close one of them.");
        let refusal = Refusal::new(Code::RateLimited, message).retry_after(Duration::from_secs(30));
        return Err(refusal.with_details(serde_json::json!({ "limit": limit })));
    }
    *count += 1;
    Ok(())
}

fn give_back<K: Eq + std::hash::Hash>(counts: &Mutex<HashMap<K, usize>>, key: &K) {
    let mut counts = counts.lock();
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}
