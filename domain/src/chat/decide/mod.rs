//! The rules of a conversation: which command is possible in which status, and for whom.

mod block;
mod client;
mod feedback;
mod message;
mod routing;
mod schedule;
mod status;
mod team;
mod transcript;

use serde_json::json;

use super::block::ToLook;
use super::command::{Command, Open, Subject};
use super::event::{Event, Kind, Side};
use super::matter::Done;
use super::standing::Standing;
use super::state::{Contact, Conversation, MAX_PEOPLE, Status};
use crate::Timestamp;
use crate::actor::{Actor, Party};
use crate::entity::{Decision, EntityRef, Job, Seq};
use crate::id::{AccountId, UserId};
use crate::refusal::{Code, Refusal};
use crate::tenant::queue_job;
use crate::text::DisplayName;

/// The most characters of a name that a conversation shows beside messages.
pub(super) const MAX_SHOWN_NAME: usize = 100;

/// What a rule comes to.
type Ruling = Result<Decision<Event>, Refusal>;

/// Who asks, as what, and when.
struct Asker<'a> {
    actor: &'a Actor,
    standing: Standing,
    at: Timestamp,
}

impl Asker<'_> {
    const fn party(&self) -> Party {
        self.actor.party
    }
    const fn side(&self) -> Side {
        self.standing.side()
    }
}

