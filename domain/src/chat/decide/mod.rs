//! The rules of a conversation: which command is possible in which status, and for whom.

mod client;
mod message;
mod routing;
mod status;

use serde_json::json;

use super::command::{Command, Open, Subject};
use super::event::{Event, Kind, Side};
use super::standing::Standing;
use super::state::{Conversation, MAX_PEOPLE, Status};
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
        let asker = Asker { actor, standing, at };
        match (self.status, command) {
            (Status::Unopened, Command::Open(open)) => Ok(self.open(open)),
            (
                Status::Unopened,
                Command::Send(_)
                | Command::Note(_)
                | Command::Edit { .. }
                | Command::Delete { .. }
                | Command::React { .. }
                | Command::Read { .. }
                | Command::Assign(_)
                | Command::Give(_)
                | Command::Resolve
                | Command::Reopen
                | Command::Snooze { .. }
                | Command::Wake { .. }
                | Command::SetPriority { .. }
                | Command::Label { .. }
                | Command::LeaveContact { .. }
                | Command::Invite { .. }
                | Command::HandOver { .. }
                | Command::TakeBack,
            ) => Err(Refusal::of(Code::NotFound)),
            (Status::Open, Command::Send(send)) => self.send(&asker, send),
            (Status::Snoozed { .. }, Command::Send(send)) => self.send_into_snoozed(&asker, send),
            (Status::Resolved, Command::Send(send)) => self.send_into_resolved(&asker, send),
            (Status::Open | Status::Snoozed { .. }, Command::Resolve) => Ok(self.resolve()),
            (Status::Resolved, Command::Reopen) => Ok(Event::Reopened {}.into()),
            (Status::Snoozed { .. }, Command::Reopen) => Ok(self.wake()),
            (Status::Snoozed { until: known }, Command::Snooze { until }) if known == *until => Ok(Decision::nothing()),
            (Status::Open | Status::Snoozed { .. }, Command::Snooze { until }) => self.snooze(&asker, *until),
            (Status::Resolved, Command::Snooze { .. }) => {
                Err(Refusal::new(Code::Conflict, "This conversation is resolved. Open it again first."))
            }
            // Who was put off to another time meanwhile is not woken at this one.
            (Status::Snoozed { until: known }, Command::Wake { until }) if known == *until => Ok(self.wake()),
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, Command::Wake { .. })
            | (Status::Resolved, Command::Resolve)
            | (Status::Open, Command::Reopen) => Ok(Decision::nothing()),
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, Command::Open(open)) => self.open_again(open),
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, Command::Note(note)) => self.note(&asker, note),
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, Command::Edit { seq, text }) => {
                self.edit(&asker, *seq, text)
            }
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, Command::Delete { seq }) => {
                self.delete(&asker, *seq)
            }
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, Command::React { seq, emoji, on }) => {
                self.react(&asker, *seq, emoji, *on)
            }
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, Command::Read { seq }) => {
                self.read(&asker, *seq)
            }
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, Command::Assign(assign)) => {
                self.assign(&asker, assign)
            }
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, Command::Give(give)) => Ok(self.give(*give)),
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, Command::SetPriority { priority }) => {
                Ok(self.set_priority(*priority))
            }
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, Command::Label { label, on }) => {
                self.label(*label, *on)
            }
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, Command::LeaveContact { email, name }) => {
                Ok(self.leave_contact(email, name.as_ref()))
            }
            (
                Status::Open | Status::Snoozed { .. } | Status::Resolved,
                Command::Invite { invitation, email, name, inviter },
            ) => self.invite(*invitation, email, name, *inviter),
            (
                Status::Open | Status::Snoozed { .. } | Status::Resolved,
                Command::HandOver { account, name, invitation },
            ) => self.hand_over(*account, name, *invitation),
            (Status::Open | Status::Snoozed { .. } | Status::Resolved, Command::TakeBack) => self.take_back(),
        }
    }

    fn open(&self, open: &Open) -> Decision<Event> {
        let (kind, visitor, account) = match open.subject {
            Subject::Visitor(visitor) => (Kind::Site, Some(visitor), None),
            Subject::Account(account) => (Kind::Account, None, Some(account)),
        };
        let event = Event::Opened { kind, visitor, account, name: open.name.clone(), page: open.page.clone() };
        let job = account.map(|account| self.link(account, None));
        Decision { jobs: job.into_iter().collect(), ..event.into() }
    }

    /// Opening what is open changes nothing when it is the same conversation, so that a repeat is harmless.
    fn open_again(&self, open: &Open) -> Ruling {
        let same = match open.subject {
            Subject::Visitor(visitor) => self.visitor == Some(visitor),
            Subject::Account(account) => self.visitor.is_none() && self.account == Some(account),
        };
        if same {
            Ok(Decision::nothing())
        } else {
            Err(Refusal::new(Code::Conflict, "This conversation was opened for somebody else. Use a new id."))
        }
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
            Standing::Visitor => self.name.clone().or(own),
            Standing::System | Standing::Admin | Standing::Staff | Standing::Member => own,
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
