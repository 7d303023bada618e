//! How the chat looks on a business's site: what cannot be made out is refused, and the sheet is there for other sites.

use brigade_domain::actor::Role;
use reqwest::header::HeaderMap;
use serde_json::json;

use super::command;
use crate::support::{TestApp, TestTenant};

async fn sheet(app: &TestApp, tenant: &TestTenant) -> (String, HeaderMap) {
    // As a browser links to it from another site: no key in a header, no origin.
    let response = reqwest::get(app.url(&format!("/widget/look.css?key={}", tenant.public_key))).await.unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    (response.text().await.unwrap(), headers)
}

#[tokio::test]
async fn the_chat_has_the_colour_and_the_side_of_its_business_and_no_other() {
    let app = TestApp::start().await;
    let (tenant, elsewhere) = (app.tenant().await, app.tenant().await);
    let admin = app.client_as(&tenant, Role::Admin).await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let (usual, headers) = sheet(&app, &tenant).await;
    assert_eq!(usual, "", "the usual look needs no word");
    assert_eq!(headers["content-type"], "text/css; charset=utf-8");
    assert_eq!(headers["cross-origin-resource-policy"], "cross-origin");

    let commands = format!("/v1/tenants/{}/commands", tenant.id);
    let look = |accent, side| command("set_look", &json!({ "accent": accent, "side": side }));
    assert_eq!(manager.post(&commands, look(json!("#1a2b5c"), "left")).await.code(), "FORBIDDEN");
    let yellow = admin.post(&commands, look(json!("#ffd400"), "left")).await;
    assert_eq!(yellow.code(), "INVALID_INPUT");
    let details = &yellow.body["error"]["details"];
    assert_eq!((&details["field"], &details["needed"]), (&json!("accent"), &json!(3.0)), "{details}");
    assert!(details["ratio"].as_f64().unwrap() < 1.5, "{details}");
    let unsaid = command("set_look", &json!({ "side": "left" }));
    assert_eq!(admin.post(&commands, unsaid).await.code(), "INVALID_INPUT", "left out is not the usual colour");
    assert_eq!(sheet(&app, &tenant).await.0, "");

    admin.post(&commands, look(details["nearest"].clone(), "right")).await.data();
    admin.post(&commands, look(json!("#1A2B5C"), "left")).await.data();
    let (ours, headers) = sheet(&app, &tenant).await;
    assert!(ours.contains("--color-accent:light-dark(#1a2b5c,"), "{ours}");
    assert!(ours.contains("--local-brigade-left:"), "{ours}");
    let again = reqwest::Client::new().get(app.url(&format!("/widget/look.css?key={}", tenant.public_key)));
    assert_eq!(again.header("if-none-match", &headers["etag"]).send().await.unwrap().status(), 304);
    assert_eq!(sheet(&app, &elsewhere).await.0, "");
    for foreign in ["pk_live_x", "%7B%7D", ""] {
        let answer = reqwest::get(app.url(&format!("/widget/look.css?key={foreign}"))).await.unwrap();
        assert!(answer.status().is_client_error(), "{foreign}");
    }

    let state = admin.get(&format!("/v1/tenants/{}", tenant.id)).await;
    assert_eq!(state.data()["state"]["look"], json!({ "accent": "#1a2b5c", "side": "left" }));
    admin.post(&commands, look(json!(null), "right")).await.data();
    assert_eq!(sheet(&app, &tenant).await.0, "");
    let audit = admin.get("/v1/tenant/audit?limit=2").await;
    let lines = audit.data().as_array().unwrap();
    let events: Vec<&str> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["tenant.look_set", "tenant.look_set"]);
}