impl Conversation {
    /// Answers a command: what follows, or why not. Authority first, then the state machine.
    pub(super) fn rule(&self, actor: &Actor, at: Timestamp, command: &Command) -> Ruling {
        let standing = self.standing(actor)?;
        if !standing.may(command) {
            return Err(Refusal::of(Code::Forbidden));
        }
        self.check_blocked(standing, command)?;
        let asker = Asker { actor, standing, at };
        match (self.status, command) {
            (Status::Unopened, Command::Open(open)) => Ok(self.open(open)),
            (Status::Unopened, _) => Err(Refusal::of(Code::NotFound)),
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, _) => {
                let decision = self.rule_begun(&asker, command)?;
                Ok(self.counted(asker.side(), Done { at, by: asker.party() }, decision))
            }
        }
    }

    /// The rules of one that has begun.
    fn rule_begun(&self, asker: &Asker<'_>, command: &Command) -> Ruling {
        match command {
            Command::Open(open) => self.open_again(open),
            Command::Send(send) => self.send_in_any_status(asker, send),
            Command::Note(note) => self.note(asker, note),
            Command::Edit { seq, text } => self.edit(asker, *seq, text),
            Command::Delete { seq } => self.delete(asker, *seq),
            Command::React { seq, emoji, on } => self.react(asker, *seq, emoji, *on),
            Command::Read { seq } => self.read(asker, *seq),
            Command::Assign(assign) => self.assign(asker, assign),
            Command::AssignTeam(assign) => self.assign_team(asker, assign),
            Command::Release(release) => Ok(self.release(*release)),
            Command::Give(give) => Ok(self.give(*give)),
            Command::Resolve => match self.status {
                Status::Open | Status::Snoozed { .. } => Ok(self.resolve()),
                Status::Unopened | Status::Resolved => Ok(Decision::nothing()),
            },
            Command::Reopen => match self.status {
                Status::Resolved => Ok(Event::Reopened {}.into()),
                Status::Snoozed { .. } => Ok(self.wake()),
                Status::Unopened | Status::Open => Ok(Decision::nothing()),
            },
            Command::Snooze { until } => match self.status {
                Status::Snoozed { until: known } if known == *until => Ok(Decision::nothing()),
                Status::Open | Status::Snoozed { .. } => self.snooze(asker, *until),
                Status::Unopened | Status::Resolved => {
                    Err(Refusal::new(Code::Conflict, "This conversation is resolved. Open it again first."))
                }
            },
            Command::Wake { until } => match self.status {
                Status::Snoozed { until: known } if known == *until => Ok(self.wake()),
                // Who was put off to another time meanwhile is not woken at this one.
                Status::Unopened | Status::Open | Status::Snoozed { .. } | Status::Resolved => Ok(Decision::nothing()),
            },
            Command::SetPriority { priority } => Ok(self.set_priority(*priority)),
            Command::Reckon { policy } => Ok(self.reckon(policy)),
            Command::Label { label, on } => self.label(*label, *on),
            Command::AskFeedback(ask) => Ok(self.ask_feedback(asker, ask)),
            Command::GiveFeedback(give) => self.give_feedback(asker, give),
            Command::Block { reason, email } => self.block(asker, reason, *email),
            Command::Unblock => Ok(self.unblock()),
            Command::AskTranscript { email, language } => self.ask_transcript(asker, email.as_ref(), *language),
            Command::Schedule(schedule) => self.schedule(asker, schedule),
            Command::Reschedule(change) => self.reschedule(asker, change),
            Command::Unschedule { item } => self.unschedule(asker, *item),
            Command::SendNow { item } => self.send_now(asker, *item),
            Command::SendScheduled(come) => Ok(self.send_scheduled(asker, *come)),
            Command::HoldScheduled(come) => Ok(self.hold_scheduled(*come)),
            Command::LeaveContact { email, name } => Ok(self.leave_contact(email, name.as_ref())),
            Command::Identify(identity) => self.identify(identity),
            Command::Invite { invitation, email, name, inviter } => self.invite(*invitation, email, name, *inviter),
            Command::HandOver { account, name, invitation } => self.hand_over(*account, name, *invitation),
            Command::TakeBack => self.take_back(),
        }
    }

    fn open(&self, open: &Open) -> Decision<Event> {
        let (kind, visitor, account) = match open.subject {
            Subject::Visitor(visitor) => (Kind::Site, Some(visitor), None),
            Subject::Account(account) => (Kind::Account, None, Some(account)),
        };
        let event = Event::Opened { kind, visitor, account, name: open.name.clone(), page: open.page.clone() };
        let mut decision = Decision::from(event);
        decision.jobs.extend(account.map(|account| self.link(account, None)));
        if !open.answers.is_empty() || open.form.is_some() {
            decision.events.push(Event::AnswersGiven { answers: open.answers.clone(), form: open.form });
        }
        self.with_contact(decision, open)
    }

    /// Opening what is open changes nothing when it is the same conversation, so that a repeat is harmless. A form whose answer was
    /// lost may have been changed before it was sent again: what it says last is what counts.
    fn open_again(&self, open: &Open) -> Ruling {
        let same = match open.subject {
            Subject::Visitor(visitor) => self.visitor == Some(visitor),
            Subject::Account(account) => self.visitor.is_none() && self.account == Some(account),
        };
        if !same {
            return Err(Refusal::new(Code::Conflict, "This conversation was opened for somebody else. Use a new id."));
        }
        let mut decision = Decision::nothing();
        if open.form.is_none() || self.account.is_some() {
            return Ok(decision);
        }
        if self.answers != open.answers {
            decision.events.push(Event::AnswersGiven { answers: open.answers.clone(), form: self.form });
        }
        Ok(self.with_contact(decision, open))
    }

    /// The address that was left with what opens it, under the name that a form asks for.
    fn with_contact(&self, mut decision: Decision<Event>, open: &Open) -> Decision<Event> {
        let name = open.form.map(|_| open.name.clone());
        let contact = open.email.clone().map(|email| Contact { email, name });
        if let Some(contact) = contact.filter(|contact| self.contact.as_ref() != Some(contact)) {
            decision.events.push(Event::ContactLeft { email: contact.email, name: contact.name });
            decision.jobs.push(ToLook { conversation: self.id, rev: self.seq + decision.events.len() as Seq }.job());
        }
        decision
    }

    /// The `joined` that goes before somebody's first words, or the first under another name.
    fn join(&self, asker: &Asker<'_>, internal: bool) -> Result<Option<Event>, Refusal> {
        let (party, side, name) = (asker.party(), asker.side(), self.shown_name(asker));
        let internal = match self.people.get(&party) {
            Some(known) if known.name == name && known.side == side && (internal || !known.internal) => {
                return Ok(None);
            }
            Some(known) => internal && known.internal,
            None if self.people.len() >= MAX_PEOPLE => {
                let text = format!("{MAX_PEOPLE} people take part in this conversation already. Begin a new one.");
                return Err(Refusal::new(Code::Conflict, text));
            }
            None => internal,
        };
        Ok(Some(Event::Joined { party, name, side, internal }))
    }

    fn shown_name(&self, asker: &Asker<'_>) -> DisplayName {
        let own = DisplayName::parse("name", &asker.actor.name).ok();
        let name = match asker.standing {
            Standing::Visitor => self.called().cloned().or(own),
            Standing::System | Standing::Admin | Standing::Staff | Standing::Support | Standing::Member => own,
        };
        name.map_or_else(DisplayName::nameless, |name| name.shortened(MAX_SHOWN_NAME))
    }

    /// The job that tells the tenant's queue whether this customer waits, as of the `events`th event from here. The
    /// tenant ignores what is older than what it knows, so the jobs may run late, twice or in any order.
    fn queue(&self, waiting_since: Option<Timestamp>, events: usize) -> Job {
        let rev = self.seq + events as Seq;
        queue_job(self.tenant, self.id, rev, waiting_since, self.assignee.is_some())
    }

    /// The job that tells an account that this conversation belongs to it, as of the next event.
    fn link(&self, account: AccountId, manager: Option<UserId>) -> Job {
        let body = |manager| json!({ "conversation": self.id, "rev": self.seq + 1, "manager": manager });
        let job = Job::command(self.tenant, account, "link_conversation", &body(manager));
        // Who answered may have left the staff meanwhile; the client has the conversation all the same.
        if manager.is_some() { job.or_else(&body(None)) } else { job }
    }

    /// The job that tells an account that it no longer does, as of the next event.
    fn unlink(&self, account: AccountId) -> Job {
        let body = json!({ "conversation": self.id, "rev": self.seq + 1 });
        Job::command(self.tenant, account, "unlink_conversation", &body)
    }

    /// Who this is, for the audit log.
    fn audit_id(&self) -> String {
        EntityRef::from(self.id).to_string()
    }
}
