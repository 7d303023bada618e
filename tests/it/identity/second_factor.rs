//! Two-step sign-in of one person (security 9; ASVS 6.3.3, 6.5).

use brigade_domain::actor::Role;
use brigade_store::audit;
use serde_json::{Value, json};

use crate::support::{Answer, Authenticator, Browser, PASSWORD, Person, TestApp, newest_letter, token_in_mail};

const STEP: &str = "__Host-brigade-step";

/// Somebody of the staff with an app.
async fn somebody(app: &TestApp) -> (String, Authenticator) {
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let her = Authenticator::of(app, &email).await;
    (email, her)
}

/// A browser whose password was right.
async fn half_way(app: &TestApp, email: &str) -> Browser {
    let mut browser = Browser::new(app);
    browser.sign_in(email, PASSWORD).await.data();
    browser
}

async fn second_step(browser: &mut Browser, code: &str) -> Answer {
    browser.post("/v1/auth/sign-in/second-step", json!({ "code": code })).await
}

fn events(app: &TestApp) -> String {
    app.database.sql("select event_type from audit_log order by at, seq")
}

#[tokio::test]
async fn it_is_set_up_with_the_password_and_a_first_code() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (id, email) = app.user(&tenant, Role::AccountManager, "Maya 🙂 مايا").await;
    let elsewhere = Person::sign_in(&app, id, &email, PASSWORD).await;
    let mut browser = half_way(&app, &email).await;
    let before = browser.cookies["__Host-brigade"].clone();

    let path = "/v1/auth/second-factor";
    let wrong = browser.post(path, json!({ "password": "wrong wrong" })).await;
    assert_eq!((wrong.code(), wrong.body["error"]["details"]["field"].as_str()), ("AUTH_INVALID", Some("password")));
    let shown = browser.post(path, json!({ "password": PASSWORD })).await;
    let secret = shown.data()["secret"].as_str().unwrap().to_owned();
    assert_eq!(secret.split(' ').map(str::len).collect::<Vec<_>>(), [4; 8]);
    let uri = shown.data()["uri"].as_str().unwrap();
    assert!(uri.starts_with(&format!("otpauth://totp/Brigade:{email}?secret={}", secret.replace(' ', ""))), "{uri}");
    assert!(shown.data()["qr"]["path"].as_str().unwrap().starts_with("M0 0h7v1h-7z"));
    assert_eq!(browser.get(path).await.data()["on"], false, "shown is not on");
    assert_eq!(Browser::new(&app).sign_in(&email, PASSWORD).await.data()["signed_in"], true);
    let wrong = browser.post("/v1/auth/second-factor/confirm", json!({ "code": "000000" })).await;
    assert_eq!(wrong.code(), "AUTH_INVALID");

    let mut her = Authenticator::in_browser(&app, browser).await;
    let state = her.browser.get(path).await;
    assert_eq!((state.data()["on"].as_bool(), state.data()["recovery_codes"].as_u64()), (Some(true), Some(10)));
    let distinct: std::collections::BTreeSet<_> = her.recovery_codes.iter().collect();
    assert_eq!(distinct.len(), 10);
    assert_ne!(her.browser.cookies["__Host-brigade"], before, "the session is rotated");
    assert_eq!(elsewhere.get("/v1/auth/sessions").await.code(), "AUTH_REQUIRED", "the others end");
    assert_eq!(her.browser.post(path, json!({ "password": PASSWORD })).await.code(), "CONFLICT");

    let mail = newest_letter(&app).await;
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), (email.as_str(), "Two-step sign-in is on"));
    let kept = app.database.sql("select row_to_json(f)::text from second_factors f union all select row_to_json(c)::text from recovery_codes c union all select metadata from audit_log");
    for text in her.recovery_codes.iter().chain([&secret, &secret.replace(' ', "")]) {
        assert!(!kept.contains(text.as_str()) && !mail.text.contains(text.as_str()), "{text} is readable");
    }
    assert!(events(&app).contains("second_factor.turned_on"));
}

