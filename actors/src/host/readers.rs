//! The readers of one entity: attaching without a gap, publishing, resuming.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use brigade_domain::actor::Actor;
use brigade_domain::entity::{Audience, Entity, Seq};
use brigade_domain::journal::{LogLine, Range};
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};

use super::load::parse_event;
use super::{Host, Phase, Signal};
use crate::batch::{Batch, SharedLine, Shown};
use crate::subscriber::{Attach, Delivery, Resume, Subscriber, SubscriberId};

/// A gap larger than this is not filled entry by entry.
const RESUME_LIMIT: Seq = 5_000;
/// Nor one that weighs more, in bytes: filling it at once would close the reader as slow, and closing would only
/// make it ask for the same gap again. Half of what may wait for a reader.
const RESUME_BYTES: usize = 512 * 1024;
/// About what a line weighs on the wire beside its body.
const LINE_BYTES: usize = 192;
const PAGE: u16 = 500;

struct Reader {
    subscriber: Arc<dyn Subscriber>,
    actor: Arc<Actor>,
    /// `None` when the reader is live.
    catching_up: Option<CatchingUp>,
}

/// The gap before the reader is being read.
struct CatchingUp {
    /// What arrived meanwhile.
    waiting: Vec<Arc<Batch>>,
    /// Held as long as the reading is wanted: it ends when the reader leaves or attaches anew.
    _wanted: Arc<()>,
}

/// How reading a gap ended.
enum Gap {
    Filled,
    /// It weighs too much.
    TooLarge,
}

impl Reader {
    /// Starts again from the state. Returns false when the reader is gone or may not read any more.
    fn resync<E: Entity>(&mut self, topic: &Arc<str>, state: &E, epoch: u32, seq: Seq) -> bool {
        self.catching_up = None;
        let Ok(audience) = state.audience(&self.actor, None) else {
            self.subscriber.deliver(topic, Delivery::Refused(Refusal::of(Code::NotFound)));
            return false;
        };
        let state = state.snapshot(&self.actor, audience);
        self.subscriber.deliver(topic, Delivery::Resync)
            && self.subscriber.deliver(topic, Delivery::Snapshot { epoch, seq, state })
    }
}

/// Everybody attached to one entity's log.
#[derive(Default)]
pub(super) struct Readers(HashMap<SubscriberId, Reader>);

impl Readers {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn remove(&mut self, id: SubscriberId) {
        self.0.remove(&id);
    }

    /// Hands a batch to everybody who may still read; authority is asked again for every batch, because the
    /// batch itself may have taken it away.
    fn publish<E: Entity>(&mut self, batch: &Arc<Batch>, state: &E) {
        self.0.retain(|_, reader| match state.audience(&reader.actor, None) {
            Err(refusal) => {
                reader.subscriber.deliver(batch.topic(), Delivery::Refused(refusal));
                false
            }
            Ok(audience) => match &mut reader.catching_up {
                Some(catching_up) => {
                    catching_up.waiting.push(Arc::clone(batch));
                    true
                }
                None => reader.subscriber.deliver(batch.topic(), Delivery::Entries(batch, audience)),
            },
        });
    }

    /// Everybody starts again from the state.
    pub(super) fn resync<E: Entity>(&mut self, topic: &Arc<str>, state: &E, epoch: u32, seq: Seq) {
        self.0.retain(|_, reader| reader.resync(topic, state, epoch, seq));
    }

    /// The actor ends while readers are attached.
    pub(super) fn lost(&mut self, topic: &Arc<str>) {
        for (_, reader) in self.0.drain() {
            reader.subscriber.deliver(topic, Delivery::Lost);
        }
    }
}

