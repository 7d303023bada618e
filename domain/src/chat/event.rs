//! What happens in a conversation. The log keeps these for ever: a field may be added with a default, never renamed.

use serde::{Deserialize, Serialize};

use super::attachment::Attachment;
use super::block::Reason;
use super::due::Dues;
use super::feedback::Given;
use super::identity::Identity;
use super::schedule::Held;
use super::text::{Emoji, MessageText, PageUrl};
use super::transcript::Recipient;
use super::triage::Priority;
use crate::Timestamp;
use crate::actor::Party;
use crate::entity::{Audience, Seq};
use crate::id::{AccountId, InvitationId, LabelId, TeamId, UserId, VisitorId};
use crate::tenant::feedback::Question;
use crate::tenant::questions::Answer;
use crate::text::{DisplayName, Email};

/// What a conversation is about: a visitor's site chat, or an account's line to its account manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A visitor of the site.
    Site,
    /// An account.
    Account,
}

impl Kind {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Account => "account",
        }
    }
}

/// A form of the site that a conversation began with, where it did not begin in the chat (BK-IDN-04, BK-IDN-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Somebody asks something.
    Enquiry,
    /// Somebody asks to become a client: the staff answer with an invitation.
    Access,
}

impl Form {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enquiry => "enquiry",
            Self::Access => "access",
        }
    }
}

/// The two sides of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The tenant's staff.
    Staff,
    /// The visitor or the account's members.
    Customer,
}

