//! Visitors whom the business's own site identifies: what counts as its word, for which chat, and who gets to see it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brigade_domain::actor::Role;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use super::{command, visitor_says};
use crate::support::{Answer, Person, Socket, TestApp, TestTenant, Visitor};

const SECRET: &str = "/v1/tenant/identity-secret";

struct Business {
    tenant: TestTenant,
    admin: Person,
    secret: String,
}

impl Business {
    async fn open(app: &TestApp) -> Self {
        let tenant = app.tenant().await;
        let admin = app.client_as(&tenant, Role::Admin).await;
        let secret = renewed(&admin, 0).await;
        Self { tenant, admin, secret }
    }

    async fn identify(&self, app: &TestApp, token: Option<&str>, identity: &str) -> Answer {
        let request = reqwest::Client::new().post(app.url("/v1/site/identify"));
        let request = request.header("x-tenant-key", &self.tenant.public_key).header("origin", &self.tenant.origin);
        let body = json!({ "identity": identity, "token": token });
        Answer::of(request.json(&body).send().await.unwrap()).await
    }

    async fn seen(&self, visitor: &Visitor) -> Value {
        let path = format!("/v1/conversations/{}", visitor.conversation);
        self.admin.get(&path).await.data()["state"].clone()
    }
}

async fn renewed(admin: &Person, rev: u32) -> String {
    admin.post(SECRET, json!({ "rev": rev })).await.data()["secret"].as_str().unwrap().to_owned()
}

fn soon() -> i64 {
    jiff::Timestamp::now().as_second() + 3_600
}

