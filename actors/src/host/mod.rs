//! The one generic actor: runs any [`Entity`], one turn at a time.
//!
//! A turn gathers the commands that wait, decides each on the state the ones before it left, and commits their
//! events together; only then are readers told and senders answered. While a commit is under way nothing that
//! looks at the state runs, so no reader can see what is not committed; commands go on arriving and wait inside
//! the bound. That keeps the commands of one entity in order across awaits, as `AtomicResponse` would, without
//! paying one commit for each (decision 0002).

mod load;
mod readers;
mod recent;
mod turn;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use actix::{Actor as ActixActor, AsyncContext, Context, Handler, Message};
use brigade_domain::entity::{Entity, EntityKey, Seq};
use brigade_domain::journal::LogLine;

use crate::call::Call;
use crate::directory::Node;
use crate::gate::{Gate, Permit};
use crate::subscriber::{Attach, SubscriberId};
use readers::Readers;
use recent::RecentRequests;

/// How many log lines stay in memory for readers that come back.
const RING_LINES: usize = 256;
/// A snapshot is kept after this many new lines.
const SNAPSHOT_EVERY: u32 = 500;

/// What waits for its turn, in order of arrival.
pub(crate) enum Work {
    Call(Call),
    Attach(Box<Attach>, Permit),
}

