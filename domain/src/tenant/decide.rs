//! The rules of a tenant.

use std::time::Duration;

use serde_json::json;

use super::clock::Zone;
use super::command::Command;
use super::event::Event;
use super::feedback::Question;
use super::greeting::Greeting;
use super::hours::Hours;
use super::label::{Label, MAX_LABELS};
use super::look::Look;
use super::questions::Questions;
use super::queue::MAX_WAITING;
use super::routing::{Capacity, Mode, route_job};
use super::state::{Identity, MAX_STAFF, Tenant};
use super::targets::{Targets, reckon_all_job, reckon_job};
use super::team::{MAX_PLACES, MAX_TEAMS, Team};
use super::text::Slug;
use crate::Timestamp;
use crate::actor::{Actor, Party};
use crate::entity::{Decision, Seq};
use crate::id::{ConversationId, LabelId, TeamId, UserId};
use crate::refusal::{Code, Refusal};
use crate::text::DisplayName;

/// What a rule comes to.
type Ruling = Result<Decision<Event>, Refusal>;

/// When to try again to get into a full queue.
const FULL_QUEUE_RETRY: Duration = Duration::from_mins(1);

impl Tenant {
    /// Answers a command: what follows, or why not. Authority first, then the state machine.
    pub(super) fn rule(&self, actor: &Actor, command: &Command) -> Ruling {
        let standing = self.standing(actor)?;
        if !standing.may(command) {
            return Err(Refusal::of(Code::Forbidden));
        }
        match (&self.identity, command) {
            (None, Command::Create { name, slug, zone }) => Ok(self.create(name, slug, zone)),
            (
                None,
                Command::SetHours(_)
                | Command::SetGreeting(_)
                | Command::SetFeedback { .. }
                | Command::SetQuestions { .. }
                | Command::SetLook(_)
                | Command::SetTargets(_)
                | Command::Rename { .. }
                | Command::SetLabel { .. }
                | Command::RemoveLabel { .. }
                | Command::SetTeam { .. }
                | Command::RemoveTeam { .. }
                | Command::SetAvailable { .. }
                | Command::RemoveStaff { .. }
                | Command::SetRouting { .. }
                | Command::SetCapacity { .. }
                | Command::Enqueue { .. }
                | Command::Dequeue { .. },
            ) => Err(Refusal::of(Code::NotFound)),
            (Some(identity), Command::Create { slug, .. }) => create_again(identity, slug),
            (Some(_), Command::SetHours(hours)) => Ok(self.set_hours(hours)),
            (Some(_), Command::SetGreeting(greeting)) => Ok(self.set_greeting(greeting)),
            (Some(_), Command::SetFeedback { question }) => Ok(self.set_feedback(question.as_ref())),
            (Some(_), Command::SetQuestions { questions }) => Ok(self.set_questions(questions)),
            (Some(_), Command::SetLook(look)) => Ok(self.set_look(*look)),
            (Some(_), Command::SetTargets(targets)) => Ok(self.set_targets(targets)),
            (Some(identity), Command::Rename { name }) => Ok(self.rename(identity, name)),
            (Some(_), Command::SetLabel { id, label }) => self.set_label(*id, label),
            (Some(_), Command::RemoveLabel { id }) => Ok(self.remove_label(*id)),
            (Some(_), Command::SetTeam { id, team }) => self.set_team(*id, team),
            (Some(_), Command::RemoveTeam { id }) => Ok(self.remove_team(*id)),
            (Some(_), Command::SetAvailable { available }) => self.set_available(actor, *available),
            (Some(_), Command::RemoveStaff { user }) => Ok(self.remove_staff(*user)),
            (Some(_), Command::SetRouting { mode, capacity }) => Ok(self.set_routing(*mode, *capacity)),
            (Some(_), Command::SetCapacity { user, capacity }) => self.set_capacity(*user, *capacity),
            (Some(_), Command::Enqueue { conversation, since, rev, assigned }) => {
                let enqueued = self.enqueue(*conversation, *since, *rev)?;
                Ok(if *assigned { enqueued } else { giving_out(self.routing.mode, enqueued) })
            }
            (Some(_), Command::Dequeue { conversation, rev }) => Ok(self.dequeue(*conversation, *rev)),
        }
    }

    fn create(&self, name: &DisplayName, slug: &Slug, zone: &Zone) -> Decision<Event> {
        let event = Event::Created { name: name.clone(), slug: slug.clone(), zone: zone.clone() };
        Decision::from(event).with_audit("tenant.created", json!({ "tenant": self.id, "slug": slug }))
    }

