//! What may be asked of an account, read from the wire into parsed values.

use serde::Deserialize;

use super::lifecycle::{Lifecycle, Onboarding};
use crate::entity::{Seq, parse_body, unknown_command};
use crate::id::{ConversationId, UserId};
use crate::refusal::Refusal;
use crate::text::DisplayName;

/// A command to an account.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Begin it.
    Open {
        /// What it is called.
        name: DisplayName,
        /// The conversation it comes from.
        conversation: Option<ConversationId>,
    },
    /// Let a person belong to it.
    AddMember {
        /// Who.
        user: UserId,
        /// What the person is called.
        name: DisplayName,
    },
    /// Let a person no longer belong to it.
    RemoveMember {
        /// Who.
        user: UserId,
    },
    /// Make a member of staff responsible, or nobody.
    SetManager {
        /// Who.
        manager: Option<UserId>,
    },
    /// Take a step of the lifecycle.
    Advance(Step),
    /// Call it something else.
    Rename {
        /// What.
        name: DisplayName,
    },
    /// A conversation belongs to it.
    LinkConversation {
        /// Which.
        conversation: ConversationId,
        /// As of which entry of the conversation's log.
        rev: Seq,
        /// Who looks after the account from now on, if nobody does yet.
        manager: Option<UserId>,
    },
    /// A conversation no longer belongs to it.
    UnlinkConversation {
        /// Which.
        conversation: ConversationId,
        /// As of which entry of the conversation's log.
        rev: Seq,
    },
}

/// A step of the lifecycle. Onboarding says how (BK-LIFE-13); no other step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To onboarding, by hand or assisted.
    Onboarding(Onboarding),
    /// To any other state.
    To(Lifecycle),
}

impl Step {
    /// Where it leads.
    pub const fn to(self) -> Lifecycle {
        match self {
            Self::Onboarding(_) => Lifecycle::Onboarding,
            Self::To(to) => to,
        }
    }
}

/// The bodies as they are on the wire, before their texts are parsed.
mod wire {
    use super::{ConversationId, Deserialize, Lifecycle, Onboarding, Seq, UserId};

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Open {
        pub(super) name: String,
        pub(super) conversation: Option<ConversationId>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct AddMember {
        pub(super) user: UserId,
        pub(super) name: String,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct RemoveMember {
        pub(super) user: UserId,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct SetManager {
        // Required, so that leaving it out by mistake does not take the account from somebody.
        #[serde(deserialize_with = "Option::deserialize")]
        pub(super) manager: Option<UserId>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Advance {
        pub(super) to: Lifecycle,
        pub(super) onboarding: Option<Onboarding>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Rename {
        pub(super) name: String,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Link {
        pub(super) conversation: ConversationId,
        pub(super) rev: Seq,
        pub(super) manager: Option<UserId>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Unlink {
        pub(super) conversation: ConversationId,
        pub(super) rev: Seq,
    }
}

impl Command {
    /// Reads a command of type `kind`.
    pub fn parse(kind: &str, body: &str) -> Result<Self, Refusal> {
        match kind {
            "open" => {
                let wire::Open { name, conversation } = parse_body(body)?;
                Ok(Self::Open { name: DisplayName::parse("name", &name)?, conversation })
            }
            "add_member" => {
                let wire::AddMember { user, name } = parse_body(body)?;
                Ok(Self::AddMember { user, name: DisplayName::parse("name", &name)? })
            }
            "remove_member" => parse_body(body).map(|wire::RemoveMember { user }| Self::RemoveMember { user }),
            "set_manager" => parse_body(body).map(|wire::SetManager { manager }| Self::SetManager { manager }),
            "advance" => step(&parse_body(body)?).map(Self::Advance),
            "rename" => {
                let wire::Rename { name } = parse_body(body)?;
                Ok(Self::Rename { name: DisplayName::parse("name", &name)? })
            }
            "link_conversation" => {
                let wire::Link { conversation, rev, manager } = parse_body(body)?;
                Ok(Self::LinkConversation { conversation, rev, manager })
            }
            "unlink_conversation" => {
                let wire::Unlink { conversation, rev } = parse_body(body)?;
                Ok(Self::UnlinkConversation { conversation, rev })
            }
            _ => Err(unknown_command(kind)),
        }
    }
}

fn step(body: &wire::Advance) -> Result<Step, Refusal> {
    match (body.to, body.onboarding) {
        (Lifecycle::Onboarding, Some(how)) => Ok(Step::Onboarding(how)),
        (Lifecycle::Onboarding, None) => {
            Err(Refusal::invalid("onboarding", "Say how the onboarding is done: manual or assisted."))
        }
        (to, None) => Ok(Step::To(to)),
        (_, Some(_)) => Err(Refusal::invalid("onboarding", "Only the step to onboarding says how it is done.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;

    #[test]
    fn onboarding_says_how_and_nothing_else_does() {
        let code = |body| Command::parse("advance", body).map_err(|refusal| refusal.code);
        assert_eq!(code(r#"{"to":"onboarding"}"#), Err(Code::InvalidInput));
        assert_eq!(code(r#"{"to":"paused","onboarding":"manual"}"#), Err(Code::InvalidInput));
        assert_eq!(code(r#"{"to":"nirvana"}"#), Err(Code::InvalidInput));
        let manual = Command::Advance(Step::Onboarding(Onboarding::Manual));
        assert_eq!(code(r#"{"to":"onboarding","onboarding":"manual"}"#), Ok(manual));
        assert_eq!(code(r#"{"to":"paused"}"#), Ok(Command::Advance(Step::To(Lifecycle::Paused))));
    }

    #[test]
    fn unknown_types_and_fields_are_refused() {
        let code = |kind, body| Command::parse(kind, body).unwrap_err().code;
        assert_eq!(code("close", "{}"), Code::UnknownCommand);
        assert_eq!(code("rename", r#"{"name":"x","why":1}"#), Code::InvalidInput);
        assert_eq!(code("set_manager", "{}"), Code::InvalidInput);
        assert_eq!(code("rename", r#"{"name":" "}"#), Code::InvalidInput);
    }
}
