//! Teams: what a tenant keeps of them, and what it is to a conversation to be given to one.

use brigade_domain::chat::Conversation;
use brigade_domain::chat::event::Event;
use brigade_domain::chat::team_change::KEPT;
use brigade_domain::entity::{Audience, Decision, Entity, Row};
use brigade_domain::refusal::Code;
use brigade_domain::tenant::routing::ROUTE;
use brigade_domain::tenant::shown::Shown;
use brigade_domain::tenant::team::{MAX_MEMBERS, MAX_PLACES, MAX_TEAMS, SETTLE, teams_of};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::chat::{Chat, repeat, say, site};
use crate::queue::tenant;
use crate::world::{ADMIN, COLLEAGUE, CONVERSATION, MANAGER, Who, team};

fn set(n: u8, name: &str, members: &[brigade_domain::id::UserId]) -> Value {
    json!({ "team": team(n), "name": name, "members": members })
}

fn tasks<E>(decision: &Decision<E>) -> Vec<&str> {
    decision.jobs.iter().map(|job| job.task.as_str()).collect()
}

fn people(from: u128, count: usize) -> Vec<brigade_domain::id::UserId> {
    (from..).take(count).map(|n| brigade_domain::id::UserId::from_uuid(Uuid::from_u128(n))).collect()
}

/// A visitor who waits.
fn waiting() -> Chat {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Is anybody there?");
    chat
}

fn given_to(chat: &mut Chat, n: u8) -> Decision<Event> {
    chat.ok(Who::Colleague, "assign_team", &json!({ "team": team(n) }))
}

fn released(chat: &mut Chat, body: &Value) -> Decision<Event> {
    let mut body = body.clone();
    body["rev"] = json!(chat.head());
    chat.ok(Who::System, "release", &body)
}

#[test]
fn a_tenant_has_teams_of_different_names() {
    let mut run = tenant();
    let made = run.ok(Who::Admin, "set_team", &set(1, " Kitchen ", &[MANAGER, COLLEAGUE, MANAGER]));
    assert_eq!((made.audit[0].event.as_str(), tasks(&made)), ("tenant.team_set", vec![]));
    assert!(run.ok(Who::Admin, "set_team", &set(1, "Kitchen", &[COLLEAGUE, MANAGER])).events.is_empty());
    let refusal = run.give(Who::Admin, "set_team", &set(2, "KITCHEN", &[])).unwrap_err();
    assert_eq!((refusal.code, &refusal.details.unwrap()["field"]), (Code::InvalidInput, &json!("name")));
    // One may change the case of one's own name.
    run.ok(Who::Admin, "set_team", &set(1, "KITCHEN", &[MANAGER, COLLEAGUE]));
    run.ok(Who::Admin, "set_team", &set(2, "Weddings", &[COLLEAGUE]));
    let shown = run.snapshot(Who::Manager).unwrap();
    assert_eq!(shown["teams"][team(1).to_string()], json!({ "name": "KITCHEN", "members": [MANAGER, COLLEAGUE] }));
    assert!(run.snapshot(Who::Member).unwrap().get("teams").is_none(), "no affair of customers");
    let teams = Shown::read(shown).unwrap().teams;
    assert_eq!(teams_of(&teams, COLLEAGUE), [team(1), team(2)].into());
    assert_eq!(teams_of(&teams, ADMIN), [].into());
    let Some(Row::Tenant(row)) = run.state.row() else { panic!("no row") };
    let kept: Value = serde_json::from_str(&row.teams).unwrap();
    assert_eq!(kept[team(2).uuid().to_string()], json!([COLLEAGUE.uuid()]));

    let removed = run.ok(Who::Admin, "remove_team", &json!({ "team": team(1) }));
    assert_eq!(removed.audit[0].event, "tenant.team_removed");
    assert!(run.ok(Who::Admin, "remove_team", &json!({ "team": team(1) })).events.is_empty());
    run.ok(Who::Admin, "set_team", &set(3, "Kitchen", &[]));
}

