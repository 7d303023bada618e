//! One socket: who it is, what it has subscribed to, and how changes reach it.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use brigade_actors::{Answer, Attach, Delivery, Replies, Resume, Subscriber, SubscriberId};
use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::entity::EntityKind;
use brigade_domain::id::{ConversationId, TenantId};
use brigade_domain::identity::Cause;
use brigade_domain::identity::ports::{Authenticated, Credential};
use brigade_domain::refusal::{Code, Fault, Refusal};
use brigade_domain::support::Looking;
use brigade_domain::topic::Topic;
use bytes::Bytes;
use parking_lot::Mutex;
use uuid::Uuid;

use crate::encode;
use crate::hub::{Hub, code};
use crate::outbox::Outbox;

/// Marks that no ping waits for its answer.
const NO_PING: u64 = 0;

/// One socket.
pub(crate) struct Session {
    id: SubscriberId,
    pub(crate) hub: Hub,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) address: Option<IpAddr>,
    /// What the handshake showed; a `hello` with a token takes its place.
    pub(crate) credential: Option<Credential>,
    who: OnceLock<Known>,
    topics: Mutex<HashMap<Arc<str>, Subscription>>,
    /// Whose presence it watches.
    watching: Mutex<HashSet<String>>,
    /// Handed to entities as the receiver of changes.
    this: Weak<Session>,
    opened: Instant,
    /// Milliseconds after `opened` of the last frame from the client, and of an unanswered ping.
    heard: AtomicU64,
    pinged: AtomicU64,
}

/// Who it is, and what that was read from.
struct Known {
    who: Authenticated,
    credential: Credential,
}

struct Subscription {
    topic: Topic,
    /// The actor behind it is gone: attach again.
    lost: bool,
}

