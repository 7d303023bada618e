//! What is told to whom of a conversation, an account and what is due.

use std::collections::BTreeSet;

use brigade_domain::account::Account;
use brigade_domain::actor::{Actor, Party};
use brigade_domain::chat::due::Due;
use brigade_domain::entity::Seq;
use brigade_domain::id::{TeamId, UserId};
use brigade_domain::notices::Kind;
use brigade_domain::notices::settings::{MailWhen, Quiet, Settings};
use brigade_domain::notices::tell::{News, Scene, Tell, of_account, of_conversation, of_due};
use brigade_domain::tenant::clock::Zone;
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use crate::chat::{Chat, repeat, say, site};
use crate::harness::Run;
use crate::world::{ACCOUNT, ADMIN, COLLEAGUE, MANAGER, TENANT, Who, invitation, key};

fn staff() -> BTreeSet<UserId> {
    [MANAGER, COLLEAGUE, ADMIN].into()
}

/// What the lines after `after` come to, as things stand at the end. The admin takes no chats.
fn news(chat: &Chat, after: Seq, by_hand: bool) -> News {
    news_of(chat, after, by_hand, None)
}

/// The same of one that is for these people.
fn news_of(chat: &Chat, after: Seq, by_hand: bool, team: Option<&BTreeSet<UserId>>) -> News {
    let (staff, away) = (staff(), BTreeSet::from([ADMIN]));
    let state = serde_json::to_value(&chat.state).unwrap();
    let assignee: Option<UserId> = serde_json::from_value(state["assignee"].clone()).unwrap();
    let waits = !state["waiting_since"].is_null();
    let to_be_had = by_hand && waits && assignee.is_none();
    let scene = Scene { assignee, to_be_had, team, staff: &staff, away: &away, inviter: Some(MANAGER) };
    let lines: Vec<_> = chat.log.iter().filter(|line| line.seq > after).cloned().collect();
    of_conversation(&lines, &scene)
}

/// Who, what, how often.
fn told(news: &News) -> Vec<(UserId, Kind, u32)> {
    let mut told: Vec<_> = news.tell.iter().map(|told| (told.user, told.kind, told.times)).collect();
    told.sort_unstable();
    told
}

fn assign(chat: &mut Chat, who: Who, to: Option<UserId>) {
    chat.ok(who, "assign", &json!({ "to": to }));
}

#[test]
fn who_waits_and_is_nobodys_is_told_to_who_takes_chats_and_only_where_people_take_them() {
    let mut chat = site();
    repeat(&mut chat, Who::Visitor, "Is anybody there?", 3);
    assert_eq!(told(&news(&chat, 0, true)), [(MANAGER, Kind::Waiting, 3), (COLLEAGUE, Kind::Waiting, 3)]);
    assert_eq!(told(&news(&chat, 0, false)), [], "routing gives it out");
    say(&mut chat, Who::Colleague, "I am");
    assert_eq!(told(&news(&chat, 0, true)), [], "nobody waits any more");
}

#[test]
fn who_waits_for_a_team_is_told_to_its_people_and_of_them_to_who_takes_chats() {
    let mut chat = site();
    repeat(&mut chat, Who::Visitor, "Is anybody there?", 3);
    let team = BTreeSet::from([COLLEAGUE, ADMIN]);
    assert_eq!(told(&news_of(&chat, 0, true, Some(&team))), [(COLLEAGUE, Kind::Waiting, 3)]);
    assert_eq!(told(&news_of(&chat, 0, true, Some(&BTreeSet::new()))), []);
    // Given to them after that, they are told, but for who did it.
    let head = chat.head();
    let everybody = BTreeSet::from([MANAGER, COLLEAGUE, ADMIN]);
    chat.ok(Who::Manager, "assign_team", &json!({ "team": TeamId::from_uuid(Uuid::from_u128(7)) }));
    assert_eq!(told(&news_of(&chat, head, true, Some(&everybody))), [(COLLEAGUE, Kind::Waiting, 1)]);
    // Who has it hears of it, in the team or not.
    assign(&mut chat, Who::Colleague, Some(MANAGER));
    let head = chat.head();
    say(&mut chat, Who::Visitor, "Thank you");
    assert_eq!(told(&news_of(&chat, head, true, Some(&team))), [(MANAGER, Kind::Answered, 1)]);
}

