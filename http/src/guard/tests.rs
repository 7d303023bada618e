//! The guard around small handlers, with a fixed list of who holds which credential.

use std::sync::Arc;

use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, call_service, init_service, read_body_json};
use actix_web::{App as ActixApp, Error};
use brigade_domain::Timestamp;
use brigade_domain::actor::{Actor, ActorKind, Party, Role, Scope};
use brigade_domain::id::{ApiKeyId, ConversationId, PermissionId, SessionId, TenantId, UserId, VisitorId};
use brigade_domain::identity::{Authenticated, Authenticator, Cause, Credential, SiteKeys, SiteTenant};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Rejection};
use brigade_domain::support::Looking;
use brigade_domain::support::ports::Openings;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::config::HttpConfig;
use crate::envelope::{Data, Done};
use crate::input::Body;
use crate::problem::Answer;
use crate::{Routes, routes};

const OWN: &str = "https://brigade.example";
const SHOP: &str = "https://shop.example";

fn tenant() -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(1))
}

fn session() -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(2))
}

struct Fixed;

impl Fixed {
    fn actor(kind: ActorKind, roles: &[Role]) -> Actor {
        Actor {
            party: Party::User(UserId::from_uuid(Uuid::from_u128(3))),
            kind,
            roles: roles.iter().copied().collect(),
            ..Actor::system(tenant())
        }
    }

    fn who(name: &str) -> Option<Actor> {
        Some(match name {
            "client" => Self::actor(ActorKind::Client, &[Role::Client]),
            "manager" => Self::actor(ActorKind::AccountManager, &[Role::AccountManager]),
            // The beginner lacks the second step that the business asks for.
            "beginner" | "admin" => Self::actor(ActorKind::Admin, &[Role::Admin]),
            "operator" => Actor { tenant: None, ..Self::actor(ActorKind::SuperAdmin, &[]) },
            "sk_live_x" => Actor {
                party: Party::Key(ApiKeyId::from_uuid(Uuid::from_u128(4))),
                scope: Some(Scope::Tenant),
                ..Self::actor(ActorKind::Admin, &[])
            },
            "support" => Self::actor(ActorKind::Support, &[]),
            // The business has ended it.
            "over" => Actor { tenant: None, ..Self::actor(ActorKind::Client, &[]) },
            "vst_x" => Actor::visitor(tenant(), VisitorId::from_uuid(Uuid::from_u128(5))),
            _ => return None,
        })
    }
}

impl Authenticator for Fixed {
    fn authenticate(&self, credential: Credential) -> BoxFuture<'static, Result<Authenticated, Rejection>> {
        let (Credential::Cookie(name)
        | Credential::Bearer(name)
        | Credential::VisitorToken(name)
        | Credential::SecretKey(name)) = credential;
        let who = Self::who(&name).ok_or(Rejection::from(Code::AuthRequired)).map(|actor| Authenticated {
            conversation: matches!(actor.party, Party::Visitor(_))
                .then(|| ConversationId::from_uuid(Uuid::from_u128(6))),
            second_factor_missing: &*name == "beginner",
            support: ["support", "over"].contains(&&*name).then(|| Looking {
                tenant: tenant(),
                permission: PermissionId::from_uuid(Uuid::from_u128(8)),
                session: session(),
                until: Timestamp::MAX,
                ended: &*name == "over",
            }),
            actor: Arc::new(actor),
            session: session(),
            expires_at: Timestamp::MAX,
        });
        Box::pin(async move { who })
    }
}

impl SiteKeys for Fixed {
    fn resolve(&self, key: String) -> BoxFuture<'static, Result<SiteTenant, Rejection>> {
        let found = match key.as_str() {
            "pk_live_x" => Ok(SiteTenant {
                tenant: tenant(),
                key: ApiKeyId::from_uuid(Uuid::from_u128(7)),
                name: "Shop".into(),
                origins: vec![SHOP.parse().unwrap()],
            }),
            "pk_live_asleep" => Err(Code::TenantInactive.into()),
            _ => Err(Code::InvalidTenantKey.into()),
        };
        Box::pin(async move { found })
    }

    fn knows_origin(&self, origin: String) -> BoxFuture<'static, Result<bool, Fault>> {
        Box::pin(async move { Ok(origin == SHOP) })
    }
}

