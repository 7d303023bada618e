//! What HTTP reads of conversations beside their live state: older messages, and what an edited one said before.
//! `store/` implements it over the log.

use crate::Timestamp;
use crate::actor::Party;
use crate::entity::{Audience, Entity, EntityKey, Entry, Seq};
use crate::id::{ConversationId, TenantId};
use crate::journal::{BoxFuture, LogLine};
use crate::refusal::Fault;

use super::Conversation;
use super::event::Event;
use super::message::{KEPT, Message};
use super::team_change::TeamChange;
use super::text::MessageText;

/// The most messages of one page.
pub const PAGE: u16 = 100;

// A page is folded through the state, which must not let go of any of it.
const _: () = assert!(PAGE as usize <= KEPT);

/// A stretch of a conversation, as it now is: edits, deletions and reactions have taken effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// To which teams it was given meanwhile, oldest first: for the staff. Those above the oldest message, and also those
    /// below it where no message is older.
    pub team_changes: Vec<TeamChange>,
    /// Whether there are older ones.
    pub more: bool,
}

/// What a message said from a time on.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The words.
    pub text: MessageText,
    /// Who wrote them.
    pub by: Party,
    /// Since when.
    pub at: Timestamp,
}

/// Older messages of a conversation.
pub trait Messages: Send + Sync + 'static {
    /// The newest messages before `before` (`None`: the newest of all) that `audience` may see, at most `limit`
    /// (1 to [`PAGE`]).
    fn messages(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        before: Option<Seq>,
        limit: u16,
        audience: Audience,
    ) -> BoxFuture<'static, Result<Page, Fault>>;

    /// What the message at `seq` said, from first to last. Empty when there is none that `audience` may see; a
    /// deleted message has no versions any more.
    fn edits(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        seq: Seq,
        audience: Audience,
    ) -> BoxFuture<'static, Result<Vec<Version>, Fault>>;
}

/// The messages that `lines` hold, as they are after everything in `lines`. The lines are those of at most
/// [`PAGE`] messages and of what was done to them, in the order of the log.
pub fn fold(key: &EntityKey, lines: &[LogLine]) -> Result<Vec<Message>, Fault> {
    let mut conversation = Conversation::empty(key);
    for entry in entries(lines) {
        conversation.apply(&entry?);
    }
    Ok(conversation.history.iter().cloned().collect())
}

/// What the message that `lines` begin with said. The lines are the message's own and those of its edits and
/// deletion, in the order of the log.
pub fn versions(lines: &[LogLine]) -> Result<Vec<Version>, Fault> {
    let mut versions = Vec::new();
    for entry in entries(lines) {
        let Entry { event, by, at, .. } = entry?;
        match event {
            Event::MessageSent { text, .. } | Event::NoteAdded { text, .. } | Event::MessageEdited { text, .. } => {
                versions.push(Version { text, by, at });
            }
            Event::MessageDeleted { .. } => versions.clear(),
            _ => {}
        }
    }
    Ok(versions)
}

/// To which teams it was given by those of `lines` that say so.
pub fn team_changes(lines: &[LogLine]) -> Result<Vec<TeamChange>, Fault> {
    let mut changes = Vec::new();
    for entry in entries(lines) {
        let Entry { seq, event, by, at } = entry?;
        if let Event::TeamAssigned { team } = event {
            changes.push(TeamChange { seq, by, at, team });
        }
    }
    Ok(changes)
}

fn entries(lines: &[LogLine]) -> impl Iterator<Item = Result<Entry<Event>, Fault>> {
    lines.iter().map(|line| {
        let text = format!(r#"{{"type":"{}","body":{}}}"#, line.kind, line.body);
        let event = serde_json::from_str(&text)
            .map_err(|error| Fault::internal("read an event of a conversation's log", error))?;
        Ok(Entry { seq: line.seq, event, by: line.by, at: line.at })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::VisitorId;
    use uuid::Uuid;

    fn line(seq: Seq, kind: &str, body: &str) -> LogLine {
        let by = Party::Visitor(VisitorId::from_uuid(Uuid::nil()));
        LogLine { seq, kind: kind.into(), body: body.into(), by, at: Timestamp::UNIX_EPOCH, request: None }
    }

    fn key() -> EntityKey {
        EntityKey::new(TenantId::from_uuid(Uuid::nil()), ConversationId::from_uuid(Uuid::nil()))
    }

    #[test]
    fn a_page_shows_what_was_done_later() {
        let lines = [
            line(7, "message_sent", r#"{"text":"one"}"#),
            line(9, "message_sent", r#"{"text":"two"}"#),
            line(12, "message_edited", r#"{"seq":7,"text":"uno"}"#),
            line(80, "reaction_changed", r#"{"seq":7,"emoji":"👍","on":true}"#),
            line(90, "message_deleted", r#"{"seq":9}"#),
        ];
        let messages = fold(&key(), &lines).unwrap();
        assert_eq!(messages.iter().map(|message| message.seq).collect::<Vec<_>>(), [7, 9]);
        assert_eq!(messages[0].text.as_ref().unwrap().as_str(), "uno");
        assert_eq!((messages[0].edits, messages[0].reactions.len()), (1, 1));
        assert!(messages[1].deleted());
    }

    #[test]
    fn versions_are_told_in_order_and_a_deletion_ends_them() {
        let said = |lines: &[LogLine]| -> Vec<String> {
            versions(lines).unwrap().iter().map(|version| version.text.as_str().to_owned()).collect()
        };
        let mut lines =
            vec![line(7, "message_sent", r#"{"text":"one"}"#), line(8, "message_edited", r#"{"seq":7,"text":"uno"}"#)];
        assert_eq!(said(&lines), ["one", "uno"]);
        lines.push(line(9, "message_deleted", r#"{"seq":7}"#));
        assert!(said(&lines).is_empty());
    }

    #[test]
    fn a_line_that_does_not_read_is_a_fault() {
        assert!(fold(&key(), &[line(1, "message_sent", "{}")]).is_err());
    }
}
