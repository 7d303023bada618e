//! What is sent: `{"type","timestamp","data"}`, with public ids and no more of people than the event is about.

use serde_json::{Value, json};
use uuid::Uuid;

use super::event::{EventType, read};
use crate::actor::Party;
use crate::chat::attachment::Attachment;
use crate::chat::event::Side;
use crate::entity::{EntityKey, EntityKind, EntityRef, Seq};
use crate::id::EventId;
use crate::journal::LogLine;
use crate::refusal::Fault;
use crate::{Timestamp, account, chat};

/// Names events, so that one is the same event however often it is told.
const NAMESPACE: Uuid = Uuid::from_u128(0x6272_6967_6164_655f_686f_6f6b_735f_0001);

/// The id of the event that a line is: made of tenant, entity and seq.
pub fn event_id(key: &EntityKey, seq: Seq) -> EventId {
    let name = format!("{}\n{}\n{seq}", key.tenant, key.entity);
    EventId::from_uuid(Uuid::new_v5(&NAMESPACE, name.as_bytes()))
}

/// What is known of a line beside itself.
#[derive(Debug, Clone, Copy)]
pub struct Around {
    /// On which side a person who did it is, if they have spoken there.
    pub side: Option<Side>,
    /// Whether the message it tells of was deleted since: it is sent without its words.
    pub deleted: bool,
}

/// What is sent of a line.
pub fn payload(event: EventType, entity: EntityRef, line: &LogLine, around: Around) -> Result<Value, Fault> {
    let mut data = match entity.kind {
        EntityKind::Conversation => of_conversation(read(line)?, around.deleted),
        EntityKind::Account => of_account(read(line)?),
        EntityKind::Tenant => json!({}),
    };
    data[entity.kind.as_str()] = json!(entity.public_id());
    data["seq"] = json!(line.seq);
    data["by"] = by(line.by, around.side);
    Ok(envelope(event.as_str(), line.at, &data))
}

/// What is sent to see whether it arrives.
pub fn test(at: Timestamp) -> Value {
    envelope(TEST, at, &json!({ "message": "This is a test. Nothing happened." }))
}

/// The type of a test.
pub const TEST: &str = "webhook.test";

fn envelope(event: &str, at: Timestamp, data: &Value) -> Value {
    json!({ "type": event, "timestamp": at, "data": data })
}

/// Who did it, and on which side they are.
fn by(party: Party, side: Option<Side>) -> Value {
    let side = match party {
        Party::Visitor(_) => "customer",
        Party::User(_) => match side {
            Some(Side::Customer) => "customer",
            // Who acts without having spoken is of the staff: customers can do nothing but speak.
            Some(Side::Staff) | None => "staff",
        },
        Party::Key(_) => "staff",
        Party::System => "system",
    };
    json!({ "id": party.to_string(), "side": side })
}

fn files(attachments: &[Attachment]) -> Value {
    let file =
        |file: &Attachment| json!({ "id": file.id, "name": file.name, "type": file.media_type, "size": file.size });
    attachments.iter().map(file).collect()
}

fn of_conversation(event: chat::event::Event, deleted: bool) -> Value {
    use chat::event::Event;
    match event {
        Event::Opened { kind, visitor, account, page, .. } => {
            json!({ "kind": kind, "visitor": visitor, "account": account, "page": page })
        }
        Event::MessageSent { .. } | Event::MessageEdited { .. } if deleted => json!({ "text": null, "deleted": true }),
        Event::MessageSent { text, reply_to, attachments, .. } => {
            json!({ "text": text, "reply_to": reply_to, "attachments": files(&attachments) })
        }
        Event::MessageEdited { seq, text, .. } => json!({ "message": seq, "text": text }),
        Event::MessageDeleted { seq, .. } => json!({ "message": seq }),
        Event::Assigned { to } => json!({ "to": to }),
        Event::TeamAssigned { team } => json!({ "team": team }),
        Event::Snoozed { until } => json!({ "until": until }),
        Event::HandedOver { account, .. } => json!({ "account": account }),
        Event::FeedbackGiven { asked, given } => {
            json!({ "asked": asked, "score": given.score, "comment": given.comment })
        }
        Event::ContactLeft { email, name } => json!({ "email": email, "name": name }),
        Event::Resolved {}
        | Event::Reopened {}
        | Event::NoteAdded { .. }
        | Event::Joined { .. }
        | Event::ReactionChanged { .. }
        | Event::ReadUpTo { .. }
        | Event::Woken {}
        | Event::PrioritySet { .. }
        | Event::LabelChanged { .. }
        | Event::DueSet(_)
        | Event::FeedbackAsked { .. }
        | Event::Routed { .. }
        | Event::Invited { .. }
        | Event::VisitorBlocked { .. }
        | Event::AnswersGiven { .. }
        | Event::Identified(_)
        | Event::TranscriptAsked { .. }
        | Event::MessageScheduled { .. }
        | Event::MessageRescheduled { .. }
        | Event::MessageUnscheduled { .. }
        | Event::ScheduledHeld { .. }
        | Event::ScheduledSent { .. }
        | Event::WritingAllowed { .. }
        | Event::TakenBack { .. } => json!({}),
    }
}

