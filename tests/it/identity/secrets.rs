//! Secrets at rest (security 39): sealed to their place, under keys that can be replaced.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brigade_domain::Timestamp;
use brigade_domain::actor::Role;
use brigade_domain::identity::Cause;
use brigade_domain::identity::ports::{IdentitySecrets as _, Outbox as _, SecondFactors as _};
use brigade_domain::identity::second_factor::SecondStep;
use brigade_store::identity::{Identity, KeyRing};
use serde_json::json;

use crate::support::{Authenticator, Browser, TestApp};

const OLD: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const NEW: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

fn over(app: &TestApp, keys: &[&str]) -> Identity {
    Identity::start(app.inside.db.clone(), KeyRing::from_hex(keys).unwrap())
}

async fn with_two_letters() -> TestApp {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    for name in ["Maya", "Theo"] {
        let (_, email) = app.user(&tenant, Role::Client, name).await;
        Browser::new(&app).post("/v1/auth/password/forgot", json!({ "email": email })).await.data();
    }
    app
}

#[tokio::test]
async fn letters_are_not_readable_in_the_database_and_a_swapped_row_does_not_open() {
    let app = with_two_letters().await;
    let raw = app.database.sql("select encode(sealed, 'escape') from mail_outbox");
    assert!(!raw.contains("people.example") && !raw.contains("token="));
    assert_eq!(over(&app, &[OLD]).newest().await.unwrap().len(), 2);
    app.database.sql(
        "update mail_outbox a set sealed = b.sealed from mail_outbox b where a.id <> b.id and a.id = (select min(id::text)::uuid from mail_outbox)",
    );
    assert!(over(&app, &[OLD]).newest().await.is_err());
    let jobs = app.database.sql("select payload from graphile_worker._private_jobs");
    assert!(!jobs.contains("token"), "{jobs}");
}

#[tokio::test]
async fn a_key_is_replaced_without_losing_anything() {
    let app = with_two_letters().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    admin.post("/v1/tenant/keys", json!({ "name": "x", "kind": "secret", "mode": "test" })).await.data();
    for rev in 0..2 {
        admin.post("/v1/tenant/identity-secret", json!({ "rev": rev })).await.data();
    }
    let mut apps = Authenticator::of(&app, &admin.email).await;
    let point = URL_SAFE_NO_PAD.encode([&[4][..], &[7; 64]].concat());
    let device =
        json!({ "endpoint": "https://push.invalid/1", "p256dh": point, "auth": URL_SAFE_NO_PAD.encode([7; 16]) });
    apps.browser.post("/v1/notices/devices", device).await.data();
    apps.browser.get("/v1/notices/devices").await.data();
    let step = || SecondStep::parse("code", &apps.code(&app)).unwrap();
    assert!(over(&app, &[NEW]).newest().await.is_err(), "another key opens nothing");
    assert!(over(&app, &[NEW]).prove(admin.id, step(), Cause::system(Timestamp::now())).await.is_err());

    let both = over(&app, &[NEW, OLD]);
    let rotated = both.rotate_secrets().await.unwrap();
    assert_eq!((rotated.keys, rotated.letters, rotated.second_factors, rotated.push), (1, 5, 1, 2));
    assert_eq!(rotated.identity_secrets, 1);
    assert_eq!(
        over(&app, &[NEW]).current(tenant.id, Timestamp::now()).await.unwrap().len(),
        2,
        "it and the one before"
    );
    assert_eq!(over(&app, &[NEW]).newest().await.unwrap().len(), 5);
    assert!(over(&app, &[NEW]).prove(admin.id, step(), Cause::system(Timestamp::now())).await.unwrap());
    let again = over(&app, &[NEW]).rotate_secrets().await.unwrap();
    assert_eq!((again.keys, again.letters, again.second_factors, again.identity_secrets, again.push), (0, 0, 0, 0, 0));
}

#[tokio::test]
async fn a_secret_of_two_step_sign_in_is_not_readable_and_another_persons_does_not_open() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (maya, theo) = (app.client_as(&tenant, Role::Admin).await, app.client_as(&tenant, Role::Admin).await);
    let (hers, _his) = (Authenticator::of(&app, &maya.email).await, Authenticator::of(&app, &theo.email).await);
    let raw = app.database.sql("select encode(sealed, 'hex') from second_factors");
    assert!(!raw.contains(&hers.hex()), "{raw}");
    app.database.sql(&format!(
        "update second_factors a set sealed = b.sealed from second_factors b where a.user_id = '{}' and b.user_id = '{}'",
        theo.id.uuid(),
        maya.id.uuid()
    ));
    let step = SecondStep::parse("code", &hers.code(&app)).unwrap();
    let ring = over(&app, &[OLD]);
    assert!(ring.prove(theo.id, step.clone(), Cause::system(Timestamp::now())).await.is_err());
    assert!(ring.prove(maya.id, step, Cause::system(Timestamp::now())).await.unwrap());
}

#[tokio::test]
async fn what_is_over_is_deleted() {
    let app = with_two_letters().await;
    let tenant = app.tenant().await;
    app.client_as(&tenant, Role::Admin).await;
    let later = Timestamp::now().checked_add(jiff::SignedDuration::from_hours(24 * 15)).unwrap();
    let purged = brigade_store::identity::purge(&app.inside.db, later).await.unwrap();
    assert_eq!((purged.sessions, purged.tokens), (1, 2));
    let kept = app.database.sql("select count(*) from sessions");
    assert_eq!(kept, "0");
}
