//! What may be asked of a conversation, read from the wire into parsed values. Authority comes later, in
//! [`super::standing`].

use super::attachment::{Attachment, FileName, MAX_FILES, MediaType};
use super::block::Reason;
use super::event::{Form, Kind};
use super::feedback::{Comment, Given, Score};
use super::identity::Identity;
use super::schedule::{Come, Reschedule, Schedule};
use super::text::{Emoji, MessageText, PageUrl};
use super::triage::Priority;
use super::wire;
use crate::Timestamp;
use crate::entity::{Seq, parse_body, unknown_command};
use crate::id::{AccountId, InvitationId, LabelId, TeamId, UserId, VisitorId};
use crate::language::Language;
use crate::refusal::Refusal;
use crate::tenant::feedback::Question;
use crate::tenant::questions::{Answer, MAX_QUESTIONS};
use crate::tenant::targets::Policy;
use crate::text::{DisplayName, Email};

/// The most people one message can mention.
pub const MAX_MENTIONS: usize = 20;

/// A command to a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Begin it.
    Open(Open),
    /// Write a message.
    Send(Send),
    /// Write a note among staff.
    Note(Note),
    /// Change an own message.
    Edit {
        /// Which.
        seq: Seq,
        /// The new text.
        text: MessageText,
    },
    /// Take a message away.
    Delete {
        /// Which.
        seq: Seq,
    },
    /// Set or take back a reaction.
    React {
        /// To which message.
        seq: Seq,
        /// Which emoji.
        emoji: Emoji,
        /// Set, or take back.
        on: bool,
    },
    /// Everything up to here was seen.
    Read {
        /// The last entry seen.
        seq: Seq,
    },
    /// Give it to a member of staff, or to nobody.
    Assign(Assign),
    /// Give it to a team, or to none.
    AssignTeam(AssignTeam),
    /// Take it from somebody who is not of its team: only if it still is theirs, and the team's.
    Release(Release),
    /// Give it to somebody, or put it back to those that wait: by routing, and only if everything is as routing thinks.
    Give(Give),
    /// Mark it as done.
    Resolve,
    /// Mark it as not done, or take it back from where it was put off to.
    Reopen,
    /// Put it off.
    Snooze {
        /// Until when.
        until: Timestamp,
    },
    /// The time has come to which it was put off.
    Wake {
        /// Which time that was.
        until: Timestamp,
    },
    /// Say how urgent it is.
    SetPriority {
        /// How.
        priority: Priority,
    },
    /// Say anew what is due when.
    Reckon {
        /// By this.
        policy: Box<Policy>,
    },
    /// Say what it is about, or that it is not.
    Label {
        /// Which label.
        label: LabelId,
        /// Set, or take off.
        on: bool,
    },
    /// Ask the customer how it was.
    AskFeedback(AskFeedback),
    /// Say how it was.
    GiveFeedback(GiveFeedback),
    /// Let the visitor write nothing more.
    Block {
        /// Why.
        reason: Reason,
        /// Whether the address they have left is blocked too.
        email: bool,
    },
    /// Let the visitor write again.
    Unblock,
    /// Have what was said sent as a letter.
    AskTranscript {
        /// Where a visitor wants it; without one, where they have left to be reached.
        email: Option<Email>,
        /// In which language.
        language: Language,
    },
    /// Write a message that is sent later.
    Schedule(Schedule),
    /// Change one that is not sent yet.
    Reschedule(Reschedule),
    /// Send it not at all.
    Unschedule {
        /// Which.
        item: Seq,
    },
    /// Send it now.
    SendNow {
        /// Which.
        item: Seq,
    },
    /// Its time has come: asked under its author's name.
    SendScheduled(Come),
    /// Its time has come, and its author is not of the staff any more.
    HoldScheduled(Come),
    /// Leave a way to be reached.
    LeaveContact {
        /// The address.
        email: Email,
        /// A name.
        name: Option<DisplayName>,
    },
    /// Say who the visitor is, as the business's site has signed.
    Identify(Identity),
    /// Note that an invitation was sent.
    Invite {
        /// Which.
        invitation: InvitationId,
        /// Where to.
        email: Email,
        /// Whom.
        name: DisplayName,
        /// Who invites.
        inviter: Option<UserId>,
    },
    /// Give it to an account, with its history.
    HandOver {
        /// Which account.
        account: AccountId,
        /// What the client is called.
        name: DisplayName,
        /// The invitation that was accepted.
        invitation: Option<InvitationId>,
    },
    /// Undo that.
    TakeBack,
}

/// Whose conversation is opened.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A site visitor's.
    Visitor(VisitorId),
    /// An account's.
    Account(AccountId),
}

