//! Saved views of the inbox: which conversations, in which order, under a name. One's own, or the whole staff's.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::due::Urgency;
use super::list::{Assignee, Filter, OfTeam, Order, Place};
use super::triage::Priority;
use crate::id::{LabelId, TeamId, TenantId, UserId, ViewId};
use crate::identity::Cause;
use crate::journal::BoxFuture;
use crate::refusal::{Code, Fault, Refusal, Rejection};
use crate::text::{line, text_type};

/// What a view is called: a line of 1 to 60 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ViewName(Arc<str>);
text_type!(ViewName);

impl ViewName {
    /// The most characters a name has.
    pub const MAX: usize = 60;

    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        line("name", text, Self::MAX).map(Self)
    }
}

/// Who answers, as a view says it. Written `me`, `none` or the person's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assigned {
    /// Whoever looks at the view.
    Me,
    /// Nobody yet.
    Nobody,
    /// This person.
    To(UserId),
}

impl Assigned {
    /// Who that is when `me` looks. A program has a key and nothing assigned to it: it has to name a person.
    pub fn seen_by(self, me: Option<UserId>) -> Result<Assignee, Refusal> {
        match (self, me) {
            (Self::Nobody, _) => Ok(Assignee::Nobody),
            (Self::To(person), _) | (Self::Me, Some(person)) => Ok(Assignee::Person(person)),
            (Self::Me, None) => Err(Refusal::invalid("assignee", "A key is nobody. Name a person, or `none`.")),
        }
    }
}

impl fmt::Display for Assigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Me => f.write_str("me"),
            Self::Nobody => f.write_str("none"),
            Self::To(person) => person.fmt(f),
        }
    }
}

impl FromStr for Assigned {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        match text {
            "me" => Ok(Self::Me),
            "none" => Ok(Self::Nobody),
            _ => {
                let refused = |_| Refusal::invalid("assignee", "Not a person: `me`, `none` or `usr_…`.");
                text.parse().map(Self::To).map_err(refused)
            }
        }
    }
}

impl Serialize for Assigned {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Assigned {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|refusal: Refusal| serde::de::Error::custom(refusal.message))
    }
}

/// To which team it was given, as a view says it. Written `mine`, `none` or the team's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Teamed {
    /// To one that whoever looks is in.
    Mine,
    /// To none.
    Nobodys,
    /// To this one.
    To(TeamId),
}

impl Teamed {
    /// Which teams those are for `viewer`. A program is in none: it has to name one.
    pub fn seen_by(self, viewer: &Viewer) -> Result<OfTeam, Refusal> {
        match (self, viewer.person) {
            (Self::Nobodys, _) => Ok(OfTeam::None),
            (Self::To(team), _) => Ok(OfTeam::AnyOf(BTreeSet::from([team]))),
            (Self::Mine, Some(_)) => Ok(OfTeam::AnyOf(viewer.teams.clone())),
            (Self::Mine, None) => Err(Refusal::invalid("team", "A key is in no team. Name one, or `none`.")),
        }
    }
}

impl fmt::Display for Teamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mine => f.write_str("mine"),
            Self::Nobodys => f.write_str("none"),
            Self::To(team) => team.fmt(f),
        }
    }
}

impl FromStr for Teamed {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        match text {
            "mine" => Ok(Self::Mine),
            "none" => Ok(Self::Nobodys),
            _ => {
                let refused = |_| Refusal::invalid("team", "Not a team: `mine`, `none` or `tea_…`.");
                text.parse().map(Self::To).map_err(refused)
            }
        }
    }
}

impl Serialize for Teamed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Teamed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|refusal: Refusal| serde::de::Error::custom(refusal.message))
    }
}

/// Whoever looks at a view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Viewer {
    /// The person; a program is none.
    pub person: Option<UserId>,
    /// The teams they are in. Looked up only for views that ask for them ([`Criteria::asks_for_teams`]).
    pub teams: BTreeSet<TeamId>,
}

/// Which conversations a view shows: a [`Filter`] that may say `me`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    /// Those that stand here.
    #[serde(default)]
    pub status: Place,
    /// Only those whose customer waits, or does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<bool>,
    /// Only those that are answered so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Assigned>,
    /// Only those given to this team, to one of the viewer's, or to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Teamed>,
    /// Only those with this label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelId>,
    /// Only those that are so urgent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Only those in which something is due soon at least, or was missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Urgency>,
}

impl Criteria {
    /// Whether it takes the viewer's teams to say what they come to.
    pub fn asks_for_teams(&self) -> bool {
        self.team == Some(Teamed::Mine)
    }

    /// What they come to when `viewer` looks.
    pub fn seen_by(&self, viewer: &Viewer) -> Result<Filter, Refusal> {
        let assignee = self.assignee.map(|assigned| assigned.seen_by(viewer.person)).transpose()?;
        let team = self.team.map(|teamed| teamed.seen_by(viewer)).transpose()?;
        Ok(Filter {
            place: self.status,
            waiting: self.waiting,
            assignee,
            team,
            label: self.label,
            priority: self.priority,
            due: self.due,
        })
    }
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// What it is called.
    pub name: ViewName,
    /// What it shows.
    pub criteria: Criteria,
    /// In which order, where that can be chosen.
    pub order: Order,
}

/// A view that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptView {
    /// Which.
    pub id: ViewId,
    /// How often it was changed, from 1 on.
    pub rev: u32,
    /// Whose it is; `None` when it is the whole staff's.
    pub owner: Option<UserId>,
    /// What it is.
    pub view: View,
}

