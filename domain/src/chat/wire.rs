//! The bodies of commands as they are on the wire, before their texts are parsed. Unknown fields are refused.

use serde::Deserialize;

use super::attachment::Pixels;
use super::event::{Form, Kind};
use super::triage::Priority;
use crate::Timestamp;
use crate::entity::Seq;
use crate::id::{AccountId, AttachmentId, InvitationId, LabelId, TeamId, UserId, VisitorId};
use crate::tenant::questions::Given;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Empty {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Open {
    pub(super) kind: Kind,
    pub(super) visitor: Option<VisitorId>,
    pub(super) account: Option<AccountId>,
    pub(super) name: String,
    pub(super) page: Option<String>,
    #[serde(default)]
    pub(super) answers: Vec<Given>,
    pub(super) email: Option<String>,
    pub(super) form: Option<Form>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Send {
    pub(super) text: String,
    pub(super) reply_to: Option<Seq>,
    pub(super) unless_answered_after: Option<Seq>,
    #[serde(default)]
    pub(super) mentions: Vec<UserId>,
    #[serde(default)]
    pub(super) attachments: Vec<File>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Schedule {
    pub(super) text: String,
    pub(super) send_at: Timestamp,
    pub(super) reply_to: Option<Seq>,
    #[serde(default)]
    pub(super) mentions: Vec<UserId>,
    pub(super) unless_reply_after: Option<Seq>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reschedule {
    pub(super) item: Seq,
    pub(super) text: String,
    pub(super) send_at: Timestamp,
    pub(super) unless_reply_after: Option<Seq>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    pub(super) item: Seq,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    pub(super) text: String,
    #[serde(default)]
    pub(super) mentions: Vec<UserId>,
    #[serde(default)]
    pub(super) attachments: Vec<File>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) id: AttachmentId,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) media_type: String,
    pub(super) size: u64,
    pub(super) pixels: Option<Pixels>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    pub(super) seq: Seq,
    pub(super) text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct At {
    pub(super) seq: Seq,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct React {
    pub(super) seq: Seq,
    pub(super) emoji: String,
    pub(super) on: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Assign {
    // Required, so that leaving it out by mistake does not take the conversation from somebody.
    #[serde(deserialize_with = "Option::deserialize")]
    pub(super) to: Option<UserId>,
    pub(super) note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssignTeam {
    // Required, as above.
    #[serde(deserialize_with = "Option::deserialize")]
    pub(super) team: Option<TeamId>,
    pub(super) note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    pub(super) from: UserId,
    pub(super) team: TeamId,
    pub(super) rev: Seq,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Give {
    pub(super) from: Option<UserId>,
    pub(super) to: Option<UserId>,
    // Jobs from before there were teams do not have it.
    pub(super) team: Option<TeamId>,
    pub(super) rev: Seq,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Until {
    pub(super) until: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetPriority {
    pub(super) priority: Priority,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Label {
    pub(super) label: LabelId,
    pub(super) on: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    pub(super) reason: String,
    #[serde(default)]
    pub(super) email: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AskTranscript {
    pub(super) email: Option<String>,
    pub(super) language: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contact {
    pub(super) email: String,
    pub(super) name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Identify {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invite {
    pub(super) invitation: InvitationId,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) inviter: Option<UserId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HandOver {
    pub(super) account: AccountId,
    pub(super) name: String,
    pub(super) invitation: Option<InvitationId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AskFeedback {
    pub(super) rev: Seq,
    pub(super) question: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GiveFeedback {
    pub(super) asked: Seq,
    pub(super) score: u8,
    pub(super) comment: Option<String>,
}