#[tokio::test]
async fn a_secret_that_waited_too_long_is_not_turned_on() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let mut browser = half_way(&app, &email).await;
    browser.post("/v1/auth/second-factor", json!({ "password": PASSWORD })).await.data();
    app.database.sql("update second_factors set created_at = created_at - interval '61 minutes'");
    let late = browser.post("/v1/auth/second-factor/confirm", json!({ "code": "123456" })).await;
    assert_eq!(late.code(), "CONFLICT");
}

#[tokio::test]
async fn the_password_alone_signs_nobody_in() {
    let app = TestApp::start().await;
    let (email, her) = somebody(&app).await;
    let sessions = app.database.sql("select count(*) from sessions");
    let mut browser = Browser::new(&app);
    let answer = browser.sign_in(&email, PASSWORD).await;
    assert_eq!(
        (answer.data()["signed_in"].as_bool(), answer.data()["next"].as_str()),
        (Some(false), Some("second_step"))
    );
    assert!(!answer.body.to_string().contains("Maya"), "{answer:?}");
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), [STEP], "no session, and no browser that is known");
    assert_eq!(app.database.sql("select count(*) from sessions"), sessions);
    let value = browser.cookies[STEP].clone();
    assert_eq!(value.len(), 43, "256 bits");
    assert!(!app.database.sql("select * from second_steps").contains(&value));
    for name in [STEP, "__Host-brigade"] {
        let ask = reqwest::Client::new().get(app.url("/v1/auth/sessions")).header("cookie", format!("{name}={value}"));
        assert_eq!(ask.send().await.unwrap().status().as_u16(), 401);
    }

    let wrong = second_step(&mut browser, &her.wrong()).await;
    assert_eq!((wrong.status, wrong.code()), (401, "AUTH_INVALID"));
    assert_eq!(wrong.body["error"]["details"], json!({ "field": "code", "left": 4 }));
    assert_eq!(second_step(&mut browser, "12345").await.code(), "INVALID_INPUT", "no code, and no try");
    let done = second_step(&mut browser, &her.code(&app)).await;
    assert_eq!(done.data()["signed_in"], true);
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["__Host-brigade", "__Host-brigade-device"]);
    let events = events(&app);
    assert!(events.contains("session.second_step_failed"), "{events}");
    for chain in app.database.sql("select distinct tenant_id from audit_log").lines() {
        let chain = brigade_domain::id::TenantId::from_uuid(chain.parse().unwrap());
        assert!(audit::verify(&app.inside.db, chain).await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn the_cookie_between_the_steps_is_host_bound_and_short() {
    let app = TestApp::start().await;
    let (email, _) = somebody(&app).await;
    let body = json!({ "email": email, "password": PASSWORD });
    let response =
        Browser::new(&app).request(reqwest::Method::POST, "/v1/auth/sign-in").json(&body).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in [STEP, "; HttpOnly", "; Secure", "; SameSite=Lax", "; Path=/", "; Max-Age=300"] {
        assert!(cookie.contains(part), "{cookie} lacks {part}");
    }
}

#[tokio::test]
async fn another_browser_five_tries_five_minutes_and_a_new_password_end_it() {
    let app = TestApp::start().await;
    let (email, her) = somebody(&app).await;
    let over = "TOKEN_EXPIRED";
    assert_eq!(second_step(&mut Browser::new(&app), &her.code(&app)).await.code(), over);
    let mut forged = Browser::new(&app);
    forged.cookies.insert(STEP.into(), "A".repeat(43));
    assert_eq!(second_step(&mut forged, &her.code(&app)).await.code(), over);

    let mut guesser = half_way(&app, &email).await;
    for _ in 0..5 {
        assert_eq!(second_step(&mut guesser, &her.wrong()).await.code(), "AUTH_INVALID");
    }
    assert_eq!(second_step(&mut guesser, &her.code(&app)).await.code(), over, "also the right one");

    let mut slow = half_way(&app, &email).await;
    app.database.sql("update second_steps set created_at = created_at - interval '5 minutes', expires_at = expires_at - interval '5 minutes'");
    assert_eq!(second_step(&mut slow, &her.code(&app)).await.code(), over);

    let mut thief = half_way(&app, &email).await;
    let mut hers = her.browser.clone();
    let change = json!({ "current": PASSWORD, "password": "brass kettle orbit 91" });
    hers.post("/v1/auth/password/change", change).await.data();
    assert_eq!(second_step(&mut thief, &her.code(&app)).await.code(), over);

    let mut done = Browser::new(&app);
    done.sign_in(&email, "brass kettle orbit 91").await.data();
    let twice = done.clone();
    second_step(&mut done, &her.code(&app)).await.data();
    assert_eq!(second_step(&mut twice.clone(), &her.code(&app)).await.code(), over, "a cookie serves once");
}

#[tokio::test]
async fn of_everybody_who_shows_the_same_code_at_once_one_gets_in() {
    let app = TestApp::start().await;
    let (email, her) = somebody(&app).await;
    for code in [her.code(&app), her.recovery_codes[0].clone()] {
        let mut browsers = Vec::new();
        for _ in 0..4 {
            browsers.push(half_way(&app, &email).await);
        }
        let tries = browsers.iter_mut().map(|browser| second_step(browser, &code));
        let mut statuses: Vec<u16> =
            futures_util::future::join_all(tries).await.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401, 401, 401], "{code}");
    }
    // The one browser, its code sent twice: one session.
    let before = app.database.sql("select count(*) from sessions");
    let (mut one, code) = (half_way(&app, &email).await, her.recovery_codes[1].clone());
    let mut two = one.clone();
    let both = tokio::join!(second_step(&mut one, &code), second_step(&mut two, &code));
    assert_eq!(u8::from(both.0.status == 200) + u8::from(both.1.status == 200), 1, "{both:?}");
    let after = app.database.sql("select count(*) from sessions");
    assert_eq!(after.parse::<u32>().unwrap(), before.parse::<u32>().unwrap() + 1);
}

