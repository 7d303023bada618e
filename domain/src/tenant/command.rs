//! What may be asked of a tenant, read from the wire into parsed values.

use jiff::civil::Date;
use serde::Deserialize;

use super::clock::Zone;
use super::feedback::Question;
use super::greeting::{Greeting, PageTexts};
use super::hours::{Hours, Window};
use super::label::{Color, Label, LabelName};
use super::look::{Look, Side};
use super::questions::{Draft, Questions};
use super::routing::{Capacity, Mode};
use super::targets::Targets;
use super::team::Team;
use super::text::Slug;
use crate::Timestamp;
use crate::entity::{Seq, parse_body, unknown_command};
use crate::id::{ConversationId, LabelId, TeamId, UserId};
use crate::refusal::Refusal;
use crate::text::DisplayName;

/// A command to a tenant.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Bring it onto the platform.
    Create {
        /// What it is called.
        name: DisplayName,
        /// Its name in addresses.
        slug: Slug,
        /// Where its clock hangs.
        zone: Zone,
    },
    /// Say when it is open.
    SetHours(Hours),
    /// Say what the site chat says first.
    SetGreeting(Greeting),
    /// Say how soon customers are to have an answer.
    SetTargets(Targets),
    /// Say what customers are asked once they were served.
    SetFeedback {
        /// What; `None`: nothing.
        question: Option<Question>,
    },
    /// Say what visitors are asked before their first message.
    SetQuestions {
        /// What; none of it: nothing.
        questions: Questions,
    },
    /// Say how the chat looks on its site.
    SetLook(Look),
    /// Call it something else.
    Rename {
        /// What.
        name: DisplayName,
    },
    /// Make a label, or change one.
    SetLabel {
        /// Which: the caller's own id for a new one.
        id: LabelId,
        /// What it is to be.
        label: Label,
    },
    /// Do without a label.
    RemoveLabel {
        /// Which.
        id: LabelId,
    },
    /// Make a team, or change one.
    SetTeam {
        /// Which: the caller's own id for a new one.
        id: TeamId,
        /// What it is to be.
        team: Team,
    },
    /// Do without a team.
    RemoveTeam {
        /// Which.
        id: TeamId,
    },
    /// Say whether one takes chats oneself.
    SetAvailable {
        /// Whether.
        available: bool,
    },
    /// Forget somebody who no longer works here.
    RemoveStaff {
        /// Who.
        user: UserId,
    },
    /// Say how conversations come to people.
    SetRouting {
        /// How.
        mode: Mode,
        /// How many somebody is given of whom nothing else is said.
        capacity: Capacity,
    },
    /// Say how many somebody can be given.
    SetCapacity {
        /// Who.
        user: UserId,
        /// How many; `None`: as many as the others.
        capacity: Option<Capacity>,
    },
    /// A customer waits for an answer.
    Enqueue {
        /// In which conversation.
        conversation: ConversationId,
        /// Since when.
        since: Timestamp,
        /// As of which entry of the conversation's log.
        rev: Seq,
        /// Whether somebody answers it already.
        assigned: bool,
    },
    /// A customer no longer waits.
    Dequeue {
        /// In which conversation.
        conversation: ConversationId,
        /// As of which entry of the conversation's log.
        rev: Seq,
    },
}

