//! What readers see of a conversation: the snapshot, and the inbox's line about it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::ConversationRow;
use super::attachment::Attachment;
use super::due::Due;
use super::event::{Form, Kind, Side};
use super::message::Message;
use super::state::{Conversation, Status};
use super::text::PageUrl;
use super::triage::Priority;
use crate::Timestamp;
use crate::actor::{Actor, Party};
use crate::entity::{Audience, EntityRef, Listing};
use crate::id::{AccountId, ConversationId, LabelId, TeamId, UserId};
use crate::json::Json;
use crate::text::DisplayName;
use crate::topic::Topic;

/// How many messages a snapshot has at most.
pub const SHOWN: usize = 50;

/// How many bytes of messages a snapshot has at most (but always one message): with 200 people of the longest names
/// it then stays under 256 KiB.
const SHOWN_BYTES: usize = 120_000;

/// How many characters of the last message the inbox shows.
const PREVIEW: usize = 140;

/// The list of a tenant's conversations.
pub const INBOX: &str = "inbox";

/// A message as readers get it, in snapshots and over HTTP.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    seq: u64,
    by: Party,
    at: Timestamp,
    text: &'a str,
    note: bool,
    reply_to: Option<u64>,
    mentions: &'a [UserId],
    // Most messages have none.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    attachments: &'a [Attachment],
    edited: Option<Timestamp>,
    edits: u32,
    deleted: bool,
    reactions: Map<String, Value>,
}

/// A conversation as the inbox lists it.
#[derive(Serialize)]
struct InboxLine<'a> {
    id: ConversationId,
    kind: Kind,
    status: &'a str,
    name: Option<&'a DisplayName>,
    assignee: Option<UserId>,
    account: Option<AccountId>,
    preview: Option<String>,
    preview_by: Option<Party>,
    last_message_at: Option<Timestamp>,
    waiting_since: Option<Timestamp>,
    /// Of each member of staff who has read or written something here.
    unread_by: BTreeMap<Party, usize>,
    /// Of everybody else.
    unread_rest: usize,
    page: Option<&'a PageUrl>,
    // Most conversations have nothing of the following, and the line is written with every message.
    #[serde(skip_serializing_if = "Option::is_none")]
    snoozed_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    woken_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Priority::is_normal")]
    priority: Priority,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    labels: &'a BTreeSet<LabelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer_due: Option<Due>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution_due: Option<Due>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<TeamId>,
    /// Whether whoever answers it was given it by routing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    routed: bool,
    /// The form it began with.
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<Form>,
    /// When the next of what is sent later is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    sends_at: Option<Timestamp>,
    /// Something that was to be sent waits for somebody of the staff.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    held_back: bool,
    /// The visitor may write nothing more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    blocked: bool,
}

impl Message {
    /// The message as readers get it. A deleted one has an empty text.
    pub fn shown(&self) -> Value {
        let reactions = self.reactions.iter().map(|(emoji, who)| (emoji.to_string(), json!(who)));
        let shown = Shown {
            seq: self.seq,
            by: self.by,
            at: self.at,
            text: self.text.as_ref().map_or("", |text| text.as_str()),
            note: self.note,
            reply_to: self.reply_to,
            mentions: &self.mentions,
            attachments: &self.attachments,
            edited: self.edited,
            edits: self.edits,
            deleted: self.deleted(),
            reactions: reactions.collect(),
        };
        json!(shown)
    }
}

impl Conversation {
    /// The state as `actor` sees it.
    pub(super) fn shown_to(&self, actor: &Actor, audience: Audience) -> Value {
        let side = side_of(audience);
        let scheduled = (side == Side::Staff).then(|| self.shown_scheduled());
        let beside = |shown: &Value| shown.to_string().len() + json!(self.team_changes).to_string().len();
        let (messages, more) = self.newest(side, scheduled.as_ref().map_or(0, beside));
        // What was before the oldest message comes with the page before it.
        let oldest = if more { messages.first().and_then(|message| message["seq"].as_u64()) } else { None };
        let team_changes: Vec<_> = self.team_changes.above(oldest.unwrap_or(0)).collect();
        let unread = self.history.unread(Some(actor.party), side, self.cursor(actor.party));
        let cursors: Map<_, _> =
            self.cursors.iter().map(|(party, cursor)| (party.to_string(), json!(cursor.seq))).collect();
        let for_staff = |value: Value| match side {
            Side::Staff => value,
            Side::Customer => Value::Null,
        };
        json!({
            "id": self.id,
            "kind": self.kind,
            "status": self.status_for(side).as_str(),
            "assignee": self.assignee,
            "account": self.account,
            "visitor": self.visitor,
            "name": match side {
                Side::Staff => self.called(),
                Side::Customer => self.name.as_ref(),
            },
            "page": self.page,
            "contact": for_staff(json!(self.contact)),
            "identity": for_staff(json!(self.identity)),
            "people": self.people_for(side),
            "messages": messages,
            "more": more,
            "cursors": cursors,
            "unread": unread.count,
            "unread_more": unread.more,
            "invited": for_staff(json!(self.invited)),
            "snoozed_until": for_staff(json!(self.snoozed_until())),
            "priority": for_staff(json!(self.priority)),
            "labels": for_staff(json!(self.labels)),
            "due": for_staff(json!(self.due)),
            "routed": for_staff(json!(self.routed)),
            "team": for_staff(json!(self.team)),
            "team_changes": for_staff(json!(team_changes)),
            "feedback": self.feedback,
            "blocked": for_staff(json!(self.blocked)),
            "answers": for_staff(json!(self.answers)),
            "form": for_staff(json!(self.form)),
            "transcript": for_staff(json!(self.transcripts.last)),
            "scheduled": scheduled,
            "writing_stopped": self.blocked.is_some(),
        })
    }