/// Who makes, changes or removes a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Editor {
    /// The person; a program is none.
    pub person: Option<UserId>,
    /// Whether they may change what the whole staff sees: admins and their programs.
    pub for_all: bool,
}

impl Editor {
    /// Whether they may change a view of this owner. Somebody else's own does not exist for them.
    pub fn may_change(self, owner: Option<UserId>) -> Result<(), Refusal> {
        match owner {
            None if self.for_all => Ok(()),
            None => Err(Refusal::new(Code::Forbidden, "Everybody sees this view. Ask an admin to change it.")),
            Some(_) if owner == self.person => Ok(()),
            Some(_) => Err(Code::NotFound.into()),
        }
    }
}

/// A tenant's views.
pub trait Views: Send + Sync + 'static {
    /// The staff's and `me`'s, the oldest first.
    fn list(&self, tenant: TenantId, me: Option<UserId>) -> BoxFuture<'static, Result<Vec<KeptView>, Fault>>;

    /// Keeps a new one. [`Code::Conflict`] when the owner (or the staff) has one of that name, or 30 already.
    fn create(
        &self,
        tenant: TenantId,
        id: ViewId,
        owner: Option<UserId>,
        view: View,
        cause: Cause,
    ) -> BoxFuture<'static, Result<KeptView, Rejection>>;

    /// Changes one that is still at `rev`, if `editor` may. [`Code::Conflict`] when it was changed since or the name is
    /// taken, [`Code::NotFound`] when it is gone.
    fn change(
        &self,
        tenant: TenantId,
        id: ViewId,
        editor: Editor,
        rev: u32,
        view: View,
        cause: Cause,
    ) -> BoxFuture<'static, Result<KeptView, Rejection>>;

    /// Removes one, if `editor` may; [`Code::NotFound`] when there is none.
    fn remove(
        &self,
        tenant: TenantId,
        id: ViewId,
        editor: Editor,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>>;
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn person() -> UserId {
        UserId::from_uuid(Uuid::from_u128(7))
    }

    #[test]
    fn me_is_whoever_looks_and_a_key_is_nobody() {
        let (team, program) = (TeamId::from_uuid(Uuid::from_u128(9)), Viewer::default());
        let me = Viewer { person: Some(person()), teams: BTreeSet::from([team]) };
        let mine = Criteria { assignee: Some(Assigned::Me), ..Criteria::default() };
        assert_eq!(mine.seen_by(&me).unwrap().assignee, Some(Assignee::Person(person())));
        assert_eq!(mine.seen_by(&program).unwrap_err().details.unwrap()["field"], "assignee");
        let free = Criteria { assignee: Some(Assigned::Nobody), ..Criteria::default() };
        assert_eq!(free.seen_by(&program).unwrap().assignee, Some(Assignee::Nobody));
        let ours = Criteria { team: Some(Teamed::Mine), ..Criteria::default() };
        assert_eq!(ours.seen_by(&me).unwrap().team, Some(OfTeam::AnyOf(me.teams.clone())));
        assert_eq!(ours.seen_by(&program).unwrap_err().details.unwrap()["field"], "team");
        assert!(ours.asks_for_teams() && !mine.asks_for_teams());
    }

    #[test]
    fn ones_own_is_ones_own_and_the_staffs_is_the_admins() {
        let (me, other) = (person(), UserId::from_uuid(Uuid::from_u128(8)));
        let code = |editor: Editor, owner| editor.may_change(owner).map_err(|refusal| refusal.code);
        for for_all in [false, true] {
            let editor = Editor { person: Some(me), for_all };
            assert_eq!(code(editor, Some(me)), Ok(()));
            assert_eq!(code(editor, Some(other)), Err(Code::NotFound));
            assert_eq!(code(editor, None).is_ok(), for_all);
        }
        let program = Editor { person: None, for_all: true };
        assert_eq!([code(program, None), code(program, Some(me))], [Ok(()), Err(Code::NotFound)]);
    }

    #[test]
    fn criteria_are_read_as_they_are_written_and_nothing_else_is() {
        for text in [
            json!({ "status": "open" }),
            json!({ "status": "snoozed", "waiting": false, "assignee": "me" }),
            json!({ "status": "open", "assignee": "none", "label": "lbl_00000000000000000000000007", "priority": "urgent" }),
            json!({ "status": "resolved", "assignee": person() }),
            json!({ "status": "open", "team": "mine" }),
            json!({ "status": "open", "team": "none" }),
            json!({ "status": "open", "team": "tea_00000000000000000000000007" }),
        ] {
            let read: Criteria = serde_json::from_value(text.clone()).unwrap();
            assert_eq!(serde_json::to_value(&read).unwrap(), text);
        }
        for text in [
            json!({ "assignee": "you" }),
            json!({ "team": "ours" }),
            json!({ "labels": [] }),
            json!({ "status": "gone" }),
            json!("open"),
        ] {
            assert!(serde_json::from_value::<Criteria>(text.clone()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_is_a_line() {
        assert_eq!(ViewName::parse("  عاجل 🚚 ").unwrap().as_str(), "عاجل 🚚");
        assert!(ViewName::parse(&"é".repeat(60)).is_ok());
        for text in ["", " ", "two\nlines", &"é".repeat(61)] {
            assert_eq!(ViewName::parse(text).unwrap_err().details.unwrap()["field"], "name", "{text:?}");
        }
    }
}
