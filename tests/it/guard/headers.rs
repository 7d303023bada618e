//! Headers on every answer (security 17, 18, 19), and the one shape of every error.

use std::io::Read as _;

use flate2::read::GzDecoder;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::document::operations;
use crate::support::TestApp;

#[tokio::test]
async fn every_route_there_is_answers_from_inside_the_guard() {
    let app = TestApp::start().await;
    let http = reqwest::Client::new();
    let mut asked: Vec<(Method, String)> =
        operations(&app).await.iter().map(|operation| (operation.method.clone(), operation.at_nobody())).collect();
    for page in [
        "/",
        "/sign-in",
        "/inbox",
        "/docs",
        "/nowhere",
        "/v1/nowhere",
        "/assets/x.js",
        "/widget/loader.js",
        "/widget/forms.js",
        "/widget/look.css",
        "/../etc/passwd",
    ] {
        asked.push((Method::GET, page.to_owned()));
        asked.push((Method::PUT, page.to_owned()));
    }
    for (method, path) in asked {
        let response = http.request(method.clone(), app.url(&path)).send().await.unwrap();
        let headers = response.headers();
        for name in [
            "x-request-id",
            "content-security-policy",
            "strict-transport-security",
            "x-content-type-options",
            "referrer-policy",
            "cache-control",
            "permissions-policy",
            "cross-origin-resource-policy",
        ] {
            assert!(headers.contains_key(name), "{method} {path} ({}) lacks {name}", response.status());
        }
        let csp = headers["content-security-policy"].to_str().unwrap();
        assert!(csp.split(';').count() >= 8, "{path}: {csp}");
        for part in ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(csp.contains(part), "{path}: {csp}");
        }
        assert!(!csp.contains("unsafe"), "{path}: {csp}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        if path.starts_with("/v1/") {
            assert_eq!(headers["cache-control"], "no-store", "{method} {path}");
            assert!(headers.get_all("vary").iter().any(|vary| vary == "X-Tenant-Key"), "{method} {path}");
        }
    }
}

/// `web/dist` must be built: a test of pages without pages would show nothing (C32).
#[tokio::test]
async fn pages_are_asked_for_anew_each_time_and_what_they_name_is_kept() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let http = reqwest::Client::new();
    let keep = async |path: &str| {
        let response = http.get(app.url(path)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}: was web/dist built?");
        response.headers()["cache-control"].to_str().unwrap().to_owned()
    };
    let frame = format!("/widget/frame?key={}", tenant.public_key);
    for page in ["/", "/sign-in", "/reset", "/verify", "/invite", "/inbox", "/chat", "/settings", &frame] {
        assert_eq!(keep(page).await, "private, max-age=0, must-revalidate", "{page}");
        let etag = http.get(app.url(page)).send().await.unwrap().headers()["etag"].clone();
        let again = http.get(app.url(page)).header("if-none-match", etag).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{page}");
        assert_eq!(again.headers()["cache-control"], "private, max-age=0, must-revalidate", "{page}");
    }
    let page = http.get(app.url("/sign-in")).send().await.unwrap().text().await.unwrap();
    let (_, asset) = page.split_once("\"/assets/").unwrap();
    let (asset, _) = asset.split_once('"').unwrap();
    assert_eq!(keep(&format!("/assets/{asset}")).await, "public, max-age=31536000, immutable");
    let look = format!("/widget/look.css?key={}", tenant.public_key);
    for for_sites in ["/widget/loader.js", "/widget/forms.js", &look] {
        assert_eq!(keep(for_sites).await, "public, max-age=300, must-revalidate", "{for_sites}");
    }
}

#[tokio::test]
async fn a_long_answer_comes_packed_to_whoever_takes_it() {
    let app = TestApp::start().await;
    let http = reqwest::Client::new();
    let ask = || http.get(app.url("/v1/openapi.json"));
    let plain = ask().send().await.unwrap();
    assert!(!plain.headers().contains_key("content-encoding"));
    assert!(plain.headers().get_all("vary").iter().any(|vary| vary == "Accept-Encoding"));
    let plain = plain.bytes().await.unwrap();
    let packed = ask().header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let packed = packed.bytes().await.unwrap();
    assert!(packed.len() * 4 < plain.len(), "{} of {}", packed.len(), plain.len());
    let mut read = Vec::new();
    GzDecoder::new(&*packed).read_to_end(&mut read).unwrap();
    assert_eq!(read, plain);
}

#[tokio::test]
async fn every_error_is_in_the_one_shape() {
    let app = TestApp::start().await;
    let http = reqwest::Client::new();
    let cases = [
        (http.get(app.url("/v1/nowhere")), StatusCode::NOT_FOUND, "NOT_FOUND"),
        (http.put(app.url("/v1/auth/me")), StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"),
        (
            http.post(app.url("/v1/auth/sign-in")).body("{}"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
        ),
        (
            http.post(app.url("/v1/auth/sign-in")).header("content-type", "application/json").body("{"),
            StatusCode::BAD_REQUEST,
            "INVALID_INPUT",
        ),
        (
            http.post(app.url("/v1/auth/sign-in")).header("content-type", "application/json").body("x".repeat(300_000)),
            StatusCode::PAYLOAD_TOO_LARGE,
            "TOO_LARGE",
        ),
        (http.get(app.url("/v1/conversations/%00%ff")), StatusCode::UNAUTHORIZED, "AUTH_REQUIRED"),
    ];
    for (request, status, code) in cases {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{code}");
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], code);
        assert_eq!(body["meta"]["request_id"], id);
        assert!(body["error"]["message"].as_str().is_some_and(|text| !text.is_empty()));
    }
}