#[test]
fn a_customers_messages_are_one_thing_of_who_answers_and_only_what_was_not_read_counts() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "To anybody");
    assign(&mut chat, Who::Manager, Some(MANAGER));
    let head = chat.head();
    let first = say(&mut chat, Who::Visitor, "One");
    say(&mut chat, Who::Visitor, "Two");
    assert_eq!(told(&news(&chat, 0, true)), [(MANAGER, Kind::Answered, 2)], "what was said before was not to them");
    chat.ok(Who::Manager, "read", &json!({ "seq": first }));
    assert_eq!(told(&news(&chat, head, true)), [(MANAGER, Kind::Answered, 1)]);
    let last = say(&mut chat, Who::Visitor, "Three");
    chat.ok(Who::Manager, "read", &json!({ "seq": last }));
    let seen = news(&chat, head, true);
    assert_eq!((told(&seen), seen.seen[&MANAGER].up_to), (vec![], last), "it was before their eyes");
    say(&mut chat, Who::Manager, "My own words are no news to me");
    assert_eq!(told(&news(&chat, head, true)), []);
}

#[test]
fn what_was_held_back_is_told_to_its_author_and_what_was_sent_for_them_they_have_not_read() {
    let mut chat = site();
    assign(&mut chat, Who::Colleague, Some(COLLEAGUE));
    let send_at = chat.now + SignedDuration::from_hours(1);
    chat.ok(Who::Manager, "schedule", &json!({ "text": "Morning", "send_at": send_at }));
    let sent = chat.head();
    chat.ok(Who::Manager, "schedule", &json!({ "text": "Evening", "send_at": send_at }));
    let item = chat.head();
    chat.ok(Who::Colleague, "note", &json!({ "text": "Look at this", "mentions": [MANAGER] }));
    chat.wait(SignedDuration::from_hours(1));
    let author = Actor::on_behalf(TENANT, MANAGER, "Max".to_owned());
    let come = |item: Seq| json!({ "item": item, "author": MANAGER, "send_at": send_at, "rev": item });
    chat.give_as(&author, "send_scheduled", &come(sent)).unwrap();
    assert_eq!(told(&news(&chat, 0, true)), [(MANAGER, Kind::Mentioned, 1)], "they were not there");
    chat.ok(Who::System, "hold_scheduled", &come(item));
    let after = news(&chat, 0, true);
    assert_eq!(told(&after), [(MANAGER, Kind::Mentioned, 1), (MANAGER, Kind::HeldBack, 1)]);
    assert_eq!(after.tell.iter().find(|told| told.kind == Kind::HeldBack).unwrap().by, Party::System);
    // Of somebody who left, who answers has to know.
    let staff = BTreeSet::from([COLLEAGUE]);
    let scene = Scene {
        assignee: Some(COLLEAGUE),
        to_be_had: false,
        team: None,
        staff: &staff,
        away: &BTreeSet::new(),
        inviter: None,
    };
    assert_eq!(
        told(&of_conversation(&chat.log[usize::try_from(chat.head()).unwrap() - 1..], &scene)),
        [(COLLEAGUE, Kind::HeldBack, 1)]
    );
}

#[test]
fn what_is_handed_over_is_told_with_its_note_and_once() {
    let mut chat = site();
    let text = json!({ "text": "She wants the green one", "mentions": [COLLEAGUE] });
    chat.ok(Who::Manager, "note", &text);
    let note =
        chat.log.iter().find(|line| serde_json::to_value(&line.event).unwrap()["type"] == "note_added").unwrap().seq;
    assign(&mut chat, Who::Manager, Some(COLLEAGUE));
    let told_of = news(&chat, 0, true);
    assert_eq!(told(&told_of), [(COLLEAGUE, Kind::Assigned, 1)], "the note names them, and is no second thing");
    let [Tell { by, note: with, mark, .. }] = told_of.tell.as_slice() else { panic!() };
    assert_eq!((*by, *with, *mark), (Party::User(MANAGER), Some(note), chat.head()));
    // Taken on oneself, or given on before anybody was told: there is nothing to tell.
    assign(&mut chat, Who::Manager, Some(MANAGER));
    assert_eq!(told(&news(&chat, 0, true)), [(COLLEAGUE, Kind::Mentioned, 1)]);
}

#[test]
fn who_is_meant_by_name_is_told_unless_it_is_oneself() {
    let mut chat = site();
    for _ in 0..2 {
        chat.ok(Who::Manager, "note", &json!({ "text": "Look", "mentions": [COLLEAGUE, MANAGER] }));
    }
    assert_eq!(told(&news(&chat, 0, true)), [(COLLEAGUE, Kind::Mentioned, 2)]);
}

