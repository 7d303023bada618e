//! Writing, changing, reacting, reading.

use serde_json::json;

use super::{Asker, Ruling};
use crate::actor::Party;
use crate::chat::attachment::REMOVE;
use crate::chat::command::{Note, Send};
use crate::chat::due::Dues;
use crate::chat::event::{Event, Side};
use crate::chat::message::{Found, Message};
use crate::chat::standing::Standing;
use crate::chat::state::{Conversation, MAX_PEOPLE, Status};
use crate::chat::text::{Emoji, MessageText};
use crate::entity::{Decision, Job, Seq};
use crate::id::UserId;
use crate::refusal::{Code, Refusal};

/// How long an author can change a message, in hours.
pub(crate) const CHANGE_HOURS: i64 = 24;

/// The most different emoji on one message.
pub(crate) const MAX_EMOJI: usize = 20;

/// The most reactions on one message, over all emoji.
pub(crate) const MAX_REACTIONS: usize = 100;

impl Conversation {
    pub(super) fn send_in_any_status(&self, asker: &Asker<'_>, send: &Send) -> Ruling {
        match self.status {
            Status::Unopened | Status::Open => self.send(asker, send),
            Status::Snoozed { .. } => self.send_into_snoozed(asker, send),
            Status::Resolved => self.send_into_resolved(asker, send),
        }
    }

    fn send(&self, asker: &Asker<'_>, send: &Send) -> Ruling {
        if let Some(seq) = send.reply_to {
            self.check_reply(seq)?;
        }
        self.check_mentions(asker, &send.mentions)?;
        if let Some(seq) = send.unless_answered_after {
            self.check_unanswered(asker, seq)?;
        }
        let mut events: Vec<_> = self.join(asker, false)?.into_iter().collect();
        match asker.side() {
            Side::Staff => events.extend(self.only_due(Dues { answer: None, ..self.due })),
            Side::Customer => {}
        }
        let Send { text, reply_to, mentions, attachments, .. } = send.clone();
        events.push(Event::MessageSent { text, reply_to, mentions, attachments });
        let job = match (asker.side(), self.waiting_since) {
            (Side::Customer, None) => Some(self.queue(Some(asker.at), events.len())),
            (Side::Staff, Some(_)) => Some(self.queue(None, events.len())),
            (Side::Customer, Some(_)) | (Side::Staff, None) => None,
        };
        Ok(Decision { jobs: job.into_iter().collect(), ..Decision::events(events) })
    }

    /// A customer who writes again opens the matter again; staff may add a last word.
    fn send_into_resolved(&self, asker: &Asker<'_>, send: &Send) -> Ruling {
        let mut decision = self.send(asker, send)?;
        match asker.side() {
            Side::Customer => {
                decision.events.push(Event::Reopened {});
                let rev = self.seq + decision.events.len() as Seq;
                decision.jobs.extend(self.back_to_whom(rev));
            }
            Side::Staff => {}
        }
        Ok(decision)
    }

    /// A customer who writes brings it back, and waits again as long as before; staff may answer and leave it put off.
    fn send_into_snoozed(&self, asker: &Asker<'_>, send: &Send) -> Ruling {
        let mut decision = self.send(asker, send)?;
        match asker.side() {
            Side::Customer => {
                decision.events.insert(0, Event::Woken {});
                let since = self.waiting_since.unwrap_or(asker.at);
                decision.jobs = vec![self.queue(Some(since), decision.events.len())];
            }
            Side::Staff => {}
        }
        Ok(decision)
    }

    pub(super) fn note(&self, asker: &Asker<'_>, note: &Note) -> Ruling {
        let mut events: Vec<_> = self.join(asker, true)?.into_iter().collect();
        let Note { text, mentions, attachments } = note.clone();
        events.push(Event::NoteAdded { text, mentions, attachments });
        Ok(Decision::events(events))
    }

    pub(super) fn edit(&self, asker: &Asker<'_>, seq: Seq, text: &MessageText) -> Ruling {
        let message = self.message(asker, seq)?;
        let current = message.text.as_ref().ok_or_else(deleted)?;
        if message.by != asker.party() {
            return Err(Refusal::new(Code::Forbidden, "Only who wrote a message can change it."));
        }
        still_young(asker, message)?;
        if current == text {
            return Ok(Decision::nothing());
        }
        Ok(Event::MessageEdited { seq, text: text.clone(), note: message.note }.into())
    }

    pub(super) fn delete(&self, asker: &Asker<'_>, seq: Seq) -> Ruling {
        let message = self.message(asker, seq)?;
        let own = message.by == asker.party();
        let moderates = match asker.standing {
            Standing::Admin | Standing::System => true,
            Standing::Staff | Standing::Support | Standing::Member | Standing::Visitor => false,
        };
        match (own, moderates) {
            (_, true) => {}
            (true, false) => still_young(asker, message)?,
            (false, false) => {
                return Err(Refusal::new(Code::Forbidden, "Only who wrote a message, or an admin, can delete it."));
            }
        }
        if message.deleted() {
            return Ok(Decision::nothing());
        }
        let mut decision = Decision::from(Event::MessageDeleted { seq, note: message.note });
        if !message.attachments.is_empty() {
            decision = decision.with_job(self.remove_files(seq));
        }
        if own {
            return Ok(decision);
        }
        let details = json!({ "conversation": self.audit_id(), "seq": seq, "author": message.by });
        Ok(decision.with_audit("conversation.message_deleted", details))
    }

