//! From what people do to what a report says, and who sees it.

use brigade_domain::actor::{Actor, Role};
use brigade_domain::id::LabelId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::files::{column, file};
use super::{Story, report, set_hours, staff, tell};
use crate::support::{Person, TestApp, TestTenant};

/// Everything that is known of matters, but for how far it was read and what is counted at their end.
const KNOWN: &str = "select conversation_id, seq, kind, began_at, answered_at, answered_by, resolved_at, resolved_by, \
                     assignee, labels, messages, answer_due, resolution_due from matters order by 1, 2";

/// Told anew from the logs by the superuser, for whom no wall stands.
fn tell_anew(app: &TestApp, tenant: &TestTenant) {
    let id = tenant.id.uuid();
    app.database.sql(&format!("select brigade_tell_matters('{id}')"));
}

#[tokio::test]
async fn what_people_do_is_counted_and_who_sees_what() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant().await, app.tenant().await);
    let admin = app.client_as(&tenant, Role::Admin).await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let (busy, foreign) = (staff(&tenant, manager.id, Role::AccountManager), app.client_as(&other, Role::Admin).await);
    set_hours(&admin, &tenant, "Europe/London", "09:00", "17:00").await;
    let label = LabelId::from_uuid(Uuid::now_v7());
    tell(&admin, &tenant, "set_label", json!({ "label": label, "name": "Allergy", "color": "red" })).await;

    // In the evening, answered the next morning: 14 hours by the clock, of which ten minutes were open.
    let story = Story::begin(&app, &tenant, "2026-06-01T18:00:00Z").await;
    story.asks("2026-06-01T18:10:00Z").await;
    let note = json!({ "text": "no answer" });
    story.does(busy.clone(), "2026-06-01T18:11:00Z", "note", note).await;
    story.asks("2026-06-01T18:12:00Z").await;
    story.says(&busy, "2026-06-02T08:10:00Z").await;
    story.does(busy.clone(), "2026-06-02T08:11:00Z", "assign", json!({ "to": manager.id })).await;
    story.does(busy.clone(), "2026-06-02T08:12:00Z", "label", json!({ "label": label, "on": true })).await;
    let boss = staff(&tenant, admin.id, Role::Admin);
    story.does(boss.clone(), "2026-06-02T09:10:00Z", "resolve", json!({})).await;
    // Opened again it is another matter, still open; and another, of nobody.
    story.asks("2026-06-03T10:00:00Z").await;
    let second = Story::begin(&app, &tenant, "2026-06-03T22:59:00Z").await;
    second.asks("2026-06-03T23:30:00Z").await;

    let seen = report(&admin, "from=2026-06-01&to=2026-06-03").await;
    let figures = &seen["figures"];
    assert_eq!(
        (&figures["matters"], &figures["answered"], &figures["resolved"], &figures["messages"]),
        (&json!(2), &json!(1), &json!(1), &json!(2))
    );
    // 09:00 in London is 08:00 in UTC.
    assert_eq!((&seen["clock"], &figures["first"]), (&json!("open"), &json!({ "median": 600, "p90": 600 })));
    assert_eq!(figures["resolution"], json!({ "median": 4200, "p90": 4200 }));
    let always = report(&admin, "from=2026-06-01&to=2026-06-03&clock=always").await["figures"].clone();
    assert_eq!(always["first"], json!({ "median": 14 * 3600, "p90": 14 * 3600 }));
    let days: Vec<_> =
        seen["slices"].as_array().unwrap().iter().map(|slice| slice["figures"]["matters"].as_u64().unwrap()).collect();
    assert_eq!((days, &seen["grain"]), (vec![1, 0, 1], &json!("day")), "00:30 in London is the next day");
    assert_eq!(seen["hours"][0][19], 1, "Monday, 19:10 in London");
    assert_eq!(seen["since"], "2026-06-01T18:10:00Z");
    let people: Vec<_> = seen["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| {
            (
                person["person"].clone(),
                person["matters"].clone(),
                person["answered"].clone(),
                person["resolved"].clone(),
            )
        })
        .collect();
    assert_eq!(
        people,
        [(json!(manager.id), json!(2), json!(1), json!(0)), (json!(admin.id), json!(0), json!(0), json!(1))]
    );
    // The label stays on the conversation: both matters have it.
    assert_eq!(
        (
            seen["labels"].as_array().unwrap().len(),
            &seen["labels"][0]["name"],
            &seen["labels"][0]["figures"]["matters"]
        ),
        (1, &json!("Allergy"), &json!(2))
    );
    assert_eq!(seen["figures_before"]["matters"], 0);
    assert_eq!(report(&admin, "from=2026-06-04&to=2026-06-06").await["figures_before"]["matters"], 2);
    assert_eq!(
        report(&admin, &format!("from=2026-06-01&to=2026-06-04&person={}", admin.id)).await["figures"]["matters"],
        0
    );
    assert_eq!(report(&admin, &format!("from=2026-06-01&to=2026-06-04&label={label}")).await["figures"]["matters"], 2);

    who_sees_what(&admin, &manager, &foreign).await;
}