#[test]
fn an_accepted_invitation_is_told_to_who_invited_and_the_account_is_no_second_thing() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "I want to order");
    chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Mia", "invitation": invitation(1) }));
    let kinds = told(&news(&chat, 0, false));
    assert_eq!(kinds, [(MANAGER, Kind::Accepted, 1)]);

    let mut account: Run<Account> = Run::new(key(ACCOUNT));
    account.ok(Who::System, "open", &json!({ "name": "Mia" }));
    let of = |account: &Run<Account>| told(&of_account(&account.log, &staff()));
    account.ok(Who::System, "set_manager", &json!({ "manager": MANAGER }));
    assert_eq!(of(&account), [], "that came with the invitation");
    account.ok(Who::Admin, "set_manager", &json!({ "manager": COLLEAGUE }));
    assert_eq!(of(&account), [(COLLEAGUE, Kind::Entrusted, 1)]);
    account.ok(Who::Admin, "set_manager", &json!({ "manager": ADMIN }));
    assert_eq!(of(&account), [], "one's own doing");
}

#[test]
fn what_is_due_is_told_when_it_is_soon_and_when_it_was_missed() {
    let now: jiff::Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    let due = Due { warn_at: now + SignedDuration::from_mins(10), at: now + SignedDuration::from_mins(20) };
    let at = |minutes| of_due(due, now + SignedDuration::from_mins(minutes));
    assert_eq!((at(9).told, at(9).again), (None, Some(due.warn_at)));
    assert_eq!((at(10).told, at(10).again), (Some(due.warn_at), Some(due.at)));
    assert_eq!((at(20).told, at(20).again), (Some(due.at), None));
}

proptest! {
    /// However the log is cut into stretches: customers and who has gone are told nothing, nobody of what they did
    /// themselves or have seen, and messages are counted once.
    #[test]
    fn however_it_is_read_nobody_is_told_what_they_know(steps in proptest::collection::vec(0..7u8, 1..40), cut in 0..60u64) {
        let mut chat = site();
        assign(&mut chat, Who::Admin, Some(MANAGER));
        let begun = chat.head();
        for step in steps {
            match step {
                0..=2 => drop(say(&mut chat, Who::Visitor, "Hello")),
                3 => drop(say(&mut chat, Who::Manager, "Yes")),
                4 => drop(say(&mut chat, Who::Colleague, "Yes")),
                5 => {
                    let seq = chat.head();
                    chat.ok(Who::Manager, "read", &json!({ "seq": seq }));
                }
                _ => drop(chat.ok(Who::Manager, "note", &json!({ "text": "Hm" }))),
            }
        }
        let cut = begun + cut.min(chat.head() - begun);
        let whole = news(&chat, begun, true);
        let (staff, away) = (staff(), BTreeSet::new());
        let scene = Scene { assignee: Some(MANAGER), to_be_had: false, team: None, staff: &staff, away: &away, inviter: None };
        let halves: Vec<News> = [(begun, cut), (cut, chat.head())].into_iter().map(|(after, up_to)| {
            let lines: Vec<_> = chat.log.iter().filter(|line| line.seq > after && line.seq <= up_to).cloned().collect();
            of_conversation(&lines, &scene)
        }).collect();
        // As the database keeps it: what is told later counts on, unless it was read in between.
        let (mut unread, mut mark) = (0, 0);
        for half in &halves {
            let seen = half.seen.get(&MANAGER).map_or(0, |seen| seen.up_to);
            if mark <= seen { unread = 0; }
            for told in &half.tell {
                prop_assert!(told.user == MANAGER && told.kind == Kind::Answered && told.mark > seen);
                unread += told.times;
                mark = told.mark;
            }
        }
        let expected: u32 = whole.tell.iter().map(|told| told.times).sum();
        // What was partly read in the second half keeps the count of the first, and never loses a message.
        prop_assert!(unread >= expected, "{unread} {expected}");
        prop_assert_eq!(unread == 0, expected == 0);
    }
}

