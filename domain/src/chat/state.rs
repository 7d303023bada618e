//! A conversation as its log has made it, and what each event does to it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::attachment::Attachment;
use super::block::Block;
use super::due::Dues;
use super::event::{Event, Form, Kind, Side};
use super::feedback::Feedback;
use super::identity::Identity;
use super::matter::{Done, Matter};
use super::message::{History, Message};
use super::schedule::Scheduled;
use super::team_change::{TeamChange, TeamChanges};
use super::text::{MessageText, PageUrl};
use super::transcript::{Asked, Transcripts};
use super::triage::Priority;
use crate::Timestamp;
use crate::actor::Party;
use crate::entity::{EntityKey, Entry, Seq};
use crate::id::{AccountId, ConversationId, InvitationId, LabelId, TeamId, TenantId, UserId, VisitorId};
use crate::tenant::questions::Answer;
use crate::text::{DisplayName, Email};

/// The most people who can speak in one conversation, and the most whose reading is remembered.
pub const MAX_PEOPLE: usize = 200;

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has begun it: for everybody but Brigade itself it does not exist.
    Unopened,
    /// There is something to do.
    Open,
    /// There is something to do later. Customers do not know the difference.
    Snoozed {
        /// When.
        until: Timestamp,
    },
    /// Done, for now.
    Resolved,
}

impl Status {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unopened => "unopened",
            Self::Open => "open",
            Self::Snoozed { .. } => "snoozed",
            Self::Resolved => "resolved",
        }
    }
}

/// Somebody who speaks here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What the others see.
    pub name: DisplayName,
    /// On which side.
    pub side: Side,
    /// Known to staff only: has written nothing but notes.
    pub internal: bool,
}

/// How far somebody has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The last entry seen.
    pub seq: Seq,
    /// On which side.
    pub side: Side,
}

/// How a visitor can be reached when nobody was there (BK-CHAT-06).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The address, not verified.
    pub email: Email,
    /// What the visitor calls itself.
    pub name: Option<DisplayName>,
}

/// An invitation to become a client that is still open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Which.
    pub invitation: InvitationId,
    /// Where it was sent.
    pub email: Email,
    /// Who is invited.
    pub name: DisplayName,
    /// Who invites.
    pub inviter: Option<UserId>,
    /// When.
    pub at: Timestamp,
}

/// One conversation. Bounded: what grows without end is in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    pub(super) id: ConversationId,
    pub(super) tenant: TenantId,
    pub(super) seq: Seq,
    pub(super) status: Status,
    pub(super) kind: Kind,
    pub(super) visitor: Option<VisitorId>,
    pub(super) account: Option<AccountId>,
    /// `None` only before it is opened.
    pub(super) name: Option<DisplayName>,
    /// What it was called before it was handed over.
    pub(super) site_name: Option<DisplayName>,
    pub(super) page: Option<PageUrl>,
    pub(super) assignee: Option<UserId>,
    pub(super) contact: Option<Contact>,
    pub(super) invited: Option<Invited>,
    pub(super) people: BTreeMap<Party, Person>,
    pub(super) cursors: BTreeMap<Party, Cursor>,
    pub(super) history: History,
    pub(super) waiting_since: Option<Timestamp>,
    pub(super) last_message_at: Option<Timestamp>,
    /// When it came back from being snoozed, until somebody writes or it is put away again.
    #[serde(default)]
    pub(super) woken_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) priority: Priority,
    #[serde(default)]
    pub(super) labels: BTreeSet<LabelId>,
    /// What the customer has come with, until it is resolved.
    #[serde(default)]
    pub(super) matter: Option<Matter>,
    #[serde(default)]
    pub(super) due: Dues,
    /// To whom routing gave it, until it is assigned by hand.
    #[serde(default)]
    pub(super) routed: Option<UserId>,
    /// The team it was given to. The tenant may do without that team meanwhile.
    #[serde(default)]
    pub(super) team: Option<TeamId>,
    /// Who gave it to which, as far as it is shown among the messages.
    #[serde(default)]
    pub(super) team_changes: TeamChanges,
    /// It was given to somebody or sorted: lists have it from then on, whatever becomes of that.
    #[serde(default)]
    pub(super) sorted: bool,
    /// The entry that resolved it last.
    #[serde(default)]
    pub(super) resolved: Seq,
    /// What the customer is asked or was, until it is opened again.
    #[serde(default)]
    pub(super) feedback: Option<Feedback>,
    /// When the customer said last how it was.
    #[serde(default)]
    pub(super) rated_at: Option<Timestamp>,
    /// The visitor may write nothing more.
    #[serde(default)]
    pub(super) blocked: Option<Block>,
    #[serde(default)]
    pub(super) transcripts: Transcripts,
    /// What the visitor was asked before the first message, and has answered.
    #[serde(default)]
    pub(super) answers: Vec<Answer>,
    /// Who the visitor is, as the business's site has signed. Never somebody else later.
    #[serde(default)]
    pub(super) identity: Option<Identity>,
    /// What is sent later, by the entry that says so.
    #[serde(default)]
    pub(super) scheduled: BTreeMap<Seq, Scheduled>,
    /// The form it began with.
    #[serde(default)]
    pub(super) form: Option<Form>,
}