async fn who_sees_what(admin: &Person, manager: &Person, foreign: &Person) {
    // Account managers see of the people themselves, whoever else there is.
    let own = report(manager, "from=2026-06-01&to=2026-06-04").await;
    assert_eq!(
        (&own["figures"]["matters"], &own["everybody"], own["people"].as_array().unwrap().len()),
        (&json!(3), &json!(false), 1)
    );
    assert_eq!(manager.get(&format!("/v1/reports?person={}", admin.id)).await.code(), "FORBIDDEN");
    manager.get(&format!("/v1/reports?person={}", manager.id)).await.data();
    let nothing = report(foreign, &format!("from=2026-06-01&to=2026-06-04&person={}", manager.id)).await;
    assert_eq!(
        (&nothing["figures"]["matters"], &nothing["people"], &nothing["since"]),
        (&json!(0), &json!([]), &Value::Null)
    );
    for wrong in [
        "from=2026-06-01",
        "to=2026-06-01",
        "from=2026-06-02&to=2026-06-01",
        "from=2024-01-01&to=2026-01-01",
        "period=always",
        "period=last_month&from=2026-06-01&to=2026-06-01",
        "week=1",
    ] {
        assert_eq!(admin.get(&format!("/v1/reports?{wrong}")).await.code(), "INVALID_INPUT", "{wrong}");
    }
}

#[tokio::test]
async fn what_was_due_is_kept_with_the_matter() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let boss = staff(&tenant, admin.id, Role::Admin);
    let goals = json!({ "first": 30, "next": 60, "resolution": 120 });
    let policy = json!({ "targets": { "counted": "always", "normal": goals }, "hours": { "zone": "UTC", "week": [], "closed": [] } });
    let (system, send) = (Actor::system(tenant.id), ("2026-06-01T10:00:00Z", "2026-06-01T10:00:01Z"));
    for (answer, resolve) in [("2026-06-01T10:30:00Z", Some("2026-06-01T12:00:01Z")), ("2026-06-01T10:30:01Z", None)] {
        let story = Story::begin(&app, &tenant, send.0).await;
        story.asks(send.0).await;
        story.does(system.clone(), send.1, "reckon", policy.clone()).await;
        story.says(&boss, answer).await;
        if let Some(at) = resolve {
            story.does(boss.clone(), at, "resolve", json!({})).await;
        }
    }
    let seen = report(&admin, "from=2026-06-01&to=2026-06-01&clock=open").await;
    assert_eq!((&seen["clock"], &seen["has_hours"]), (&json!("always"), &json!(false)), "it has no hours");
    let figures = &seen["figures"];
    assert_eq!(figures["answers_kept"], json!({ "met": 1, "missed": 1 }));
    assert_eq!(figures["resolutions_kept"], json!({ "met": 0, "missed": 2 }), "one late, one not done");
    assert_eq!(figures["first"], json!({ "median": 1801, "p90": 1801 }));
}

#[tokio::test]
async fn how_content_customers_were_belongs_to_the_matter_they_are_asked_about() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant().await, app.tenant().await);
    let admin = app.client_as(&tenant, Role::Admin).await;
    let (boss, system) = (staff(&tenant, admin.id, Role::Admin), Actor::system(tenant.id));
    let (manager, foreign) =
        (app.client_as(&tenant, Role::AccountManager).await, app.client_as(&other, Role::Admin).await);
    // Of four that are asked three say something; who comes back says it of another matter, on another day.
    for (day, first, second) in [(1, Some(5), None), (1, Some(4), Some(1)), (2, Some(3), None), (2, None, None)] {
        let story = Story::begin(&app, &tenant, &format!("2026-06-0{day}T08:00:00Z")).await;
        story.does(boss.clone(), &format!("2026-06-0{day}T08:00:00Z"), "assign", json!({ "to": admin.id })).await;
        for (day, score) in [(day, first), (day + 4, second)].into_iter().take(1 + usize::from(second.is_some())) {
            let at = |time: &str| format!("2026-06-0{day}T{time}Z");
            story.asks(&at("09:00:00")).await;
            story.says(&boss, &at("09:10:00")).await;
            let rev = story.does(boss.clone(), &at("09:20:00"), "resolve", json!({})).await;
            let question = json!({ "rev": rev, "question": "How was it?" });
            let asked = story.does(system.clone(), &at("09:20:01"), "ask_feedback", question).await;
            for score in [Some(2), score].into_iter().flatten().skip(usize::from(score.is_none())) {
                let said = json!({ "asked": asked, "score": score });
                story.does(story.visitor.clone(), &at("09:30:00"), "give_feedback", said).await;
            }
        }
    }
    let said = |asked: u64, rated: u64, good: u64| json!({ "asked": asked, "rated": rated, "good": good });
    let seen = report(&admin, "from=2026-06-01&to=2026-06-02").await;
    assert_eq!(seen["figures"]["feedback"], said(4, 3, 2), "what was said last counts");
    assert_eq!(seen["slices"][0]["figures"]["feedback"], said(2, 2, 2));
    assert_eq!((&seen["people"][0]["person"], &seen["people"][0]["feedback"]), (&json!(admin.id), &said(4, 3, 2)));
    assert_eq!(seen["labels"][0]["figures"]["feedback"], said(4, 3, 2));
    let later = report(&admin, "from=2026-06-05&to=2026-06-06").await;
    assert_eq!((&later["figures"]["matters"], &later["figures"]["feedback"]), (&json!(1), &said(1, 1, 0)));
    assert_eq!(later["figures_before"]["feedback"], said(0, 0, 0));
    let own = report(&admin, &format!("from=2026-06-01&to=2026-06-06&person={}", manager.id)).await;
    assert_eq!(own["figures"]["feedback"], said(0, 0, 0));
    assert_eq!(report(&foreign, "from=2026-06-01&to=2026-06-06").await["figures"]["feedback"], said(0, 0, 0));
    // Told anew from the logs, it is still of the same matter.
    tell_anew(&app, &tenant);
    assert_eq!(report(&admin, "from=2026-06-01&to=2026-06-02").await["figures"]["feedback"], said(4, 3, 2));
    let (_, lines) = file(&admin, "/v1/reports/matters.csv?from=2026-06-01&to=2026-06-06").await;
    let mut scores = column(&lines, "score");
    scores.sort();
    assert_eq!(scores, ["", "1", "3", "4", "5"]);
}