    /// Where it stands as `side` knows it: that the staff put it off is their own affair.
    const fn status_for(&self, side: Side) -> Status {
        match (side, self.status) {
            (Side::Customer, Status::Snoozed { .. }) => Status::Open,
            (Side::Staff, Status::Snoozed { .. }) | (_, Status::Unopened | Status::Open | Status::Resolved) => {
                self.status
            }
        }
    }

    const fn snoozed_until(&self) -> Option<Timestamp> {
        match self.status {
            Status::Snoozed { until } => Some(until),
            Status::Unopened | Status::Open | Status::Resolved => None,
        }
    }

    /// The newest messages `side` may see, oldest first, and whether there are older ones.
    /// `taken` bytes are needed for something else.
    fn newest(&self, side: Side, taken: usize) -> (Vec<Value>, bool) {
        let mut visible = self.history.iter().rev().filter(|message| message.visible_to(side));
        let (mut messages, mut bytes, mut cut) = (Vec::new(), taken, false);
        for message in visible.by_ref() {
            let shown = message.shown();
            bytes += shown.to_string().len();
            cut = messages.len() == SHOWN || (bytes > SHOWN_BYTES && !messages.is_empty());
            if cut {
                break;
            }
            messages.push(shown);
        }
        messages.reverse();
        (messages, cut || self.history.dropped_up_to(side) > 0)
    }

    fn people_for(&self, side: Side) -> Map<String, Value> {
        let visible = self.people.iter().filter(|(_, person)| side == Side::Staff || !person.internal);
        visible
            .map(|(party, person)| (party.to_string(), json!({ "name": person.name, "side": person.side })))
            .collect()
    }

    /// Whether lists have it. A site chat in which nothing was said and no address left is nobody's business
    /// yet, unless it was given to somebody or sorted: what is wrong with that is found when it is done, and not by the visitor's first message.
    pub(super) fn is_listed(&self) -> bool {
        let begun = match self.kind {
            Kind::Site => self.sorted || self.contact.is_some() || self.history.iter().next().is_some(),
            Kind::Account => true,
        };
        match self.status {
            Status::Unopened => false,
            Status::Open | Status::Snoozed { .. } | Status::Resolved => begun,
        }
    }

    /// The inbox's line, for staff.
    pub(super) fn inbox_line(&self) -> Json {
        let last = self.history.iter().rev().find(|message| !message.note && !message.deleted());
        // Who of the staff has read or written; for anybody else everything is unread.
        let readers = self.cursors.iter().filter(|(_, cursor)| cursor.side == Side::Staff).map(|(party, _)| *party);
        let writers = self.people.iter().filter(|(_, person)| person.side == Side::Staff).map(|(party, _)| *party);
        let known: BTreeSet<Party> = readers.chain(writers).collect();
        let unread = |party| (party, self.history.unread(Some(party), Side::Staff, self.cursor(party)).count);
        Json::of(&InboxLine {
            id: self.id,
            kind: self.kind,
            status: self.status.as_str(),
            name: self.called(),
            assignee: self.assignee,
            account: self.account,
            preview: last.map(preview),
            preview_by: last.map(|message| message.by),
            last_message_at: self.last_message_at,
            waiting_since: self.waiting_since,
            unread_by: known.into_iter().map(unread).collect(),
            unread_rest: self.history.unread(None, Side::Staff, 0).count,
            page: self.page.as_ref(),
            snoozed_until: self.snoozed_until(),
            woken_at: self.woken_at,
            priority: self.priority,
            labels: &self.labels,
            answer_due: self.due.answer,
            resolution_due: self.due.resolution,
            team: self.team,
            routed: self.routed.is_some(),
            form: self.form,
            sends_at: self.sends_at(),
            held_back: self.holds_back(),
            blocked: self.blocked.is_some(),
        })
    }

    /// The row beside the log.
    pub(super) fn as_row(&self) -> ConversationRow {
        ConversationRow {
            id: self.id,
            kind: self.kind.as_str().to_owned(),
            status: self.status.as_str().to_owned(),
            visitor: self.visitor,
            account: self.account,
            assignee: self.assignee,
            team: self.team,
            waiting_since: self.waiting_since,
            last_message_at: self.last_message_at,
            snoozed_until: self.snoozed_until(),
            woken_at: self.woken_at,
            priority: self.priority,
            labels: self.labels.iter().copied().collect(),
            due: self.due.first(),
            listing: self.inbox_line(),
        }
    }

    /// What the inbox gets to know after every change.
    pub(super) fn as_listing(&self) -> Listing {
        let topic = Topic::view(EntityRef::from(self.tenant), INBOX);
        Listing { topic, key: self.id.to_string(), body: self.inbox_line() }
    }
}

const fn side_of(audience: Audience) -> Side {
    match audience {
        Audience::Staff => Side::Staff,
        Audience::Customer => Side::Customer,
    }
}

/// The first characters on one line; of files without a word, their names.
fn preview(message: &Message) -> String {
    let text = message.text.as_ref().map_or("", |text| text.as_str());
    let names = || {
        let names: Vec<_> = message.attachments.iter().map(|file| file.name.as_str()).collect();
        format!("📎 {}", names.join(", "))
    };
    let text = if text.is_empty() && !message.attachments.is_empty() { names().into() } else { Cow::Borrowed(text) };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(PREVIEW).collect()
}