/// Begin a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// Whose it is.
    pub subject: Subject,
    /// What it is called.
    pub name: DisplayName,
    /// The page it was begun on.
    pub page: Option<PageUrl>,
    /// What the visitor was asked before, and has answered.
    pub answers: Vec<Answer>,
    /// The address among it.
    pub email: Option<Email>,
    /// The form it begins with.
    pub form: Option<Form>,
}

/// Write a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Send {
    /// What. Empty only with files.
    pub text: MessageText,
    /// Which message it answers.
    pub reply_to: Option<Seq>,
    /// Only if nobody else of the staff has answered above this `seq`.
    pub unless_answered_after: Option<Seq>,
    /// Who is meant, each once.
    pub mentions: Vec<UserId>,
    /// The files that go with it.
    pub attachments: Vec<Attachment>,
}

/// Write a note among staff.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// What. Empty only with files.
    pub text: MessageText,
    /// Who is meant, each once.
    pub mentions: Vec<UserId>,
    /// The files that go with it.
    pub attachments: Vec<Attachment>,
}

/// Give it to a member of staff, or to nobody.
#[derive(Debug, Clone, PartialEq)]
pub struct Assign {
    /// To whom.
    pub to: Option<UserId>,
    /// What they should know.
    pub note: Option<MessageText>,
}

/// Give it to a team, or to none.
#[derive(Debug, Clone, PartialEq)]
pub struct AssignTeam {
    /// To which.
    pub team: Option<TeamId>,
    /// What they should know.
    pub note: Option<MessageText>,
}

/// Take it from somebody who is not of its team.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Release {
    /// Who has it.
    pub from: UserId,
    /// The team it was given to.
    pub team: TeamId,
    /// Up to which entry whoever found that knows the log.
    pub rev: Seq,
}

/// Give it to somebody by routing, or put it back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Give {
    /// Who has it.
    pub from: Option<UserId>,
    /// Who is to have it.
    pub to: Option<UserId>,
    /// The team among which they were chosen.
    pub team: Option<TeamId>,
    /// Up to which entry routing knows the log.
    pub rev: Seq,
}

/// Ask the customer how it was.
#[derive(Debug, Clone, PartialEq)]
pub struct AskFeedback {
    /// Once this entry has resolved it.
    pub rev: Seq,
    /// What the business asks.
    pub question: Question,
}

/// Say how it was.
#[derive(Debug, Clone, PartialEq)]
pub struct GiveFeedback {
    /// The entry that asked.
    pub asked: Seq,
    /// How it was.
    pub given: Given,
}

