//! Who is there. A lease per connection, several devices per person, a grace period so that a reconnect does
//! not flap, and word of a change only to those who look.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use brigade_domain::actor::{Actor, Party};
use brigade_domain::id::TenantId;
use brigade_domain::presence::{Lease, PresenceLink, PresenceNews, PresenceStatus};
use dashmap::DashMap;
use parking_lot::Mutex;
use uuid::Uuid;

use crate::subscriber::{Delivery, Subscriber, SubscriberId};

/// What another node said holds for so long.
const LEASE: Duration = Duration::from_secs(45);
/// So often a node says again who is there.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(15);
/// People in one message to the other nodes.
const TOLD_AT_ONCE: usize = 1_000;

/// Whom one can watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Watched {
    Party(Party),
    /// Whether anybody of the staff is there.
    Staff,
}

/// The text by which a client watches whether anybody of the staff is there.
const STAFF: &str = "staff";

struct Person {
    staff: bool,
    leases: HashMap<SubscriberId, PresenceStatus>,
    /// What other nodes said, and when.
    elsewhere: HashMap<Uuid, (PresenceStatus, Instant)>,
    /// What watchers were last told.
    told: PresenceStatus,
    /// When the last lease ended.
    left_at: Option<Instant>,
}

impl Person {
    fn new() -> Self {
        Self {
            staff: false,
            leases: HashMap::new(),
            elsewhere: HashMap::new(),
            told: PresenceStatus::Offline,
            left_at: None,
        }
    }

    /// How the person is here, on this node.
    fn here(&self) -> PresenceStatus {
        self.leases.values().copied().max().unwrap_or(PresenceStatus::Offline)
    }

    fn connected(&self) -> PresenceStatus {
        self.elsewhere.values().map(|(status, _)| *status).fold(self.here(), Ord::max)
    }

    fn status(&self, now: Instant, grace: Duration) -> PresenceStatus {
        match self.connected() {
            PresenceStatus::Offline if self.left_at.is_some_and(|left| now.duration_since(left) < grace) => self.told,
            status => status,
        }
    }

    /// A connection, here or elsewhere, has come or gone.
    fn note_leaving(&mut self, now: Instant) {
        self.left_at = (self.connected() == PresenceStatus::Offline).then_some(now);
    }

    fn is_stale(&self, now: Instant) -> bool {
        self.elsewhere.values().any(|(_, heard)| now.duration_since(*heard) > LEASE)
    }

    const fn counts_as_staff(&self) -> bool {
        self.staff && matches!(self.told, PresenceStatus::Online)
    }
}

/// Everybody of one tenant.
#[derive(Default)]
struct People {
    known: HashMap<Party, Person>,
    /// How many of the staff are online.
    staff_online: usize,
}

struct Watcher {
    subscriber: Arc<dyn Subscriber>,
    /// Customers see staff only.
    staff_only: bool,
}

/// Everybody's presence: on this node and, as far as they tell, on the others.
pub struct Presence {
    grace: Duration,
    link: OnceLock<Arc<dyn PresenceLink>>,
    announced: Mutex<Instant>,
    people: DashMap<TenantId, People>,
    watchers: DashMap<(TenantId, Watched), HashMap<SubscriberId, Watcher>>,
}

impl Presence {
    /// With the grace period after the last device has gone.
    pub fn new(grace: Duration) -> Self {
        Self {
            grace,
            link: OnceLock::new(),
            announced: Mutex::new(Instant::now()),
            people: DashMap::new(),
            watchers: DashMap::new(),
        }
    }

    /// Tells other nodes from now on. Only the first link counts.
    pub fn share(&self, link: Arc<dyn PresenceLink>) {
        if self.link.set(link).is_err() {
            tracing::warn!("presence is shared already");
        }
    }

    /// Takes in what another node says.
    pub fn hear(&self, news: PresenceNews, now: Instant) {
        let PresenceNews::Told { node, leases } = news else { return self.announce() };
        for lease in leases {
            self.change(lease.tenant, lease.party, now, |person| {
                if lease.status == PresenceStatus::Offline {
                    if person.elsewhere.remove(&node).is_some() {
                        person.note_leaving(now);
                    }
                } else {
                    person.staff |= lease.staff;
                    person.elsewhere.insert(node, (lease.status, now));
                    person.note_leaving(now);
                }
            });
        }
    }

