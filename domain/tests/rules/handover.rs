//! From visitor to client and back (BK-IDN-04 to -06, BK-LIFE-12).

use brigade_domain::account::Account;
use brigade_domain::account::welcome::{Step, Welcome};
use brigade_domain::entity::{Audience, Entity, EntityKind, Job, Row};
use brigade_domain::refusal::Code;
use serde_json::json;

use crate::chat::{Chat, SECRET, say, site};
use crate::harness::Run;
use crate::world::{ACCOUNT, CONVERSATION, MANAGER, MEMBER, OTHER_ACCOUNT, TENANT, VISITOR, Who, invitation, key};

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

/// What the worker does with jobs: commands by Brigade itself.
fn deliver(account: &mut Run<Account>, jobs: &[Job]) {
    for job in jobs.iter().filter(|job| job.body["topic"] == format!("account:{ACCOUNT}")) {
        account.ok(Who::System, job.body["type"].as_str().unwrap(), &job.body["body"]);
    }
}

fn take(chat: &mut Chat, account: &mut Run<Account>, step: &Step) {
    match step.entity.entity.kind {
        EntityKind::Account => drop(account.ok(Who::System, step.kind, &step.body)),
        EntityKind::Conversation => {
            let jobs = chat.ok(Who::System, step.kind, &step.body).jobs;
            deliver(account, &jobs);
        }
        EntityKind::Tenant => panic!("not a step"),
    }
}

fn welcome() -> Welcome {
    let body = json!({
        "invitation": invitation(1), "conversation": CONVERSATION, "account": ACCOUNT, "user": MEMBER, "name": "Mia",
    });
    serde_json::from_value(body).unwrap()
}

#[test]
fn accepting_an_invitation_makes_a_client_wherever_the_worker_dies_in_between() {
    let steps = welcome().steps(TENANT, &[]);
    for dies_after in 0..=steps.len() {
        let (mut chat, mut account) = (site(), Run::<Account>::new(key(ACCOUNT)));
        say(&mut chat, Who::Visitor, "Hello");
        let invite =
            json!({ "invitation": invitation(1), "email": "mia@example.com", "name": "Mia", "inviter": MANAGER });
        chat.ok(Who::System, "invite", &invite);
        for step in steps[..dies_after].iter().chain(&steps) {
            take(&mut chat, &mut account, step);
        }
        assert!(chat.sees(Who::Member) && account.sees(Who::Member));
        let snapshot = account.snapshot(Who::Member).unwrap();
        assert_eq!(snapshot["lifecycle"], "conversation");
        assert_eq!(snapshot["manager"], json!(MANAGER), "who invited looks after the client (BK-LIFE-12)");
        assert_eq!(snapshot["conversations"], json!([CONVERSATION]));
    }
}

#[test]
fn who_has_an_account_gets_the_conversation_there() {
    let steps = welcome().steps(TENANT, &[OTHER_ACCOUNT, ACCOUNT]);
    let oldest = ACCOUNT.min(OTHER_ACCOUNT);
    let hand_over = steps.last().unwrap();
    assert_eq!((hand_over.kind, &hand_over.body["account"]), ("hand_over", &json!(oldest)));
    let known = Welcome { account: OTHER_ACCOUNT, ..welcome() }.steps(TENANT, &[ACCOUNT]);
    assert!(known.iter().all(|step| step.kind != "open"), "no second account is made");
}

#[test]
fn each_step_of_each_invitation_has_a_request_key_of_its_own() {
    let other = Welcome { invitation: invitation(2), ..welcome() };
    let mut keys: Vec<_> =
        [welcome(), other].iter().flat_map(|welcome| welcome.steps(TENANT, &[])).map(|step| step.request).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 6);
    assert_eq!(welcome().steps(TENANT, &[]), welcome().steps(TENANT, &[]));
}

#[test]
fn who_comes_second_gets_a_conversation_of_ones_own() {
    let mut chat = invited();
    chat.ok(Who::System, "hand_over", &json!({ "account": OTHER_ACCOUNT, "name": "Sten" }));
    let steps = welcome().steps(TENANT, &[]);
    let hand_over = steps.last().unwrap();
    assert_eq!(chat.refused(Who::System, hand_over.kind, &hand_over.body), Code::Conflict);
    let instead = welcome().instead(TENANT, &[]);
    let mut own: Chat = Run::new(instead.entity);
    let jobs = own.ok(Who::System, instead.kind, &instead.body).jobs;
    assert!(own.sees(Who::Member) && !own.sees(Who::Visitor));
    let mut account = Run::<Account>::new(key(ACCOUNT));
    account.ok(Who::System, "open", &steps[0].body);
    deliver(&mut account, &jobs);
    assert_eq!(account.state.conversations().count(), 1);
}

#[test]
fn taking_back_tells_the_account() {
    let (mut chat, mut account) = (invited(), Run::<Account>::new(key(ACCOUNT)));
    account.ok(Who::System, "open", &json!({ "name": "Mia" }));
    let jobs = chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Mia" })).jobs;
    deliver(&mut account, &jobs);
    assert_eq!(account.state.conversations().count(), 1);
    let jobs = chat.ok(Who::Admin, "take_back", &json!({})).jobs;
    deliver(&mut account, &jobs);
    assert_eq!(account.state.conversations().count(), 0);
}