impl Command {
    /// Reads a command of type `kind`.
    pub fn parse(kind: &str, body: &str) -> Result<Self, Refusal> {
        match kind {
            "open" => open(&parse_body(body)?).map(Self::Open),
            "send" => send(parse_body(body)?).map(Self::Send),
            "note" => note(parse_body(body)?).map(Self::Note),
            "edit" => {
                let wire::Edit { seq, text } = parse_body(body)?;
                Ok(Self::Edit { seq, text: MessageText::parse(&text)? })
            }
            "delete" => parse_body(body).map(|wire::At { seq }| Self::Delete { seq }),
            "react" => {
                let wire::React { seq, emoji, on } = parse_body(body)?;
                Ok(Self::React { seq, emoji: Emoji::parse(&emoji)?, on })
            }
            "read" => parse_body(body).map(|wire::At { seq }| Self::Read { seq }),
            "assign" => {
                let wire::Assign { to, note } = parse_body(body)?;
                Ok(Self::Assign(Assign { to, note: note.as_deref().map(MessageText::parse).transpose()? }))
            }
            "assign_team" => {
                let wire::AssignTeam { team, note } = parse_body(body)?;
                Ok(Self::AssignTeam(AssignTeam { team, note: note.as_deref().map(MessageText::parse).transpose()? }))
            }
            "release" => {
                parse_body(body).map(|wire::Release { from, team, rev }| Self::Release(Release { from, team, rev }))
            }
            "give" => {
                parse_body(body).map(|wire::Give { from, to, team, rev }| Self::Give(Give { from, to, team, rev }))
            }
            "resolve" => parse_body(body).map(|wire::Empty {}| Self::Resolve),
            "reopen" => parse_body(body).map(|wire::Empty {}| Self::Reopen),
            "snooze" => parse_body(body).map(|wire::Until { until }| Self::Snooze { until }),
            "wake" => parse_body(body).map(|wire::Until { until }| Self::Wake { until }),
            "set_priority" => parse_body(body).map(|wire::SetPriority { priority }| Self::SetPriority { priority }),
            "reckon" => parse_body(body).map(|policy| Self::Reckon { policy: Box::new(policy) }),
            "label" => parse_body(body).map(|wire::Label { label, on }| Self::Label { label, on }),
            "ask_feedback" => {
                let wire::AskFeedback { rev, question } = parse_body(body)?;
                Ok(Self::AskFeedback(AskFeedback { rev, question: Question::parse(&question)? }))
            }
            "give_feedback" => {
                let wire::GiveFeedback { asked, score, comment } = parse_body(body)?;
                let comment = comment.as_deref().map(Comment::parse).transpose()?.flatten();
                Ok(Self::GiveFeedback(GiveFeedback { asked, given: Given { score: Score::parse(score)?, comment } }))
            }
            "block" => {
                let wire::Block { reason, email } = parse_body(body)?;
                Ok(Self::Block { reason: Reason::parse(&reason)?, email })
            }
            "unblock" => parse_body(body).map(|wire::Empty {}| Self::Unblock),
            "ask_transcript" => {
                let wire::AskTranscript { email, language } = parse_body(body)?;
                Ok(Self::AskTranscript {
                    email: email.as_deref().map(|email| Email::parse("email", email)).transpose()?,
                    language: language.as_deref().map(Language::parse).transpose()?.unwrap_or_default(),
                })
            }
            "schedule" => Schedule::parse(parse_body(body)?).map(Self::Schedule),
            "reschedule" => Reschedule::parse(&parse_body(body)?).map(Self::Reschedule),
            "unschedule" => parse_body(body).map(|wire::Item { item }| Self::Unschedule { item }),
            "send_now" => parse_body(body).map(|wire::Item { item }| Self::SendNow { item }),
            "send_scheduled" => parse_body(body).map(Self::SendScheduled),
            "hold_scheduled" => parse_body(body).map(Self::HoldScheduled),
            "leave_contact" => contact(&parse_body(body)?),
            "identify" => Identity::parse(&parse_body(body)?).map(Self::Identify),
            "invite" => {
                let wire::Invite { invitation, email, name, inviter } = parse_body(body)?;
                let (email, name) = (Email::parse("email", &email)?, DisplayName::parse("name", &name)?);
                Ok(Self::Invite { invitation, email, name, inviter })
            }
            "hand_over" => {
                let wire::HandOver { account, name, invitation } = parse_body(body)?;
                Ok(Self::HandOver { account, name: DisplayName::parse("name", &name)?, invitation })
            }
            "take_back" => parse_body(body).map(|wire::Empty {}| Self::TakeBack),
            _ => Err(unknown_command(kind)),
        }
    }
}

fn open(body: &wire::Open) -> Result<Open, Refusal> {
    let subject = match (body.kind, body.visitor, body.account) {
        (Kind::Site, Some(visitor), None) => Subject::Visitor(visitor),
        (Kind::Account, None, Some(account)) => Subject::Account(account),
        (Kind::Site, _, _) => return Err(Refusal::invalid("visitor", "A site chat needs a visitor and no account.")),
        (Kind::Account, _, _) => {
            return Err(Refusal::invalid("account", "An account's conversation needs an account and no visitor."));
        }
    };
    let name = DisplayName::parse("name", &body.name)?;
    let page = body.page.as_deref().map(PageUrl::parse).transpose()?;
    if body.answers.len() > MAX_QUESTIONS {
        return Err(Refusal::invalid("answers", format!("At most {MAX_QUESTIONS} questions are asked.")));
    }
    let answers = body.answers.iter().map(Answer::parse).collect::<Result<Vec<_>, _>>()?;
    let email = body.email.as_deref().map(|email| Email::parse("email", email)).transpose()?;
    if body.form.is_some() && matches!(subject, Subject::Account(_)) {
        return Err(Refusal::invalid("form", "Only a site chat begins with a form."));
    }
    Ok(Open { subject, name, page, answers, email, form: body.form })
}

fn send(body: wire::Send) -> Result<Send, Refusal> {
    let attachments = attachments(body.attachments)?;
    let text = text(&body.text, &attachments)?;
    let (reply_to, unless_answered_after) = (body.reply_to, body.unless_answered_after);
    Ok(Send { text, reply_to, unless_answered_after, mentions: mentions(body.mentions)?, attachments })
}

fn note(body: wire::Note) -> Result<Note, Refusal> {
    let attachments = attachments(body.attachments)?;
    let text = text(&body.text, &attachments)?;
    Ok(Note { text, mentions: mentions(body.mentions)?, attachments })
}

/// A file can go without a word.
fn text(text: &str, attachments: &[Attachment]) -> Result<MessageText, Refusal> {
    if attachments.is_empty() { MessageText::parse(text) } else { MessageText::parse_or_empty(text) }
}