#[tokio::test]
async fn the_database_itself_lets_no_code_count_twice() {
    let app = TestApp::start().await;
    let (_, her) = somebody(&app).await;
    let both = |sql: &str| {
        let sql =
            format!("do $$ begin {sql}; exception when integrity_constraint_violation then raise notice 'no'; end $$");
        app.database.sql(&sql);
    };
    let kept = || {
        app.database
            .sql("select last_step, (select count(*) from recovery_codes where used_at is null) from second_factors")
    };
    app.database.sql("update recovery_codes set used_at = now()");
    let before = kept();
    both("update second_factors set last_step = last_step - 1");
    both("update second_factors set last_step = null, confirmed_at = null");
    both("update recovery_codes set used_at = null");
    assert_eq!(kept(), before);
    drop(her);
}

#[tokio::test]
async fn a_recovery_code_serves_once_however_it_is_typed_and_its_owner_is_told() {
    let app = TestApp::start().await;
    let (email, mut her) = somebody(&app).await;
    let code = her.recovery_codes[0].clone();
    let mut browser = half_way(&app, &email).await;
    second_step(&mut browser, &code.to_lowercase().replace('-', " ")).await.data();
    let mail = newest_letter(&app).await;
    assert!(mail.subject == "A recovery code was used" && mail.text.contains("9 left"), "{}", mail.text);
    let mut again = half_way(&app, &email).await;
    assert_eq!(second_step(&mut again, &code).await.code(), "AUTH_INVALID");
    assert_eq!(her.browser.get("/v1/auth/second-factor").await.data()["recovery_codes"], 9);

    let path = "/v1/auth/second-factor/recovery-codes";
    let ask = |password: &str, code: &str| json!({ "password": password, "code": code });
    assert_eq!(her.browser.post(path, ask("wrong wrong", &her.code(&app))).await.code(), "AUTH_INVALID");
    assert_eq!(her.browser.post(path, ask(PASSWORD, &her.wrong())).await.code(), "AUTH_INVALID");
    let renewed = her.browser.post(path, ask(PASSWORD, &her.code(&app))).await;
    let new = renewed.data()["recovery_codes"].as_array().unwrap().clone();
    assert_eq!(new.len(), 10);
    assert_eq!(second_step(&mut again, &her.recovery_codes[1]).await.code(), "AUTH_INVALID", "the old ones ended");
    second_step(&mut again, new[0].as_str().unwrap()).await.data();
}

