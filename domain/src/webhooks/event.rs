//! Which events there are, and which line of a log is one.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::entity::EntityKind;
use crate::journal::LogLine;
use crate::refusal::{Fault, Refusal};
use crate::{account, chat};

macro_rules! events {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal of $entity:ident;)*) => {
        /// What a business can be told of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum EventType {
            $($(#[doc = $doc])+ #[serde(rename = $text)] $name,)*
        }

        impl EventType {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// What it means, for people.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+)),* }
            }

            /// Whose log it is in.
            pub const fn entity(self) -> EntityKind {
                match self { $(Self::$name => EntityKind::$entity),* }
            }
        }
    };
}

events! {
    /// A conversation began.
    ConversationOpened = "conversation.opened" of Conversation;
    /// A customer or one of the staff wrote a message. Internal notes are never sent.
    MessageSent = "message.sent" of Conversation;
    /// A message says something else now.
    MessageEdited = "message.edited" of Conversation;
    /// A message was taken away.
    MessageDeleted = "message.deleted" of Conversation;
    /// Somebody answers a conversation from now on, or nobody in particular.
    ConversationAssigned = "conversation.assigned" of Conversation;
    /// A conversation was given to a team, or is no team's any more.
    ConversationTeamAssigned = "conversation.team_assigned" of Conversation;
    /// A conversation is done, for now.
    ConversationResolved = "conversation.resolved" of Conversation;
    /// A conversation is not done after all.
    ConversationReopened = "conversation.reopened" of Conversation;
    /// A conversation was put off until later.
    ConversationSnoozed = "conversation.snoozed" of Conversation;
    /// A conversation belongs to an account from now on: its visitor became a client.
    ConversationHandedOver = "conversation.handed_over" of Conversation;
    /// A customer said how they were served, or says now that it was otherwise.
    FeedbackGiven = "feedback.given" of Conversation;
    /// A visitor left an e-mail address.
    ContactLeft = "contact.left" of Conversation;
    /// An account was opened.
    AccountOpened = "account.opened" of Account;
    /// The relationship with an account took a step, such as to onboarding.
    AccountAdvanced = "account.advanced" of Account;
}

impl EventType {
    /// The types of the lines that may be one: others need not be read.
    pub const LINES: &[&str] = &[
        "opened",
        "message_sent",
        "message_edited",
        "message_deleted",
        "assigned",
        "team_assigned",
        "resolved",
        "reopened",
        "snoozed",
        "handed_over",
        "feedback_given",
        "contact_left",
        "advanced",
    ];

    /// Which event a line of a log is, if it is one.
    pub fn of(entity: EntityKind, line: &LogLine) -> Result<Option<Self>, Fault> {
        Ok(match entity {
            EntityKind::Conversation => of_conversation(&read(line)?),
            EntityKind::Account => of_account(&read(line)?),
            EntityKind::Tenant => None,
        })
    }
}

/// A line as the event it holds.
pub fn read<E: serde::de::DeserializeOwned>(line: &LogLine) -> Result<E, Fault> {
    let text = format!(r#"{{"type":"{}","body":{}}}"#, line.kind, line.body);
    serde_json::from_str(&text).map_err(|error| Fault::internal("read an event of a log", error))
}

const fn of_conversation(event: &chat::event::Event) -> Option<EventType> {
    use chat::event::Event;
    match event {
        Event::Opened { .. } => Some(EventType::ConversationOpened),
        Event::MessageSent { .. } => Some(EventType::MessageSent),
        Event::MessageEdited { note: false, .. } => Some(EventType::MessageEdited),
        Event::MessageDeleted { note: false, .. } => Some(EventType::MessageDeleted),
        Event::Assigned { .. } => Some(EventType::ConversationAssigned),
        Event::TeamAssigned { .. } => Some(EventType::ConversationTeamAssigned),
        Event::Resolved {} => Some(EventType::ConversationResolved),
        Event::Reopened {} => Some(EventType::ConversationReopened),
        Event::Snoozed { .. } => Some(EventType::ConversationSnoozed),
        Event::HandedOver { .. } => Some(EventType::ConversationHandedOver),
        Event::FeedbackGiven { .. } => Some(EventType::FeedbackGiven),
        Event::ContactLeft { .. } => Some(EventType::ContactLeft),
        // Internal, or of no use to anybody outside.
        Event::NoteAdded { .. }
        | Event::MessageEdited { note: true, .. }
        | Event::MessageDeleted { note: true, .. }
        | Event::Joined { .. }
        | Event::ReactionChanged { .. }
        | Event::ReadUpTo { .. }
        | Event::Woken {}
        | Event::PrioritySet { .. }
        | Event::LabelChanged { .. }
        | Event::DueSet(_)
        | Event::FeedbackAsked { .. }
        | Event::Routed { .. }
        | Event::Invited { .. }
        | Event::Identified(_)
        | Event::VisitorBlocked { .. }
        | Event::AnswersGiven { .. }
        | Event::TranscriptAsked { .. }
        | Event::MessageScheduled { .. }
        | Event::MessageRescheduled { .. }
        | Event::MessageUnscheduled { .. }
        | Event::ScheduledHeld { .. }
        | Event::ScheduledSent { .. }
        | Event::WritingAllowed { .. }
        | Event::TakenBack { .. } => None,
    }
}

const fn of_account(event: &account::event::Event) -> Option<EventType> {
    use account::event::Event;
    match event {
        Event::Opened { .. } => Some(EventType::AccountOpened),
        Event::Advanced { .. } => Some(EventType::AccountAdvanced),
        Event::MemberAdded { .. }
        | Event::MemberRemoved { .. }
        | Event::ManagerSet { .. }
        | Event::Renamed { .. }
        | Event::ConversationLinked { .. }
        | Event::ConversationUnlinked { .. } => None,
    }
}

impl FromStr for EventType {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let known = Self::ALL.iter().find(|known| known.as_str() == text);
        known.copied().ok_or_else(|| {
            let shown: String = text.chars().take(60).collect();
            Refusal::invalid(
                "events",
                format!("There is no event “{shown}”. GET /v1/tenant/webhooks/events lists them."),
            )
        })
    }
}

/// Which events an endpoint wants: at least one, each once, in the order of [`EventType::ALL`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events(Vec<EventType>);

impl Events {
    /// Reads their names.
    pub fn parse<T: AsRef<str>>(names: &[T]) -> Result<Self, Refusal> {
        let mut events: Vec<EventType> = names.iter().map(|name| name.as_ref().parse()).collect::<Result<_, _>>()?;
        events.sort_unstable();
        events.dedup();
        if events.is_empty() {
            return Err(Refusal::invalid("events", "Choose at least one event."));
        }
        Ok(Self(events))
    }

    /// Each.
    pub fn all(&self) -> &[EventType] {
        &self.0
    }
}