    /// Tells the other nodes about everybody who is here.
    fn announce(&self) {
        let Some(link) = self.link.get() else { return };
        for people in &self.people {
            let here = people.known.iter().filter(|(_, person)| person.here() != PresenceStatus::Offline);
            let leases: Vec<_> = here.map(|(party, person)| lease(*people.key(), *party, person)).collect();
            for some in leases.chunks(TOLD_AT_ONCE) {
                link.tell(some.to_vec());
            }
        }
    }

    /// A connection begins: the person is online. Support only looks, and is nobody's colleague there: it is not seen.
    pub fn join(&self, tenant: TenantId, actor: &Actor, lease: SubscriberId) {
        if actor.may_change().is_err() {
            return;
        }
        let now = Instant::now();
        self.change(tenant, actor.party, now, |person| {
            person.staff = actor.is_staff_of(tenant);
            person.leases.insert(lease, PresenceStatus::Online);
            person.note_leaving(now);
        });
    }

    /// A connection says whether its person is looking.
    pub fn set(&self, tenant: TenantId, party: Party, lease: SubscriberId, away: bool) {
        let status = if away { PresenceStatus::Away } else { PresenceStatus::Online };
        self.change(tenant, party, Instant::now(), |person| {
            if let Some(held) = person.leases.get_mut(&lease) {
                *held = status;
            }
        });
    }

    /// A connection ends.
    pub fn leave(&self, tenant: TenantId, party: Party, lease: SubscriberId) {
        let now = Instant::now();
        self.change(tenant, party, now, |person| {
            if person.leases.remove(&lease).is_some() {
                person.note_leaving(now);
            }
        });
    }

    /// Tells `subscriber` how `who` is there, now and whenever it changes. Texts that name nobody are ignored.
    pub fn watch(&self, tenant: TenantId, actor: &Actor, who: &[String], subscriber: &Arc<dyn Subscriber>) {
        let staff_only = !actor.sees_as_staff_of(tenant);
        for text in who {
            let Some(watched) = parse(text) else { continue };
            let status = self.seen(tenant, watched, staff_only);
            let looks = Watcher { subscriber: Arc::clone(subscriber), staff_only };
            self.watchers.entry((tenant, watched)).or_default().insert(subscriber.id(), looks);
            subscriber.deliver(&Arc::from(""), Delivery::Presence { who: text, status });
        }
    }

    /// Ends watching.
    pub fn unwatch(&self, tenant: TenantId, who: &[String], id: SubscriberId) {
        for watched in who.iter().filter_map(|text| parse(text)) {
            let key = (tenant, watched);
            if let Some(mut watchers) = self.watchers.get_mut(&key) {
                watchers.remove(&id);
            }
            self.watchers.remove_if(&key, |_, watchers| watchers.is_empty());
        }
    }

    /// Whether anybody of the tenant's staff is online.
    pub fn staff_online(&self, tenant: TenantId) -> bool {
        self.seen(tenant, Watched::Staff, true) == PresenceStatus::Online
    }

    /// How a person is there, as staff sees it.
    pub fn status(&self, tenant: TenantId, party: Party) -> PresenceStatus {
        self.seen(tenant, Watched::Party(party), false)
    }

    /// Ends grace periods and what other nodes no longer say, and says what is so here; call it every second or so.
    pub fn sweep(&self, now: Instant) {
        let tenants: Vec<TenantId> = self.people.iter().map(|entry| *entry.key()).collect();
        for tenant in tenants {
            let due: Vec<Party> = self.people.get(&tenant).map_or_else(Vec::new, |people| {
                let due =
                    |person: &Person| person.is_stale(now) || person.status(now, self.grace) == PresenceStatus::Offline;
                people.known.iter().filter(|(_, person)| due(person)).map(|(party, _)| *party).collect()
            });
            for party in due {
                self.change(tenant, party, now, |person| {
                    person.elsewhere.retain(|_, (_, heard)| now.duration_since(*heard) <= LEASE);
                });
            }
            self.people.remove_if(&tenant, |_, people| people.known.is_empty());
        }
        let again = {
            let mut announced = self.announced.lock();
            let again = now.duration_since(*announced) >= ANNOUNCE_EVERY;
            if again {
                *announced = now;
            }
            again
        };
        if again {
            self.announce();
        }
    }