/// An event of a conversation. The entry's `seq` is the identity of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// It began.
    Opened {
        /// Site chat or account.
        kind: Kind,
        /// The visitor of a site chat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visitor: Option<VisitorId>,
        /// The account, when it is one's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<AccountId>,
        /// What it is called.
        name: DisplayName,
        /// The page it was begun on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<PageUrl>,
    },
    /// Somebody speaks here for the first time, or under a new name.
    Joined {
        /// Who.
        party: Party,
        /// What the others see.
        name: DisplayName,
        /// On which side.
        side: Side,
        /// Known to staff only, because so far there are only notes.
        #[serde(default, skip_serializing_if = "is_false")]
        internal: bool,
    },
    /// A message.
    MessageSent {
        /// What was written.
        text: MessageText,
        /// The message it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<Seq>,
        /// Who is meant.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<UserId>,
        /// The files that go with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// A note among staff.
    NoteAdded {
        /// What was written.
        text: MessageText,
        /// Who is meant.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<UserId>,
        /// The files that go with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// The author changed a message.
    MessageEdited {
        /// Which message.
        seq: Seq,
        /// What it now says.
        text: MessageText,
        /// Whether it is a note.
        #[serde(default, skip_serializing_if = "is_false")]
        note: bool,
    },
    /// A message was taken away; its place stays.
    MessageDeleted {
        /// Which message.
        seq: Seq,
        /// Whether it was a note.
        #[serde(default, skip_serializing_if = "is_false")]
        note: bool,
    },
    /// Somebody set or took back a reaction.
    ReactionChanged {
        /// To which message.
        seq: Seq,
        /// Which emoji.
        emoji: Emoji,
        /// Set, or taken back.
        on: bool,
        /// Whether the message is a note.
        #[serde(default, skip_serializing_if = "is_false")]
        note: bool,
    },
    /// Somebody has seen everything up to here.
    ReadUpTo {
        /// The last entry seen.
        seq: Seq,
        /// On which side.
        side: Side,
    },
    /// A member of staff answers it from now on, or nobody in particular.
    Assigned {
        /// Who.
        to: Option<UserId>,
    },
    /// It is a team's from now on, or no team's. Who answers it is another matter.
    TeamAssigned {
        /// Which.
        team: Option<TeamId>,
    },
    /// Routing gave it to whoever answers it; or that is over, and what follows was done by hand.
    Routed {
        /// To whom it was given.
        to: Option<UserId>,
    },
    /// Done, for now.
    Resolved {},
    /// Not done after all.
    Reopened {},
    /// The staff put it off.
    Snoozed {
        /// Until when.
        until: Timestamp,
    },
    /// It is back from where it was put off to: the time has come, the customer wrote, or somebody wanted it.
    Woken {},
    /// It is more or less urgent.
    PrioritySet {
        /// How urgent.
        priority: Priority,
    },
    /// Something is due at another time than before, or nothing is any more.
    DueSet(Dues),
    /// A label was put on it or taken off.
    LabelChanged {
        /// Which.
        label: LabelId,
        /// On, or off.
        on: bool,
    },
    /// The customer is asked how it was.
    FeedbackAsked {
        /// In these words.
        question: Question,
    },
    /// The customer has said how it was, or says now that it was otherwise.
    FeedbackGiven {
        /// The entry that asked.
        asked: Seq,
        /// What was said.
        given: Given,
    },
    /// The visitor has answered what the business asks before the first message.
    AnswersGiven {
        /// In the order of the questions.
        answers: Vec<Answer>,
        /// The form this was on; none in the chat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        form: Option<Form>,
    },
    /// The staff have blocked the visitor, or the address the visitor has left as well.
    VisitorBlocked {
        /// Why.
        reason: Reason,
        /// The address that is blocked too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<Email>,
    },
    /// The visitor may write no more, or again. That is all they get to know of it.
    WritingAllowed {
        /// Whether they may.
        on: bool,
    },
    /// What was said is to be sent as a letter.
    TranscriptAsked {
        /// To whom.
        to: Recipient,
    },
    /// Somebody of the staff has written a message that is sent later. The entry names it.
    MessageScheduled {
        /// What was written.
        text: MessageText,
        /// When it is sent.
        send_at: Timestamp,
        /// The message it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<Seq>,
        /// Who is meant.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<UserId>,
        /// Only if the customer writes nothing above this `seq`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unless_reply_after: Option<Seq>,
    },
    /// Its author has changed it. Held back it no longer is.
    MessageRescheduled {
        /// Which.
        item: Seq,
        /// What it says now.
        text: MessageText,
        /// When it is sent.
        send_at: Timestamp,
        /// Only if the customer writes nothing above this `seq`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unless_reply_after: Option<Seq>,
    },
    /// It is not sent.
    MessageUnscheduled {
        /// Which.
        item: Seq,
    },
    /// Its time has come and it was not sent: somebody has to look at it.
    ScheduledHeld {
        /// Which.
        item: Seq,
        /// Whose it is.
        author: UserId,
        /// Why.
        reason: Held,
    },
    /// It was sent: the message before.
    ScheduledSent {
        /// Which.
        item: Seq,
        /// By somebody, and not because its time has come.
        #[serde(default, skip_serializing_if = "is_false")]
        by_hand: bool,
    },
    /// The visitor left a way to be reached.
    ContactLeft {
        /// The address, not verified.
        email: Email,
        /// What the visitor calls itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<DisplayName>,
    },
    /// The business's site has said who the visitor is, and signed it.
    Identified(Identity),
    /// Staff invited the visitor to become a client.
    Invited {
        /// Which invitation.
        invitation: InvitationId,
        /// Where it was sent.
        email: Email,
        /// Who is invited.
        name: DisplayName,
        /// Who invites.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inviter: Option<UserId>,
    },
    /// The visitor became a client: it belongs to the account, with its history (BK-IDN-04).
    HandedOver {
        /// Which account.
        account: AccountId,
        /// What it is called from now on.
        name: DisplayName,
        /// The invitation that was accepted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invitation: Option<InvitationId>,
    },
    /// An admin took that back.
    TakenBack {
        /// From which account.
        account: AccountId,
        /// What it is called again.
        name: DisplayName,
    },
}

impl Event {
    /// Whether readers of `audience` may see it. Internal matters are for staff only: notes and everything about
    /// them, the visitor's contact, who the site says they are, the invitation and why somebody is blocked, how the staff
    /// sort their work, and what they will say later.
    pub const fn visible(&self, audience: Audience) -> bool {
        match audience {
            Audience::Staff => true,
            Audience::Customer => match self {
                Self::NoteAdded { .. }
                | Self::ContactLeft { .. }
                | Self::Identified(_)
                | Self::VisitorBlocked { .. }
                | Self::AnswersGiven { .. }
                | Self::TranscriptAsked { .. }
                | Self::MessageScheduled { .. }
                | Self::MessageRescheduled { .. }
                | Self::MessageUnscheduled { .. }
                | Self::ScheduledHeld { .. }
                | Self::ScheduledSent { .. }
                | Self::Invited { .. }
                | Self::Snoozed { .. }
                | Self::Woken {}
                | Self::Routed { .. }
                | Self::TeamAssigned { .. }
                | Self::PrioritySet { .. }
                | Self::DueSet(_)
                | Self::LabelChanged { .. } => false,
                Self::MessageEdited { note, .. }
                | Self::MessageDeleted { note, .. }
                | Self::ReactionChanged { note, .. } => !*note,
                Self::Joined { internal, .. } => !*internal,
                Self::Opened { .. }
                | Self::MessageSent { .. }
                | Self::ReadUpTo { .. }
                | Self::Assigned { .. }
                | Self::Resolved {}
                | Self::Reopened {}
                | Self::FeedbackAsked { .. }
                | Self::FeedbackGiven { .. }
                | Self::WritingAllowed { .. }
                | Self::HandedOver { .. }
                | Self::TakenBack { .. } => true,
            },
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}