impl<E: Entity> Host<E> {
    /// Attaches a reader: live first, then what it lacks.
    pub(super) fn attach(&mut self, attach: Attach, ctx: &mut Context<Self>) {
        let audience = match self.state.audience(&attach.actor, attach.topic.view.as_deref()) {
            Ok(audience) => audience,
            Err(refusal) => {
                attach.subscriber.deliver(&attach.name, Delivery::Refused(refusal));
                return;
            }
        };
        if attach.topic.view.is_some() {
            let node = Arc::clone(&self.node);
            return node.feeds.attach(attach, self.key.tenant, Arc::clone(&node.lists));
        }
        let gap = attach.resume.filter(|resume| resume.epoch == self.epoch && resume.after <= self.seq);
        match gap {
            Some(resume) if self.seq - resume.after <= RESUME_LIMIT => self.resume(attach, audience, resume, ctx),
            Some(_) => self.start_from_state(attach, audience, true),
            None => {
                let missed = attach.lost || attach.resume.is_some();
                self.start_from_state(attach, audience, missed);
            }
        }
    }

    fn start_from_state(&mut self, attach: Attach, audience: Audience, missed: bool) {
        let Attach { name, subscriber, actor, .. } = attach;
        if missed {
            subscriber.deliver(&name, Delivery::Resync);
        }
        let state = self.state.snapshot(&actor, audience);
        let snapshot = Delivery::Snapshot { epoch: self.epoch, seq: self.seq, state };
        if subscriber.deliver(&name, snapshot) {
            self.readers.0.insert(subscriber.id(), Reader { subscriber, actor, catching_up: None });
        }
    }

    fn resume(&mut self, attach: Attach, audience: Audience, resume: Resume, ctx: &mut Context<Self>) {
        let in_memory = self.ring.front().is_some_and(|oldest| oldest.seq <= resume.after + 1);
        if resume.after != self.seq && !in_memory {
            return self.catch_up(attach, audience, resume.after, ctx);
        }
        let lines: Vec<_> = self.ring.iter().filter(|line| line.seq > resume.after).cloned().collect();
        if weight(&lines) > RESUME_BYTES {
            return self.start_from_state(attach, audience, true);
        }
        let Attach { name, subscriber, actor, .. } = attach;
        if let Err(fault) = deliver_lines::<E>(&name, &subscriber, audience, lines) {
            return refuse_reader(&name, &subscriber, fault);
        }
        subscriber.deliver(&name, Delivery::Live { epoch: self.epoch, seq: self.seq });
        self.readers.0.insert(subscriber.id(), Reader { subscriber, actor, catching_up: None });
    }

    /// Reads the gap from the journal while the reader is attached already.
    fn catch_up(&mut self, attach: Attach, audience: Audience, after: Seq, ctx: &mut Context<Self>) {
        let Attach { name, subscriber, actor, .. } = attach;
        let id = subscriber.id();
        let wanted = Arc::new(());
        let still_wanted = Arc::downgrade(&wanted);
        let catching_up = Some(CatchingUp { waiting: Vec::new(), _wanted: wanted });
        self.readers.0.insert(id, Reader { subscriber: Arc::clone(&subscriber), actor, catching_up });
        let (journal, key, head) = (Arc::clone(&self.node.journal), self.key, self.seq);
        let wanted = Weak::clone(&still_wanted);
        let read = async move {
            let (mut after, mut bytes) = (after, 0);
            while after < head {
                let page = journal.read(key, Range::After(after), PAGE).await?;
                if wanted.strong_count() == 0 {
                    break;
                }
                let Some(last) = page.last().map(|line| line.seq) else { break };
                bytes += weight(&page);
                if bytes > RESUME_BYTES {
                    return Ok(Gap::TooLarge);
                }
                let page = page.into_iter().filter(|line| line.seq <= head).collect();
                deliver_lines::<E>(&name, &subscriber, audience, page)?;
                after = last;
            }
            Ok::<_, Fault>(Gap::Filled)
        };
        ctx.spawn(read.into_actor(self).map(move |read, this, ctx| {
            if still_wanted.strong_count() > 0 {
                this.caught_up(id, read, head, ctx);
            }
        }));
    }