#[test]
fn teams_are_bounded_and_each_bound_is_told() {
    let mut run = tenant();
    let told = |refusal: brigade_domain::refusal::Refusal, bound: usize, code| {
        assert_eq!(refusal.code, code);
        assert!(refusal.message.contains(&bound.to_string()), "{refusal:?}");
    };
    let many = run.give(Who::Admin, "set_team", &set(1, "All", &people(0, MAX_MEMBERS + 1))).unwrap_err();
    told(many, MAX_MEMBERS, Code::InvalidInput);
    for n in 0..u8::try_from(MAX_PLACES / MAX_MEMBERS).unwrap() {
        run.ok(Who::Admin, "set_team", &set(n, &format!("Team {n}"), &people(0, MAX_MEMBERS)));
    }
    let places = run.give(Who::Admin, "set_team", &set(90, "One more", &[MANAGER])).unwrap_err();
    told(places, MAX_PLACES, Code::Conflict);
    // One that is full already can be changed.
    run.ok(Who::Admin, "set_team", &set(0, "Another name", &people(9, MAX_MEMBERS)));
    for n in 0..u8::try_from(MAX_TEAMS).unwrap() {
        run.ok(Who::Admin, "set_team", &set(n, &format!("Team {n}"), &[]));
    }
    let teams = run.give(Who::Admin, "set_team", &set(90, "One more", &[])).unwrap_err();
    told(teams, MAX_TEAMS, Code::Conflict);
}

#[test]
fn the_fullest_teams_leave_a_tenant_small_enough() {
    let mut run = tenant();
    let name = "🍲".repeat(38);
    for n in 0..u8::try_from(MAX_TEAMS).unwrap() {
        run.ok(
            Who::Admin,
            "set_team",
            &set(n, &format!("{name}{n:02}"), &people(u128::MAX / 2, MAX_PLACES / MAX_TEAMS)),
        );
    }
    // With a thousand who wait beside it a snapshot stays under 256 KiB.
    let size = run.snapshot(Who::Manager).unwrap().to_string().len();
    assert!(size < 60_000, "{size}");
}

#[test]
fn who_leaves_the_staff_leaves_the_teams() {
    let mut run = tenant();
    run.ok(Who::Admin, "set_team", &set(1, "Kitchen", &[MANAGER, COLLEAGUE]));
    assert_eq!(run.ok(Who::System, "remove_staff", &json!({ "user": MANAGER })).events.len(), 1);
    let members = run.snapshot(Who::Admin).unwrap()["teams"][team(1).to_string()]["members"].clone();
    assert_eq!(members, json!([COLLEAGUE]));
    assert!(run.ok(Who::System, "remove_staff", &json!({ "user": MANAGER })).events.is_empty());
}

#[test]
fn routing_hears_of_teams_where_it_gives_out() {
    let mut run = tenant();
    run.ok(Who::Admin, "set_routing", &json!({ "mode": "round_robin", "capacity": 3 }));
    assert_eq!(tasks(&run.ok(Who::Admin, "set_team", &set(1, "Kitchen", &[MANAGER]))), [ROUTE]);
    assert_eq!(tasks(&run.ok(Who::Admin, "remove_team", &json!({ "team": team(1) }))), [ROUTE]);
}

#[test]
fn a_conversation_is_given_to_one_team_and_customers_see_nothing_of_it() {
    let mut chat = site();
    let decision = given_to(&mut chat, 1);
    assert_eq!(decision.events, [Event::TeamAssigned { team: Some(team(1)) }]);
    assert_eq!(decision.audit[0].event, "conversation.team_assigned");
    assert!(given_to(&mut chat, 1).events.is_empty());
    say(&mut chat, Who::Visitor, "Hello");
    let line: Value = serde_json::from_str(chat.state.listing().unwrap().body.as_str()).unwrap();
    assert_eq!(line["team"], json!(team(1)));
    assert_eq!(chat.snapshot(Who::Manager).unwrap()["team"], json!(team(1)));
    assert_eq!(chat.snapshot(Who::Visitor).unwrap()["team"], json!(null));
    assert!(chat.visible(Audience::Customer).iter().all(|(_, event)| event["type"] != "team_assigned"));
    given_to(&mut chat, 2);
    let Some(Row::Conversation(row)) = chat.state.row() else { panic!("no row") };
    assert_eq!(row.team, Some(team(2)));
    chat.ok(Who::Colleague, "assign_team", &json!({ "team": null }));
    let line: Value = serde_json::from_str(chat.state.listing().unwrap().body.as_str()).unwrap();
    assert!(line.get("team").is_none());
}

