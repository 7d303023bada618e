//! From visitor to client and back (BK-IDN-04 to -06, BK-LIFE-12).

use brigade_domain::entity::{Audience, Entity, Row};
use brigade_domain::refusal::Code;
use serde_json::json;

use crate::chat::{Chat, SECRET, say, site};
use crate::world::{ACCOUNT, OTHER_ACCOUNT, VISITOR, Who, invitation};

fn invited() -> Chat {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "I would like to eat better");
    say(&mut chat, Who::Manager, "I send you an invitation");
    let invite = json!({ "invitation": invitation(1), "email": "mia@example.com", "name": "Mia" });
    let decision = chat.ok(Who::System, "invite", &invite);
    assert_eq!(decision.audit[0].event, "conversation.invited");
    assert!(!decision.audit[0].details.to_string().contains("mia@"), "no address in the audit log");
    chat
}

#[test]
fn the_history_goes_with_the_conversation() {
    let mut chat = invited();
    let before = chat.snapshot(Who::Visitor).unwrap()["messages"].clone();
    let decision = chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Mia Member" }));
    assert_eq!(decision.audit[0].event, "conversation.handed_over");
    assert!(!chat.sees(Who::Visitor), "the visitor's token leads nowhere any more");
    let snapshot = chat.snapshot(Who::Member).unwrap();
    assert_eq!(snapshot["messages"], before);
    assert_eq!(
        (&snapshot["kind"], &snapshot["name"], &snapshot["account"]),
        (&json!("account"), &json!("Mia Member"), &json!(ACCOUNT))
    );
    assert_eq!(snapshot["people"][VISITOR.to_string()]["name"], "Mia Member");
    assert_eq!(chat.snapshot(Who::Manager).unwrap()["invited"], json!(null));
    let Some(Row::Conversation(row)) = chat.state.row() else { panic!("no row") };
    assert_eq!((row.kind.as_str(), row.account), ("account", Some(ACCOUNT)));
}

#[test]
fn handing_over_twice_happens_once() {
    let mut chat = invited();
    chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Mia" }));
    assert!(chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Mia" })).events.is_empty());
    assert_eq!(
        chat.refused(Who::System, "hand_over", &json!({ "account": OTHER_ACCOUNT, "name": "X" })),
        Code::Conflict
    );
}

#[test]
fn an_admin_takes_it_back() {
    let mut chat = invited();
    say(&mut chat, Who::Visitor, "Thanks");
    chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Mia" }));
    say(&mut chat, Who::Member, "Here I am");
    let decision = chat.ok(Who::Admin, "take_back", &json!({}));
    assert_eq!(decision.audit[0].event, "conversation.taken_back");
    assert!(chat.sees(Who::Visitor) && !chat.sees(Who::Member));
    let snapshot = chat.snapshot(Who::Visitor).unwrap();
    assert_eq!(
        (&snapshot["kind"], &snapshot["name"], &snapshot["account"]),
        (&json!("site"), &json!("Visitor 4F2A"), &json!(null))
    );
    assert_eq!(snapshot["people"][VISITOR.to_string()]["name"], "Visitor 4F2A");
    assert!(chat.ok(Who::Admin, "take_back", &json!({})).events.is_empty());
    chat.ok(Who::System, "hand_over", &json!({ "account": OTHER_ACCOUNT, "name": "Sten" }));
    assert!(chat.sees(Who::Stranger) && !chat.sees(Who::Member) && !chat.sees(Who::Visitor));
}

#[test]
fn contact_and_invitation_are_for_staff() {
    let mut chat = invited();
    chat.ok(Who::Visitor, "leave_contact", &json!({ "email": format!("{SECRET}@example.com"), "name": "Mia" }));
    assert!(
        chat.ok(Who::Visitor, "leave_contact", &json!({ "email": format!("{SECRET}@example.com"), "name": "Mia" }))
            .events
            .is_empty()
    );
    let staff = chat.snapshot(Who::Manager).unwrap();
    assert_eq!(staff["contact"], json!({ "email": format!("{SECRET}@example.com"), "name": "Mia" }));
    assert_eq!(staff["invited"]["email"], "mia@example.com");
    let visitor = chat.snapshot(Who::Visitor).unwrap();
    assert_eq!((&visitor["contact"], &visitor["invited"]), (&json!(null), &json!(null)));
    let seen = chat.visible(Audience::Customer);
    assert!(seen.iter().all(|(_, event)| event["type"] != "invited" && event["type"] != "contact_left"));
}