    /// The gap is read: what arrived meanwhile follows, then the reader is live.
    fn caught_up(&mut self, id: SubscriberId, read: Result<Gap, Fault>, mut head: Seq, ctx: &mut Context<Self>) {
        let Some(reader) = self.readers.0.get_mut(&id) else { return };
        match read {
            Ok(Gap::Filled) => {}
            Ok(Gap::TooLarge) => {
                self.restart.push(id);
                return self.advance(ctx);
            }
            Err(fault) => {
                refuse_reader(&self.topic, &reader.subscriber, fault);
                return self.readers.remove(id);
            }
        }
        let waiting = reader.catching_up.take().map(|catching_up| catching_up.waiting).unwrap_or_default();
        // Authority may have gone while reading; `publish` has removed the reader then.
        let Ok(audience) = self.state.audience(&reader.actor, None) else { return };
        for batch in waiting {
            reader.subscriber.deliver(&self.topic, Delivery::Entries(&batch, audience));
            head = batch.last_seq();
        }
        reader.subscriber.deliver(&self.topic, Delivery::Live { epoch: self.epoch, seq: head });
    }

    /// Those whose gap was too large start from the state.
    pub(super) fn restart_readers(&mut self) {
        for id in std::mem::take(&mut self.restart) {
            let Some(reader) = self.readers.0.get_mut(&id) else { continue };
            if !reader.resync(&self.topic, &self.state, self.epoch, self.seq) {
                self.readers.remove(id);
            }
        }
    }

    /// New committed lines reach everybody attached.
    pub(super) fn publish(&mut self, lines: Vec<Shown>) {
        if lines.is_empty() || self.readers.is_empty() {
            return;
        }
        let batch = Arc::new(Batch::new(Arc::clone(&self.topic), lines));
        self.readers.publish(&batch, &self.state);
    }

    /// What lists show of the entity reaches their readers.
    pub(super) fn publish_listing(&self) {
        if self.node.feeds.nobody_reads() {
            return;
        }
        if let Some(listing) = self.state.listing() {
            self.node.feeds.publish(&listing, self.seq);
        }
    }

    /// Passes a signal on to everybody else who may hear it; authority is asked again of each, as for a batch.
    pub(super) fn signal(&mut self, signal: &Signal) {
        // Before the state is in memory nobody can be asked whether it may be sent; a signal is not worth waiting.
        if matches!(self.phase, Phase::Cold | Phase::Loading) {
            return;
        }
        let id = signal.from.id();
        let heard = self
            .state
            .audience(&signal.actor, None)
            .and_then(|_| signal.actor.may_change())
            .and_then(|()| self.state.ephemeral(&signal.actor, &signal.kind));
        let hearers = match heard {
            Ok(hearers) => hearers,
            Err(refusal) => {
                signal.from.deliver(&self.topic, Delivery::SignalRefused(refusal));
                return;
            }
        };
        let line = SharedLine::new(
            Arc::clone(&self.topic),
            Arc::from(&*signal.kind),
            0,
            signal.body.clone(),
            Some(signal.actor.party),
        );
        for (_, reader) in self.readers.0.iter().filter(|(reader, _)| **reader != id) {
            if self.state.audience(&reader.actor, None).is_ok_and(|audience| hearers.include(audience)) {
                reader.subscriber.deliver(&self.topic, Delivery::Ephemeral(&line));
            }
        }
    }
}

/// About what lines weigh on the wire.
fn weight(lines: &[LogLine]) -> usize {
    lines.iter().map(|line| line.body.len() + LINE_BYTES).sum()
}

fn deliver_lines<E: Entity>(
    topic: &Arc<str>,
    subscriber: &Arc<dyn Subscriber>,
    audience: Audience,
    lines: Vec<LogLine>,
) -> Result<(), Fault> {
    if lines.is_empty() {
        return Ok(());
    }
    let shown: Result<Vec<_>, Fault> = lines
        .into_iter()
        .map(|line| {
            let event = parse_event::<E>(&line)?;
            Ok(Shown::of::<E>(line, &event))
        })
        .collect();
    let batch = Batch::new(Arc::clone(topic), shown?);
    subscriber.deliver(topic, Delivery::Entries(&batch, audience));
    Ok(())
}

fn refuse_reader(topic: &Arc<str>, subscriber: &Arc<dyn Subscriber>, fault: Fault) {
    tracing::error!(%topic, error = %fault, "could not read a log for a reader");
    subscriber.deliver(topic, Delivery::Refused(Rejection::Broken(fault).into_refusal()));
}