    fn set_hours(&self, hours: &Hours) -> Decision<Event> {
        if self.hours == *hours {
            return Decision::nothing();
        }
        let decision = Decision::from(Event::HoursSet(hours.clone())).with_audit("tenant.hours_set", json!(hours));
        if self.targets.any() { decision.with_job(reckon_all_job()) } else { decision }
    }

    fn set_targets(&self, targets: &Targets) -> Decision<Event> {
        if self.targets == *targets {
            return Decision::nothing();
        }
        Decision::from(Event::TargetsSet(*targets))
            .with_audit("tenant.targets_set", json!({ "from": self.targets, "to": targets }))
            .with_job(reckon_all_job())
    }

    fn set_feedback(&self, question: Option<&Question>) -> Decision<Event> {
        if self.feedback.as_ref() == question {
            return Decision::nothing();
        }
        Decision::from(Event::FeedbackSet { question: question.cloned() })
            .with_audit("tenant.feedback_set", json!({ "from": self.feedback, "to": question }))
    }

    fn set_questions(&self, questions: &Questions) -> Decision<Event> {
        if self.questions == *questions {
            return Decision::nothing();
        }
        Decision::from(Event::QuestionsSet { questions: questions.clone() })
            .with_audit("tenant.questions_set", json!({ "from": self.questions, "to": questions }))
    }

    fn set_look(&self, look: Look) -> Decision<Event> {
        if self.look == look {
            return Decision::nothing();
        }
        Decision::from(Event::LookSet(look)).with_audit("tenant.look_set", json!({ "from": self.look, "to": look }))
    }

    fn set_greeting(&self, greeting: &Greeting) -> Decision<Event> {
        if self.greeting == *greeting {
            return Decision::nothing();
        }
        Decision::from(Event::GreetingSet(greeting.clone()))
            .with_audit("tenant.greeting_set", json!({ "tenant": self.id }))
    }

    fn rename(&self, identity: &Identity, name: &DisplayName) -> Decision<Event> {
        if identity.name == *name {
            return Decision::nothing();
        }
        let details = json!({ "tenant": self.id, "from": identity.name, "to": name });
        Decision::from(Event::Renamed { name: name.clone() }).with_audit("tenant.renamed", details)
    }

    fn set_label(&self, id: LabelId, label: &Label) -> Ruling {
        let known = self.labels.get(&id);
        if known == Some(label) {
            return Ok(Decision::nothing());
        }
        if self.labels.iter().any(|(other, known)| *other != id && known.name.reads_like(&label.name)) {
            return Err(Refusal::invalid("name", "Another label is called so. Choose another name."));
        }
        if known.is_none() && self.labels.len() >= MAX_LABELS {
            let text = format!("There are {MAX_LABELS} labels already. Remove one first.");
            return Err(Refusal::new(Code::Conflict, text));
        }
        let details = json!({ "label": id, "from": known, "to": label });
        let event = Event::LabelSet { label: id, name: label.name.clone(), color: label.color };
        Ok(Decision::from(event).with_audit("tenant.label_set", details))
    }

    fn remove_label(&self, id: LabelId) -> Decision<Event> {
        let Some(known) = self.labels.get(&id) else { return Decision::nothing() };
        Decision::from(Event::LabelRemoved { label: id })
            .with_audit("tenant.label_removed", json!({ "label": id, "was": known }))
    }

    /// Whether its members are of the staff is the database's to say.
    fn set_team(&self, id: TeamId, team: &Team) -> Ruling {
        let known = self.teams.get(&id);
        if known == Some(team) {
            return Ok(Decision::nothing());
        }
        let others = || self.teams.iter().filter(|(other, _)| **other != id).map(|(_, other)| other);
        if others().any(|other| other.name.reads_like(&team.name)) {
            return Err(Refusal::invalid("name", "Another team is called so. Choose another name."));
        }
        if known.is_none() && self.teams.len() >= MAX_TEAMS {
            let text = format!("There are {MAX_TEAMS} teams already. Remove one first.");
            return Err(Refusal::new(Code::Conflict, text));
        }
        let places: usize = others().map(|other| other.members.len()).sum();
        if places + team.members.len() > MAX_PLACES {
            let text = format!("All teams together have {MAX_PLACES} places at most. Take somebody out of one first.");
            return Err(Refusal::new(Code::Conflict, text));
        }
        let details = json!({ "team": id, "from": known, "to": team });
        let Team { name, members } = team.clone();
        let set = Decision::from(Event::TeamSet { team: id, name, members }).with_audit("tenant.team_set", details);
        // Whoever has come in can be given what waits for the team.
        Ok(giving_out(self.routing.mode, set))
    }

