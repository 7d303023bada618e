//! A tenant's snapshot read back: for those who ask the entity and not its log.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use super::clock::Zone;
use super::feedback::Question;
use super::greeting::Greeting;
use super::hours::{Hours, Window};
use super::label::Label;
use super::look::Look;
use super::questions::Questions;
use super::targets::{Policy, Targets};
use super::team::Teams;
use crate::id::{LabelId, UserId};

/// What the staff's snapshot of a tenant says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it is called.
    pub name: String,
    /// The same in addresses.
    pub slug: String,
    /// Its labels.
    pub labels: BTreeMap<LabelId, Label>,
    /// Its teams.
    pub teams: Teams,
    /// When it is open.
    pub hours: Hours,
    /// What the site chat says first.
    pub greeting: Greeting,
    /// How soon customers are to have an answer.
    pub targets: Targets,
    /// What customers are asked once they were served.
    pub feedback: Option<Question>,
    /// What visitors are asked before their first message.
    pub questions: Questions,
    /// How the chat looks on its site.
    pub look: Look,
    /// Who has said that chats are welcome.
    pub available: Vec<UserId>,
    /// Who has said that they are not. Everybody else has said nothing.
    pub unavailable: Vec<UserId>,
}

#[derive(Deserialize)]
struct Snapshot {
    name: String,
    slug: String,
    labels: BTreeMap<LabelId, Label>,
    teams: Teams,
    zone: Zone,
    hours: Week,
    greeting: Greeting,
    targets: Targets,
    feedback: Option<Question>,
    questions: Questions,
    look: Look,
    staff: BTreeMap<UserId, Member>,
}

#[derive(Deserialize)]
struct Week {
    week: Vec<Window>,
    closed: Vec<Date>,
}

#[derive(Deserialize)]
struct Member {
    available: bool,
}

impl Shown {
    /// Reads the state of a `snap` frame that staff gets.
    pub fn read(snapshot: Value) -> Result<Self, serde_json::Error> {
        let Snapshot { name, slug, labels, teams, zone, hours, greeting, targets, feedback, questions, look, staff } =
            serde_json::from_value(snapshot)?;
        let said = |yes: bool| staff.iter().filter(move |(_, member)| member.available == yes).map(|(user, _)| *user);
        let (available, unavailable) = (said(true).collect(), said(false).collect());
        let hours = Hours::of(zone, hours.week, hours.closed);
        Ok(Self {
            name,
            slug,
            labels,
            teams,
            hours,
            greeting,
            targets,
            feedback,
            questions,
            look,
            available,
            unavailable,
        })
    }

    /// What its conversations need to know to say what is due when.
    pub fn policy(self) -> Policy {
        Policy { targets: self.targets, hours: self.hours }
    }
}
