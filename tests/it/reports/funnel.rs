//! From an enquiry to a client: who came in some days, how far they got until now, and how long it took them.

use brigade_domain::actor::{Actor, Role};
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{AccountId, InvitationId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::files::{column, file};
use super::{Story, report, set_hours, staff};
use crate::support::{TestApp, TestTenant};

/// What a funnel says of each step: how many, by chat, enquiry and access, and the median.
fn steps(report: &Value) -> Vec<(String, [u64; 4], Value)> {
    let step = |step: &Value| {
        let numbers = ["number", "chat", "enquiry", "access"].map(|name| step[name].as_u64().unwrap());
        (step["step"].as_str().unwrap().to_owned(), numbers, step["median"].clone())
    };
    report["funnel"].as_array().unwrap().iter().map(step).collect()
}

/// Whoever it is was invited and has accepted, and is onboarded so long after.
async fn becomes_a_client(story: &Story<'_>, tenant: &TestTenant, manager: &Actor, day: &str) {
    let (system, account) = (Actor::system(tenant.id), AccountId::from_uuid(Uuid::now_v7()));
    let at = |time: &str| format!("{day}T{time}Z");
    let invitation = InvitationId::from_uuid(Uuid::now_v7());
    let invite = json!({ "invitation": invitation, "email": "ada@people.example", "name": "Ada", "inviter": manager.party.user() });
    story.does(system.clone(), &at("12:00:00"), "invite", invite).await;
    let key = EntityKey::new(tenant.id, account);
    let open = json!({ "name": "Ada", "conversation": story.id });
    story.of(key, system.clone(), &at("13:00:00"), "open", open).await;
    let hand_over = json!({ "account": account, "name": "Ada", "invitation": invitation });
    story.does(system, &at("13:00:00"), "hand_over", hand_over).await;
    let looks_after = json!({ "manager": manager.party.user() });
    story.of(key, manager.clone(), &at("13:30:00"), "set_manager", looks_after).await;
    let onboard = json!({ "to": "onboarding", "onboarding": "manual" });
    story.of(key, manager.clone(), &at("14:00:00"), "advance", onboard).await;
    story.of(key, manager.clone(), &at("15:00:00"), "advance", json!({ "to": "pack_purchase" })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_is_counted_from_the_logs_and_who_was_taken_back_is_no_client() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant().await, app.tenant().await);
    let admin = app.client_as(&tenant, Role::Admin).await;
    let foreign = app.client_as(&other, Role::Admin).await;
    let (user, _) = app.user(&tenant, Role::AccountManager, "Amara").await;
    let (manager, boss) = (staff(&tenant, user, Role::AccountManager), staff(&tenant, admin.id, Role::Admin));
    set_hours(&admin, &tenant, "Europe/London", "09:00", "17:00").await;
    let begin = async |form: Value, at: &str| {
        let story = Story::begin_with(&app, &tenant, at, form).await;
        story.asks(at).await;
        story
    };

    // The second of June begins in London at 23:00 of the first in UTC, and ends so.
    begin(json!("enquiry"), "2026-06-01T22:59:59Z").await;
    let ignored = begin(json!("enquiry"), "2026-06-01T23:00:00Z").await;
    begin(Value::Null, "2026-06-02T23:00:00Z").await;
    // Nobody answers; a note is no answer. Who writes again another day has come once.
    ignored.does(manager.clone(), "2026-06-02T10:00:00Z", "note", json!({ "text": "spam?" })).await;
    ignored.does(boss.clone(), "2026-06-02T10:01:00Z", "resolve", json!({})).await;
    ignored.asks("2026-06-04T10:00:00Z").await;
    let chat = begin(Value::Null, "2026-06-02T11:00:00Z").await;
    chat.says(&manager, "2026-06-02T11:10:00Z").await;
    let access = begin(json!("access"), "2026-06-02T11:00:00Z").await;
    access.says(&manager, "2026-06-02T11:30:00Z").await;
    becomes_a_client(&access, &tenant, &manager, "2026-06-02").await;
    let undone = begin(json!("access"), "2026-06-02T11:00:00Z").await;
    becomes_a_client(&undone, &tenant, &manager, "2026-06-02").await;
    // An account that never wrote on the site came on no way of it.
    let said = async || steps(&report(&admin, "from=2026-06-02&to=2026-06-02").await);
    let before = said().await;
    assert_eq!(before[3], ("client".to_owned(), [2, 0, 0, 2], json!(2 * 3_600)));
    undone.does(boss, "2026-06-03T09:00:00Z", "take_back", json!({})).await;

    let hour = 3_600;
    let expected = [
        ("opened", [4, 1, 1, 2], Value::Null),
        ("answered", [2, 1, 0, 1], json!(20 * 60)),
        ("invited", [2, 0, 0, 2], json!(hour)),
        ("client", [1, 0, 0, 1], json!(2 * hour)),
        ("onboarding", [1, 0, 0, 1], json!(3 * hour)),
        ("pack_purchase", [1, 0, 0, 1], json!(4 * hour)),
        ("subscription_applied", [0; 4], Value::Null),
        ("weekly_ordering", [0; 4], Value::Null),
        ("consumption", [0; 4], Value::Null),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(step, numbers, took)| (step.to_owned(), numbers, took)).collect();
    assert_eq!(said().await, expected);
    assert_eq!(steps(&report(&admin, "from=2026-06-01&to=2026-06-01").await)[0].1, [1, 0, 1, 0]);
    assert_eq!(steps(&report(&admin, "from=2026-06-03&to=2026-06-04").await)[0].1, [1, 1, 0, 0]);
    assert!(
        steps(&report(&foreign, "from=2026-06-01&to=2026-06-04").await)
            .iter()
            .all(|(_, numbers, _)| *numbers == [0; 4])
    );

    let (name, lines) = file(&admin, "/v1/reports/figures.csv?table=funnel&from=2026-06-02&to=2026-06-02").await;
    assert!(name.contains("funnel 2026-06-02"), "{name}");
    assert_eq!(column(&lines, "number"), ["4", "2", "2", "1", "1", "1", "0", "0", "0"]);
    assert_eq!(column(&lines, "access_form"), ["2", "1", "2", "1", "1", "1", "0", "0", "0"]);
    assert_eq!(column(&lines, "median_seconds")[..4], ["", "1200", "3600", "7200"]);
    app.jobs_done().await;
}