    /// Changes a person and tells those who look, and the other nodes, if it makes a difference to them.
    fn change(&self, tenant: TenantId, party: Party, now: Instant, change: impl FnOnce(&mut Person)) {
        let (status, staff, differs, elsewhere, staff_before, staff_now) = {
            let mut people = self.people.entry(tenant).or_default();
            let staff_before = people.staff_online;
            let person = people.known.entry(party).or_insert_with(Person::new);
            let (here, counted) = (person.here(), person.counts_as_staff());
            change(person);
            let elsewhere = (person.here() != here).then(|| lease(tenant, party, person));
            let status = person.status(now, self.grace);
            let differs = std::mem::replace(&mut person.told, status) != status;
            let (staff, counts) = (person.staff, person.counts_as_staff());
            people.staff_online = people.staff_online + usize::from(counts) - usize::from(counted);
            if status == PresenceStatus::Offline {
                people.known.remove(&party);
            }
            (status, staff, differs, elsewhere, staff_before, people.staff_online)
        };
        if let (Some(link), Some(lease)) = (self.link.get(), elsewhere) {
            link.tell(vec![lease]);
        }
        if differs {
            self.tell(tenant, Watched::Party(party), &party.to_string(), status, staff);
        }
        if (staff_now > 0) != (staff_before > 0) {
            let status = if staff_now > 0 { PresenceStatus::Online } else { PresenceStatus::Offline };
            self.tell(tenant, Watched::Staff, STAFF, status, true);
        }
    }

    fn tell(&self, tenant: TenantId, watched: Watched, who: &str, status: PresenceStatus, staff: bool) {
        let Some(watchers) = self.watchers.get(&(tenant, watched)) else { return };
        let nothing: Arc<str> = Arc::from("");
        for watcher in watchers.values().filter(|watcher| staff || !watcher.staff_only) {
            watcher.subscriber.deliver(&nothing, Delivery::Presence { who, status });
        }
    }

    fn seen(&self, tenant: TenantId, watched: Watched, staff_only: bool) -> PresenceStatus {
        let Some(people) = self.people.get(&tenant) else { return PresenceStatus::Offline };
        match watched {
            Watched::Party(party) => people
                .known
                .get(&party)
                .filter(|person| person.staff || !staff_only)
                .map_or(PresenceStatus::Offline, |person| person.told),
            Watched::Staff if people.staff_online > 0 => PresenceStatus::Online,
            Watched::Staff => PresenceStatus::Offline,
        }
    }
}

fn lease(tenant: TenantId, party: Party, person: &Person) -> Lease {
    Lease { tenant, party, staff: person.staff, status: person.here() }
}