/// The bodies as they are on the wire, before their texts are parsed.
mod wire {
    use super::{
        Color, ConversationId, Date, Deserialize, Draft, LabelId, Mode, PageTexts, Seq, Side, TeamId, Timestamp,
        UserId, Window,
    };

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct SetFeedback {
        // Required, so that leaving it out by mistake does not stop the asking.
        #[serde(deserialize_with = "Option::deserialize")]
        pub(super) question: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct SetLook {
        // Required, so that leaving it out by mistake does not bring back the usual one.
        #[serde(deserialize_with = "Option::deserialize")]
        pub(super) accent: Option<String>,
        pub(super) side: Side,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct SetQuestions {
        pub(super) questions: Vec<Draft>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Create {
        pub(super) name: String,
        pub(super) slug: String,
        pub(super) zone: String,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct SetHours {
        pub(super) zone: String,
        pub(super) week: Vec<Window>,
        pub(super) closed: Vec<Date>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct SetGreeting {
        pub(super) online: String,
        pub(super) offline: String,
        #[serde(default)]
        pub(super) pages: Vec<PageTexts>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Rename {
        pub(super) name: String,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct SetLabel {
        pub(super) label: LabelId,
        pub(super) name: String,
        pub(super) color: Color,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct RemoveLabel {
        pub(super) label: LabelId,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct SetTeam {
        pub(super) team: TeamId,
        pub(super) name: String,
        pub(super) members: Vec<UserId>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct RemoveTeam {
        pub(super) team: TeamId,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct SetAvailable {
        pub(super) available: bool,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct RemoveStaff {
        pub(super) user: UserId,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct SetRouting {
        pub(super) mode: Mode,
        pub(super) capacity: u64,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct SetCapacity {
        pub(super) user: UserId,
        // Required, so that leaving it out by mistake takes nothing back.
        #[serde(deserialize_with = "Option::deserialize")]
        pub(super) capacity: Option<u64>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Enqueue {
        pub(super) conversation: ConversationId,
        pub(super) since: Timestamp,
        pub(super) rev: Seq,
        // Jobs from before there was routing do not have it.
        #[serde(default)]
        pub(super) assigned: bool,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Dequeue {
        pub(super) conversation: ConversationId,
        pub(super) rev: Seq,
    }
}

impl Command {
    /// Reads a command of type `kind`.
    pub fn parse(kind: &str, body: &str) -> Result<Self, Refusal> {
        match kind {
            "create" => {
                let wire::Create { name, slug, zone } = parse_body(body)?;
                let (slug, zone) = (Slug::parse(&slug)?, Zone::parse("zone", &zone)?);
                Ok(Self::Create { name: DisplayName::parse("name", &name)?, slug, zone })
            }
            "set_hours" => {
                let wire::SetHours { zone, week, closed } = parse_body(body)?;
                Hours::parse(Zone::parse("zone", &zone)?, week, closed).map(Self::SetHours)
            }
            "set_greeting" => {
                let wire::SetGreeting { online, offline, pages } = parse_body(body)?;
                Greeting::parse(&online, &offline, &pages).map(Self::SetGreeting)
            }
            "set_targets" => parse_body(body).map(Self::SetTargets),
            "set_feedback" => {
                let wire::SetFeedback { question } = parse_body(body)?;
                Ok(Self::SetFeedback { question: question.as_deref().map(Question::parse).transpose()? })
            }
            "set_questions" => {
                let wire::SetQuestions { questions } = parse_body(body)?;
                Ok(Self::SetQuestions { questions: Questions::parse(&questions)? })
            }
            "set_look" => {
                let wire::SetLook { accent, side } = parse_body(body)?;
                Ok(Self::SetLook(Look::parse(accent.as_deref(), side)?))
            }
            "rename" => {
                let wire::Rename { name } = parse_body(body)?;
                Ok(Self::Rename { name: DisplayName::parse("name", &name)? })
            }
            "set_label" => {
                let wire::SetLabel { label: id, name, color } = parse_body(body)?;
                Ok(Self::SetLabel { id, label: Label { name: LabelName::parse(&name)?, color } })
            }
            "remove_label" => parse_body(body).map(|wire::RemoveLabel { label: id }| Self::RemoveLabel { id }),
            "set_team" => {
                let wire::SetTeam { team: id, name, members } = parse_body(body)?;
                Ok(Self::SetTeam { id, team: Team::parse(&name, members)? })
            }
            "remove_team" => parse_body(body).map(|wire::RemoveTeam { team: id }| Self::RemoveTeam { id }),
            "set_available" => {
                parse_body(body).map(|wire::SetAvailable { available }| Self::SetAvailable { available })
            }
            "remove_staff" => parse_body(body).map(|wire::RemoveStaff { user }| Self::RemoveStaff { user }),
            "set_routing" => {
                let wire::SetRouting { mode, capacity } = parse_body(body)?;
                Ok(Self::SetRouting { mode, capacity: Capacity::parse(capacity)? })
            }
            "set_capacity" => {
                let wire::SetCapacity { user, capacity } = parse_body(body)?;
                Ok(Self::SetCapacity { user, capacity: capacity.map(Capacity::parse).transpose()? })
            }
            "enqueue" => parse_body(body).map(|wire::Enqueue { conversation, since, rev, assigned }| Self::Enqueue {
                conversation,
                since,
                rev,
                assigned,
            }),
            "dequeue" => {
                parse_body(body).map(|wire::Dequeue { conversation, rev }| Self::Dequeue { conversation, rev })
            }
            _ => Err(unknown_command(kind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;

    #[test]
    fn unknown_types_and_fields_are_refused() {
        let code = |kind, body| Command::parse(kind, body).unwrap_err().code;
        assert_eq!(code("close", "{}"), Code::UnknownCommand);
        assert_eq!(
            code("set_available", r#"{"available":true,"user":"usr_01h455vb4pex5vsknk084sn02q"}"#),
            Code::InvalidInput
        );
        assert_eq!(
            code("set_hours", r#"{"zone":"UTC","week":[{"day":1,"from":"09:00","to":"10:00","x":1}],"closed":[]}"#),
            Code::InvalidInput
        );
        assert_eq!(code("set_hours", r#"{"zone":"UTC","week":[]}"#), Code::InvalidInput);
    }

    #[test]
    fn hours_are_read() {
        let body = r#"{"zone":"Europe/Berlin","week":[{"day":1,"from":"09:00","to":"17:30"}],"closed":["2026-12-25"]}"#;
        let Command::SetHours(hours) = Command::parse("set_hours", body).unwrap() else { panic!("no hours") };
        assert_eq!(hours.zone().as_str(), "Europe/Berlin");
        assert_eq!(hours.week().len(), 1);
        assert_eq!(hours.closed().len(), 1);
    }
}