/// As the business's server does it.
fn sign(secret: &str, said: &Value) -> String {
    let payload = URL_SAFE_NO_PAD.encode(said.to_string());
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(payload.as_bytes());
    format!("{payload}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn the_staff_see_at_once_whom_the_site_has_identified_and_the_visitor_hears_nothing() {
    let app = TestApp::start().await;
    let business = Business::open(&app).await;
    let visitor = app.visitor(&business.tenant).await;
    visitor_says(&app, &visitor, "Hello").await;
    let mut staff = Socket::open(&app, &business.admin).await;
    staff.subscribe(&visitor.topic).await;
    let mut own = Socket::open_visitor(&app, &visitor).await;
    own.subscribe(&visitor.topic).await;

    let (id, name) = (format!("{}👤", "7".repeat(199)), format!("{}🎂", "م".repeat(199)));
    let said = json!({ "id": id, "name": name, "email": "Mia@Example.com", "expires": soon() });
    let known = json!({ "id": id, "name": name, "email": "mia@example.com" });
    let identity = sign(&business.secret, &said);
    // Before there is a chat it is only looked at.
    assert_eq!(business.identify(&app, None, &identity).await.data(), &known);
    assert_eq!(business.seen(&visitor).await["identity"], Value::Null);
    // Two tabs of one person at once.
    let token = Some(visitor.token.as_str());
    let (first, second) =
        tokio::join!(business.identify(&app, token, &identity), business.identify(&app, token, &identity));
    assert_eq!((first.data(), second.data()), (&known, &known));
    assert_eq!(staff.event(&visitor.topic, "identified").await["body"], known);
    let state = business.seen(&visitor).await;
    assert_eq!((&state["identity"], &state["name"], &state["account"]), (&known, &json!(name), &Value::Null));
    let lines = format!(
        "select count(*) from event_log where kind = 'identified' and tenant_id = '{}'",
        business.tenant.id.uuid()
    );
    assert_eq!(app.database.sql(&lines), "1");

    // To the visitor it is a line they may not see, as over HTTP.
    assert_eq!(own.expect_where("the line", |frame| frame["t"] == "ev").await["type"], "hidden");
    let path = format!("/v1/conversations/{}", visitor.conversation);
    let state = visitor.ask(&app, Method::GET, &path, None).await.data()["state"].clone();
    assert_eq!((&state["identity"], &state["contact"]), (&Value::Null, &Value::Null));
    // Nor do they say it themselves.
    let forged = command("identify", &json!({ "id": "1", "name": "Boss" }));
    let refused = visitor.ask(&app, Method::POST, &format!("{path}/commands"), Some(&forged)).await;
    assert_eq!(refused.code(), "FORBIDDEN");
}

#[tokio::test]
async fn what_does_not_count_changes_nothing() {
    let app = TestApp::start().await;
    let (business, elsewhere) = (Business::open(&app).await, Business::open(&app).await);
    let visitor = app.visitor(&business.tenant).await;
    let good = json!({ "id": "7", "name": "Mia", "expires": soon() });
    let right = sign(&business.secret, &good);
    let (payload, signature) = right.split_once('.').unwrap();
    let other = URL_SAFE_NO_PAD.encode(json!({ "id": "8", "expires": soon() }).to_string());
    let long = json!({ "id": "7", "name": "x".repeat(9_000), "expires": soon() });
    let with = |key: &str, value: Value| {
        let mut said = good.clone();
        said[key] = value;
        sign(&business.secret, &said)
    };
    for (what, identity, code) in [
        ("another payload", format!("{other}.{signature}"), "AUTH_INVALID"),
        ("another signature", format!("{payload}.{}", URL_SAFE_NO_PAD.encode([0; 32])), "AUTH_INVALID"),
        ("no signature", format!("{payload}."), "AUTH_INVALID"),
        ("another business's secret", sign(&elsewhere.secret, &good), "AUTH_INVALID"),
        ("the public key", sign(&business.tenant.public_key, &good), "AUTH_INVALID"),
        ("no secret", sign("", &good), "AUTH_INVALID"),
        ("too old", with("expires", json!(soon() - 3_601)), "TOKEN_EXPIRED"),
        ("too far ahead", with("expires", json!(soon() + 24 * 3_600)), "INVALID_INPUT"),
        ("no id", with("id", json!("")), "INVALID_INPUT"),
        ("too much", with("admin", json!(true)), "INVALID_INPUT"),
        ("no address", with("email", json!("mia")), "INVALID_INPUT"),
        ("too long", sign(&business.secret, &long), "INVALID_INPUT"),
        ("no token at all", "Mia".to_owned(), "INVALID_INPUT"),
    ] {
        assert_eq!(business.identify(&app, Some(&visitor.token), &identity).await.code(), code, "{what}");
        assert_eq!(business.identify(&app, None, &identity).await.code(), code, "{what}");
    }
    // Here it counts, there it does not, whoever's chat it is for.
    assert_eq!(elsewhere.identify(&app, Some(&visitor.token), &right).await.code(), "AUTH_INVALID");
    let theirs = sign(&elsewhere.secret, &good);
    assert_eq!(elsewhere.identify(&app, Some(&visitor.token), &theirs).await.code(), "NOT_FOUND");
    assert_eq!(business.identify(&app, Some("vst_nothing"), &right).await.code(), "NOT_FOUND");
    assert_eq!(business.seen(&visitor).await["identity"], Value::Null);
    visitor_says(&app, &visitor, "It goes on").await;
}

#[tokio::test]
async fn a_chat_is_never_somebody_elses() {
    let app = TestApp::start().await;
    let business = Business::open(&app).await;
    let (first, second) = (app.visitor(&business.tenant).await, app.visitor(&business.tenant).await);
    let of = |id: &str| sign(&business.secret, &json!({ "id": id, "expires": soon() }));
    let (mia, bo) = (of("mia"), of("bo"));
    // Two people at once at one browser: one of them it is.
    let (one, other) = tokio::join!(
        business.identify(&app, Some(&first.token), &mia),
        business.identify(&app, Some(&first.token), &bo)
    );
    let mut codes = [one.status, other.status];
    codes.sort_unstable();
    assert_eq!(codes, [200, 409]);
    let winner = if one.status == 200 { "mia" } else { "bo" };
    assert_eq!(business.seen(&first).await["identity"]["id"], winner);
    let refused = if one.status == 200 { other } else { one };
    assert_eq!(refused.body["error"]["details"]["reason"], "somebody_else");
    // Whoever has somebody's signature says with it who they are in their own chat, and gets to no other.
    let again = business.identify(&app, Some(&second.token), if winner == "mia" { &mia } else { &bo }).await;
    assert_eq!(again.data()["id"], winner);
    let path = format!("/v1/conversations/{}", first.conversation);
    assert_eq!(second.ask(&app, Method::GET, &path, None).await.code(), "NOT_FOUND");
    // The database does not take it either.
    let line = format!(
        "do $$ begin
             insert into event_log (tenant_id, entity_id, seq, at, answers, kind, party, body)
             select tenant_id, id, version + 1, now(), false, 'identified', 'system', '{{\"id\":\"eve\"}}' from entities
             where id = (select entity_id from event_log where kind = 'identified' and tenant_id = '{}' limit 1);
             raise 'it was taken';
         exception when others then
             if sqlerrm not like '%is somebody else' then raise; end if;
         end $$",
        business.tenant.id.uuid()
    );
    app.database.sql(&line);
    // A forgotten chat is nobody's.
    let forget = reqwest::Client::new().post(app.url("/v1/site/forget"));
    let forget = forget.header("x-tenant-key", &business.tenant.public_key).json(&json!({ "token": second.token }));
    assert_eq!(forget.send().await.unwrap().status(), 200);
    assert_eq!(business.identify(&app, Some(&second.token), &mia).await.code(), "NOT_FOUND");
}

#[tokio::test]
async fn the_secret_is_shown_once_and_the_one_before_counts_for_a_day() {
    let app = TestApp::start().await;
    let business = Business::open(&app).await;
    let admin = &business.admin;
    let works = async |secret: &str| {
        let identity = sign(secret, &json!({ "id": "7", "expires": soon() }));
        business.identify(&app, None, &identity).await.status == 200
    };
    let raw = app.database.sql("select encode(sealed, 'escape') from identity_secrets");
    assert!(!raw.contains("idsec_"), "{raw}");
    assert!(!admin.get(SECRET).await.body.to_string().contains("idsec_"));
    // Two admins at once: one of them has replaced it.
    let answers = tokio::join!(admin.post(SECRET, json!({ "rev": 1 })), admin.post(SECRET, json!({ "rev": 1 })));
    let mut both = [answers.0, answers.1];
    both.sort_by_key(|answer| answer.status);
    assert_eq!((both[0].status, both[1].code()), (200, "CONFLICT"));
    let new = both[0].data()["secret"].as_str().unwrap().to_owned();
    assert!(works(&new).await && works(&business.secret).await);
    assert!(admin.get(SECRET).await.data()["previous_until"].is_string());
    app.database.sql("update identity_secrets set previous_until = now() - interval '1 second'");
    assert!(works(&new).await && !works(&business.secret).await);

    admin.ask(Method::DELETE, SECRET, None).await.data();
    assert!(!works(&new).await);
    assert_eq!(admin.ask(Method::DELETE, SECRET, None).await.code(), "NOT_FOUND");
    let state = admin.get(SECRET).await.data().clone();
    assert_eq!((&state["rev"], &state["made_at"], &state["previous_until"]), (&json!(3), &Value::Null, &Value::Null));
    assert_eq!(admin.post(SECRET, json!({ "rev": 0 })).await.code(), "CONFLICT", "somebody else looked at it before");
    let newest = renewed(admin, 3).await;
    assert!(works(&newest).await && !works(&new).await, "what was ended stays so");

    let manager = app.client_as(&business.tenant, Role::AccountManager).await;
    for refused in [manager.get(SECRET).await, manager.post(SECRET, json!({ "rev": 4 })).await] {
        assert_eq!(refused.code(), "FORBIDDEN");
    }
    let record = app.database.sql(
        "select string_agg(event_type || ' ' || left(actor, 4), ', ' order by seq) from audit_log
         where event_type like 'identity_secret.%'",
    );
    let [made, replaced, ended] = ["created", "replaced", "ended"].map(|what| format!("identity_secret.{what} usr_"));
    assert_eq!(record, format!("{made}, {replaced}, {ended}, {made}"));
    assert!(!app.database.sql("select string_agg(metadata::text, '') from audit_log").contains("idsec_"));
}

#[tokio::test]
async fn an_address_that_is_blocked_does_not_come_back_signed() {
    let app = TestApp::start().await;
    let business = Business::open(&app).await;
    let (spam, again) = (app.visitor(&business.tenant).await, app.visitor(&business.tenant).await);
    let block = command("block", &json!({ "reason": "Spam", "email": true }));
    let identity =
        |id: &str| sign(&business.secret, &json!({ "id": id, "email": "spam@example.com", "expires": soon() }));
    visitor_says(&app, &spam, "Watches").await;
    business.identify(&app, Some(&spam.token), &identity("1")).await.data();
    business.admin.post(&format!("/v1/conversations/{}/commands", spam.conversation), block).await.data();
    app.jobs_done().await;
    business.identify(&app, Some(&again.token), &identity("2")).await.data();
    app.jobs_done().await;
    assert_eq!(business.seen(&again).await["writing_stopped"], true);
}