impl Session {
    pub(crate) fn new(
        id: SubscriberId,
        hub: Hub,
        outbox: Arc<Outbox>,
        address: Option<IpAddr>,
        credential: Option<Credential>,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            id,
            hub,
            outbox,
            address,
            credential,
            who: OnceLock::new(),
            topics: Mutex::default(),
            watching: Mutex::default(),
            this: this.clone(),
            opened: Instant::now(),
            heard: AtomicU64::new(0),
            pinged: AtomicU64::new(NO_PING),
        })
    }

    pub(crate) fn who(&self) -> Option<&Authenticated> {
        self.who.get().map(|known| &known.who)
    }

    /// Who acts, in which tenant; refused before `hello` and for people outside any tenant.
    pub(crate) fn actor(&self) -> Result<(&Arc<Actor>, TenantId), Refusal> {
        let who = self.who().ok_or_else(|| Refusal::new(Code::AuthRequired, "Say hello first."))?;
        let tenant = who
            .actor
            .tenant
            .ok_or_else(|| Refusal::new(Code::Forbidden, "Choose a business first; you are not signed in to one."))?;
        Ok((&who.actor, tenant))
    }

    /// Makes the session somebody's. Returns false if it already is.
    pub(crate) fn identify(&self, who: Authenticated, credential: Credential) -> bool {
        self.who.set(Known { who, credential }).is_ok()
    }

    /// Asks again who this is, and ends if the answer is another one or none.
    pub(crate) async fn resolve_again(self: Arc<Self>) {
        let Some(Known { who, credential }) = self.who.get() else { return };
        match self.hub.authenticator().authenticate_anew(credential.clone()).await {
            Ok(now) if now.actor == who.actor && now.session == who.session => {}
            Ok(_) | Err(_) => self.revoke(),
        }
    }

    pub(crate) fn send(&self, frame: Bytes) -> bool {
        self.outbox.durable(frame)
    }

    pub(crate) fn refuse(&self, id: Option<Uuid>, topic: Option<&str>, refusal: &Refusal) {
        self.send(encode::err(id, topic, refusal));
    }

    fn me(&self) -> Option<Arc<Self>> {
        self.this.upgrade()
    }

    /// Subscribes, or subscribes anew from another place.
    pub(crate) fn subscribe(&self, topic: Topic, resume: Option<Resume>) -> Result<(), Refusal> {
        let (actor, tenant) = self.actor()?;
        let Some(me) = self.me() else { return Ok(()) };
        let name: Arc<str> = topic.to_string().into();
        {
            let mut topics = self.topics.lock();
            let limit = self.hub.limits().topics;
            if !topics.contains_key(&name) && topics.len() >= limit {
                let refusal = Refusal::new(Code::RateLimited, format!("A connection carries at most {limit} topics."));
                return Err(refusal.with_details(serde_json::json!({ "limit": limit })));
            }
            topics.insert(Arc::clone(&name), Subscription { topic: topic.clone(), lost: false });
        }
        let attach =
            Attach { topic, name, subscriber: Arc::clone(&me) as _, actor: Arc::clone(actor), resume, lost: false };
        match self.who().and_then(|who| who.support) {
            None => self.hub.directory().attach(tenant, attach),
            Some(looking) => drop(actix_rt::spawn(me.open_for_support(looking, attach))),
        }
        Ok(())
    }

    /// Support reads a conversation, or the list of them, when it is on the business's record, and not before.
    async fn open_for_support(self: Arc<Self>, looking: Looking, attach: Attach) {
        if let Err(fault) = self.note_opening(looking, &attach).await {
            tracing::error!(error = %fault, "what support opens could not be put on record");
            self.topics.lock().remove(&attach.name);
            return self.refuse(None, Some(&attach.name), &Refusal::of(fault.code()));
        }
        // It may have left the topic, or gone, meanwhile.
        if self.topics.lock().contains_key(&attach.name) && !self.outbox.is_closing() {
            self.hub.directory().attach(looking.tenant, attach);
        }
    }

    async fn note_opening(&self, looking: Looking, attach: &Attach) -> Result<(), Fault> {
        let (by, at, ip) = (Some(attach.actor.party), Timestamp::now(), self.address);
        let cause = Cause { by, at, ip, request_id: None, device: None };
        let Topic { entity, view } = &attach.topic;
        match entity.kind {
            EntityKind::Conversation => {
                self.hub.openings().opened(looking, ConversationId::from_uuid(entity.id), cause).await
            }
            EntityKind::Tenant if view.is_some() && entity.id == looking.tenant.uuid() => {
                self.hub.openings().listed(looking, cause).await
            }
            EntityKind::Tenant | EntityKind::Account => Ok(()),
        }
    }

    pub(crate) fn unsubscribe(&self, topic: &Topic) -> Result<(), Refusal> {
        let (_, tenant) = self.actor()?;
        let name = topic.to_string();
        if self.topics.lock().remove(&*name).is_some() {
            self.hub.directory().detach(tenant, topic, &name, self.id);
        }
        Ok(())
    }

    /// Attaches again where the actor was lost.
    pub(crate) fn recover_topics(&self) {
        let Ok((actor, tenant)) = self.actor() else { return };
        let Some(me) = self.me() else { return };
        let lost: Vec<_> = {
            let mut topics = self.topics.lock();
            let lost = topics.iter_mut().filter(|(_, subscription)| subscription.lost);
            lost.map(|(name, subscription)| {
                subscription.lost = false;
                (Arc::clone(name), subscription.topic.clone())
            })
            .collect()
        };
        for (name, topic) in lost {
            let subscriber: Arc<dyn Subscriber> = Arc::clone(&me) as Arc<dyn Subscriber>;
            let attach = Attach { topic, name, subscriber, actor: Arc::clone(actor), resume: None, lost: true };
            self.hub.directory().attach(tenant, attach);
        }
    }

    /// The socket is gone: nothing of the session stays anywhere.
    pub(crate) fn end(&self) {
        let topics = std::mem::take(&mut *self.topics.lock());
        if let Ok((actor, tenant)) = self.actor() {
            for (name, subscription) in topics {
                self.hub.directory().detach(tenant, &subscription.topic, &name, self.id);
            }
            let presence = self.hub.presence();
            let watched: Vec<_> = self.watching.lock().drain().collect();
            presence.unwatch(tenant, &watched, self.id);
            presence.leave(tenant, actor.party, self.id);
        }
        self.hub.forget(self);
    }

    /// Remembers whom it watches, to end it with the session. Returns false, and remembers nobody, when they would
    /// be more than `limit`.
    pub(crate) fn watch(&self, who: &[String], limit: usize) -> bool {
        let mut watching = self.watching.lock();
        let new: HashSet<_> = who.iter().filter(|text| !watching.contains(*text)).collect();
        if watching.len() + new.len() > limit {
            return false;
        }
        watching.extend(new.into_iter().cloned());
        true
    }

    /// Forgets some of those it watches.
    pub(crate) fn unwatch(&self, who: &[String]) {
        let mut watching = self.watching.lock();
        for text in who {
            watching.remove(text);
        }
    }

    /// The session was signed out, or its rights changed.
    pub(crate) fn revoke(&self) {
        self.send(encode::revoked());
        self.outbox.close(code::REVOKED, "resolve your session again");
    }

    /// A number that spreads sessions evenly.
    pub(crate) fn id_for_jitter(&self) -> u64 {
        self.id
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// A frame came in: the peer is alive.
    pub(crate) fn hear(&self) {
        self.heard.store(self.now(), Ordering::Relaxed);
        self.pinged.store(NO_PING, Ordering::Relaxed);
    }

    pub(crate) fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// Pings after a silence. Returns false when an earlier ping was not answered in time.
    pub(crate) fn beat(&self, every: Duration, deadline: Duration) -> bool {
        let (now, heard, pinged) =
            (self.now(), self.heard.load(Ordering::Relaxed), self.pinged.load(Ordering::Relaxed));
        let since = |then: u64| Duration::from_millis(now.saturating_sub(then));
        if pinged != NO_PING {
            return since(pinged) <= deadline;
        }
        if since(heard) >= every {
            self.pinged.store(now.max(1), Ordering::Relaxed);
            self.outbox.control(encode::ping());
        }
        true
    }
}