impl Conversation {
    /// Before anything happened.
    pub(super) fn unopened(key: &EntityKey) -> Self {
        Self {
            id: ConversationId::from_uuid(key.entity.id),
            tenant: key.tenant,
            seq: 0,
            status: Status::Unopened,
            kind: Kind::Site,
            visitor: None,
            account: None,
            name: None,
            site_name: None,
            page: None,
            assignee: None,
            contact: None,
            invited: None,
            people: BTreeMap::new(),
            cursors: BTreeMap::new(),
            history: History::default(),
            waiting_since: None,
            last_message_at: None,
            woken_at: None,
            priority: Priority::default(),
            labels: BTreeSet::new(),
            matter: None,
            due: Dues::default(),
            routed: None,
            team: None,
            team_changes: TeamChanges::default(),
            sorted: false,
            resolved: 0,
            feedback: None,
            rated_at: None,
            blocked: None,
            transcripts: Transcripts::default(),
            answers: Vec::new(),
            identity: None,
            scheduled: BTreeMap::new(),
            form: None,
        }
    }

    /// Where it stands.
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The account it belongs to.
    pub const fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// The site visitor who began it.
    pub const fn visitor(&self) -> Option<VisitorId> {
        self.visitor
    }

    /// How far `party` has read.
    pub fn cursor(&self, party: Party) -> Seq {
        self.cursors.get(&party).map_or(0, |cursor| cursor.seq)
    }

    /// An event takes effect.
    pub(super) fn take_in(&mut self, entry: &Entry<Event>) {
        self.seq = entry.seq;
        self.sorted |= is_sorting(&entry.event);
        match &entry.event {
            Event::Opened { kind, visitor, account, name, page } => {
                (self.status, self.kind) = (Status::Open, *kind);
                (self.visitor, self.account) = (*visitor, *account);
                (self.name, self.page) = (Some(name.clone()), page.clone());
            }
            Event::Joined { party, name, side, internal } => {
                let person = Person { name: name.clone(), side: *side, internal: *internal };
                self.people.insert(*party, person);
            }
            Event::MessageSent { text, reply_to, mentions, attachments } => {
                let sent = said(entry, text, mentions, attachments);
                self.take_message(Message { reply_to: *reply_to, ..sent });
            }
            Event::NoteAdded { text, mentions, attachments } => {
                self.history.push(Message { note: true, ..said(entry, text, mentions, attachments) });
            }
            Event::MessageEdited { seq, text, .. } => self.history.change(*seq, |message| {
                message.text = Some(text.clone());
                message.edited = Some(entry.at);
                message.edits = message.edits.saturating_add(1);
            }),
            Event::MessageDeleted { seq, .. } => self.history.change(*seq, Message::clear),
            Event::ReactionChanged { seq, emoji, on, .. } => self.history.change(*seq, |message| {
                let who = message.reactions.entry(emoji.clone()).or_default();
                let _changed = if *on { who.insert(entry.by) } else { who.remove(&entry.by) };
                message.reactions.retain(|_, who| !who.is_empty());
            }),
            Event::ReadUpTo { seq, side } => self.move_cursor(entry.by, *side, *seq),
            Event::Assigned { to } => self.assignee = *to,
            Event::Routed { to } => self.routed = *to,
            Event::TeamAssigned { team } => {
                self.team = *team;
                self.team_changes.push(TeamChange { seq: entry.seq, by: entry.by, at: entry.at, team: *team });
            }
            Event::Resolved {} => {
                (self.status, self.waiting_since, self.woken_at) = (Status::Resolved, None, None);
                (self.matter, self.resolved, self.feedback) = (None, entry.seq, None);
            }
            Event::Reopened {} => (self.status, self.feedback) = (Status::Open, None),
            Event::Snoozed { until } => (self.status, self.woken_at) = (Status::Snoozed { until: *until }, None),
            Event::Woken {} => (self.status, self.woken_at) = (Status::Open, Some(entry.at)),
            Event::PrioritySet { priority } => self.priority = *priority,
            Event::DueSet(dues) => (self.due, self.matter) = (*dues, self.matter.map(|matter| matter.due(dues))),
            Event::LabelChanged { label, on } => {
                let _changed = if *on { self.labels.insert(*label) } else { self.labels.remove(label) };
            }
            Event::FeedbackAsked { question } => self.is_asked(entry.seq, entry.at, question),
            Event::FeedbackGiven { given, .. } => self.has_said(entry.at, given),
            Event::AnswersGiven { answers, form } => (self.answers, self.form) = (answers.clone(), *form),
            Event::VisitorBlocked { reason, email } => self.is_blocked(entry.by, entry.at, reason, email.as_ref()),
            Event::WritingAllowed { on: true } => self.blocked = None,
            Event::WritingAllowed { on: false } => {}
            Event::TranscriptAsked { to } => {
                self.transcripts.take(Asked { by: entry.by, at: entry.at, to: to.clone() });
            }
            Event::MessageScheduled { .. }
            | Event::MessageRescheduled { .. }
            | Event::MessageUnscheduled { .. }
            | Event::ScheduledHeld { .. }
            | Event::ScheduledSent { .. } => self.take_scheduled(entry),
            Event::ContactLeft { email, name } => {
                self.contact = Some(Contact { email: email.clone(), name: name.clone() });
            }
            Event::Identified(identity) => self.identity = Some(identity.clone()),
            Event::Invited { .. } => self.is_invited(entry),
            Event::HandedOver { account, name, .. } => {
                (self.kind, self.account, self.invited) = (Kind::Account, Some(*account), None);
                self.site_name = self.name.replace(name.clone());
                self.rename_visitor(name);
            }
            Event::TakenBack { name, .. } => {
                (self.kind, self.account, self.site_name) = (Kind::Site, None, None);
                self.name = Some(name.clone());
                self.rename_visitor(name);
            }
        }
    }