#[tokio::test]
async fn told_anew_from_the_logs_matters_are_the_same() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant().await, app.tenant().await);
    let admin = app.client_as(&tenant, Role::Admin).await;
    let boss = staff(&tenant, admin.id, Role::Admin);
    let label = LabelId::from_uuid(Uuid::now_v7());
    tell(&admin, &tenant, "set_label", json!({ "label": label, "name": "Allergy", "color": "red" })).await;
    let policy = json!({ "targets": { "counted": "always", "normal": { "first": 5, "resolution": 50 } }, "hours": { "zone": "UTC", "week": [], "closed": [] } });
    Story::begin(&app, &other, "2026-06-01T10:00:00Z").await.asks("2026-06-01T10:00:00Z").await;
    // Whatever comes out of a hat, always the same.
    let mut hat: u64 = 7;
    let mut draw = |of: u64| {
        hat = hat.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (hat >> 33) % of
    };
    for _ in 0..12 {
        let story = Story::begin(&app, &tenant, "2026-06-01T10:00:00Z").await;
        for step in 0..14 {
            let at =
                format!("2026-06-01T{:02}:{:02}:00.{:06}Z", 10 + step / 6, (step % 6) * 10 + draw(9), draw(1_000_000));
            match draw(9) {
                0..=2 => drop(story.asks(&at).await),
                3 => drop(story.says(&boss, &at).await),
                4 => drop(story.does(boss.clone(), &at, "note", json!({ "text": "x" })).await),
                5 => drop(story.does(boss.clone(), &at, "resolve", json!({})).await),
                6 => drop(
                    story.does(boss.clone(), &at, "assign", json!({ "to": (draw(2) == 0).then_some(admin.id) })).await,
                ),
                7 => drop(story.does(boss.clone(), &at, "label", json!({ "label": label, "on": draw(2) == 0 })).await),
                _ => drop(story.does(Actor::system(tenant.id), &at, "reckon", policy.clone()).await),
            }
        }
    }
    let known = app.database.sql(KNOWN);
    assert!(known.lines().count() > 20, "{known}");
    for column in ["answered_by", "resolved_at", "assignee", "answer_due", "resolution_due"] {
        let some = app.database.sql(&format!("select count(*) > 1 from matters where {column} is not null"));
        assert_eq!(some, "t", "{column}");
    }
    tell_anew(&app, &tenant);
    assert_eq!(app.database.sql(KNOWN), known, "told again");
    app.database.sql(&format!("delete from matters where tenant_id = '{}'", tenant.id.uuid()));
    tell_anew(&app, &tenant);
    assert_eq!(app.database.sql(KNOWN), known, "told anew");
    // Whoever has no tenant set, or another's, sees and tells nothing.
    let walled = format!(
        "set role brigade_app; select brigade_tell_matters('{}'); select count(*) from matters; \
         select set_config('brigade.tenant_id', '{}', false); select count(*) from matters",
        tenant.id.uuid(),
        other.id.uuid()
    );
    let counts: Vec<String> =
        app.database.sql(&walled).lines().filter(|line| line.parse::<u32>().is_ok()).map(str::to_owned).collect();
    assert_eq!(counts, ["0", "1"]);
}
