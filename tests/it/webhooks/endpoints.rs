//! Endpoints: who may make them, where they may be, how many there can be, and their secrets.

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::Business;
use crate::support::{Answer, Receiver, TestApp};

const PATH: &str = "/v1/tenant/webhooks";

fn wish(url: &str) -> Value {
    json!({ "url": url, "description": "", "events": ["message.sent"] })
}

#[tokio::test]
async fn what_cannot_be_told_is_refused_with_the_field() {
    let app = TestApp::start().await;
    let admin = app.client_as(&app.tenant().await, Role::Admin).await;
    for url in [
        "",
        "nonsense",
        "ftp://example.com/",
        "http://example.com/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://169.254.169.254/",
        "https://localhost/",
        "https://10.0.0.7/",
        "https://me:secret@example.com/",
        "https://example.com:22/",
        "https://metadata.google.internal/",
    ] {
        let refused = admin.post(PATH, wish(url)).await;
        assert_eq!(
            (refused.code(), &refused.body["error"]["details"]["field"]),
            ("INVALID_INPUT", &json!("url")),
            "{url}"
        );
    }
    let refused = |body: Value| {
        let admin = admin.clone();
        async move { admin.post(PATH, body).await.body["error"]["details"]["field"].clone() }
    };
    assert_eq!(refused(json!({ "url": "https://example.com/", "events": [] })).await, "events");
    assert_eq!(refused(json!({ "url": "https://example.com/", "events": ["note.added"] })).await, "events");
    let long = json!({ "url": "https://example.com/", "events": ["message.sent"], "description": "x".repeat(201) });
    assert_eq!(refused(long).await, "description");
    // A name that leads inside is refused each time it is to be told, and nobody is asked.
    app.database.sql("update tenants set webhooks = 'on'");
    let made = admin.post(PATH, wish("https://example.com/")).await;
    app.database.sql("update webhook_endpoints set url = 'https://localhost/'");
    let id = made.data()["id"].as_str().unwrap();
    admin.post(&format!("{PATH}/{id}/test"), json!({})).await.data();
    let failure = crate::support::eventually("it failed", std::time::Duration::from_secs(20), async || {
        let page = admin.get(&format!("{PATH}/{id}/deliveries")).await;
        page.data()["items"][0]["failure"].as_str().map(str::to_owned)
    });
    assert_eq!(failure.await, "forbidden");
}

#[tokio::test]
async fn there_can_be_ten_and_whoever_changes_one_has_seen_it() {
    let business = Business::open().await;
    let admin = &business.admin;
    let description = "عربي 🚚 ".to_owned() + &"x".repeat(190);
    let body = json!({ "url": "https://example.com/a", "events": ["message.sent", "message.sent"], "description": description });
    let first = admin.post(PATH, body).await.data().clone();
    assert_eq!((&first["description"], &first["events"]), (&json!(description.trim()), &json!(["message.sent"])));
    for n in 1..10 {
        admin.post(PATH, wish(&format!("https://example.com/{n}"))).await.data();
    }
    let refused = admin.post(PATH, wish("https://example.com/more")).await;
    assert_eq!((refused.status, refused.code()), (409, "CONFLICT"));
    assert!(refused.body["error"]["message"].as_str().unwrap().contains("10"), "{refused:?}");

    let path = format!("{PATH}/{}", first["id"].as_str().unwrap());
    let change = |rev: u64, on: bool| json!({ "rev": rev, "url": "https://example.com/b", "events": ["contact.left"], "on": on });
    let changed = admin.ask(Method::PUT, &path, Some(&change(1, false))).await;
    assert_eq!((&changed.data()["rev"], &changed.data()["state"]), (&json!(2), &json!("off")));
    let late = admin.ask(Method::PUT, &path, Some(&change(1, true))).await;
    assert_eq!((late.code(), &late.body["error"]["details"]["rev"]), ("CONFLICT", &json!(2)));
    assert_eq!(admin.post(&format!("{path}/test"), json!({})).await.code(), "CONFLICT", "it is off");
    admin.ask(Method::DELETE, &path, None).await.data();
    assert_eq!(admin.ask(Method::DELETE, &path, None).await.code(), "NOT_FOUND");
    admin.post(PATH, wish("https://example.com/more")).await.data();
    assert!(
        business
            .app
            .database
            .sql("select count(*) from audit_log where event_type like 'webhook.%'")
            .parse::<u32>()
            .unwrap()
            >= 13
    );
}