#[tokio::test]
async fn it_is_turned_off_with_the_password_and_a_code() {
    let app = TestApp::start().await;
    let (email, mut her) = somebody(&app).await;
    let mut elsewhere = her.sign_in(&app, &email).await;
    let path = "/v1/auth/second-factor/remove";
    let ask = |password: &str, code: &str| json!({ "password": password, "code": code });
    assert_eq!(her.browser.post(path, ask("wrong wrong", &her.code(&app))).await.code(), "AUTH_INVALID");
    assert_eq!(her.browser.post(path, ask(PASSWORD, &her.wrong())).await.code(), "AUTH_INVALID");
    her.browser.post(path, ask(PASSWORD, &her.code(&app))).await.data();
    assert_eq!(elsewhere.get("/v1/auth/me").await.data()["signed_in"], false);
    assert_eq!(her.browser.get("/v1/auth/me").await.data()["signed_in"], true);
    assert_eq!(her.browser.post(path, ask(PASSWORD, "123456")).await.code(), "CONFLICT");
    assert_eq!(app.database.sql("select count(*) from recovery_codes"), "0");
    assert_eq!(Browser::new(&app).sign_in(&email, PASSWORD).await.data()["signed_in"], true);
    let mail = newest_letter(&app).await;
    assert_eq!(mail.subject, "Two-step sign-in is off");
}

#[tokio::test]
async fn a_program_sends_the_code_along_and_one_from_before_ends() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let http = reqwest::Client::new();
    let post =
        async |path: &str, body: Value| Answer::of(http.post(app.url(path)).json(&body).send().await.unwrap()).await;
    let before = post("/v1/auth/tokens", json!({ "email": email, "password": PASSWORD })).await;
    let her = Authenticator::of(&app, &email).await;
    let refresh = json!({ "refresh_token": before.data()["refresh_token"] });
    assert_eq!(post("/v1/auth/tokens/refresh", refresh).await.code(), "AUTH_INVALID");

    let ask = |password: &str, code: Option<&str>| json!({ "email": email, "password": password, "code": code });
    let without = post("/v1/auth/tokens", ask(PASSWORD, None)).await;
    assert_eq!((without.status, without.code()), (401, "SECOND_FACTOR_REQUIRED"));
    assert_eq!(post("/v1/auth/tokens", ask(PASSWORD, Some(&her.wrong()))).await.code(), "AUTH_INVALID");
    let guess = post("/v1/auth/tokens", ask("wrong wrong", Some(&her.code(&app)))).await;
    assert_eq!(guess.code(), "AUTH_INVALID", "who does not know the password learns nothing");
    let code = her.code(&app);
    post("/v1/auth/tokens", ask(PASSWORD, Some(&code))).await.data();
    assert_eq!(post("/v1/auth/tokens", ask(PASSWORD, Some(&code))).await.code(), "AUTH_INVALID", "once");
}

#[tokio::test]
async fn neither_a_new_password_nor_an_invitation_goes_round_it() {
    let app = TestApp::start().await;
    let (email, her) = somebody(&app).await;
    let mut browser = Browser::new(&app);
    browser.post("/v1/auth/password/forgot", json!({ "email": email })).await.data();
    let token = token_in_mail(&app, &email).await;
    let new = "brass kettle orbit 91";
    browser.post("/v1/auth/password/reset", json!({ "token": token, "password": new })).await.data();
    assert!(!browser.cookies.contains_key("__Host-brigade"));
    assert_eq!(browser.sign_in(&email, new).await.data()["next"], "second_step");

    let admin = app.client_as(&app.tenant().await, Role::Admin).await;
    let staff = json!({ "email": email, "name": "Maya", "role": "account_manager" });
    admin.post("/v1/tenant/staff/invitations", staff).await.data();
    let token = token_in_mail(&app, &email).await;
    let accept = |code: Option<&str>| json!({ "token": token, "password": new, "code": code });
    let without = browser.post("/v1/invitations/accept", accept(None)).await;
    assert_eq!((without.status, without.code()), (401, "SECOND_FACTOR_REQUIRED"));
    assert_eq!(browser.post("/v1/invitations/accept", accept(Some(&her.wrong()))).await.code(), "AUTH_INVALID");
    assert!(!browser.cookies.contains_key("__Host-brigade"));
    assert_eq!(app.database.sql("select count(*) from invitations where accepted_at is null"), "1");
    let me = browser.post("/v1/invitations/accept", accept(Some(&her.code(&app)))).await;
    assert_eq!(me.data()["kind"], "account_manager");
}

