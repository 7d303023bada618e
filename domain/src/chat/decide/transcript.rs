//! Asking for a transcript.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use super::{Asker, Ruling};
use crate::actor::Party;
use crate::chat::event::{Event, Side};
use crate::chat::standing::Standing;
use crate::chat::state::{Contact, Conversation};
use crate::chat::transcript::{A_DAY, Recipient, Wanted, Which};
use crate::entity::{Decision, Fact, Seq};
use crate::id::UserId;
use crate::language::Language;
use crate::refusal::{Code, Refusal};
use crate::text::Email;

const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Conversation {
    /// A visitor says where it goes, or has left an address before; a client has one; the staff have it sent to the customer.
    /// It can be asked for once the staff have answered: what somebody writes to themselves is not carried to an address that
    /// may be a stranger's.
    pub(super) fn ask_transcript(&self, asker: &Asker<'_>, email: Option<&Email>, language: Language) -> Ruling {
        if email.is_some() && asker.standing != Standing::Visitor {
            return Err(Refusal::invalid("email", "It goes to the customer's own address. Leave this out."));
        }
        let (to, left) = self.recipient(asker, email)?;
        if !self.has_answer() {
            let text = "Nobody has answered here yet, so there is nothing to send. Ask for it when there is an answer.";
            return Err(Refusal::new(Code::Conflict, text));
        }
        self.check_transcripts(asker)?;
        let mut decision = match left {
            Some(Contact { email, name }) => self.leave_contact(&email, name.as_ref()),
            None => Decision::nothing(),
        };
        decision.events.push(Event::TranscriptAsked { to: to.clone() });
        let (conversation, rev) = (self.id, self.seq + decision.events.len() as Seq);
        let details = json!({ "conversation": self.audit_id(), "seq": rev });
        Ok(decision
            .with_fact(Fact::Transcript(Wanted { conversation, rev, at: asker.at, to }))
            .with_job(Which { conversation, rev, language }.job())
            .with_audit("conversation.transcript_asked", details))
    }

    /// To whom, and what a visitor leaves to be reached at with it.
    fn recipient(&self, asker: &Asker<'_>, email: Option<&Email>) -> Result<(Recipient, Option<Contact>), Refusal> {
        let known = self.contact.as_ref();
        match (asker.standing, asker.party(), email) {
            (Standing::Visitor, _, Some(email)) => {
                let name = known.and_then(|contact| contact.name.clone());
                Ok((Recipient::Address(email.clone()), Some(Contact { email: email.clone(), name })))
            }
            (Standing::Visitor, _, None) => {
                let email = self.address().ok_or_else(|| Refusal::invalid("email", "Say where it is to be sent."))?;
                Ok((Recipient::Address(email.clone()), None))
            }
            (Standing::Member, Party::User(user), _) => Ok((Recipient::Person(user), None)),
            _ if self.account.is_some() => {
                let text = "Nobody of this client has written here: there is nobody to send it to.";
                let user = self.customer().ok_or_else(|| Refusal::new(Code::Conflict, text))?;
                Ok((Recipient::Person(user), None))
            }
            _ => {
                let text = "This visitor has left no address. Ask them for one.";
                let email = self.address().ok_or_else(|| Refusal::new(Code::Conflict, text))?;
                Ok((Recipient::Address(email.clone()), None))
            }
        }
    }

    /// The client who wrote last.
    fn customer(&self) -> Option<UserId> {
        let client = |party: &Party| {
            party.user().filter(|_| self.people.get(party).is_some_and(|person| person.side == Side::Customer))
        };
        let wrote = self.history.iter().rev().find_map(|message| client(&message.by));
        wrote.or_else(|| self.people.keys().find_map(client))
    }

    /// Whether somebody of the staff has ever written what the customer can read.
    fn has_answer(&self) -> bool {
        self.people.values().any(|person| person.side == Side::Staff && !person.internal)
    }

    fn check_transcripts(&self, asker: &Asker<'_>) -> Result<(), Refusal> {
        let recent = |at: &&crate::Timestamp| asker.at.duration_since(**at) < DAY;
        let mut times = self.transcripts.times.iter().filter(recent);
        let oldest = times.next();
        match oldest {
            Some(oldest) if times.count() + 1 >= A_DAY => {
                let wait = DAY.saturating_sub(asker.at.duration_since(*oldest));
                let text =
                    format!("{A_DAY} copies of this conversation were sent within a day already. Ask again tomorrow.");
                let wait = Duration::try_from(wait).unwrap_or_default();
                Err(Refusal::new(Code::RateLimited, text).retry_after(wait))
            }
            _ => Ok(()),
        }
    }
}
