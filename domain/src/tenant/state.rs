//! A tenant as its log has made it, and what each event does to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::clock::Zone;
use super::event::Event;
use super::feedback::Question;
use super::greeting::Greeting;
use super::hours::Hours;
use super::label::Label;
use super::look::Look;
use super::questions::Questions;
use super::queue::{Queue, Waiting};
use super::routing::Routing;
use super::targets::Targets;
use super::team::{Team, Teams};
use super::text::Slug;
use crate::entity::{EntityKey, Entry, Seq};
use crate::id::{LabelId, TenantId, UserId};
use crate::text::DisplayName;

/// The most members of staff whose availability is kept.
pub const MAX_STAFF: usize = 500;

/// A business on the platform, live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tenant {
    pub(super) id: TenantId,
    pub(super) seq: Seq,
    /// `None` only before it is created.
    pub(super) identity: Option<Identity>,
    pub(super) hours: Hours,
    pub(super) greeting: Greeting,
    /// Who of the staff has said whether chats are welcome.
    pub(super) staff: BTreeMap<UserId, bool>,
    pub(super) queue: Queue,
    #[serde(default)]
    pub(super) labels: BTreeMap<LabelId, Label>,
    #[serde(default)]
    pub(super) teams: Teams,
    #[serde(default)]
    pub(super) targets: Targets,
    #[serde(default)]
    pub(super) routing: Routing,
    /// What customers are asked once they were served.
    #[serde(default)]
    pub(super) feedback: Option<Question>,
    /// What visitors are asked before their first message.
    #[serde(default)]
    pub(super) questions: Questions,
    /// How the chat looks on its site.
    #[serde(default)]
    pub(super) look: Look,
}

/// What a tenant is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// By people.
    pub name: DisplayName,
    /// In addresses.
    pub slug: Slug,
}

/// Whether there is a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nobody has created it: for everybody but Brigade itself it does not exist.
    Uncreated,
    /// There is one.
    Created,
}

impl Tenant {
    pub(super) fn uncreated(key: &EntityKey) -> Self {
        Self {
            id: key.tenant,
            seq: 0,
            identity: None,
            hours: Hours::never(Zone::utc()),
            greeting: Greeting::default(),
            staff: BTreeMap::new(),
            queue: Queue::default(),
            labels: BTreeMap::new(),
            teams: Teams::new(),
            targets: Targets::default(),
            routing: Routing::default(),
            feedback: None,
            questions: Questions::default(),
            look: Look::default(),
        }
    }

    /// Whether there is one.
    pub const fn status(&self) -> Status {
        match self.identity {
            None => Status::Uncreated,
            Some(_) => Status::Created,
        }
    }

    /// When it is open.
    pub const fn hours(&self) -> &Hours {
        &self.hours
    }

    /// Who waits for an answer.
    pub const fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Whether anybody of the staff has said that chats are welcome.
    pub fn anybody_available(&self) -> bool {
        self.staff.values().any(|available| *available)
    }

    /// An event takes effect.
    pub(super) fn take_in(&mut self, entry: &Entry<Event>) {
        self.seq = entry.seq;
        match &entry.event {
            Event::Created { name, slug, zone } => {
                self.identity = Some(Identity { name: name.clone(), slug: slug.clone() });
                self.hours = Hours::never(zone.clone());
            }
            Event::HoursSet(hours) => self.hours = hours.clone(),
            Event::GreetingSet(greeting) => self.greeting = greeting.clone(),
            Event::FeedbackSet { question } => self.feedback.clone_from(question),
            Event::QuestionsSet { questions } => self.questions = questions.clone(),
            Event::LookSet(look) => self.look = *look,
            Event::TargetsSet(targets) => self.targets = *targets,
            Event::Renamed { name } => {
                if let Some(identity) = &mut self.identity {
                    identity.name = name.clone();
                }
            }
            Event::LabelSet { label, name, color } => {
                self.labels.insert(*label, Label { name: name.clone(), color: *color });
            }
            Event::LabelRemoved { label } => {
                self.labels.remove(label);
            }
            Event::TeamSet { team, name, members } => {
                self.teams.insert(*team, Team { name: name.clone(), members: members.clone() });
            }
            Event::TeamRemoved { team } => {
                self.teams.remove(team);
            }
            Event::AvailabilitySet { user, available } => {
                self.staff.insert(*user, *available);
            }
            Event::StaffRemoved { user } => {
                self.staff.remove(user);
                self.routing.people.remove(user);
                for team in self.teams.values_mut() {
                    team.members.remove(user);
                }
            }
            Event::RoutingSet { mode, capacity } => {
                (self.routing.mode, self.routing.capacity) = (*mode, *capacity);
            }
            Event::CapacitySet { user, capacity } => {
                let _before = match capacity {
                    Some(capacity) => self.routing.people.insert(*user, *capacity),
                    None => self.routing.people.remove(user),
                };
            }
            Event::Enqueued { conversation, since, rev } => {
                self.queue.enter(*conversation, Waiting { since: *since, rev: *rev });
            }
            Event::Dequeued { conversation, rev } => self.queue.leave(*conversation, *rev, entry.seq),
        }
    }
}
