//! The authority matrix: every command × everybody, for each entity, against a table written here.
//!
//! `y` may, `f` is `FORBIDDEN`, `.` is `NOT_FOUND`. Columns are [`Who::ALL`] in order:
//! visitor, other visitor, member, stranger, manager, colleague, admin, secret key, public key, system, super admin,
//! foreign admin, foreign system.

use std::fmt::Debug;

use brigade_domain::account::Account;
use brigade_domain::actor::{Actor, ActorKind};
use brigade_domain::chat::Conversation;
use brigade_domain::entity::{Audience, Entity};
use brigade_domain::refusal::Code;
use brigade_domain::tenant::Tenant;
use serde_json::{Value, json};
use smallvec::SmallVec;

use crate::chat::{say, site};
use crate::harness::Run;
use crate::world::{
    ACCOUNT, COLLEAGUE, CONVERSATION, MANAGER, MEMBER, TENANT, VISITOR, Who, conversation, invitation, key, label, team,
};

fn verdict<E: Entity + PartialEq + Debug>(base: &Run<E>, who: &Actor, kind: &str, body: &Value) -> char {
    let command = E::parse(kind, &body.to_string()).unwrap();
    match base.state.decide(who, base.now, &command).map_err(|refusal| refusal.code) {
        Ok(_) => 'y',
        Err(Code::Forbidden) => 'f',
        Err(Code::NotFound) => '.',
        Err(code) => panic!("{who:?}: {kind}: {code:?}"),
    }
}

/// Who operates the platform, let in to look.
fn support() -> Actor {
    Actor { kind: ActorKind::Support, roles: SmallVec::new(), ..Who::Manager.actor() }
}

fn check<E: Entity + PartialEq + Debug>(base: &Run<E>, table: &[(&str, Value, &str)]) {
    for (kind, body, expected) in table {
        let found: String = Who::ALL.into_iter().map(|who| verdict(base, &who.actor(), kind, body)).collect();
        assert_eq!(&found, expected, "{kind} {body}");
        // Whatever anybody may do: support may not.
        assert_ne!(verdict(base, &support(), kind, body), 'y', "support: {kind} {body}");
    }
}

fn sees<E: Entity + PartialEq + Debug>(base: &Run<E>, expected: &str) {
    let found: String = Who::ALL.into_iter().map(|who| if base.sees(who) { 'y' } else { '.' }).collect();
    assert_eq!(found, expected);
}

/// What everybody may do in a conversation, with a message of the manager's at `seq`. `v` and `m` stand for the
/// visitor's and the member's column.
fn conversation_table(seq: u64, v: char, m: char) -> Vec<(&'static str, Value, String)> {
    let row = |pattern: &str, customer: char| {
        let denied = |own: char| if own == '.' { '.' } else { customer };
        pattern.replace('v', &denied(v).to_string()).replace('m', &denied(m).to_string())
    };
    let both = |pattern| row(pattern, 'y');
    let staff_only = |pattern| row(pattern, 'f');
    vec![
        ("send", json!({ "text": "x" }), both("v.m.yyyy.f...")),
        ("note", json!({ "text": "x" }), staff_only("v.m.yyyy.f...")),
        ("edit", json!({ "seq": seq, "text": "y" }), staff_only("v.m.yfff.f...")),
        ("delete", json!({ "seq": seq }), staff_only("v.m.yfyf.f...")),
        ("react", json!({ "seq": seq, "emoji": "👍", "on": true }), both("v.m.yyyy.f...")),
        ("read", json!({ "seq": seq }), both("v.m.yyyy.f...")),
        ("assign", json!({ "to": MANAGER }), staff_only("v.m.yyyy.y...")),
        ("assign_team", json!({ "team": team(1) }), staff_only("v.m.yyyy.y...")),
        ("release", json!({ "from": MANAGER, "team": team(1), "rev": 1 }), staff_only("v.m.ffff.y...")),
        ("give", json!({ "from": null, "to": MANAGER, "rev": 1 }), staff_only("v.m.ffff.y...")),
        ("resolve", json!({}), staff_only("v.m.yyyy.y...")),
        ("reopen", json!({}), staff_only("v.m.yyyy.y...")),
        ("snooze", json!({ "until": "2026-03-03T09:00:00Z" }), staff_only("v.m.yyyy.y...")),
        ("wake", json!({ "until": "2026-03-03T09:00:00Z" }), staff_only("v.m.ffff.y...")),
        ("set_priority", json!({ "priority": "high" }), staff_only("v.m.yyyy.y...")),
        (
            "reckon",
            json!({ "targets": { "counted": "always" }, "hours": { "zone": "UTC", "week": [], "closed": [] } }),
            staff_only("v.m.ffff.y..."),
        ),
        ("label", json!({ "label": label(1), "on": true }), staff_only("v.m.yyyy.y...")),
        ("ask_feedback", json!({ "rev": seq, "question": "How was it?" }), staff_only("v.m.ffff.y...")),
        (
            "invite",
            json!({ "invitation": invitation(1), "email": "a@example.com", "name": "A" }),
            staff_only("v.m.ffff.y..."),
        ),
        ("identify", json!({ "id": "7", "name": "A" }), staff_only("v.m.ffff.y...")),
        ("hand_over", json!({ "account": ACCOUNT, "name": "A" }), staff_only("v.m.ffff.y...")),
        ("take_back", json!({}), staff_only("v.m.ffyf.y...")),
        ("open", json!({ "kind": "site", "visitor": VISITOR, "name": "V" }), staff_only("v.m.ffff.y...")),
    ]
}