/// What was put on record, by conversation.
static OPENED: Mutex<Vec<ConversationId>> = Mutex::new(Vec::new());

impl Openings for Fixed {
    fn opened(&self, _: Looking, conversation: ConversationId, _: Cause) -> BoxFuture<'static, Result<(), Fault>> {
        OPENED.lock().push(conversation);
        Box::pin(async { Ok(()) })
    }

    fn listed(&self, _: Looking, _: Cause) -> BoxFuture<'static, Result<(), Fault>> {
        unreachable!("asked by the list itself")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    #[expect(dead_code, reason = "only read")]
    text: String,
}

macro_rules! handlers {
    ($($name:ident $method:ident $path:literal $authority:ident;)*) => {$(
        #[utoipa::path($method, path = $path, responses((status = 200, body = Done)))]
        async fn $name(_who: $authority) -> Answer<Data<Done>> {
            Ok(Data::done())
        }
    )*};
}

handlers! {
    public get "/public" Public;
    public_post post "/public" Public;
    anybody get "/anybody" Anybody;
    signed_in get "/signed_in" SignedIn;
    signed_in_post post "/signed_in" SignedIn;
    enrolling get "/enrolling" Enrolling;
    person get "/person" Person;
    participant get "/participant" Participant;
    staff get "/staff" Staff;
    staff_or_support get "/staff_or_support" StaffOrSupport;
    participant_or_support get "/participant_or_support" ParticipantOrSupport;
    admin_or_support get "/admin_or_support" AdminOrSupport;
    of_a_conversation get "/c/{id}/x" ParticipantOrSupport;
    closed_of_a_conversation get "/c/{id}/closed" Participant;
    leaving post "/leaving" Leaving;
    anybody_post post "/anybody" Anybody;
    enrolling_post post "/enrolling" Enrolling;
    person_post post "/person" Person;
    participant_post post "/participant" Participant;
    staff_post post "/staff" Staff;
    staff_or_support_post post "/staff_or_support" StaffOrSupport;
    participant_or_support_post post "/participant_or_support" ParticipantOrSupport;
    admin_or_support_post post "/admin_or_support" AdminOrSupport;
    tenant_admin_post post "/tenant_admin" TenantAdmin;
    admin_person_post post "/admin_person" AdminPerson;
    super_admin_post post "/super_admin" SuperAdmin;
    tenant_admin get "/tenant_admin" TenantAdmin;
    admin_person get "/admin_person" AdminPerson;
    super_admin get "/super_admin" SuperAdmin;
    site get "/v1/site/x" SiteKey;
    site_post post "/v1/site/x" SiteKey;
    operator get "/operator" Operator;
}

#[utoipa::path(post, path = "/say", responses((status = 200, body = Done)))]
async fn say(_who: Public, _said: Body<Said>) -> Answer<Data<Done>> {
    Ok(Data::done())
}

#[utoipa::path(get, path = "/broken", responses((status = 200, body = Done)))]
async fn broken(_who: Public) -> Answer<Data<Done>> {
    Err(Fault::internal("read the secret file", std::io::Error::other("/etc/secret")).into())
}

#[utoipa::path(get, path = "/panics", responses((status = 200, body = Done)))]
async fn panics(_who: Public) -> Answer<Data<Done>> {
    panic!("a defect, for the test")
}

fn all() -> Routes {
    routes![
        public,
        public_post,
        anybody,
        signed_in,
        signed_in_post,
        enrolling,
        person,
        participant,
        staff,
        staff_or_support,
        participant_or_support,
        admin_or_support,
        of_a_conversation,
        closed_of_a_conversation,
        leaving,
        anybody_post,
        enrolling_post,
        person_post,
        participant_post,
        staff_post,
        staff_or_support_post,
        participant_or_support_post,
        admin_or_support_post,
        tenant_admin_post,
        admin_person_post,
        super_admin_post,
        tenant_admin,
        admin_person,
        super_admin,
        site,
        site_post,
        operator,
        say,
        broken,
        panics
    ]
}

async fn server(config: HttpConfig) -> impl Service<actix_http::Request, Response = ServiceResponse, Error = Error> {
    let gate = Gate::new(config, Arc::new(Fixed), Arc::new(Fixed), Arc::new(Fixed));
    init_service(ActixApp::new().service(all().framed(gate, |scope| scope))).await
}

