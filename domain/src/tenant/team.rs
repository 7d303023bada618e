//! Teams: who of a tenant's staff work together, and can be given a conversation together.
//!
//! The tenant keeps them; a conversation keeps no more than the id of the team it is given to ([`crate::chat::state`]), and
//! routing chooses among the members ([`super::routing`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::entity::{Job, Seq};
use crate::id::{ConversationId, TeamId, UserId};
use crate::refusal::Refusal;
use crate::text::{line, text_type};

/// The most teams of a tenant.
pub const MAX_TEAMS: usize = 50;

/// The most people of one team.
pub const MAX_MEMBERS: usize = 200;

/// The most places in all teams of a tenant together, so that what its staff see of it stays small.
pub const MAX_PLACES: usize = 1_000;

/// The task that looks whether who has a conversation is of the team it was given to.
pub const SETTLE: &str = "teams.settle";

/// What a team is called: 1 to 40 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TeamName(Arc<str>);
text_type!(TeamName);

impl TeamName {
    /// The most characters a name has.
    pub const MAX: usize = 40;

    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        line("name", text, Self::MAX).map(Self)
    }

    /// Whether people would take the two for one.
    pub fn reads_like(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// What it is called; no two of a tenant are called the same.
    pub name: TeamName,
    /// Who is in it. Of the staff when they were put in; who leaves the staff leaves it.
    pub members: BTreeSet<UserId>,
}

impl Team {
    /// Reads what it is to be. Nobody is in it twice.
    pub fn parse(name: &str, members: Vec<UserId>) -> Result<Self, Refusal> {
        let (name, members) = (TeamName::parse(name)?, BTreeSet::from_iter(members));
        if members.len() > MAX_MEMBERS {
            return Err(Refusal::invalid("members", format!("At most {MAX_MEMBERS} people can be in a team.")));
        }
        Ok(Self { name, members })
    }
}

/// A tenant's teams.
pub type Teams = BTreeMap<TeamId, Team>;

/// Those that `user` is in.
pub fn teams_of(teams: &Teams, user: UserId) -> BTreeSet<TeamId> {
    teams.iter().filter(|(_, team)| team.members.contains(&user)).map(|(id, _)| *id).collect()
}

/// What is looked up of them beside the log: who is in which.
pub(super) fn row(teams: &Teams) -> Value {
    let members = |team: &Team| team.members.iter().map(|user| user.uuid()).collect::<Vec<_>>();
    json!(teams.iter().map(|(id, team)| (id.uuid(), members(team))).collect::<BTreeMap<_, _>>())
}

/// The job that looks whether `holder` is of `team`, to which the conversation was given with its entry `rev`.
pub fn settle_job(conversation: ConversationId, team: TeamId, holder: UserId, rev: Seq) -> Job {
    Job::new(SETTLE, json!({ "conversation": conversation, "team": team, "holder": holder, "rev": rev }))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn people(count: u128) -> Vec<UserId> {
        (0..count).map(|n| UserId::from_uuid(Uuid::from_u128(n))).collect()
    }

    #[test]
    fn a_team_has_a_short_name_and_nobody_twice() {
        let team = Team::parse("  مطبخ 🍲 ", [people(3), people(2)].concat()).unwrap();
        assert_eq!((team.name.as_str(), team.members.len()), ("مطبخ 🍲", 3));
        for name in ["", " ", "two\nlines", &"é".repeat(41)] {
            assert_eq!(Team::parse(name, Vec::new()).unwrap_err().details.unwrap()["field"], "name", "{name:?}");
        }
        assert!(Team::parse(&"é".repeat(40), people(200)).is_ok());
        let refusal = Team::parse("Kitchen", people(201)).unwrap_err();
        assert!(refusal.message.contains("200"), "{refusal:?}");
        assert_eq!(refusal.details.unwrap()["field"], "members");
    }
}
