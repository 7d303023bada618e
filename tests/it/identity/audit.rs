//! The record of who did what (security 40).

use brigade_domain::actor::Role;
use brigade_store::audit;
use serde_json::json;

use crate::support::{Browser, PASSWORD, TestApp};

#[tokio::test]
async fn what_happens_to_people_and_keys_is_on_the_record_and_the_chain_is_whole() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    admin.post("/v1/tenant/keys", json!({ "name": "x", "kind": "secret", "mode": "live" })).await.data();
    let staff = json!({ "email": "theo@people.example", "name": "Theo", "role": "account_manager" });
    admin.post("/v1/tenant/staff/invitations", staff).await.data();
    assert_eq!(Browser::new(&app).sign_in(&admin.email, "wrong wrong").await.code(), "AUTH_INVALID");
    Browser::new(&app).sign_in("nobody@people.example", PASSWORD).await;

    let page = admin.get("/v1/tenant/audit?limit=200").await;
    let lines = page.data().as_array().unwrap().clone();
    let events: Vec<&str> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    for event in
        ["membership.granted", "session.signed_in", "api_key.created", "invitation.sent", "session.sign_in_failed"]
    {
        assert!(events.contains(&event), "{event} is not in {events:?}");
    }
    let failed = lines.iter().find(|line| line["event"] == "session.sign_in_failed").unwrap();
    assert_eq!((failed["actor"].as_str(), failed["result"].as_str()), (Some("anonymous"), Some("refused")));
    assert!(failed["request_id"].as_str().unwrap().starts_with("req_"));
    let text = page.body.to_string();
    assert!(!text.contains("people.example") && !text.contains(PASSWORD), "no addresses, no secrets: {text}");

    for chain in [tenant.id, audit::PLATFORM] {
        assert!(audit::verify(&app.inside.db, chain).await.unwrap().is_ok());
    }
    let platform = app.database.sql("select count(*) from audit_log where event_type = 'session.sign_in_failed' and tenant_id = '00000000-0000-0000-0000-000000000000'");
    assert_eq!(platform, "1");
}

#[tokio::test]
async fn pages_of_the_record_follow_each_other() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    for _ in 0..3 {
        admin.post("/v1/tenant/keys", json!({ "name": "x", "kind": "public", "mode": "test" })).await.data();
    }
    let newest = admin.get("/v1/tenant/audit?limit=2").await;
    let last = newest.data()[1]["seq"].as_u64().unwrap();
    let older = admin.get(&format!("/v1/tenant/audit?limit=2&before={last}")).await;
    assert_eq!(older.data()[0]["seq"].as_u64().unwrap(), last - 1);
    assert_eq!(admin.get("/v1/tenant/audit?limti=2").await.code(), "INVALID_INPUT");
}