#[tokio::test]
async fn admins_make_them_keys_look_at_them_and_nobody_else_sees_any() {
    let business = Business::open().await;
    let receiver = Receiver::start().await;
    let hook = business.hook(&receiver, &["message.sent"]).await;
    let manager = business.app.client_as(&business.tenant, Role::AccountManager).await;
    assert_eq!(manager.get(PATH).await.code(), "FORBIDDEN");
    let key = business.admin.post("/v1/tenant/keys", json!({ "name": "x", "kind": "secret", "mode": "live" })).await;
    let key = key.data()["key"].as_str().unwrap().to_owned();
    let by_key = |method: Method, path: String| {
        let request = reqwest::Client::new().request(method, business.app.url(&path)).header("x-tenant-key", &key);
        async move { Answer::of(request.json(&wish("https://example.com/")).send().await.unwrap()).await }
    };
    let list = by_key(Method::GET, PATH.to_owned()).await;
    assert_eq!(list.data()["items"].as_array().unwrap().len(), 1);
    assert!(!list.body.to_string().contains("whsec_"), "a secret is shown once");
    assert_eq!(by_key(Method::POST, PATH.to_owned()).await.code(), "FORBIDDEN", "a leaked key must not stay by this");
    assert_eq!(by_key(Method::POST, format!("{PATH}/{}/secret", hook.id)).await.code(), "FORBIDDEN");

    let other = business.app.client_as(&business.app.tenant().await, Role::Admin).await;
    assert_eq!(other.get(PATH).await.data()["items"], json!([]));
    assert_eq!(other.get(&format!("{PATH}/{}/deliveries", hook.id)).await.code(), "NOT_FOUND");
}

#[tokio::test]
async fn a_secret_is_shown_once_kept_sealed_and_replaced_with_a_day_for_both() {
    let business = Business::open().await;
    let receiver = Receiver::start().await;
    let hook = business.hook(&receiver, &["message.sent"]).await;
    assert!(hook.secret.len() == 50 && hook.secret.starts_with("whsec_"), "{}", hook.secret);
    let kept = business.app.database.sql("select encode(sealed, 'escape') from webhook_endpoints");
    assert!(!kept.contains(&hook.secret[6..]), "{kept}");
    let test = async |count: usize| {
        business.admin.post(&format!("{PATH}/{}/test", hook.id), json!({})).await.data();
        receiver.hears(count).await.pop().unwrap()
    };
    let told = test(1).await;
    assert_eq!((&told.body["type"], told.signed_by(&hook.secret)), (&json!("webhook.test"), vec![true]));

    let replaced = business.admin.post(&format!("{PATH}/{}/secret", hook.id), json!({})).await;
    let (secret, until) = (replaced.data()["secret"].as_str().unwrap(), &replaced.data()["previous_secret_until"]);
    assert_ne!(secret, hook.secret);
    let until: jiff::Timestamp = until.as_str().unwrap().parse().unwrap();
    assert!((until.as_second() - jiff::Timestamp::now().as_second() - 86_400).abs() < 60, "{until}");
    let told = test(2).await;
    assert_eq!((told.signed_by(secret), told.signed_by(&hook.secret)), (vec![true, false], vec![false, true]));

    // Under another master key they still open.
    let (old, new) = ("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "ff".repeat(32));
    let ring = brigade_store::identity::KeyRing::from_hex(&[new.as_str(), old]).unwrap();
    let identity = brigade_store::identity::Identity::start(business.app.inside.db.clone(), ring);
    assert_eq!(identity.rotate_secrets().await.unwrap().webhooks, 1);
    assert_eq!(identity.rotate_secrets().await.unwrap().webhooks, 0);
    let ring = brigade_store::identity::KeyRing::from_hex(&[old, new.as_str()]).unwrap();
    brigade_store::identity::Identity::start(business.app.inside.db.clone(), ring).rotate_secrets().await.unwrap();

    business.app.database.sql("update webhook_endpoints set previous_until = now()");
    let told = test(3).await;
    assert_eq!((told.signed_by(secret), told.signed_by(&hook.secret)), (vec![true], vec![false]));
}