impl Subscriber for Session {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn deliver(&self, topic: &Arc<str>, delivery: Delivery<'_>) -> bool {
        match delivery {
            Delivery::Entries(batch, audience) => {
                self.send(batch.rendered(audience, |batch| encode::entries(batch, audience)))
            }
            Delivery::Snapshot { epoch, seq, state } => self.send(encode::snapshot(topic, epoch, seq, &state)),
            Delivery::Live { epoch, seq } => self.send(encode::live(topic, epoch, seq)),
            Delivery::Resync => self.send(encode::resync(topic)),
            Delivery::Refused(refusal) => {
                self.topics.lock().remove(topic);
                self.send(encode::err(None, Some(topic), &refusal))
            }
            Delivery::SignalRefused(refusal) => self.send(encode::err(None, Some(topic), &refusal)),
            Delivery::Lost => {
                if let Some(subscription) = self.topics.lock().get_mut(topic) {
                    subscription.lost = true;
                }
                true
            }
            Delivery::State { key, line, .. } => {
                self.outbox.state(&format!("{topic} {key}"), line.rendered(encode::state))
            }
            Delivery::Presence { who, status } => {
                self.outbox.state(&format!("presence {who}"), encode::presence(who, status))
            }
            Delivery::Ephemeral(line) => self.outbox.ephemeral(line.rendered(encode::ephemeral)),
        }
    }
}

impl Replies for Session {
    fn reply(&self, id: Uuid, answer: Answer) {
        match answer {
            Ok(accepted) => {
                self.send(encode::ack(id, accepted.seq));
            }
            Err(refusal) => self.refuse(Some(id), None, &refusal),
        }
    }
}