    pub(super) fn react(&self, asker: &Asker<'_>, seq: Seq, emoji: &Emoji, on: bool) -> Ruling {
        let message = self.message(asker, seq)?;
        if message.deleted() {
            return Err(deleted());
        }
        let who = message.reactions.get(emoji);
        if who.is_some_and(|who| who.contains(&asker.party())) == on {
            return Ok(Decision::nothing());
        }
        let all: usize = message.reactions.values().map(std::collections::BTreeSet::len).sum();
        let full = all >= MAX_REACTIONS || (who.is_none() && message.reactions.len() >= MAX_EMOJI);
        if on && full {
            return Err(Refusal::new(Code::Conflict, "This message has all the reactions it can hold."));
        }
        Ok(Event::ReactionChanged { seq, emoji: emoji.clone(), on, note: message.note }.into())
    }

    pub(super) fn read(&self, asker: &Asker<'_>, seq: Seq) -> Ruling {
        if seq > self.seq {
            let text = format!("This conversation ends at {}. Nobody can have read {seq}.", self.seq);
            return Err(Refusal::invalid("seq", text));
        }
        if seq <= self.cursor(asker.party()) {
            return Ok(Decision::nothing());
        }
        if self.cursors.len() >= MAX_PEOPLE && !self.cursors.contains_key(&asker.party()) {
            let text = format!("The reading of {MAX_PEOPLE} people is remembered here already.");
            return Err(Refusal::new(Code::Conflict, text));
        }
        Ok(Event::ReadUpTo { seq, side: asker.side() }.into())
    }

    /// The job that takes away what the files of a deleted message hold.
    fn remove_files(&self, seq: Seq) -> Job {
        let body = json!({ "conversation": self.id, "seq": seq });
        Job::new(REMOVE, body)
    }

    /// The message that a command is about, as far as the asker may know of it.
    fn message(&self, asker: &Asker<'_>, seq: Seq) -> Result<&Message, Refusal> {
        match self.history.find(seq, asker.side()) {
            Found::Kept(message) => Ok(message),
            Found::TooOld => Err(Refusal::new(
                Code::Conflict,
                "This message is too old to change: only the newest 200 can be edited, deleted or reacted to.",
            )),
            Found::Nothing => Err(Refusal::new(Code::NotFound, "There is no such message here.")),
        }
    }

    /// A message answers a message that everybody sees. One that is no longer kept may be answered too.
    pub(super) fn check_reply(&self, seq: Seq) -> Result<(), Refusal> {
        match self.history.find(seq, Side::Customer) {
            Found::Kept(message) if message.deleted() => Err(deleted()),
            Found::Kept(_) | Found::TooOld => Ok(()),
            Found::Nothing => Err(Refusal::invalid("reply_to", "There is no such message here to answer.")),
        }
    }

    /// Two of the staff never answer the same thing without knowing. What a colleague wrote above `after` and
    /// everybody sees is an answer; a note is none, nor what was deleted. When messages above `after` are no longer
    /// kept, nobody can tell any more, and that is a no too.
    fn check_unanswered(&self, asker: &Asker<'_>, after: Seq) -> Result<(), Refusal> {
        match asker.side() {
            Side::Customer => return Err(Refusal::invalid("unless_answered_after", "Only staff can ask for this.")),
            Side::Staff => {}
        }
        let of_staff = |party| self.people.get(party).is_some_and(|person| person.side == Side::Staff);
        let newer = self.history.iter().rev().take_while(|message| message.seq > after);
        let answer = newer
            .filter(|message| !message.note && !message.deleted() && message.by != asker.party())
            .find(|message| of_staff(&message.by));
        if let Some(Message { by, seq, .. }) = answer {
            let details = json!({ "reason": "answered_meanwhile", "by": by, "seq": seq });
            let text = "A colleague answered meanwhile. Read that first, and send yours if it is still needed.";
            return Err(Refusal::new(Code::Conflict, text).with_details(details));
        }
        if after < self.history.dropped_up_to(Side::Customer) {
            let details = json!({ "reason": "too_long_ago" });
            let text = "Much was written meanwhile. Read that first, and send yours if it is still needed.";
            return Err(Refusal::new(Code::Conflict, text).with_details(details));
        }
        Ok(())
    }

    /// Staff may mention anybody; customers those they can see.
    fn check_mentions(&self, asker: &Asker<'_>, mentions: &[UserId]) -> Result<(), Refusal> {
        let seen = |user: &UserId| {
            let person = self.people.get(&Party::User(*user));
            person.is_some_and(|person| !person.internal) || self.assignee == Some(*user)
        };
        match asker.side() {
            Side::Customer if !mentions.iter().all(seen) => {
                Err(Refusal::invalid("mentions", "Only people who take part in this conversation can be mentioned."))
            }
            Side::Customer | Side::Staff => Ok(()),
        }
    }
}

fn deleted() -> Refusal {
    Refusal::new(Code::Conflict, "This message was deleted.")
}

fn still_young(asker: &Asker<'_>, message: &Message) -> Result<(), Refusal> {
    let age = asker.at.duration_since(message.at);
    if age > jiff::SignedDuration::from_hours(CHANGE_HOURS) {
        let text = format!("A message can be changed for {CHANGE_HOURS} hours. Write a new one.");
        return Err(Refusal::new(Code::Conflict, text));
    }
    Ok(())
}
