//! Finds the actor of an entity, or starts it.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix::dev::channel::channel;
use actix::prelude::SendError;
use actix::{Addr, Context};
use actix_rt::ArbiterHandle;
use brigade_domain::Timestamp;
use brigade_domain::entity::{Entity, EntityKey, EntityKind};
use brigade_domain::journal::{Journal, Lists};
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::topic::Topic;
use dashmap::DashMap;
use parking_lot::Mutex;
use uuid::Uuid;

use crate::call::{Answer, Call, Command, Replies, Reply};
use crate::feeds::Feeds;
use crate::gate::{Gate, Permit, Shut};
use crate::host::{Detach, Do, Host, Signal, Work};
use crate::subscriber::{Attach, Delivery, Subscriber, SubscriberId};

/// Bounds of the actor host.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Commands and attachments waiting at one entity.
    pub per_entity: usize,
    /// Commands and attachments waiting on this node.
    pub per_node: usize,
    /// A command that waited longer is shed instead of done late.
    pub patience: Duration,
    /// An entity nobody uses leaves memory after this.
    pub idle_after: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_entity: 512,
            per_node: 16_384,
            patience: Duration::from_millis(800),
            idle_after: Duration::from_mins(1),
        }
    }
}

/// Counters of this node, for metrics and tests.
#[derive(Debug, Default)]
pub struct Stats {
    /// By kind.
    entities: [AtomicUsize; EntityKind::ALL.len()],
    committed: AtomicU64,
    overloaded: AtomicU64,
    broken: AtomicU64,
}

impl Stats {
    fn of(&self, kind: EntityKind) -> &AtomicUsize {
        &self.entities[kind as usize]
    }
    pub(crate) fn entity_started(&self, kind: EntityKind) {
        self.of(kind).fetch_add(1, Ordering::Relaxed);
    }
    pub(crate) fn entity_stopped(&self, kind: EntityKind) {
        // A host that was built and never started is not counted; saturate instead of wrapping.
        let _ = self.of(kind).fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1));
    }
    pub(crate) fn committed(&self, commands: usize) {
        self.committed.fetch_add(commands as u64, Ordering::Relaxed);
    }
    pub(crate) fn overloaded(&self) {
        self.overloaded.fetch_add(1, Ordering::Relaxed);
    }
    pub(crate) fn broken(&self) {
        self.broken.fetch_add(1, Ordering::Relaxed);
    }
    /// Entities in memory.
    pub fn entities(&self) -> usize {
        self.entities.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }
    /// Entities of a kind in memory.
    pub fn entities_of(&self, kind: EntityKind) -> usize {
        self.of(kind).load(Ordering::Relaxed)
    }
    /// Commands committed since the start.
    pub fn commands_committed(&self) -> u64 {
        self.committed.load(Ordering::Relaxed)
    }
    /// Commands shed since the start.
    pub fn commands_shed(&self) -> u64 {
        self.overloaded.load(Ordering::Relaxed)
    }
    /// Commits that failed by a fault since the start.
    pub fn commits_broken(&self) -> u64 {
        self.broken.load(Ordering::Relaxed)
    }
}

/// What every actor of this node shares.
pub(crate) struct Node {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) lists: Arc<dyn Lists>,
    pub(crate) feeds: Arc<Feeds>,
    pub(crate) limits: Limits,
    pub(crate) stats: Arc<Stats>,
    gate: Arc<Gate>,
    live: DashMap<EntityKey, Arc<Live>>,
}

impl Node {
    /// Removes the entity if it is still the actor behind `gate`.
    pub(crate) fn forget(&self, key: &EntityKey, gate: &Arc<Gate>) {
        self.live.remove_if(key, |_, live| Arc::ptr_eq(&live.gate, gate));
    }
}

struct Live {
    gate: Arc<Gate>,
    door: Box<dyn Door>,
}

/// The address of a host whose entity type is no longer known.
#[expect(clippy::result_large_err, reason = "the work itself is given back, so that it is not lost")]
trait Door: Send + Sync {
    /// Gives the work back when the actor is gone or its mailbox is full.
    fn work(&self, work: Work) -> Result<(), (Shut, Work)>;
    fn signal(&self, signal: Signal);
    fn detach(&self, detach: Detach);
}

impl<E: Entity> Door for Addr<Host<E>> {
    fn work(&self, work: Work) -> Result<(), (Shut, Work)> {
        self.try_send(Do(work)).map_err(|error| match error {
            SendError::Full(Do(work)) => (Shut::Full, work),
            SendError::Closed(Do(work)) => (Shut::Closed, work),
        })
    }
    fn signal(&self, signal: Signal) {
        // A signal may be dropped.
        drop(self.try_send(signal));
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "a reader that leaves must not be refused, and closed has no readers"
    )]
    fn detach(&self, detach: Detach) {
        // Neither bounded nor refusable: forgetting a reader must not fail, and a closed actor has no readers.
        self.do_send(detach);
    }
}