    fn remove_team(&self, id: TeamId) -> Decision<Event> {
        let Some(known) = self.teams.get(&id) else { return Decision::nothing() };
        let removed = Decision::from(Event::TeamRemoved { team: id })
            .with_audit("tenant.team_removed", json!({ "team": id, "was": known }));
        // What waited for the team waits for anybody now.
        giving_out(self.routing.mode, removed)
    }

    /// Only a person says whether chats are welcome, and only for oneself.
    fn set_available(&self, actor: &Actor, available: bool) -> Ruling {
        let user = match actor.party {
            Party::User(user) => user,
            Party::Visitor(_) | Party::Key(_) | Party::System => {
                return Err(Refusal::new(Code::Forbidden, "Only people can be available. Sign in as one."));
            }
        };
        match self.staff.get(&user) {
            Some(known) if *known == available => Ok(Decision::nothing()),
            None if self.staff.len() >= MAX_STAFF => {
                let text = format!("The availability of {MAX_STAFF} people is kept already.");
                Err(Refusal::new(Code::Conflict, text))
            }
            Some(_) | None => {
                let mode = if available { self.routing.mode } else { Mode::ByHand };
                Ok(giving_out(mode, Event::AvailabilitySet { user, available }.into()))
            }
        }
    }

    fn remove_staff(&self, user: UserId) -> Decision<Event> {
        let in_team = self.teams.values().any(|team| team.members.contains(&user));
        if in_team || self.staff.contains_key(&user) || self.routing.people.contains_key(&user) {
            Event::StaffRemoved { user }.into()
        } else {
            Decision::nothing()
        }
    }

    fn set_routing(&self, mode: Mode, capacity: Capacity) -> Decision<Event> {
        let known = (self.routing.mode, self.routing.capacity);
        if known == (mode, capacity) {
            return Decision::nothing();
        }
        let details = json!({
            "from": { "mode": known.0, "capacity": known.1 }, "to": { "mode": mode, "capacity": capacity },
        });
        let set = Decision::from(Event::RoutingSet { mode, capacity }).with_audit("tenant.routing_set", details);
        giving_out(mode, set)
    }

    fn set_capacity(&self, user: UserId, capacity: Option<Capacity>) -> Ruling {
        let known = self.routing.people.get(&user).copied();
        if known == capacity {
            return Ok(Decision::nothing());
        }
        if known.is_none() && self.routing.people.len() >= MAX_STAFF {
            let text = format!("The capacity of {MAX_STAFF} people is kept already.");
            return Err(Refusal::new(Code::Conflict, text));
        }
        let details = json!({ "user": user, "from": known, "to": capacity });
        let set = Decision::from(Event::CapacitySet { user, capacity }).with_audit("tenant.capacity_set", details);
        Ok(giving_out(self.routing.mode, set))
    }

    fn enqueue(&self, conversation: ConversationId, since: Timestamp, rev: Seq) -> Ruling {
        if !self.queue.is_news(conversation, rev) {
            return Ok(Decision::nothing());
        }
        if self.queue.len() >= MAX_WAITING && self.queue.get(conversation).is_none() {
            let text = format!("{MAX_WAITING} conversations wait already.");
            return Err(Refusal::new(Code::Overloaded, text).retry_after(FULL_QUEUE_RETRY));
        }
        let decision = Decision::from(Event::Enqueued { conversation, since, rev });
        Ok(if self.targets.any() { decision.with_job(reckon_job(conversation, rev)) } else { decision })
    }

    /// Also for one that is not in the queue: its `enqueue` may come later, and is then old.
    fn dequeue(&self, conversation: ConversationId, rev: Seq) -> Decision<Event> {
        if self.queue.is_news(conversation, rev) {
            Event::Dequeued { conversation, rev }.into()
        } else {
            Decision::nothing()
        }
    }
}

/// A decision after which somebody may be given what waits, or something more waits.
fn giving_out(mode: Mode, decision: Decision<Event>) -> Decision<Event> {
    if mode.gives_out() && !decision.events.is_empty() { decision.with_job(route_job()) } else { decision }
}

/// Creating what is there changes nothing when it is the same one, so that a repeat is harmless.
fn create_again(identity: &Identity, slug: &Slug) -> Ruling {
    if identity.slug == *slug {
        Ok(Decision::nothing())
    } else {
        Err(Refusal::new(Code::Conflict, "This tenant was created under another slug. Use a new id."))
    }
}