fn parse(text: &str) -> Option<Watched> {
    if text == STAFF { Some(Watched::Staff) } else { text.parse().ok().map(Watched::Party) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use brigade_domain::actor::{ActorKind, Role};
    use brigade_domain::id::{UserId, VisitorId};

    struct Eye(SubscriberId, Mutex<Vec<(String, PresenceStatus)>>);

    impl Subscriber for Eye {
        fn id(&self) -> SubscriberId {
            self.0
        }
        fn deliver(&self, _topic: &Arc<str>, delivery: Delivery<'_>) -> bool {
            if let Delivery::Presence { who, status } = delivery {
                self.1.lock().push((who.to_owned(), status));
            }
            true
        }
    }

    fn tenant() -> TenantId {
        TenantId::from_uuid(Uuid::from_u128(1))
    }

    fn staff() -> Actor {
        let mut actor = Actor::system(tenant());
        actor.party = Party::User(UserId::from_uuid(Uuid::from_u128(2)));
        actor.kind = ActorKind::AccountManager;
        actor.roles.push(Role::AccountManager);
        actor
    }

    fn visitor() -> Actor {
        Actor::visitor(tenant(), VisitorId::from_uuid(Uuid::from_u128(3)))
    }

    #[test]
    fn a_reconnect_within_the_grace_period_is_not_noticed() {
        let presence = Presence::new(Duration::from_secs(10));
        let eye = Arc::new(Eye(9, Mutex::default()));
        let watcher: Arc<dyn Subscriber> = eye.clone();
        presence.watch(tenant(), &visitor(), &[STAFF.to_owned()], &watcher);
        presence.join(tenant(), &staff(), 1);
        presence.leave(tenant(), staff().party, 1);
        presence.sweep(Instant::now() + Duration::from_secs(5));
        presence.join(tenant(), &staff(), 2);
        presence.leave(tenant(), staff().party, 2);
        presence.sweep(Instant::now() + Duration::from_secs(11));
        let told: Vec<_> = eye.1.lock().iter().map(|(_, status)| *status).collect();
        assert_eq!(told, [PresenceStatus::Offline, PresenceStatus::Online, PresenceStatus::Offline]);
        assert!(presence.people.is_empty(), "nobody who has gone takes memory");
    }

    #[test]
    fn one_of_several_devices_is_enough_and_away_is_seen() {
        let presence = Presence::new(Duration::ZERO);
        presence.join(tenant(), &staff(), 1);
        presence.join(tenant(), &staff(), 2);
        presence.leave(tenant(), staff().party, 1);
        assert_eq!(presence.status(tenant(), staff().party), PresenceStatus::Online);
        presence.set(tenant(), staff().party, 2, true);
        assert_eq!(presence.status(tenant(), staff().party), PresenceStatus::Away);
        assert!(!presence.staff_online(tenant()));
    }

    #[test]
    fn a_customer_learns_nothing_of_other_customers() {
        let presence = Presence::new(Duration::ZERO);
        let eye = Arc::new(Eye(9, Mutex::default()));
        let watcher: Arc<dyn Subscriber> = eye.clone();
        let other = Actor::visitor(tenant(), VisitorId::from_uuid(Uuid::from_u128(4)));
        presence.watch(tenant(), &visitor(), &[other.party.to_string()], &watcher);
        presence.join(tenant(), &other, 1);
        assert_eq!(eye.1.lock().iter().filter(|(_, status)| *status != PresenceStatus::Offline).count(), 0);
    }

    /// Hands everything to another node at once.
    struct Wire(Uuid, std::sync::Weak<Presence>);

    impl PresenceLink for Wire {
        fn tell(&self, leases: Vec<Lease>) {
            if let Some(other) = self.1.upgrade() {
                other.hear(PresenceNews::Told { node: self.0, leases }, Instant::now());
            }
        }
    }

    fn two_nodes(grace: Duration) -> (Arc<Presence>, Arc<Presence>) {
        let (one, other) = (Arc::new(Presence::new(grace)), Arc::new(Presence::new(grace)));
        one.share(Arc::new(Wire(Uuid::from_u128(1), Arc::downgrade(&other))));
        other.share(Arc::new(Wire(Uuid::from_u128(2), Arc::downgrade(&one))));
        (one, other)
    }

    #[test]
    fn somebody_on_another_node_is_there_and_gone_with_the_last_device_anywhere() {
        let (one, other) = two_nodes(Duration::ZERO);
        let eye = Arc::new(Eye(9, Mutex::default()));
        let watcher: Arc<dyn Subscriber> = eye.clone();
        one.watch(tenant(), &visitor(), &[STAFF.to_owned()], &watcher);
        other.join(tenant(), &staff(), 1);
        assert!(one.staff_online(tenant()));
        one.join(tenant(), &staff(), 1);
        other.leave(tenant(), staff().party, 1);
        assert!(one.staff_online(tenant()) && other.staff_online(tenant()), "one device is left");
        one.set(tenant(), staff().party, 1, true);
        assert_eq!(other.status(tenant(), staff().party), PresenceStatus::Away);
        one.leave(tenant(), staff().party, 1);
        assert_eq!(other.status(tenant(), staff().party), PresenceStatus::Offline);
        let told: Vec<_> = eye.1.lock().iter().map(|(_, status)| *status).collect();
        assert_eq!(told, [PresenceStatus::Offline, PresenceStatus::Online, PresenceStatus::Offline]);
        assert!(one.people.iter().all(|people| people.known.is_empty()));
    }

    #[test]
    fn who_is_asked_says_who_is_there_and_who_says_nothing_any_more_is_forgotten() {
        let (one, other) = (Arc::new(Presence::new(Duration::ZERO)), Arc::new(Presence::new(Duration::ZERO)));
        one.join(tenant(), &staff(), 1);
        one.share(Arc::new(Wire(Uuid::from_u128(1), Arc::downgrade(&other))));
        assert!(!other.staff_online(tenant()), "it was never told");
        one.hear(PresenceNews::Asked, Instant::now());
        assert!(other.staff_online(tenant()));
        other.sweep(Instant::now() + LEASE / 2);
        assert!(other.staff_online(tenant()));
        // One says it again, in time.
        one.sweep(Instant::now() + ANNOUNCE_EVERY);
        other.sweep(Instant::now() + LEASE + Duration::from_secs(1));
        assert!(!other.staff_online(tenant()), "the node has gone");
    }
}