fn config() -> HttpConfig {
    HttpConfig { operator_networks: vec!["10.9.9.9".parse().unwrap()], ..HttpConfig::new(OWN, [7; 32]) }
}

fn from(peer: &str) -> TestRequest {
    TestRequest::default().peer_addr(format!("{peer}:1234").parse().unwrap())
}

async fn ask(request: TestRequest) -> ServiceResponse {
    call_service(&server(config()).await, request.to_request()).await
}

async fn code(response: ServiceResponse) -> String {
    let body: Value = read_body_json(response).await;
    body["error"]["code"].as_str().unwrap_or("none").to_owned()
}

/// Every credential against every authority: exactly these are let in.
#[actix_web::test]
async fn each_authority_lets_in_exactly_those_it_is_for() {
    let all = [
        "none",
        "beginner",
        "client",
        "manager",
        "admin",
        "operator",
        "support",
        "over",
        "sk_live_x",
        "vst_x",
        "forged",
    ];
    let matrix: &[(&str, &[&str])] = &[
        ("/public", &all),
        ("/signed_in", &["client", "manager", "admin", "operator"]),
        ("/enrolling", &["beginner", "client", "manager", "admin", "operator"]),
        ("/person", &["client", "manager", "admin"]),
        ("/participant", &["client", "manager", "admin", "sk_live_x", "vst_x"]),
        ("/staff", &["manager", "admin", "sk_live_x"]),
        ("/staff_or_support", &["manager", "admin", "support", "sk_live_x"]),
        ("/participant_or_support", &["client", "manager", "admin", "support", "sk_live_x", "vst_x"]),
        ("/admin_or_support", &["admin", "support", "sk_live_x"]),
        ("/tenant_admin", &["admin", "sk_live_x"]),
        ("/admin_person", &["admin"]),
        ("/super_admin", &["operator"]),
        ("/operator", &["operator"]),
    ];
    for (path, allowed) in matrix {
        for who in all {
            let mut request = from("203.0.113.1").uri(path);
            if who != "none" {
                request = request.insert_header(("authorization", format!("Bearer {who}")));
            }
            let status = ask(request).await.status();
            let expected = if allowed.contains(&who) {
                StatusCode::OK
            } else if ["none", "forged"].contains(&who)
                || (who == "vst_x" && ["/signed_in", "/enrolling"].contains(path))
            {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(status, expected, "{who} at {path}");
        }
    }
}

/// Whatever a route's authority says: what changes something is refused before it is asked.
#[actix_web::test]
async fn support_changes_nothing_but_that_it_is_here() {
    let send = |who: &str, path: &str| {
        from("203.0.113.2").method(Method::POST).uri(path).insert_header(("authorization", format!("Bearer {who}")))
    };
    for path in [
        "/anybody",
        "/signed_in",
        "/enrolling",
        "/person",
        "/participant",
        "/participant_or_support",
        "/staff",
        "/staff_or_support",
        "/tenant_admin",
        "/admin_or_support",
        "/admin_person",
        "/super_admin",
    ] {
        assert_eq!(code(ask(send("support", path)).await).await, "SUPPORT_MAY_ONLY_LOOK", "{path}");
        assert_eq!(code(ask(send("over", path)).await).await, "SUPPORT_ENDED", "{path}");
    }
    for who in ["support", "over"] {
        assert_eq!(ask(send(who, "/leaving")).await.status(), StatusCode::OK, "{who}");
    }
}

/// What is read is closed to support unless the route names it, and says so.
#[actix_web::test]
async fn support_is_told_what_stays_closed_and_when_it_is_over() {
    let get =
        |who: &str, path: &str| from("203.0.113.3").uri(path).insert_header(("authorization", format!("Bearer {who}")));
    for path in ["/signed_in", "/enrolling", "/person", "/participant", "/staff", "/tenant_admin", "/admin_person"] {
        assert_eq!(code(ask(get("support", path)).await).await, "SUPPORT_CLOSED", "{path}");
    }
    for path in ["/super_admin", "/operator"] {
        assert_eq!(code(ask(get("support", path)).await).await, "SUPPORT_CLOSED", "{path}");
    }
    for path in ["/staff_or_support", "/participant_or_support", "/admin_or_support", "/staff", "/super_admin"] {
        assert_eq!(code(ask(get("over", path)).await).await, "SUPPORT_ENDED", "{path}");
    }
}

/// Of every route, by the id in its path: before it is read, and only what is.
#[actix_web::test]
async fn what_support_opens_is_put_on_record() {
    let id = |n: u128| ConversationId::from_uuid(Uuid::from_u128(n));
    let get = |who: &str, n: u128, what: &str| {
        let request = from("203.0.113.4").uri(&format!("/c/{}/{what}", id(n)));
        request.insert_header(("authorization", format!("Bearer {who}")))
    };
    let statuses = [
        ask(get("support", 21, "x")).await.status(),
        ask(get("manager", 22, "x")).await.status(),
        ask(get("support", 23, "closed")).await.status(),
        ask(get("over", 24, "x")).await.status(),
    ];
    assert_eq!(statuses, [StatusCode::OK, StatusCode::OK, StatusCode::FORBIDDEN, StatusCode::FORBIDDEN]);
    let opened = OPENED.lock().clone();
    assert_eq!(opened, [id(21)]);
}

#[actix_web::test]
async fn who_has_to_set_up_the_second_step_is_told_so_everywhere_else() {
    let beginner = |path: &str| from("1.1.1.1").uri(path).insert_header(("authorization", "Bearer beginner"));
    for path in [
        "/signed_in",
        "/person",
        "/participant",
        "/staff",
        "/tenant_admin",
        "/admin_person",
        "/super_admin",
        "/operator",
    ] {
        assert_eq!(code(ask(beginner(path)).await).await, "SECOND_FACTOR_SETUP_REQUIRED", "{path}");
    }
    assert_eq!(ask(beginner("/enrolling")).await.status(), StatusCode::OK);
    assert_eq!(ask(beginner("/anybody")).await.status(), StatusCode::OK);
}

#[actix_web::test]
async fn monitoring_is_known_by_its_network_and_not_by_what_it_says() {
    assert_eq!(ask(from("10.9.9.9").uri("/operator")).await.status(), StatusCode::OK);
    let spoofed = from("203.0.113.1").uri("/operator").insert_header(("x-forwarded-for", "10.9.9.9"));
    assert_eq!(ask(spoofed).await.status(), StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn every_answer_carries_the_guards_headers_also_where_there_is_nothing() {
    for (method, path) in [
        (Method::GET, "/public"),
        (Method::GET, "/nowhere"),
        (Method::DELETE, "/public"),
        (Method::GET, "/staff"),
        (Method::GET, "/broken"),
        (Method::OPTIONS, "/public"),
    ] {
        let response = ask(from("203.0.113.1").method(method.clone()).uri(path)).await;
        let headers = response.headers();
        for name in [
            "x-request-id",
            "content-security-policy",
            "strict-transport-security",
            "x-content-type-options",
            "referrer-policy",
            "x-frame-options",
            "vary",
            "cross-origin-resource-policy",
        ] {
            assert!(headers.contains_key(name), "{method} {path} lacks {name}");
        }
        assert_eq!(headers.get("cache-control").unwrap(), "no-store", "{method} {path}");
        assert!(headers.get_all("vary").any(|vary| vary == "X-Tenant-Key"), "{method} {path}");
    }
}

#[actix_web::test]
async fn every_error_has_the_one_shape() {
    let cases = [
        (from("1.1.1.1").uri("/nowhere"), "NOT_FOUND"),
        (from("1.1.1.1").method(Method::DELETE).uri("/public"), "METHOD_NOT_ALLOWED"),
        (from("1.1.1.1").uri("/staff"), "AUTH_REQUIRED"),
        (from("1.1.1.1").uri("/staff").insert_header(("authorization", "Basic eDp5")), "AUTH_INVALID"),
        (from("1.1.1.1").uri("/broken"), "INTERNAL"),
        (from("1.1.1.1").uri("/panics"), "INTERNAL"),
        (from("1.1.1.1").method(Method::POST).uri("/say").set_payload("{}"), "UNSUPPORTED_MEDIA_TYPE"),
        (from("1.1.1.1").method(Method::POST).uri("/say").set_json(json!({"text": "a", "x": 1})), "INVALID_INPUT"),
        (from("1.1.1.1").method(Method::POST).uri("/say").set_json(json!({"text": 1})), "INVALID_INPUT"),
        (from("1.1.1.1").method(Method::POST).uri("/say").set_json(json!({"text": "a".repeat(70_000)})), "TOO_LARGE"),
        (
            from("1.1.1.1")
                .method(Method::POST)
                .uri("/say")
                .insert_header(("content-type", "application/json"))
                .set_payload(&b"{\"text\":\"\xff\"}"[..]),
            "INVALID_INPUT",
        ),
    ];
    for (request, expected) in cases {
        let response = ask(request).await;
        let (status, id) = (response.status(), response.headers().get("x-request-id").unwrap().clone());
        let body: Value = read_body_json(response).await;
        assert_eq!(body["success"], false, "{body}");
        assert_eq!(body["error"]["code"], expected, "{body}");
        assert_eq!(body["meta"]["request_id"], id.to_str().unwrap());
        assert!(body["error"]["details"].is_object() && body["error"]["message"].is_string(), "{body}");
        assert!(!body.to_string().contains("secret"), "{body}");
        let code = Code::ALL.iter().find(|code| code.as_str() == expected).unwrap();
        assert_eq!(status.as_u16(), code.status());
    }
}

#[actix_web::test]
async fn a_wrong_method_says_which_are_right() {
    let response = ask(from("1.1.1.1").method(Method::PUT).uri("/public")).await;
    assert_eq!(response.headers().get("allow").unwrap(), "GET, POST, HEAD");
    assert_eq!(ask(from("1.1.1.1").method(Method::HEAD).uri("/public")).await.status(), StatusCode::OK);
}

#[actix_web::test]
async fn only_a_trusted_proxy_names_the_request() {
    let given = "c0ffee00-1234-4abc-8def-001122334455";
    let request = || from("10.0.0.1").uri("/public").insert_header(("x-request-id", given));
    let stranger = ask(request()).await;
    assert!(stranger.headers().get("x-request-id").unwrap().to_str().unwrap().starts_with("req_"));

    let trusting = HttpConfig { trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()], ..config() };
    let server = server(trusting).await;
    let trusted = call_service(&server, request().to_request()).await;
    assert_eq!(trusted.headers().get("x-request-id").unwrap(), given);
    let malformed = from("10.0.0.1").uri("/public").insert_header(("x-request-id", "a b\tc"));
    let malformed = call_service(&server, malformed.to_request()).await;
    assert!(malformed.headers().get("x-request-id").unwrap().to_str().unwrap().starts_with("req_"));
}

#[actix_web::test]
async fn an_address_has_its_hundred_requests_whatever_it_claims() {
    let server = server(config()).await;
    let mut refused = 0;
    for n in 0..130_u8 {
        let request = from("203.0.113.7").uri("/public").insert_header(("x-forwarded-for", format!("198.51.100.{n}")));
        let response = call_service(&server, request.to_request()).await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            refused += 1;
            let wait: u64 = response.headers().get("retry-after").unwrap().to_str().unwrap().parse().unwrap();
            assert!((1..=60).contains(&wait));
        }
    }
    assert!((29..=30).contains(&refused), "{refused} of 130 refused");
    let other = call_service(&server, from("203.0.113.8").uri("/public").to_request()).await;
    assert_eq!(other.status(), StatusCode::OK);
}

#[actix_web::test]
async fn an_actor_is_limited_across_addresses_and_apart_from_its_neighbours() {
    let server = server(config()).await;
    let mut last = StatusCode::OK;
    for n in 0..130_u8 {
        let request = from(&format!("198.51.100.{n}")).uri("/staff").insert_header(("authorization", "Bearer admin"));
        last = call_service(&server, request.to_request()).await.status();
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let key = from("198.51.100.1").uri("/staff").insert_header(("authorization", "Bearer sk_live_x"));
    assert_eq!(call_service(&server, key.to_request()).await.status(), StatusCode::OK);
}

/// F13, over HTTP.
#[actix_web::test]
async fn a_handler_that_panics_answers_as_broken_and_harms_nobody_else() {
    let server = server(config()).await;
    for _ in 0..20 {
        let answer = call_service(&server, from("1.1.1.1").uri("/panics").to_request()).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(answer.headers().contains_key("x-request-id"));
        let body: Value = read_body_json(answer).await;
        assert!(!body.to_string().contains("defect"), "{body}");
        let neighbour = call_service(&server, from("1.1.1.2").uri("/public").to_request()).await;
        assert_eq!(neighbour.status(), StatusCode::OK);
    }
}

#[actix_web::test]
async fn guessing_tokens_is_limited_like_asking_without() {
    let server = server(config()).await;
    let mut last = StatusCode::OK;
    for n in 0..130 {
        let request = from("203.0.113.9").uri("/staff").insert_header(("authorization", format!("Bearer guess{n}")));
        last = call_service(&server, request.to_request()).await.status();
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[actix_web::test]
async fn a_cookie_alone_changes_nothing() {
    let csrf = csrf::token(&config(), session());
    let post =
        || from("1.1.1.1").method(Method::POST).uri("/signed_in").insert_header(("cookie", "__Host-brigade=client"));
    assert_eq!(code(ask(post()).await).await, "CSRF_FAILED");
    let foreign = post().insert_header(("x-csrf-token", csrf.clone())).insert_header(("origin", "https://evil.test"));
    assert_eq!(code(ask(foreign).await).await, "ORIGIN_REFUSED");
    let own = post().insert_header(("x-csrf-token", csrf)).insert_header(("sec-fetch-site", "same-origin"));
    assert_eq!(ask(own).await.status(), StatusCode::OK);
    let program =
        from("1.1.1.1").method(Method::POST).uri("/signed_in").insert_header(("authorization", "Bearer client"));
    assert_eq!(ask(program).await.status(), StatusCode::OK);
    let foreign_form =
        from("1.1.1.1").method(Method::POST).uri("/public").insert_header(("sec-fetch-site", "cross-site"));
    assert_eq!(code(ask(foreign_form).await).await, "ORIGIN_REFUSED");
}

#[actix_web::test]
async fn a_site_needs_its_key_and_its_own_pages() {
    let site = |key: Option<&str>, origin: Option<&str>| {
        let mut request = from("1.1.1.1").uri("/v1/site/x");
        if let Some(key) = key {
            request = request.insert_header(("x-tenant-key", key));
        }
        if let Some(origin) = origin {
            request = request.insert_header(("origin", origin)).insert_header(("sec-fetch-site", "cross-site"));
        }
        request
    };
    assert_eq!(code(ask(site(None, None)).await).await, "TENANT_KEY_REQUIRED");
    assert_eq!(code(ask(site(Some("pk_live_other"), None)).await).await, "INVALID_TENANT_KEY");
    assert_eq!(code(ask(site(Some("pk_live_asleep"), None)).await).await, "TENANT_INACTIVE");
    assert_eq!(ask(site(Some("pk_live_x"), Some(SHOP))).await.status(), StatusCode::OK);
    let own = site(Some("pk_live_x"), None).insert_header(("origin", OWN));
    assert_eq!(ask(own).await.status(), StatusCode::OK);
    for foreign in ["https://evil.test", "null", "https://shop.example.evil.test", "http://shop.example"] {
        assert_eq!(code(ask(site(Some("pk_live_x"), Some(foreign))).await).await, "ORIGIN_REFUSED", "{foreign}");
    }
    let post = site(Some("pk_live_x"), Some(SHOP)).method(Method::POST);
    assert_eq!(ask(post).await.status(), StatusCode::OK);
}

#[actix_web::test]
async fn other_sites_may_read_only_what_is_for_them_and_never_with_cookies() {
    let preflight = |path: &str, origin: &str| {
        from("1.1.1.1")
            .method(Method::OPTIONS)
            .uri(path)
            .insert_header(("origin", origin))
            .insert_header(("access-control-request-method", "POST"))
    };
    let allowed = ask(preflight("/v1/site/x", SHOP)).await;
    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
    assert_eq!(allowed.headers().get("access-control-allow-origin").unwrap(), SHOP);
    assert!(!allowed.headers().contains_key("access-control-allow-credentials"));
    for (path, origin) in [("/signed_in", SHOP), ("/v1/site/x", "https://evil.test"), ("/v1/site/x", "null")] {
        let refused = ask(preflight(path, origin)).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{path} {origin}");
        assert!(!refused.headers().contains_key("access-control-allow-origin"), "{path} {origin}");
    }
    let read = from("1.1.1.1").uri("/anybody").insert_header(("origin", SHOP));
    assert!(!ask(read).await.headers().contains_key("access-control-allow-origin"));
}