/// What the staff see of it among the messages: where in the log, by whom, to which team.
fn changes(snapshot: &Value) -> Vec<(u64, Value, Value)> {
    let all = snapshot["team_changes"].as_array().unwrap();
    all.iter().map(|each| (each["seq"].as_u64().unwrap(), each["by"].clone(), each["team"].clone())).collect()
}

#[test]
fn the_staff_see_among_the_messages_who_gave_it_to_which_team() {
    let mut chat = waiting();
    given_to(&mut chat, 1);
    let first = chat.head();
    say(&mut chat, Who::Visitor, "Hello?");
    chat.ok(Who::Manager, "assign_team", &json!({ "team": team(2) }));
    let second = chat.head();
    chat.ok(Who::Manager, "assign_team", &json!({ "team": null }));
    let expected = [
        (first, json!(COLLEAGUE), json!(team(1))),
        (second, json!(MANAGER), json!(team(2))),
        (second + 1, json!(MANAGER), json!(null)),
    ];
    assert_eq!(changes(&chat.snapshot(Who::Manager).unwrap()), expected);
    let seen = chat.snapshot(Who::Visitor).unwrap();
    assert_eq!(seen["team_changes"], json!(null));
    assert!(!seen.to_string().contains(&team(2).to_string()));
}

#[test]
fn what_was_before_the_oldest_message_shown_comes_with_its_page() {
    let mut chat = waiting();
    given_to(&mut chat, 1);
    repeat(&mut chat, Who::Visitor, "Hello?", 25);
    given_to(&mut chat, 2);
    let second = chat.head();
    repeat(&mut chat, Who::Visitor, "Hello?", 24);
    assert_eq!(changes(&chat.snapshot(Who::Manager).unwrap()).len(), 2, "all fifty messages are shown");
    say(&mut chat, Who::Visitor, "One more");
    assert_eq!(changes(&chat.snapshot(Who::Manager).unwrap()).len(), 1);
    assert_eq!(changes(&chat.snapshot(Who::Manager).unwrap())[0].0, second);
}

#[test]
fn the_state_keeps_the_newest_changes_only_and_reads_one_that_kept_none() {
    let mut chat = waiting();
    for n in 0..=u8::try_from(KEPT).unwrap() {
        given_to(&mut chat, n % 2 + 1);
    }
    let kept = changes(&chat.snapshot(Who::Manager).unwrap());
    assert_eq!((kept.len(), kept.last().unwrap().0), (KEPT, chat.head()));

    let mut before = serde_json::to_value(&chat.state).unwrap();
    before.as_object_mut().unwrap().remove("team_changes").unwrap();
    chat.state = serde_json::from_value(before).unwrap();
    assert_eq!(changes(&chat.snapshot(Who::Manager).unwrap()), []);
    given_to(&mut chat, 7);
    assert_eq!(changes(&chat.snapshot(Who::Manager).unwrap()), [(chat.head(), json!(COLLEAGUE), json!(team(7)))]);
}