fn zone(name: &str) -> Zone {
    Zone::parse("zone", name).unwrap()
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

fn quiet(from: &str, to: &str) -> Quiet {
    Quiet { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

#[test]
fn quiet_hours_go_over_midnight_and_over_changes_of_the_clock() {
    let (berlin, night) = (zone("Europe/Berlin"), quiet("22:00", "07:00"));
    // Summer time ends on 25 October 2026 and begins on 28 March 2027.
    for (now, over) in [
        ("2026-11-22T20:59:59Z", "2026-11-22T20:59:59Z"),
        ("2026-11-22T21:00:00Z", "2026-11-23T06:00:00Z"),
        ("2026-11-23T05:59:59Z", "2026-11-23T06:00:00Z"),
        ("2026-10-24T20:00:00Z", "2026-10-25T06:00:00Z"),
        ("2027-03-27T21:00:00Z", "2027-03-28T05:00:00Z"),
    ] {
        assert_eq!(night.over(at(now), &berlin), at(over), "{now}");
    }
    // What ends in the hour that is skipped ends where the clock jumps; what the clock shows twice is quiet twice.
    let small = quiet("01:30", "02:30");
    assert_eq!(small.over(at("2027-03-28T00:45:00Z"), &berlin), at("2027-03-28T01:00:00Z"));
    assert_eq!(small.over(at("2026-10-25T00:00:00Z"), &berlin), at("2026-10-25T00:30:00Z"));
    assert_eq!(small.over(at("2026-10-25T01:10:00Z"), &berlin), at("2026-10-25T01:30:00Z"));
    assert!(quiet("07:00", "07:00").check().is_err() && quiet("07:00", "24:00").check().is_err());
}

#[test]
fn that_support_looks_in_is_always_told_and_by_mail_and_push_as_everybody_likes() {
    for &kind in Kind::ALL {
        let kinds = || BTreeSet::from([kind]);
        let quietly = Settings { unmailed: kinds(), unpushed: kinds(), ..Settings::usual() };
        assert!(quietly.check().is_ok(), "{kind:?}");
        let off = Settings { off: kinds(), ..Settings::usual() }.check();
        assert_eq!(off.is_ok(), kind != Kind::SupportCame, "{kind:?}");
    }
}

#[test]
fn who_is_away_is_written_to_after_a_while_once_a_day_or_not_at_all() {
    let utc = zone("UTC");
    let told = at("2026-11-22T10:00:00Z");
    let when = |mail, there: Option<&str>, quiet| {
        Settings { mail, quiet, ..Settings::usual() }.mail_at(&utc, told, there.map(at))
    };
    assert_eq!(when(MailWhen::Never, None, None), None);
    assert_eq!(when(MailWhen::QuarterHour, None, None), Some(at("2026-11-22T10:15:00Z")));
    assert_eq!(when(MailWhen::Hour, Some("2026-11-22T10:30:00Z"), None), Some(at("2026-11-22T11:30:00Z")));
    assert_eq!(when(MailWhen::Hour, Some("2026-11-22T09:00:00Z"), None), Some(at("2026-11-22T11:00:00Z")));
    assert_eq!(when(MailWhen::Daily, None, None), Some(at("2026-11-23T08:00:00Z")));
    assert_eq!(when(MailWhen::Daily, Some("2026-11-23T07:55:00Z"), None), Some(at("2026-11-23T08:10:00Z")));
    let noon = quiet("10:30", "13:00");
    assert_eq!(
        when(MailWhen::Hour, None, Some(noon)),
        Some(at("2026-11-22T13:00:00Z")),
        "all of it together, after them"
    );
    let own = Settings { zone: Some(zone("Asia/Tokyo")), mail: MailWhen::Daily, ..Settings::usual() };
    assert_eq!(own.mail_at(&utc, told, None), Some(at("2026-11-22T23:00:00Z")), "by one's own clock");
}

proptest! {
    /// Wherever and whenever, around changes of the clock too: from then on until it is over it is quiet, and then it is not.
    #[test]
    fn quiet_hours_end_when_they_are_over(
        name in prop_oneof![Just("Europe/Berlin"), Just("America/New_York"), Just("Australia/Lord_Howe"), Just("Africa/Cairo"), Just("UTC")],
        from in 0..1440u32, length in 1..1440u32,
        near in prop_oneof![Just("2026-10-25T01:00:00Z"), Just("2027-03-28T01:00:00Z"), Just("2026-11-01T06:00:00Z"), Just("2026-10-03T15:30:00Z"), Just("2026-04-23T22:00:00Z")],
        minutes in -3000..3000i64,
    ) {
        let clock = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let hours = quiet(&clock(from), &clock((from + length) % 1440));
        let (zone, now) = (zone(name), at(near) + SignedDuration::from_mins(minutes));
        let over = hours.over(now, &zone);
        prop_assert!(over >= now && !hours.holds(over, &zone));
        prop_assert!(over.duration_since(now) <= SignedDuration::from_hours(26));
        let mut each = now;
        while each < over {
            prop_assert!(hours.holds(each, &zone), "{each} {over}");
            each += SignedDuration::from_mins(1);
        }
    }
}
