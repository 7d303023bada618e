//! What happens to a tenant. The log keeps these for ever: a field may be added with a default, never renamed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::clock::Zone;
use super::feedback::Question;
use super::greeting::Greeting;
use super::hours::Hours;
use super::label::{Color, LabelName};
use super::look::Look;
use super::questions::Questions;
use super::routing::{Capacity, Mode};
use super::targets::Targets;
use super::team::TeamName;
use super::text::Slug;
use crate::Timestamp;
use crate::entity::{Audience, Seq};
use crate::id::{ConversationId, LabelId, TeamId, UserId};
use crate::text::DisplayName;

/// An event of a tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// It came onto the platform.
    Created {
        /// What it is called.
        name: DisplayName,
        /// Its name in addresses.
        slug: Slug,
        /// Where its clock hangs.
        zone: Zone,
    },
    /// It is open at other times.
    HoursSet(Hours),
    /// The site chat greets differently.
    GreetingSet(Greeting),
    /// Customers are asked something else once they were served.
    FeedbackSet {
        /// What; `None`: nothing.
        question: Option<Question>,
    },
    /// Visitors are asked something else before their first message.
    QuestionsSet {
        /// What.
        questions: Questions,
    },
    /// The chat looks different on its site.
    LookSet(Look),
    /// Customers are to have an answer sooner or later than before.
    TargetsSet(Targets),
    /// It is called something else.
    Renamed {
        /// What.
        name: DisplayName,
    },
    /// There is a label, or it is called or coloured differently.
    LabelSet {
        /// Which.
        label: LabelId,
        /// What it is called.
        name: LabelName,
        /// Its colour.
        color: Color,
    },
    /// There is no such label any more. Conversations that have it keep its id.
    LabelRemoved {
        /// Which.
        label: LabelId,
    },
    /// There is a team, or it is called differently or others are in it.
    TeamSet {
        /// Which.
        team: TeamId,
        /// What it is called.
        name: TeamName,
        /// Who is in it.
        members: BTreeSet<UserId>,
    },
    /// There is no such team any more. Conversations that were given to it keep its id.
    TeamRemoved {
        /// Which.
        team: TeamId,
    },
    /// A member of staff takes chats, or does not.
    AvailabilitySet {
        /// Who.
        user: UserId,
        /// Whether.
        available: bool,
    },
    /// Somebody no longer works here, and is in no team any more.
    StaffRemoved {
        /// Who.
        user: UserId,
    },
    /// Conversations come to people in another way.
    RoutingSet {
        /// How.
        mode: Mode,
        /// How many somebody is given of whom nothing else is said.
        capacity: Capacity,
    },
    /// Somebody can be given more or fewer than the others.
    CapacitySet {
        /// Who.
        user: UserId,
        /// How many; `None`: as many as the others.
        capacity: Option<Capacity>,
    },
    /// A customer waits for an answer.
    Enqueued {
        /// In which conversation.
        conversation: ConversationId,
        /// Since when.
        since: Timestamp,
        /// As of which entry of the conversation's log.
        rev: Seq,
    },
    /// A customer no longer waits.
    Dequeued {
        /// In which conversation.
        conversation: ConversationId,
        /// As of which entry of the conversation's log.
        rev: Seq,
    },
}

impl Event {
    /// Whether readers of `audience` may see it: customers see what a shop window shows.
    pub const fn visible(&self, audience: Audience) -> bool {
        match audience {
            Audience::Staff => true,
            Audience::Customer => match self {
                Self::HoursSet(_) | Self::GreetingSet(_) | Self::Renamed { .. } => true,
                Self::Created { .. }
                | Self::LabelSet { .. }
                | Self::LabelRemoved { .. }
                | Self::TeamSet { .. }
                | Self::TeamRemoved { .. }
                | Self::FeedbackSet { .. }
                | Self::QuestionsSet { .. }
                | Self::LookSet(_)
                | Self::TargetsSet(_)
                | Self::AvailabilitySet { .. }
                | Self::StaffRemoved { .. }
                | Self::RoutingSet { .. }
                | Self::CapacitySet { .. }
                | Self::Enqueued { .. }
                | Self::Dequeued { .. } => false,
            },
        }
    }
}
