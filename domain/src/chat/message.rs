//! The messages the state keeps: the newest ones. Older ones are in the log.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::attachment::Attachment;
use super::event::Side;
use super::text::{Emoji, MessageText};
use crate::Timestamp;
use crate::actor::Party;
use crate::entity::Seq;
use crate::id::UserId;

/// How many messages are kept, and as many notes beside them: so that many notes push out no message, and a
/// customer's unread count does not depend on what it may not see.
pub const KEPT: usize = 200;

/// A message or a note as it now is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its place in the log: its identity.
    pub seq: Seq,
    /// Who wrote it.
    pub by: Party,
    /// When.
    pub at: Timestamp,
    /// What it says now; `None` once deleted.
    pub text: Option<MessageText>,
    /// Whether it is a note among staff.
    pub note: bool,
    /// The message it answers.
    pub reply_to: Option<Seq>,
    /// Who is meant.
    pub mentions: Vec<UserId>,
    /// The files that go with it; none once deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// When it was last edited.
    pub edited: Option<Timestamp>,
    /// How often it was edited.
    pub edits: u32,
    /// Who reacted how.
    pub reactions: BTreeMap<Emoji, BTreeSet<Party>>,
}

impl Message {
    /// Whether somebody of `side` may see it.
    pub const fn visible_to(&self, side: Side) -> bool {
        match side {
            Side::Staff => true,
            Side::Customer => !self.note,
        }
    }

    /// Whether only its place is left.
    pub const fn deleted(&self) -> bool {
        self.text.is_none()
    }

    /// Only its place is left.
    pub(super) fn clear(&mut self) {
        self.text = None;
        self.mentions.clear();
        self.attachments.clear();
        self.reactions.clear();
    }

    /// Whether it can be unread for `reader`: somebody else's, visible and still there.
    fn counts_for(&self, reader: Option<Party>, side: Side) -> bool {
        Some(self.by) != reader && self.visible_to(side) && !self.deleted()
    }
}

/// How many messages somebody has not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// How many of the kept ones.
    pub count: usize,
    /// Whether there are more among those no longer kept: `count` is then the least it can be.
    pub more: bool,
}

/// What is known of the messages, or the notes, that are no longer kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Dropped {
    /// The newest of them; 0 when there is none.
    up_to: Seq,
    /// Who wrote the newest that was not deleted, and which it is.
    newest: Option<(Party, Seq)>,
    /// The newest not deleted by anybody else than that author; 0 when there is none. With it, the newest by
    /// others is known for every reader, without keeping one value each.
    newest_by_others: Seq,
}

impl Dropped {
    fn add(&mut self, gone: &Message) {
        self.up_to = gone.seq;
        if gone.deleted() {
            return;
        }
        if let Some((author, seq)) = self.newest
            && author != gone.by
        {
            self.newest_by_others = seq;
        }
        self.newest = Some((gone.by, gone.seq));
    }

    /// The newest that can be unread for `reader`; 0 when there is none.
    fn newest_for(&self, reader: Option<Party>) -> Seq {
        match self.newest {
            None => 0,
            Some((author, _)) if Some(author) == reader => self.newest_by_others,
            Some((_, seq)) => seq,
        }
    }
}

/// How many of the kept messages and notes are still there, not deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct There {
    messages: usize,
    notes: usize,
}

impl There {
    const fn seen_by(self, side: Side) -> usize {
        match side {
            Side::Staff => self.messages + self.notes,
            Side::Customer => self.messages,
        }
    }

    const fn of(&mut self, note: bool) -> &mut usize {
        if note { &mut self.notes } else { &mut self.messages }
    }
}

/// The newest messages and notes in the order of the log, and what is known of those before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    kept: VecDeque<Arc<Message>>,
    messages: usize,
    notes: usize,
    /// Counted as it changes: who has read nothing yet is asked for after every message.
    there: There,
    there_by: BTreeMap<Party, There>,
    dropped_messages: Dropped,
    dropped_notes: Dropped,
}

/// Where a `seq` leads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Found<'a> {
    /// To a message that is kept.
    Kept(&'a Message),
    /// Before the kept ones: whether it was a message is known to the log only.
    TooOld,
    /// To nothing that this side may see.
    Nothing,
}

