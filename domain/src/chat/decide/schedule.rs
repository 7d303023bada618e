//! Writing now what is sent later, changing it, and what becomes of it when the time has come.

use serde_json::json;

use super::{Asker, Ruling};
use crate::Timestamp;
use crate::actor::Party;
use crate::chat::command::Send;
use crate::chat::event::{Event, Side};
use crate::chat::schedule::{
    Come, Held, LATEST, MOST, MOST_BYTES, Reschedule, SOONEST, Schedule, Scheduled, TOO_LATE, ToSend,
};
use crate::chat::state::Conversation;
use crate::chat::text::MessageText;
use crate::entity::{Decision, Seq};
use crate::id::UserId;
use crate::refusal::{Code, Refusal};

impl Conversation {
    pub(super) fn schedule(&self, asker: &Asker<'_>, schedule: &Schedule) -> Ruling {
        let author = asker.party().user().ok_or_else(only_people)?;
        self.check_later(asker, schedule.send_at, schedule.unless_reply_after)?;
        self.check_room(None, &schedule.text)?;
        if let Some(seq) = schedule.reply_to {
            self.check_reply(seq)?;
        }
        let Schedule { text, send_at, reply_to, mentions, unless_reply_after } = schedule.clone();
        let rev = self.seq + 1;
        let job = ToSend { conversation: self.id, item: rev, author, send_at, rev }.job();
        let event = Event::MessageScheduled { text, send_at, reply_to, mentions, unless_reply_after };
        Ok(Decision::from(event).with_job(job))
    }

    /// Nobody changes what goes out under somebody else's name.
    pub(super) fn reschedule(&self, asker: &Asker<'_>, change: &Reschedule) -> Ruling {
        let Reschedule { item, text, send_at, unless_reply_after } = change;
        let kept = self.waiting(*item)?;
        let author = asker.party().user().filter(|_| kept.by == asker.party()).ok_or_else(|| {
            let text = "Only who wrote it can change it. Cancel it, or send it now as your own.";
            Refusal::new(Code::Forbidden, text)
        })?;
        let same = kept.text == *text && kept.send_at == *send_at && kept.unless_reply_after == *unless_reply_after;
        if same && kept.held.is_none() {
            return Ok(Decision::nothing());
        }
        self.check_later(asker, *send_at, *unless_reply_after)?;
        self.check_room(Some(*item), text)?;
        let event = Event::MessageRescheduled {
            item: *item,
            text: text.clone(),
            send_at: *send_at,
            unless_reply_after: *unless_reply_after,
        };
        let (conversation, rev) = (self.id, self.seq + 1);
        Ok(Decision::from(event).with_job(ToSend { conversation, item: *item, author, send_at: *send_at, rev }.job()))
    }

    /// Its job stays, and finds nothing.
    pub(super) fn unschedule(&self, asker: &Asker<'_>, item: Seq) -> Ruling {
        let kept = self.waiting(item)?;
        let decision = Decision::from(Event::MessageUnscheduled { item });
        if kept.by == asker.party() {
            return Ok(decision);
        }
        let details = json!({ "conversation": self.audit_id(), "item": item, "author": kept.by });
        Ok(decision.with_audit("conversation.scheduled_cancelled", details))
    }

    /// Whoever sends it now says it.
    pub(super) fn send_now(&self, asker: &Asker<'_>, item: Seq) -> Ruling {
        let kept = self.waiting(item)?;
        self.sent(asker, item, kept, true)
    }

    /// Brigade asks under the author's name when the time has come. What was changed meanwhile has another job, and what was
    /// sent or taken back is not here any more.
    ///
    /// Another node may have written what this one has not seen. To find that nothing is to be done would be an answer from the
    /// past; what is decided instead cannot be committed, and is decided again on all there is.
    pub(super) fn send_scheduled(&self, asker: &Asker<'_>, come: Come) -> Decision<Event> {
        let Come { item, author, rev, .. } = come;
        if asker.party() != Party::User(author) {
            return Decision::nothing();
        }
        if self.seq < rev {
            return hold(item, author, Held::NotPossible);
        }
        let Some(kept) = self.due_now(come) else { return Decision::nothing() };
        match self.reason_to_hold(asker.at, kept) {
            Some(reason) => hold(item, author, reason),
            None => self.sent(asker, item, kept, false).unwrap_or_else(|_| hold(item, author, Held::NotPossible)),
        }
    }