#[test]
fn a_note_for_the_team_comes_first() {
    let mut chat = waiting();
    chat.ok(Who::Manager, "assign", &json!({ "to": MANAGER }));
    let body = json!({ "team": team(1), "note": "Knows the oven. شكراً 🙏" });
    let decision = chat.ok(Who::Manager, "assign_team", &body);
    assert!(matches!(decision.events[..], [Event::Joined { .. }, Event::NoteAdded { .. }, Event::TeamAssigned { .. }]));
    assert_eq!(decision.jobs[0].body["rev"], json!(chat.head()));
    assert_eq!(chat.refused(Who::System, "assign_team", &json!({ "team": null, "note": "x" })), Code::Forbidden);
}

#[test]
fn it_is_looked_up_whether_who_has_it_may_keep_it() {
    let mut chat = waiting();
    assert_eq!(tasks(&given_to(&mut chat, 1)), [ROUTE], "others can have it now");
    chat.ok(Who::Manager, "assign", &json!({ "to": MANAGER }));
    let decision = given_to(&mut chat, 2);
    assert_eq!(tasks(&decision), [SETTLE]);
    let expected = json!({ "conversation": CONVERSATION, "team": team(2), "holder": MANAGER, "rev": chat.head() });
    assert_eq!(decision.jobs[0].body, expected);
    // Not of the team: it waits for it.
    let decision = released(&mut chat, &json!({ "from": MANAGER, "team": team(2) }));
    assert_eq!(decision.events, [Event::Assigned { to: None }]);
    assert_eq!((tasks(&decision), decision.audit[0].event.as_str()), (vec![ROUTE], "conversation.assigned"));
    assert_eq!(chat.snapshot(Who::Manager).unwrap()["team"], json!(team(2)));
    // Nobody waits in it, or nobody has it: nothing to be done.
    let mut quiet = site();
    assert!(given_to(&mut quiet, 1).jobs.is_empty());
    assert!(quiet.ok(Who::Admin, "assign_team", &json!({ "team": null })).jobs.is_empty());
}

#[test]
fn nothing_is_taken_from_somebody_who_got_it_since() {
    let begin = || {
        let mut chat = waiting();
        chat.ok(Who::Manager, "assign", &json!({ "to": MANAGER }));
        given_to(&mut chat, 1);
        chat
    };
    let body = json!({ "from": MANAGER, "team": team(1) });
    let mut handed_on = begin();
    handed_on.ok(Who::Manager, "assign", &json!({ "to": ADMIN }));
    assert!(released(&mut handed_on, &body).events.is_empty());
    let mut elsewhere = begin();
    given_to(&mut elsewhere, 2);
    assert!(released(&mut elsewhere, &body).events.is_empty());
    // Another node has written more: what is decided here is decided again there.
    let behind = json!({ "from": MANAGER, "team": team(1), "rev": handed_on.head() + 1 });
    let command = Conversation::parse("release", &behind.to_string()).unwrap();
    assert_eq!(handed_on.state.decide(&Who::System.actor(), handed_on.now, &command).unwrap().events.len(), 1);
}

#[test]
fn whoever_was_chosen_among_another_team_does_not_get_it() {
    let give = |chat: &mut Chat, to: Value, from: Value, among: Value| {
        let body = json!({ "from": from, "to": to, "team": among, "rev": chat.head() });
        chat.ok(Who::System, "give", &body).events.len()
    };
    let mut chat = waiting();
    given_to(&mut chat, 1);
    for among in [json!(null), json!(team(2))] {
        assert_eq!(give(&mut chat, json!(MANAGER), json!(null), among.clone()), 0, "{among}");
    }
    assert_eq!(give(&mut chat, json!(MANAGER), json!(null), json!(team(1))), 2);
    // It goes back to those that wait whatever team it is.
    assert_eq!(give(&mut chat, json!(null), json!(MANAGER), json!(null)), 2);
    // What routing had given to somebody outside is taken back from routing too.
    assert_eq!(give(&mut chat, json!(MANAGER), json!(null), json!(team(1))), 2);
    given_to(&mut chat, 2);
    let taken = released(&mut chat, &json!({ "from": MANAGER, "team": team(2) }));
    assert_eq!(taken.events, [Event::Assigned { to: None }, Event::Routed { to: None }]);
}