fn of_account(event: account::event::Event) -> Value {
    use account::event::Event;
    match event {
        Event::Opened { name, conversation } => json!({ "name": name, "conversation": conversation }),
        Event::Advanced { from, to, .. } => json!({ "from": from, "to": to }),
        Event::MemberAdded { .. }
        | Event::MemberRemoved { .. }
        | Event::ManagerSet { .. }
        | Event::Renamed { .. }
        | Event::ConversationLinked { .. }
        | Event::ConversationUnlinked { .. } => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{ConversationId, TenantId, UserId, VisitorId};

    fn id() -> Uuid {
        Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0007)
    }

    fn line(kind: &str, body: &str, by: Party) -> LogLine {
        LogLine { seq: 17, kind: kind.into(), body: body.into(), by, at: Timestamp::UNIX_EPOCH, request: None }
    }

    fn sent(line: &LogLine, around: Around) -> Option<Value> {
        let entity = EntityRef::from(ConversationId::from_uuid(id()));
        let event = EventType::of(entity.kind, line).unwrap()?;
        Some(payload(event, entity, line, around).unwrap())
    }

    const PLAIN: Around = Around { side: None, deleted: false };

    #[test]
    fn a_message_says_who_what_and_where() {
        let visitor = Party::Visitor(VisitorId::from_uuid(id()));
        let told = sent(&line("message_sent", r#"{"text":"Hallo"}"#, visitor), PLAIN).unwrap();
        assert_eq!(told["type"], "message.sent");
        assert_eq!(told["timestamp"], "1970-01-01T00:00:00Z");
        assert_eq!(told["data"]["text"], "Hallo");
        assert_eq!(told["data"]["seq"], 17);
        assert!(told["data"]["conversation"].as_str().unwrap().starts_with("cnv_"));
        assert_eq!(told["data"]["by"]["side"], "customer");
        let client = Around { side: Some(Side::Customer), deleted: false };
        let user = Party::User(UserId::from_uuid(id()));
        let told = sent(&line("message_sent", r#"{"text":"Hallo"}"#, user), client).unwrap();
        assert_eq!(told["data"]["by"]["side"], "customer");
        let told = sent(&line("resolved", "{}", user), PLAIN).unwrap();
        assert_eq!((&told["type"], &told["data"]["by"]["side"]), (&json!("conversation.resolved"), &json!("staff")));
    }

    #[test]
    fn notes_and_what_is_internal_are_never_sent() {
        let user = Party::User(UserId::from_uuid(id()));
        for (kind, body) in [
            ("note_added", r#"{"text":"secret"}"#),
            ("message_edited", r#"{"seq":3,"text":"secret","note":true}"#),
            ("message_deleted", r#"{"seq":3,"note":true}"#),
            ("read_up_to", r#"{"seq":3,"side":"staff"}"#),
            ("woken", "{}"),
            ("priority_set", r#"{"priority":"high"}"#),
        ] {
            assert_eq!(sent(&line(kind, body, user), PLAIN), None, "{kind}");
        }
    }

    #[test]
    fn what_was_deleted_since_is_sent_without_its_words() {
        let visitor = Party::Visitor(VisitorId::from_uuid(id()));
        let deleted = Around { side: None, deleted: true };
        for (kind, body) in
            [("message_sent", r#"{"text":"secret"}"#), ("message_edited", r#"{"seq":3,"text":"secret"}"#)]
        {
            let told = sent(&line(kind, body, visitor), deleted).unwrap();
            assert!(!told.to_string().contains("secret") && told["data"]["deleted"] == true, "{told}");
        }
    }

    #[test]
    fn an_event_has_one_id_and_no_other_has_it() {
        let key = |tenant: u128, id: u128| {
            EntityKey::new(TenantId::from_uuid(Uuid::from_u128(tenant)), ConversationId::from_uuid(Uuid::from_u128(id)))
        };
        assert_eq!(event_id(&key(1, 1), 1), event_id(&key(1, 1), 1));
        let others = [event_id(&key(1, 1), 2), event_id(&key(1, 2), 1), event_id(&key(2, 1), 1)];
        assert!(!others.contains(&event_id(&key(1, 1), 1)));
    }

    #[test]
    fn the_lines_that_are_read_are_those_that_can_be_events() {
        let names: Vec<&str> = EventType::ALL.iter().map(|event| event.as_str()).collect();
        for name in &names {
            let (entity, what) = name.split_once('.').unwrap();
            let line = if ["message", "contact", "feedback"].contains(&entity) {
                format!("{entity}_{what}")
            } else {
                what.to_owned()
            };
            assert!(EventType::LINES.contains(&line.as_str()), "{name}");
        }
    }
}