#[tokio::test]
async fn guesses_are_counted_for_the_person_and_the_owner_gets_in_all_the_same() {
    let app = TestApp::with(&[
        ("limits.failed_sign_ins", "5"),
        ("limits.sign_ins_per_minute", "1000"),
        ("server.trusted_proxies", "127.0.0.1"),
    ])
    .await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let mut known = Browser::new(&app).at("198.51.100.1");
    known.sign_in(&email, PASSWORD).await.data();
    let her = Authenticator::in_browser(&app, known).await;

    let attacker = async |n: u8| {
        let mut browser = Browser::new(&app).at(&format!("203.0.113.{n}"));
        assert_eq!(browser.sign_in(&email, PASSWORD).await.data()["next"], "second_step");
        browser
    };
    let mut first = attacker(1).await;
    for _ in 0..3 {
        assert_eq!(second_step(&mut first, &her.wrong()).await.code(), "AUTH_INVALID");
    }
    let mut second = attacker(2).await;
    for _ in 0..2 {
        assert_eq!(second_step(&mut second, &her.wrong()).await.code(), "AUTH_INVALID");
    }
    // Another sign-in, another address: the guesses were used up, the right one does not count either.
    let mut third = attacker(3).await;
    let refused = second_step(&mut third, &her.code(&app)).await;
    assert_eq!(
        (refused.code(), refused.body["error"]["details"]["limit"].as_str()),
        ("RATE_LIMITED", Some("second_steps"))
    );
    // Whoever reads the mail makes a browser known for passwords, not for codes.
    let mut reader = Browser::new(&app).at("203.0.113.4");
    reader.post("/v1/auth/password/forgot", json!({ "email": email })).await.data();
    let token = token_in_mail(&app, &email).await;
    reader.post("/v1/auth/password/reset", json!({ "token": token, "password": PASSWORD })).await.data();
    reader.sign_in(&email, PASSWORD).await.data();
    assert_eq!(second_step(&mut reader, &her.code(&app)).await.code(), "RATE_LIMITED");

    let mut owner = her.browser.clone();
    owner.cookies.remove("__Host-brigade");
    owner.csrf.clear();
    owner.sign_in(&email, PASSWORD).await.data();
    assert_eq!(second_step(&mut owner, &her.code(&app)).await.data()["signed_in"], true, "where she has been before");
    let mut new = attacker(5).await;
    assert_eq!(second_step(&mut new, &her.recovery_codes[0]).await.data()["signed_in"], true, "with a recovery code");
}

#[tokio::test]
async fn thirty_guesses_a_day_and_no_more() {
    let app = TestApp::with(&[("limits.failed_sign_ins", "5"), ("limits.sign_ins_per_minute", "1000")]).await;
    let (email, her) = somebody(&app).await;
    for _ in 0..6 {
        let mut browser = half_way(&app, &email).await;
        for _ in 0..5 {
            assert_eq!(second_step(&mut browser, &her.wrong()).await.code(), "AUTH_INVALID");
        }
        // A quarter of an hour later.
        app.database.sql("update throttles set ends_at = now() where ends_at < now() + interval '20 minutes'");
    }
    let mut browser = half_way(&app, &email).await;
    let refused = second_step(&mut browser, &her.wrong()).await;
    assert_eq!(refused.body["error"]["details"]["limit"], "second_steps_in_a_day");
}