impl Work {
    /// The same work with a place in another actor's bound.
    pub(crate) fn with_permit(self, permit: Permit) -> Self {
        match self {
            Self::Call(call) => Self::Call(Call { _permit: permit, ..call }),
            Self::Attach(attach, _) => Self::Attach(attach, permit),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The state is not in memory, or no longer known to be true.
    Cold,
    /// The log is being read.
    Loading,
    /// The state is the log's.
    Idle,
    /// The state runs ahead of the log; nothing may look at it.
    Committing,
}

/// The generic entity actor.
pub(crate) struct Host<E: Entity> {
    key: EntityKey,
    topic: Arc<str>,
    node: Arc<Node>,
    gate: Arc<Gate>,
    phase: Phase,
    state: E,
    /// The newest committed entry known here.
    seq: Seq,
    epoch: u32,
    queue: VecDeque<Work>,
    /// A timer looks after the queue.
    queue_watched: bool,
    readers: Readers,
    /// Readers whose gap turned out too large; they get the state as soon as it is the log's.
    restart: Vec<SubscriberId>,
    recent: RecentRequests,
    ring: VecDeque<LogLine>,
    since_snapshot: u32,
    /// After a refusal by the database this many calls are committed one by one.
    one_by_one: usize,
    last_used: Instant,
}

impl<E: Entity> Host<E> {
    pub(crate) fn new(key: EntityKey, node: Arc<Node>, gate: Arc<Gate>) -> Self {
        Self {
            topic: key.entity.to_string().into(),
            state: E::empty(&key),
            key,
            node,
            gate,
            phase: Phase::Cold,
            seq: 0,
            epoch: 0,
            queue: VecDeque::new(),
            queue_watched: false,
            readers: Readers::default(),
            restart: Vec::new(),
            recent: RecentRequests::default(),
            ring: VecDeque::new(),
            since_snapshot: 0,
            one_by_one: 0,
            last_used: Instant::now(),
        }
    }

    /// Does whatever can be done now.
    fn advance(&mut self, ctx: &mut Context<Self>) {
        loop {
            match self.phase {
                Phase::Loading | Phase::Committing => return,
                Phase::Cold if self.queue.is_empty() => return,
                Phase::Cold => return self.start_loading(ctx),
                Phase::Idle => {
                    self.restart_readers();
                    match self.queue.pop_front() {
                        None => return,
                        Some(Work::Attach(attach, _permit)) => self.attach(*attach, ctx),
                        Some(Work::Call(first)) => self.turn(first, ctx),
                    }
                }
            }
        }
    }

    fn push(&mut self, work: Work, ctx: &mut Context<Self>) {
        self.last_used = Instant::now();
        self.queue.push_back(work);
        self.advance(ctx);
        self.watch_queue(ctx);
    }

    /// Commands behind a slow commit are told in time that they waited in vain, not when the commit has come to
    /// its end.
    fn watch_queue(&mut self, ctx: &mut Context<Self>) {
        if self.queue.is_empty() || self.queue_watched {
            return;
        }
        self.queue_watched = true;
        ctx.run_later(self.node.limits.patience / 4, |this, ctx| {
            this.queue_watched = false;
            this.shed_late();
            this.watch_queue(ctx);
        });
    }

    fn shed_late(&mut self) {
        let patience = self.node.limits.patience;
        let is_late = |work: &Work| matches!(work, Work::Call(call) if call.waiting_since.elapsed() > patience);
        if !self.queue.iter().any(is_late) {
            return;
        }
        for work in std::mem::take(&mut self.queue) {
            match work {
                Work::Call(call) if call.waiting_since.elapsed() > patience => {
                    self.node.stats.overloaded();
                    call.answer(Err(crate::directory::overloaded()));
                }
                work => self.queue.push_back(work),
            }
        }
    }

    /// Leaves memory if nobody needs the entity and nothing is on its way to it.
    fn passivate_if_idle(&mut self, ctx: &mut Context<Self>) {
        use actix::ActorContext;
        let at_rest = matches!(self.phase, Phase::Idle | Phase::Cold)
            && self.queue.is_empty()
            && self.readers.is_empty()
            && self.last_used.elapsed() >= self.node.limits.idle_after;
        if at_rest && self.gate.close_if_empty() {
            self.keep_snapshot();
            ctx.stop();
        }
    }
}

impl<E: Entity> Unpin for Host<E> {}

impl<E: Entity> ActixActor for Host<E> {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.node.stats.entity_started(E::KIND);
        let check = (self.node.limits.idle_after / 2).max(std::time::Duration::from_millis(50));
        ctx.run_interval(check, Self::passivate_if_idle);
    }
}

/// However the actor ends, it takes nobody with it: the gate is shut so that the directory starts a fresh one,
/// calls answer for themselves, readers are told to come again.
impl<E: Entity> Drop for Host<E> {
    fn drop(&mut self) {
        self.gate.close();
        self.node.forget(&self.key, &self.gate);
        self.node.stats.entity_stopped(E::KIND);
        self.readers.lost(&self.topic);
    }
}

#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Do(pub(crate) Work);

#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Detach {
    pub(crate) id: SubscriberId,
    /// The topic's text: an entity's own log and its lists are subscriptions of their own.
    pub(crate) name: Arc<str>,
    pub(crate) view: bool,
}

/// A signal that is passed on and never stored.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Signal {
    pub(crate) from: Arc<dyn crate::Subscriber>,
    pub(crate) actor: Arc<brigade_domain::actor::Actor>,
    pub(crate) kind: Box<str>,
    pub(crate) body: Box<str>,
    pub(crate) _permit: Permit,
}

impl<E: Entity> Handler<Do> for Host<E> {
    type Result = ();
    fn handle(&mut self, Do(work): Do, ctx: &mut Self::Context) {
        self.push(work, ctx);
    }
}

impl<E: Entity> Handler<Detach> for Host<E> {
    type Result = ();
    fn handle(&mut self, Detach { id, name, view }: Detach, _ctx: &mut Self::Context) {
        self.last_used = Instant::now();
        if view {
            self.node.feeds.detach(&name, id);
        } else {
            self.readers.remove(id);
        }
        self.queue.retain(
            |work| !matches!(work, Work::Attach(attach, _) if attach.subscriber.id() == id && attach.name == name),
        );
    }
}

impl<E: Entity> Handler<Signal> for Host<E> {
    type Result = ();
    fn handle(&mut self, signal: Signal, _ctx: &mut Self::Context) {
        self.signal(&signal);
    }
}