    /// The same of one whose author is not of the staff any more.
    pub(super) fn hold_scheduled(&self, come: Come) -> Decision<Event> {
        if self.seq < come.rev || self.due_now(come).is_some() {
            return hold(come.item, come.author, Held::AuthorGone);
        }
        Decision::nothing()
    }

    /// The message, and that it waits no longer: one commit. The message it answered may have been deleted since.
    fn sent(&self, asker: &Asker<'_>, item: Seq, kept: &Scheduled, by_hand: bool) -> Ruling {
        let send = Send {
            text: kept.text.clone(),
            reply_to: kept.reply_to.filter(|seq| self.check_reply(*seq).is_ok()),
            unless_answered_after: None,
            mentions: kept.mentions.clone(),
            attachments: Vec::new(),
        };
        let mut decision = self.send_in_any_status(asker, &send)?;
        decision.events.push(Event::ScheduledSent { item, by_hand });
        Ok(decision)
    }

    fn reason_to_hold(&self, at: Timestamp, kept: &Scheduled) -> Option<Held> {
        if self.blocked.is_some() {
            Some(Held::VisitorBlocked)
        } else if kept.account.is_some() && kept.account != self.account {
            Some(Held::AccountChanged)
        } else if kept.unless_reply_after.is_some_and(|after| self.may_have_replied(after)) {
            Some(Held::CustomerWrote)
        } else {
            (at.duration_since(kept.send_at) > TOO_LATE).then_some(Held::TooLate)
        }
    }

    /// Whether the customer has written above `after`. Of what is no longer kept nobody can tell: then they may have.
    fn may_have_replied(&self, after: Seq) -> bool {
        let customer = |party| self.people.get(party).is_some_and(|person| person.side == Side::Customer);
        let mut newer = self.history.iter().rev().take_while(|message| message.seq > after);
        newer.any(|message| !message.note && customer(&message.by))
            || after < self.history.dropped_up_to(Side::Customer)
    }

    fn waiting(&self, item: Seq) -> Result<&Scheduled, Refusal> {
        self.scheduled.get(&item).ok_or_else(|| {
            let text = "This is not scheduled any more: it was sent or cancelled.";
            Refusal::new(Code::Conflict, text).with_details(json!({ "reason": "not_scheduled" }))
        })
    }

    fn due_now(&self, Come { item, author, send_at, .. }: Come) -> Option<&Scheduled> {
        let meant =
            |kept: &&Scheduled| kept.by == Party::User(author) && kept.send_at == send_at && kept.held.is_none();
        self.scheduled.get(&item).filter(meant)
    }

    fn check_later(&self, asker: &Asker<'_>, send_at: Timestamp, after: Option<Seq>) -> Result<(), Refusal> {
        if self.blocked.is_some() {
            let text = "This visitor is blocked. Let them write again before you schedule something.";
            return Err(Refusal::new(Code::Conflict, text));
        }
        let ahead = send_at.duration_since(asker.at);
        if ahead < SOONEST {
            return Err(Refusal::invalid("send_at", "Choose a time that is at least a minute ahead, or send it now."));
        }
        if ahead > LATEST {
            return Err(Refusal::invalid("send_at", "A message can be scheduled 90 days ahead at most."));
        }
        match after {
            Some(after) if after > self.seq => {
                let text = format!("This conversation ends at {}. Nobody can have seen {after}.", self.seq);
                Err(Refusal::invalid("unless_reply_after", text))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether there is room for `text`, in place of `item`.
    fn check_room(&self, item: Option<Seq>, text: &MessageText) -> Result<(), Refusal> {
        let others = || self.scheduled.iter().filter(|(seq, _)| Some(**seq) != item).map(|(_, kept)| kept);
        if others().count() >= MOST {
            let text = format!("{MOST} messages are scheduled here already. Send or cancel one first.");
            return Err(Refusal::new(Code::Conflict, text).with_details(json!({ "limit": MOST })));
        }
        let bytes: usize = others().map(|kept| kept.text.as_str().len()).sum();
        if bytes + text.as_str().len() > MOST_BYTES {
            let text = "What is scheduled here is too long together. Send or cancel something first.";
            return Err(
                Refusal::new(Code::Conflict, text).with_details(json!({ "limit": MOST_BYTES, "unit": "bytes" }))
            );
        }
        Ok(())
    }
}

fn hold(item: Seq, author: UserId, reason: Held) -> Decision<Event> {
    Event::ScheduledHeld { item, author, reason }.into()
}

fn only_people() -> Refusal {
    Refusal::new(Code::Forbidden, "Only people schedule messages. A program sends them when it is time.")
}