    fn is_invited(&mut self, entry: &Entry<Event>) {
        if let Event::Invited { invitation, email, name, inviter } = &entry.event {
            let (invitation, email, name) = (*invitation, email.clone(), name.clone());
            self.invited = Some(Invited { invitation, email, name, inviter: *inviter, at: entry.at });
        }
    }

    fn take_message(&mut self, message: Message) {
        (self.last_message_at, self.woken_at) = (Some(message.at), None);
        let side = self.side_of(message.by);
        self.waiting_since = match side {
            Side::Customer => self.waiting_since.or(Some(message.at)),
            Side::Staff => None,
        };
        self.matter = Matter::after(self.matter, side, message.seq, Done { at: message.at, by: message.by });
        self.history.push(message);
    }

    fn move_cursor(&mut self, party: Party, side: Side, seq: Seq) {
        if self.cursors.len() < MAX_PEOPLE || self.cursors.contains_key(&party) {
            let cursor = self.cursors.entry(party).or_insert(Cursor { seq, side });
            *cursor = Cursor { seq: cursor.seq.max(seq), side };
        }
    }

    fn rename_visitor(&mut self, name: &DisplayName) {
        if let Some(person) = self.visitor.and_then(|visitor| self.people.get_mut(&Party::Visitor(visitor))) {
            person.name = name.shortened(super::decide::MAX_SHOWN_NAME);
        }
    }

    /// The side of somebody who has joined.
    fn side_of(&self, party: Party) -> Side {
        self.people.get(&party).map_or(Side::Staff, |person| person.side)
    }
}

/// What makes a conversation somebody's business also when nothing was said in it.
const fn is_sorting(event: &Event) -> bool {
    matches!(
        event,
        Event::Assigned { .. }
            | Event::TeamAssigned { .. }
            | Event::LabelChanged { .. }
            | Event::PrioritySet { .. }
            | Event::Snoozed { .. }
            | Event::HandedOver { .. }
    )
}

/// The message of this entry.
fn said(entry: &Entry<Event>, text: &MessageText, mentions: &[UserId], attachments: &[Attachment]) -> Message {
    Message {
        seq: entry.seq,
        by: entry.by,
        at: entry.at,
        text: Some(text.clone()),
        note: false,
        reply_to: None,
        mentions: mentions.to_vec(),
        attachments: attachments.to_vec(),
        edited: None,
        edits: 0,
        reactions: BTreeMap::new(),
    }
}