fn attachments(files: Vec<wire::File>) -> Result<Vec<Attachment>, Refusal> {
    if files.len() > MAX_FILES {
        let text = format!("At most {MAX_FILES} files go with a message. Send the others with the next one.");
        return Err(Refusal::invalid("attachments", text));
    }
    let parsed = |file: wire::File| -> Result<Attachment, Refusal> {
        let (name, media_type) = (FileName::parse(&file.name)?, MediaType::parse(&file.media_type)?);
        Ok(Attachment { id: file.id, name, media_type, size: file.size, pixels: file.pixels })
    };
    let files = files.into_iter().map(parsed).collect::<Result<Vec<_>, _>>()?;
    let twice = |(at, file): (usize, &Attachment)| files.iter().take(at).any(|before| before.id == file.id);
    if files.iter().enumerate().any(twice) {
        return Err(Refusal::invalid("attachments", "The same file is there twice."));
    }
    Ok(files)
}

fn contact(body: &wire::Contact) -> Result<Command, Refusal> {
    let email = Email::parse("email", &body.email)?;
    let name = body.name.as_deref().map(|name| DisplayName::parse("name", name)).transpose()?;
    Ok(Command::LeaveContact { email, name })
}

pub(super) fn mentions(mut users: Vec<UserId>) -> Result<Vec<UserId>, Refusal> {
    users.sort_unstable();
    users.dedup();
    if users.len() > MAX_MENTIONS {
        return Err(Refusal::invalid("mentions", format!("At most {MAX_MENTIONS} people can be mentioned at once.")));
    }
    Ok(users)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;

    fn code(kind: &str, body: &str) -> Code {
        Command::parse(kind, body).unwrap_err().code
    }

    #[test]
    fn unknown_types_and_fields_are_refused() {
        assert_eq!(code("shout", "{}"), Code::UnknownCommand);
        assert_eq!(code("send", r#"{"text":"x","bold":true}"#), Code::InvalidInput);
        assert_eq!(code("resolve", r#"{"why":"x"}"#), Code::InvalidInput);
        assert_eq!(code("resolve", "null"), Code::InvalidInput);
        assert_eq!(code("read", r#"{"seq":-1}"#), Code::InvalidInput);
        assert_eq!(code("read", r#"{"seq":"1"}"#), Code::InvalidInput);
        assert_eq!(code("send", "not json"), Code::InvalidInput);
    }

    #[test]
    fn assigning_needs_its_field() {
        assert_eq!(code("assign", "{}"), Code::InvalidInput);
        assert_eq!(
            Command::parse("assign", r#"{"to":null}"#).unwrap(),
            Command::Assign(Assign { to: None, note: None })
        );
        assert_eq!(code("assign", r#"{"to":null,"note":""}"#), Code::InvalidInput);
        assert_eq!(code("assign_team", r#"{"note":"x"}"#), Code::InvalidInput);
        assert_eq!(
            Command::parse("assign_team", r#"{"team":null}"#).unwrap(),
            Command::AssignTeam(AssignTeam { team: None, note: None })
        );
    }

    #[test]
    fn a_refused_text_names_its_field() {
        let refusal = Command::parse("send", r#"{"text":"   "}"#).unwrap_err();
        assert_eq!(refusal.details.unwrap()["field"], "text");
    }

    #[test]
    fn a_conversation_is_of_a_visitor_or_an_account() {
        let visitor = "vis_01h455vb4pex5vsknk084sn02q";
        let body = |extra: &str| format!(r#"{{"kind":"site","name":"V","visitor":"{visitor}"{extra}}}"#);
        assert!(Command::parse("open", &body("")).is_ok());
        assert_eq!(code("open", &body(r#","account":"acc_01h455vb4pex5vsknk084sn02q""#)), Code::InvalidInput);
        assert_eq!(code("open", r#"{"kind":"site","name":"V"}"#), Code::InvalidInput);
        assert_eq!(code("open", r#"{"kind":"account","name":"V"}"#), Code::InvalidInput);
    }

    #[test]
    fn mentions_are_counted_once_and_bounded() {
        let users: Vec<_> = (0..21u128).map(|n| UserId::from_uuid(uuid::Uuid::from_u128(n))).collect();
        let body = |users: &[UserId]| serde_json::json!({ "text": "x", "mentions": users }).to_string();
        assert_eq!(code("send", &body(&users)), Code::InvalidInput);
        let twice = [users[1], users[1]];
        let Command::Send(send) = Command::parse("send", &body(&twice)).unwrap() else { panic!("not a send") };
        assert_eq!(send.mentions, [users[1]]);
    }
}