type Start = Box<dyn Fn(EntityKey, &Arc<Node>, &Arc<Gate>, &ArbiterHandle) -> Box<dyn Door> + Send + Sync>;

fn start<E: Entity>(key: EntityKey, node: &Arc<Node>, gate: &Arc<Gate>, arbiter: &ArbiterHandle) -> Box<dyn Door> {
    // The gate bounds what is inside; the mailbox has room for all of it and for detachments.
    let (tx, rx) = channel(node.limits.per_entity + 64);
    let (node, gate) = (Arc::clone(node), Arc::clone(gate));
    let closed = Arc::clone(&gate);
    let spawned = arbiter.spawn_fn(move || {
        let ctx = Context::with_receiver(rx);
        actix_rt::spawn(ctx.into_future(Host::<E>::new(key, node, gate)));
    });
    if !spawned {
        closed.close();
    }
    Box::new(Addr::new(tx))
}

/// Collects what a [`Directory`] is made from.
pub struct DirectoryBuilder {
    kinds: HashMap<EntityKind, Start>,
    limits: Limits,
}

impl DirectoryBuilder {
    /// Registers a feature's entity.
    #[must_use]
    pub fn entity<E: Entity>(mut self) -> Self {
        self.kinds.insert(E::KIND, Box::new(start::<E>));
        self
    }

    /// Replaces the default bounds.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Opens the directory. Entities run on the arbiters added by [`Directory::add_arbiter`].
    pub fn build(self, journal: Arc<dyn Journal>, lists: Arc<dyn Lists>) -> Directory {
        Directory {
            kinds: Arc::new(self.kinds),
            node: Arc::new(Node {
                journal,
                lists,
                feeds: Arc::new(Feeds::default()),
                limits: self.limits,
                stats: Arc::new(Stats::default()),
                gate: Arc::new(Gate::default()),
                live: DashMap::new(),
            }),
            arbiters: Arc::new(Mutex::new(Vec::new())),
        }
    }
}

/// The way to every entity. Cheap to clone.
#[derive(Clone)]
pub struct Directory {
    kinds: Arc<HashMap<EntityKind, Start>>,
    node: Arc<Node>,
    arbiters: Arc<Mutex<Vec<ArbiterHandle>>>,
}

/// The answer when the bound is reached.
pub(crate) fn overloaded() -> Refusal {
    Refusal::of(Code::Overloaded).retry_after(Duration::from_secs(1))
}

impl Directory {
    /// Starts collecting.
    pub fn builder() -> DirectoryBuilder {
        DirectoryBuilder { kinds: HashMap::new(), limits: Limits::default() }
    }

    /// Adds a thread that entities may live on: an HTTP worker's own arbiter, so that sockets and entities of a
    /// one-core server share a thread, or a separate one.
    pub fn add_arbiter(&self, arbiter: ArbiterHandle) {
        self.arbiters.lock().push(arbiter);
    }

    /// How many threads entities may live on so far. Without any, every command is refused.
    pub fn threads(&self) -> usize {
        self.arbiters.lock().len()
    }

    /// This node's counters.
    pub fn stats(&self) -> &Arc<Stats> {
        &self.node.stats
    }

    /// Commands and attachments inside the node's bound at the moment.
    pub fn waiting(&self) -> usize {
        self.node.gate.inside()
    }

    /// Readers of lists on this node.
    pub fn list_readers(&self) -> usize {
        self.node.feeds.readers()
    }

    /// Asks an entity for something. The answer, always exactly one, goes to `to` under the command's id.
    pub fn submit(&self, key: EntityKey, mut command: Command, to: Arc<dyn Replies>) {
        // What is told now and what is read from the log later must not differ, and the log keeps microseconds.
        command.at = Timestamp::from_microsecond(command.at.as_microsecond()).unwrap_or(command.at);
        let reply = Reply::new(to, command.request.id);
        let (live, permit) = match self.enter(key) {
            Ok(entered) => entered,
            Err(refusal) => return reply.send(Err(refusal)),
        };
        let call = Call { command, reply, waiting_since: Instant::now(), attempts: 0, _permit: permit };
        self.hand_in(key, &live, Work::Call(call));
    }

    /// Asks an entity for something and waits for the answer.
    pub async fn ask(&self, key: EntityKey, command: Command) -> Answer {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        self.submit(key, command, Arc::new(Once(Mutex::new(Some(sender)))));
        receiver.await.unwrap_or_else(|_| Err(Refusal::of(Code::Unavailable)))
    }

