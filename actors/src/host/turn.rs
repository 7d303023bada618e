//! One turn: recall, decide, commit, publish, answer.

use std::sync::Arc;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::entity::{Audit, Decision, Entity, Entry, Fact, Job, Seq};
use brigade_domain::journal::{Commit, CommitError, LogLine, Snapshot};
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};

use super::load::write_event;
use super::recent;
use super::{Host, Phase, SNAPSHOT_EVERY, Work};
use crate::batch::Shown;
use crate::call::{Accepted, Answer, Call};

/// The most commands that share one turn.
const BATCH: usize = 128;
/// A command is decided again once when the log had moved on.
const ATTEMPTS: u8 = 2;

/// What a turn made, before anybody knows of it.
#[derive(Default)]
struct Made {
    lines: Vec<Shown>,
    jobs: Vec<Job>,
    audit: Vec<(Party, Timestamp, Audit)>,
    facts: Vec<Fact>,
    /// Commands whose events are in `lines`, each with its last `seq`.
    done: Vec<(Call, Seq)>,
    /// Commands that made nothing: their answer, unless they turn out to be repeats.
    without_effect: Vec<(Call, Answer)>,
}

impl Made {
    fn into_calls(self) -> impl Iterator<Item = Call> {
        let done = self.done.into_iter().map(|(call, _)| call);
        done.chain(self.without_effect.into_iter().map(|(call, _)| call))
    }

    fn refuse(self, refusal: &Refusal) {
        for call in self.into_calls() {
            call.answer(Err(refusal.clone()));
        }
    }
}

impl<E: Entity> Host<E> {
    /// Decides `first` and the calls waiting right behind it, and commits.
    pub(super) fn turn(&mut self, first: Call, ctx: &mut Context<Self>) {
        let mut made = Made::default();
        let limit = if self.one_by_one > 0 { 1 } else { BATCH };
        self.one_by_one = self.one_by_one.saturating_sub(1);
        self.decide(first, &mut made);
        for _ in 1..limit {
            match self.queue.pop_front() {
                Some(Work::Call(call)) => self.decide(call, &mut made),
                Some(attach) => {
                    self.queue.push_front(attach);
                    break;
                }
                None => break,
            }
        }
        if made.lines.is_empty() {
            self.answer_without_effect(made.without_effect);
        } else {
            self.commit(made, ctx);
        }
    }

    fn decide(&mut self, call: Call, made: &mut Made) {
        if call.waiting_since.elapsed() > self.node.limits.patience {
            self.node.stats.overloaded();
            return call.answer(Err(crate::directory::overloaded()));
        }
        let request = call.command.request;
        if let Some(answer) = self.recent.get(request) {
            return call.answer(answer);
        }
        if let Some(&(ref twin, seq)) = made.done.iter().find(|(done, _)| done.command.request.id == request.id) {
            let remembered = brigade_domain::journal::Remembered { request: twin.command.request, seq };
            return match recent::answer(remembered, request) {
                Ok(_) => made.done.push((call, seq)),
                mismatch => call.answer(mismatch),
            };
        }
        let command = &call.command;
        // Who may only look changes nothing, whatever an entity's own rules say.
        let decision = command
            .actor
            .may_change()
            .and_then(|()| E::parse(&command.kind, &command.body))
            .and_then(|parsed| self.state.decide(&command.actor, command.at, &parsed));
        match decision {
            Err(refusal) => made.without_effect.push((call, Err(refusal))),
            Ok(decision) if decision.events.is_empty() => {
                let head = made.lines.last().map_or(self.seq, |shown| shown.line.seq);
                made.without_effect.push((call, Ok(Accepted { seq: head })));
            }
            Ok(decision) => self.take_effect(call, decision, made),
        }
    }

    /// The events of one command become lines and run ahead on the state.
    fn take_effect(&mut self, call: Call, decision: Decision<E::Event>, made: &mut Made) {
        let written: Result<Vec<_>, _> = decision.events.iter().map(write_event::<E>).collect();
        let written = match written {
            Ok(written) => written,
            Err(fault) => return self.abandon(call, &fault),
        };
        let (by, at) = (call.command.actor.party, call.command.at);
        let request = Some(call.command.request);
        let mut seq = made.lines.last().map_or(self.seq, |shown| shown.line.seq);
        for (event, (kind, body)) in decision.events.into_iter().zip(written) {
            seq += 1;
            let line = LogLine { seq, kind: kind.into(), body: body.into(), by, at, request };
            made.lines.push(Shown::of::<E>(line, &event));
            self.state.apply(&Entry { seq, event, by, at });
        }
        made.jobs.extend(decision.jobs);
        made.facts.extend(decision.facts);
        made.audit.extend(decision.audit.into_iter().map(|audit| (by, at, audit)));
        made.done.push((call, seq));
    }