impl History {
    /// The kept messages and notes, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.kept.iter().map(AsRef::as_ref)
    }

    /// Adds the newest, and lets go of the oldest of its sort when there are too many.
    pub fn push(&mut self, message: Message) {
        let note = message.note;
        self.count(&message, true);
        self.kept.push_back(Arc::new(message));
        let (count, dropped) = if note {
            (&mut self.notes, &mut self.dropped_notes)
        } else {
            (&mut self.messages, &mut self.dropped_messages)
        };
        *count += 1;
        if *count > KEPT
            && let Some(oldest) = self.kept.iter().position(|kept| kept.note == note)
            && let Some(gone) = self.kept.remove(oldest)
        {
            *count -= 1;
            dropped.add(&gone);
            self.count(&gone, false);
        }
    }

    /// What is at `seq`, for somebody of `side`.
    pub fn find(&self, seq: Seq, side: Side) -> Found<'_> {
        match self.position(seq).and_then(|index| self.kept.get(index)) {
            Some(message) if message.visible_to(side) => Found::Kept(message),
            None if (1..=self.dropped_up_to(side)).contains(&seq) => Found::TooOld,
            Some(_) | None => Found::Nothing,
        }
    }

    /// Changes the message at `seq`, if it is kept.
    pub fn change(&mut self, seq: Seq, change: impl FnOnce(&mut Message)) {
        let Some(index) = self.position(seq) else { return };
        let Some(before) = self.kept.get(index).map(Arc::clone) else { return };
        let mut after = Message::clone(&before);
        change(&mut after);
        if before.deleted() != after.deleted() {
            self.count(&before, false);
            self.count(&after, true);
        }
        self.kept[index] = Arc::new(after);
    }

    /// Counts a message that is there in, or out.
    fn count(&mut self, message: &Message, into: bool) {
        if message.deleted() {
            return;
        }
        let by = self.there_by.entry(message.by).or_default();
        for count in [self.there.of(message.note), by.of(message.note)] {
            *count = if into { *count + 1 } else { *count - 1 };
        }
        if *by == There::default() {
            self.there_by.remove(&message.by);
        }
    }

    /// The newest that `side` could see and that is no longer kept; 0 when all are.
    pub fn dropped_up_to(&self, side: Side) -> Seq {
        match side {
            Side::Staff => self.dropped_messages.up_to.max(self.dropped_notes.up_to),
            Side::Customer => self.dropped_messages.up_to,
        }
    }

    /// What `reader` has not seen since `cursor`: what others wrote, `side` may see and is still there. `None` is
    /// somebody who has written nothing.
    pub fn unread(&self, reader: Option<Party>, side: Side, cursor: Seq) -> Unread {
        let count = if self.kept.front().is_none_or(|oldest| oldest.seq > cursor) {
            let own = reader.and_then(|reader| self.there_by.get(&reader)).copied().unwrap_or_default();
            self.there.seen_by(side) - own.seen_by(side)
        } else {
            let newer = self.iter().rev().take_while(|message| message.seq > cursor);
            newer.filter(|message| message.counts_for(reader, side)).count()
        };
        let dropped = match side {
            Side::Staff => self.dropped_messages.newest_for(reader).max(self.dropped_notes.newest_for(reader)),
            Side::Customer => self.dropped_messages.newest_for(reader),
        };
        Unread { count, more: dropped > cursor }
    }

    fn position(&self, seq: Seq) -> Option<usize> {
        self.kept.binary_search_by(|message| message.seq.cmp(&seq)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::VisitorId;

    fn message(seq: Seq, note: bool) -> Message {
        Message {
            seq,
            by: Party::Visitor(VisitorId::from_uuid(uuid::Uuid::nil())),
            at: Timestamp::UNIX_EPOCH,
            text: MessageText::parse("x").ok(),
            note,
            reply_to: None,
            mentions: Vec::new(),
            attachments: Vec::new(),
            edited: None,
            edits: 0,
            reactions: BTreeMap::new(),
        }
    }

    #[test]
    fn notes_push_out_no_message() {
        let mut history = History::default();
        history.push(message(1, false));
        (2..=600).for_each(|seq| history.push(message(seq, true)));
        assert!(matches!(history.find(1, Side::Customer), Found::Kept(_)));
        assert_eq!(history.iter().count(), KEPT + 1);
        assert_eq!(history.dropped_up_to(Side::Customer), 0);
        assert_eq!(history.dropped_up_to(Side::Staff), 400);
        assert_eq!(history.unread(None, Side::Customer, 0), Unread { count: 1, more: false });
        assert_eq!(history.unread(None, Side::Staff, 0), Unread { count: 201, more: true });
    }

    #[test]
    fn what_is_too_old_is_told_from_what_never_was() {
        let mut history = History::default();
        (1..=KEPT as Seq + 5).for_each(|n| history.push(message(n * 2, false)));
        assert_eq!(history.find(10, Side::Customer), Found::TooOld);
        assert!(matches!(history.find(12, Side::Customer), Found::Kept(_)));
        assert_eq!(history.find(13, Side::Customer), Found::Nothing);
        assert_eq!(history.find(0, Side::Customer), Found::Nothing);
        assert_eq!(history.find(9_999, Side::Customer), Found::Nothing);
    }
}