    /// Attaches a reader to a topic of `tenant`. What it may see, or why nothing, arrives as deliveries.
    pub fn attach(&self, tenant: brigade_domain::id::TenantId, attach: Attach) {
        let key = EntityKey { tenant, entity: attach.topic.entity };
        match self.enter(key) {
            Ok((live, permit)) => self.hand_in(key, &live, Work::Attach(Box::new(attach), permit)),
            Err(refusal) => {
                attach.subscriber.deliver(&attach.name, Delivery::Refused(refusal));
            }
        }
    }

    /// Ends a reader's subscription.
    pub fn detach(&self, tenant: brigade_domain::id::TenantId, topic: &Topic, name: &str, id: SubscriberId) {
        let view = topic.view.is_some();
        if view {
            self.node.feeds.detach(name, id);
        }
        if let Some(live) = self.node.live.get(&EntityKey { tenant, entity: topic.entity }) {
            // To a list too: the wish to read it may still be on its way there.
            live.door.detach(Detach { id, name: name.into(), view });
        }
    }

    /// Passes a signal to the other readers of an entity; dropped when nobody has it open or it is busy.
    pub fn signal(
        &self,
        key: EntityKey,
        from: Arc<dyn Subscriber>,
        actor: Arc<brigade_domain::actor::Actor>,
        kind: Box<str>,
        body: Box<str>,
    ) {
        let Some(live) = self.node.live.get(&key).map(|live| Arc::clone(&live)) else { return };
        if let Ok(permit) = self.permit(&live.gate) {
            live.door.signal(Signal { from, actor, kind, body, _permit: permit });
        }
    }

    fn permit(&self, gate: &Arc<Gate>) -> Result<Permit, Shut> {
        Permit::take(gate, self.node.limits.per_entity, &self.node.gate, self.node.limits.per_node)
    }

    /// Finds or starts the actor and takes a place inside its bound.
    fn enter(&self, key: EntityKey) -> Result<(Arc<Live>, Permit), Refusal> {
        for _ in 0..3 {
            let live = self.find_or_start(key)?;
            match self.permit(&live.gate) {
                Ok(permit) => return Ok((live, permit)),
                Err(Shut::Full) => {
                    self.node.stats.overloaded();
                    return Err(overloaded());
                }
                Err(Shut::Closed) => self.node.forget(&key, &live.gate),
            }
        }
        Err(overloaded())
    }

    /// Hands work to the actor; once more to a fresh one if it has just gone.
    fn hand_in(&self, key: EntityKey, live: &Arc<Live>, work: Work) {
        let work = match live.door.work(work) {
            Ok(()) => return,
            Err((Shut::Full, work)) => return refuse(work, overloaded()),
            Err((Shut::Closed, work)) => work,
        };
        live.gate.close();
        self.node.forget(&key, &live.gate);
        match self.enter(key) {
            Err(refusal) => refuse(work, refusal),
            Ok((fresh, permit)) => {
                if let Err((_, work)) = fresh.door.work(work.with_permit(permit)) {
                    refuse(work, overloaded());
                }
            }
        }
    }

    fn find_or_start(&self, key: EntityKey) -> Result<Arc<Live>, Refusal> {
        if let Some(live) = self.node.live.get(&key) {
            return Ok(Arc::clone(&live));
        }
        let start = self.kinds.get(&key.entity.kind).ok_or(Refusal::of(Code::NotFound))?;
        let arbiter = self.arbiter(key)?;
        let live = self.node.live.entry(key).or_insert_with(|| {
            let gate = Arc::new(Gate::default());
            let door = start(key, &self.node, &gate, &arbiter);
            Arc::new(Live { gate, door })
        });
        Ok(Arc::clone(&live))
    }

    fn arbiter(&self, key: EntityKey) -> Result<ArbiterHandle, Refusal> {
        let arbiters = self.arbiters.lock();
        let mut hasher =
            std::hash::BuildHasherDefault::<std::collections::hash_map::DefaultHasher>::default().build_hasher();
        hasher.write_u128(key.entity.id.as_u128());
        let count = arbiters.len().max(1) as u64;
        let place = usize::try_from(hasher.finish() % count).unwrap_or_default();
        arbiters.get(place).cloned().ok_or(Refusal::of(Code::Draining))
    }
}

fn refuse(work: Work, refusal: Refusal) {
    match work {
        Work::Call(call) => call.answer(Err(refusal)),
        Work::Attach(attach, _) => {
            attach.subscriber.deliver(&attach.name, Delivery::Refused(refusal));
        }
    }
}

/// A single answer as a future.
struct Once(Mutex<Option<tokio::sync::oneshot::Sender<Answer>>>);

impl Replies for Once {
    fn reply(&self, _id: Uuid, answer: Answer) {
        if let Some(sender) = self.0.lock().take() {
            // Nobody waits any more: the command is done all the same.
            drop(sender.send(answer));
        }
    }
}
