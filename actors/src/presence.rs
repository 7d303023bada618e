//! Who is there. A lease per connection, several devices per person, a grace period so that a reconnect does
//! not flap, and word of a change only to those who look.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use brigade_domain::actor::{Actor, Party};
use brigade_domain::id::TenantId;
use dashmap::DashMap;
use serde::{Deserialize, Serialize};

use crate::subscriber::{Delivery, Subscriber, SubscriberId};

/// How somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceStatus {
    /// At least one device is in use.
    Online,
    /// Connected, and not looking.
    Away,
    /// Not connected for longer than the grace period.
    Offline,
}

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
    /// What watchers were last told.
    told: PresenceStatus,
    /// When the last lease ended.
    left_at: Option<Instant>,
}

impl Person {
    fn status(&self, now: Instant, grace: Duration) -> PresenceStatus {
        if self.leases.values().any(|status| *status == PresenceStatus::Online) {
            PresenceStatus::Online
        } else if !self.leases.is_empty() {
            PresenceStatus::Away
        } else if self.left_at.is_some_and(|left| now.duration_since(left) < grace) {
            self.told
        } else {
            PresenceStatus::Offline
        }
    }
}

struct Watcher {
    subscriber: Arc<dyn Subscriber>,
    /// Customers see staff only.
    staff_only: bool,
}

/// Everybody's presence on this node.
pub struct Presence {
    grace: Duration,
    people: DashMap<TenantId, HashMap<Party, Person>>,
    watchers: DashMap<(TenantId, Watched), HashMap<SubscriberId, Watcher>>,
}

impl Presence {
    /// With the grace period after the last device has gone.
    pub fn new(grace: Duration) -> Self {
        Self { grace, people: DashMap::new(), watchers: DashMap::new() }
    }

    /// A connection begins: the person is online.
    pub fn join(&self, tenant: TenantId, actor: &Actor, lease: SubscriberId) {
        self.change(tenant, actor.party, Instant::now(), |person| {
            person.staff = actor.is_staff_of(tenant);
            person.leases.insert(lease, PresenceStatus::Online);
            person.left_at = None;
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
            person.leases.remove(&lease);
            if person.leases.is_empty() {
                person.left_at = Some(now);
            }
        });
    }

    /// Tells `subscriber` how `who` is there, now and whenever it changes. Texts that name nobody are ignored.
    pub fn watch(&self, tenant: TenantId, actor: &Actor, who: &[String], subscriber: &Arc<dyn Subscriber>) {
        let staff_only = !actor.is_staff_of(tenant);
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

    /// Ends grace periods; call it every second or so.
    pub fn sweep(&self, now: Instant) {
        let tenants: Vec<TenantId> = self.people.iter().map(|entry| *entry.key()).collect();
        for tenant in tenants {
            let gone: Vec<Party> = self.people.get(&tenant).map_or_else(Vec::new, |people| {
                let left = |person: &Person| person.status(now, self.grace) == PresenceStatus::Offline;
                people.iter().filter(|(_, person)| left(person)).map(|(party, _)| *party).collect()
            });
            for party in gone {
                self.change(tenant, party, now, |_| {});
            }
            self.people.remove_if(&tenant, |_, people| people.is_empty());
        }
    }

    /// Changes a person and tells those who look, if it makes a difference.
    fn change(&self, tenant: TenantId, party: Party, now: Instant, change: impl FnOnce(&mut Person)) {
        let staff_before = self.staff_online(tenant);
        let (status, staff, differs) = {
            let mut people = self.people.entry(tenant).or_default();
            let person = people.entry(party).or_insert_with(|| Person {
                staff: false,
                leases: HashMap::new(),
                told: PresenceStatus::Offline,
                left_at: None,
            });
            change(person);
            let status = person.status(now, self.grace);
            let differs = std::mem::replace(&mut person.told, status) != status;
            let staff = person.staff;
            if status == PresenceStatus::Offline {
                people.remove(&party);
            }
            (status, staff, differs)
        };
        if differs {
            self.tell(tenant, Watched::Party(party), &party.to_string(), status, staff);
        }
        let staff_now = self.staff_online(tenant);
        if staff_now != staff_before {
            let status = if staff_now { PresenceStatus::Online } else { PresenceStatus::Offline };
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
                .get(&party)
                .filter(|person| person.staff || !staff_only)
                .map_or(PresenceStatus::Offline, |person| person.told),
            Watched::Staff => {
                let online = |person: &Person| person.staff && person.told == PresenceStatus::Online;
                if people.values().any(online) { PresenceStatus::Online } else { PresenceStatus::Offline }
            }
        }
    }
}

fn parse(text: &str) -> Option<Watched> {
    if text == STAFF { Some(Watched::Staff) } else { text.parse().ok().map(Watched::Party) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use brigade_domain::actor::{ActorKind, Role};
    use brigade_domain::id::{UserId, VisitorId};
    use parking_lot::Mutex;
    use uuid::Uuid;

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
}