fn check_conversation(chat: &Run<Conversation>, table: &[(&'static str, Value, String)]) {
    let table: Vec<_> = table.iter().map(|(kind, body, row)| (*kind, body.clone(), row.as_str())).collect();
    check(chat, &table);
}

#[test]
fn a_site_chat_is_its_visitors() {
    let mut chat = site();
    let seq = say(&mut chat, Who::Manager, "Hello");
    sees(&chat, "y...yyyy.y...");
    check_conversation(&chat, &conversation_table(seq, 'y', '.'));
    let contact = json!({ "email": "a@example.com" });
    check(&chat, &[("leave_contact", contact.clone(), "y...ffff.f...")]);
    chat.ok(Who::Visitor, "leave_contact", &contact);
    check(&chat, &[("ask_transcript", json!({}), "y...yyyy.f...")]);
    let send_at = chat.now + jiff::SignedDuration::from_hours(1);
    let later = json!({ "text": "Good morning", "send_at": send_at });
    let item = {
        chat.ok(Who::Manager, "schedule", &later);
        chat.head()
    };
    let come = json!({ "item": item, "author": MANAGER, "send_at": send_at, "rev": item });
    let change = json!({ "item": item, "text": "Good evening", "send_at": send_at });
    check(
        &chat,
        &[
            ("schedule", later, "f...yyyf.f..."),
            ("reschedule", change, "f...yfff.f..."),
            ("unschedule", json!({ "item": item }), "f...yyyy.f..."),
            ("send_now", json!({ "item": item }), "f...yyyy.f..."),
            ("send_scheduled", come.clone(), "f...ffff.y..."),
            ("hold_scheduled", come, "f...ffff.y..."),
        ],
    );
    let rows = [("block", json!({ "reason": "Spam" })), ("unblock", json!({}))];
    check(&chat, &rows.map(|(kind, body)| (kind, body, "f...yyyy.y...")));
}

#[test]
fn a_conversation_that_was_handed_over_is_the_accounts() {
    let mut chat = site();
    let seq = say(&mut chat, Who::Manager, "Hello");
    chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Mia" }));
    sees(&chat, "..y.yyyy.y...");
    let table = conversation_table(seq, '.', 'y')
        .into_iter()
        .filter(|(kind, ..)| !["invite", "identify"].contains(kind))
        .collect::<Vec<_>>();
    check_conversation(&chat, &table);
    check(&chat, &[("leave_contact", json!({ "email": "a@example.com" }), "..f.ffff.f...")]);
    let invite = json!({ "invitation": invitation(1), "email": "a@example.com", "name": "A" });
    assert_eq!(chat.refused(Who::System, "invite", &invite), Code::Conflict);
}

#[test]
fn an_accounts_conversation_is_never_a_visitors() {
    let mut chat: Run<Conversation> = Run::new(key(CONVERSATION));
    chat.ok(Who::System, "open", &json!({ "kind": "account", "account": ACCOUNT, "name": "Mia" }));
    sees(&chat, "..y.yyyy.y...");
    assert_eq!(chat.refused(Who::Admin, "take_back", &json!({})), Code::Conflict);
}

#[test]
fn nobody_but_brigade_itself_can_tell_an_unopened_conversation_from_none() {
    let chat: Run<Conversation> = Run::new(key(CONVERSATION));
    sees(&chat, ".............");
    check_conversation(
        &chat,
        &[
            ("open", json!({ "kind": "site", "visitor": VISITOR, "name": "V" }), ".........y...".to_owned()),
            ("send", json!({ "text": "x" }), ".........f...".to_owned()),
            ("resolve", json!({}), ".............".to_owned()),
        ],
    );
}

#[test]
fn an_account_is_its_members_and_the_staffs() {
    let mut account: Run<Account> = Run::new(key(ACCOUNT));
    account.ok(Who::System, "open", &json!({ "name": "Mia", "conversation": CONVERSATION }));
    account.ok(Who::System, "add_member", &json!({ "user": MEMBER, "name": "Mia" }));
    sees(&account, "..y.yyyy.y...");
    let table = [
        ("open", json!({ "name": "Mia" }), "..f.ffff.y..."),
        ("add_member", json!({ "user": COLLEAGUE, "name": "C" }), "..f.ffyf.y..."),
        ("remove_member", json!({ "user": MEMBER }), "..f.ffyf.y..."),
        ("set_manager", json!({ "manager": MANAGER }), "..f.yfyf.y..."),
        ("set_manager", json!({ "manager": null }), "..f.ffyf.y..."),
        ("advance", json!({ "to": "conversation" }), "..f.yyyy.y..."),
        ("rename", json!({ "name": "M" }), "..f.yyyy.y..."),
        ("link_conversation", json!({ "conversation": conversation(1), "rev": 1 }), "..f.ffff.y..."),
        ("unlink_conversation", json!({ "conversation": CONVERSATION, "rev": 1 }), "..f.ffff.y..."),
    ];
    check(&account, &table);
    account.ok(Who::Manager, "set_manager", &json!({ "manager": MANAGER }));
    check(
        &account,
        &[
            ("set_manager", json!({ "manager": null }), "..f.yfyf.y..."),
            ("set_manager", json!({ "manager": COLLEAGUE }), "..f.ffyf.y..."),
        ],
    );
}

#[test]
fn a_tenant_is_run_by_its_admins() {
    let mut tenant: Run<Tenant> = Run::new(key(TENANT));
    sees(&tenant, ".............");
    tenant.ok(Who::System, "create", &json!({ "name": "Balance Kitchen", "slug": "balance", "zone": "Europe/Berlin" }));
    // Every customer and visitor sees the shop window.
    sees(&tenant, "yyyyyyyyyy...");
    let inbox = |who: &Who| tenant.state.audience(&who.actor(), Some("inbox")).is_ok();
    let staff: Vec<_> = Who::ALL.into_iter().filter(inbox).collect();
    assert_eq!(staff, [Who::Manager, Who::Colleague, Who::Admin, Who::SecretKey, Who::System]);
    assert!(tenant.state.audience(&Who::Admin.actor(), Some("kitchen")).is_err());
    check(
        &tenant,
        &[
            ("create", json!({ "name": "B", "slug": "balance", "zone": "UTC" }), "fffffffffy..."),
            ("set_hours", json!({ "zone": "UTC", "week": [], "closed": [] }), "ffffffyffy..."),
            ("set_greeting", json!({ "online": "Hi", "offline": "" }), "ffffffyffy..."),
            ("rename", json!({ "name": "B" }), "ffffffyffy..."),
            ("set_targets", json!({ "counted": "always", "normal": { "first": 5 } }), "ffffffyffy..."),
            ("set_questions", json!({ "questions": [] }), "ffffffyffy..."),
            ("set_look", json!({ "accent": "#0b6e4f", "side": "left" }), "ffffffyffy..."),
            ("set_feedback", json!({ "question": "How was it?" }), "ffffffyffy..."),
            ("set_label", json!({ "label": label(1), "name": "Allergy", "color": "red" }), "ffffffyffy..."),
            ("remove_label", json!({ "label": label(1) }), "ffffffyffy..."),
            ("set_team", json!({ "team": team(1), "name": "Kitchen", "members": [MANAGER] }), "ffffffyffy..."),
            ("remove_team", json!({ "team": team(1) }), "ffffffyffy..."),
            // For oneself: neither programs nor Brigade itself are available.
            ("set_available", json!({ "available": true }), "ffffyyyfff..."),
            ("remove_staff", json!({ "user": MANAGER }), "ffffffyffy..."),
            ("set_routing", json!({ "mode": "round_robin", "capacity": 3 }), "ffffffyffy..."),
            ("set_capacity", json!({ "user": MANAGER, "capacity": 7 }), "ffffffyffy..."),
            (
                "enqueue",
                json!({ "conversation": CONVERSATION, "since": "2026-03-02T09:00:00Z", "rev": 1 }),
                "fffffffffy...",
            ),
            ("dequeue", json!({ "conversation": CONVERSATION, "rev": 1 }), "fffffffffy..."),
        ],
    );
}

#[test]
fn support_sees_what_the_staff_see_and_does_nothing() {
    let mut chat = site();
    say(&mut chat, Who::Manager, "Hello");
    let mut account: Run<Account> = Run::new(key(ACCOUNT));
    account.ok(Who::System, "open", &json!({ "name": "Mia", "conversation": CONVERSATION }));
    let mut tenant: Run<Tenant> = Run::new(key(TENANT));
    tenant.ok(Who::System, "create", &json!({ "name": "Balance Kitchen", "slug": "balance", "zone": "Europe/Berlin" }));
    let support = support();
    assert_eq!(chat.state.audience(&support, None), Ok(Audience::Staff));
    assert_eq!(account.state.audience(&support, None), Ok(Audience::Staff));
    assert_eq!(tenant.state.audience(&support, Some("inbox")), Ok(Audience::Staff));
    for signal in ["typing", "noting", "looking"] {
        assert_eq!(chat.state.ephemeral(&support, signal).unwrap_err().code, Code::Forbidden, "{signal}");
    }
    // That is each entity's own rule. Before it comes the one that asks no entity.
    assert_eq!(support.may_change().unwrap_err().code, Code::SupportMayOnlyLook);
    assert!(!support.is_staff_of(support.tenant.unwrap()) && !support.is_admin_of(support.tenant.unwrap()));
    for who in Who::ALL {
        assert!(who.actor().may_change().is_ok(), "{who:?}");
    }
    let elsewhere = Actor { tenant: Who::ForeignAdmin.actor().tenant, ..support };
    assert_eq!(chat.state.audience(&elsewhere, None).unwrap_err().code, Code::NotFound);
}