    fn abandon(&mut self, call: Call, fault: &Fault) {
        tracing::error!(topic = %self.topic, error = %fault, "an event cannot be written");
        call.answer(Err(Refusal::of(Code::Internal)));
    }

    fn commit(&mut self, made: Made, ctx: &mut Context<Self>) {
        self.phase = Phase::Committing;
        let last = made.lines.last().map_or(self.seq, |shown| shown.line.seq);
        let new_lines = u32::try_from(made.lines.len()).unwrap_or(u32::MAX);
        self.since_snapshot = self.since_snapshot.saturating_add(new_lines);
        let snapshot = if self.since_snapshot >= SNAPSHOT_EVERY {
            serde_json::to_string(&self.state).ok().map(|state| Snapshot { seq: last, state })
        } else {
            None
        };
        let commit = Commit {
            key: self.key,
            expected: self.seq,
            lines: made.lines.iter().map(|shown| shown.line.clone()).collect(),
            row: self.state.row(),
            jobs: made.jobs.clone(),
            audit: made.audit.clone(),
            facts: made.facts.clone(),
            snapshot,
        };
        let written = self.node.journal.commit(commit);
        ctx.spawn(written.into_actor(self).map(move |written, this, ctx| {
            match written {
                Ok(()) => this.committed(made),
                Err(error) => this.not_committed(made, error),
            }
            this.advance(ctx);
        }));
    }

    fn committed(&mut self, made: Made) {
        self.phase = Phase::Idle;
        self.node.stats.committed(made.done.len());
        for shown in &made.lines {
            self.remember(&shown.line);
            self.seq = shown.line.seq;
        }
        if self.since_snapshot >= SNAPSHOT_EVERY {
            self.since_snapshot = 0;
        }
        self.publish(made.lines);
        for (call, seq) in made.done {
            call.answer(Ok(Accepted { seq }));
        }
        self.answer_without_effect(made.without_effect);
        self.publish_listing();
    }

    /// Nothing of the turn is known to be written: what runs ahead is forgotten and the log is read again.
    fn not_committed(&mut self, made: Made, error: CommitError) {
        self.phase = Phase::Cold;
        match error {
            CommitError::Conflict => {}
            CommitError::Repeated(known) => {
                for remembered in known {
                    self.recent.insert(remembered.request, remembered.seq);
                }
            }
            CommitError::Refused(refusal) if made.done.len() == 1 => {
                made.refuse(&refusal);
                return;
            }
            CommitError::Refused(_) => {
                self.one_by_one = made.done.len() + made.without_effect.len();
            }
            CommitError::Broken(fault) => {
                self.node.stats.broken();
                tracing::error!(topic = %self.topic, error = %fault, source = ?std::error::Error::source(&fault), "a commit failed");
                let away = matches!(fault, Fault::Unavailable { .. });
                let refusal = Rejection::Broken(fault).into_refusal();
                made.refuse(&refusal);
                if away {
                    // Who waits behind would find the database away as well, one time-out later.
                    self.refuse_all(&refusal);
                }
                return;
            }
        }
        self.try_again(made);
    }

    fn try_again(&mut self, made: Made) {
        let mut again: Vec<Call> = made.into_calls().collect();
        again.sort_by_key(|call| call.waiting_since);
        let solo = self.one_by_one > 0;
        for mut call in again.into_iter().rev() {
            call.attempts += u8::from(!solo);
            if call.attempts > ATTEMPTS {
                call.answer(Err(crate::directory::overloaded()));
            } else {
                self.queue.push_front(Work::Call(call));
            }
        }
    }

    /// A repeat gets the first answer, whatever the rules say by now: look it up before saying no.
    fn answer_without_effect(&mut self, calls: Vec<(Call, Answer)>) {
        for (call, answer) in calls {
            let recall = self.node.journal.recall(self.key, call.command.request.id);
            let topic = Arc::clone(&self.topic);
            actix_rt::spawn(async move {
                let answer = match recall.await {
                    Ok(Some(remembered)) => recent::answer(remembered, call.command.request),
                    Ok(None) => answer,
                    Err(fault) => {
                        tracing::error!(%topic, error = %fault, "could not recall a request");
                        Err(Rejection::Broken(fault).into_refusal())
                    }
                };
                call.answer(answer);
            });
        }
    }
}
