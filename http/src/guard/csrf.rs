//! Requests that another site made the browser send (BK-GUARD-08, security 15).
//!
//! For a request that changes something and is signed by a cookie, three things must hold: `Sec-Fetch-Site` says it
//! comes from our own page (`Origin` where a browser does not send that), no foreign `Origin` is named, and the
//! `X-CSRF-Token` header carries an HMAC over the session. The token is bound to the session and never in a cookie, so
//! neither a cookie set by a neighbouring subdomain nor another session's token helps.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brigade_domain::id::SessionId;
use brigade_domain::refusal::Code;

use crate::config::HttpConfig;
use crate::signature::{Purpose, is_genuine, sign};

const HEADER: &str = "x-csrf-token";

/// The token of a session, made with the newest key.
pub(crate) fn token(config: &HttpConfig, session: SessionId) -> String {
    URL_SAFE_NO_PAD.encode(sign(config, Purpose::Csrf, &[session.uuid().as_bytes()]))
}

/// Whether the header carries the token of this session, under any key of the ring.
fn token_matches(headers: &HeaderMap, config: &HttpConfig, session: SessionId) -> bool {
    let given = headers.get(HEADER).and_then(|token| URL_SAFE_NO_PAD.decode(token.as_bytes()).ok());
    given.is_some_and(|given| is_genuine(config, Purpose::Csrf, &[session.uuid().as_bytes()], &given))
}

/// Where a request says it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// One of our own pages.
    Own,
    /// Nothing says so: a program, or a browser without both headers.
    Unsaid,
    /// A page of somebody else.
    Foreign,
}

/// Reads `Sec-Fetch-Site` and `Origin`; one foreign sign is enough.
pub(crate) fn source(headers: &HeaderMap, config: &HttpConfig) -> Source {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let origin = headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or("null"));
    let own_origin = origin.map(|origin| config.origins.iter().any(|own| own == origin));
    match (site, own_origin) {
        (_, Some(false)) | (Some(b"cross-site" | b"same-site"), _) => Source::Foreign,
        (Some(b"same-origin" | b"none"), _) | (None, Some(true)) => Source::Own,
        (None, None) => Source::Unsaid,
        (Some(_), _) => Source::Foreign,
    }
}

/// Whether an unsafe request under this cookie session may go on.
pub(crate) fn check_cookie(headers: &HeaderMap, config: &HttpConfig, session: SessionId) -> Result<(), Code> {
    match source(headers, config) {
        Source::Own if token_matches(headers, config, session) => Ok(()),
        Source::Own | Source::Unsaid => Err(Code::CsrfFailed),
        Source::Foreign => Err(Code::OriginRefused),
    }
}

/// Whether an unsafe request that no cookie signs may go on: not from a foreign page, unless that page is on the list.
pub(crate) fn check_other(headers: &HeaderMap, config: &HttpConfig) -> Result<(), Code> {
    let listed = || {
        let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
        origin.is_some_and(|origin| config.cors_origins.iter().any(|listed| listed == origin))
    };
    match source(headers, config) {
        Source::Own | Source::Unsaid => Ok(()),
        Source::Foreign if listed() => Ok(()),
        Source::Foreign => Err(Code::OriginRefused),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderName;
    use uuid::Uuid;

    use super::*;

    /// Headers, and what becomes of the request.
    type Case<'a> = (&'a [(&'static str, &'a str)], Result<(), Code>);

    fn config() -> HttpConfig {
        HttpConfig::new("https://brigade.example", [7; 32])
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    fn session(n: u128) -> SessionId {
        SessionId::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn the_token_of_another_session_or_key_does_not_do() {
        let config = config();
        let own = token(&config, session(1));
        let try_with = |token: &str| {
            check_cookie(&headers(&[("sec-fetch-site", "same-origin"), ("x-csrf-token", token)]), &config, session(1))
        };
        assert_eq!(try_with(&own), Ok(()));
        assert_eq!(try_with(&token(&config, session(2))), Err(Code::CsrfFailed));
        assert_eq!(try_with(&token(&HttpConfig::new("x", [8; 32]), session(1))), Err(Code::CsrfFailed));
        assert_eq!(try_with(""), Err(Code::CsrfFailed));
        assert_eq!(try_with(&own[..20]), Err(Code::CsrfFailed));
    }

    #[test]
    fn an_older_key_is_accepted_until_it_leaves_the_ring() {
        let old = token(&config(), session(1));
        let rotated = HttpConfig { signing_keys: vec![[9; 32], [7; 32]], ..config() };
        let headers = headers(&[("sec-fetch-site", "same-origin"), ("x-csrf-token", &old)]);
        assert_eq!(check_cookie(&headers, &rotated, session(1)), Ok(()));
        let gone = HttpConfig { signing_keys: vec![[9; 32]], ..config() };
        assert_eq!(check_cookie(&headers, &gone, session(1)), Err(Code::CsrfFailed));
    }

    #[test]
    fn the_token_alone_is_not_enough() {
        let config = config();
        let own = token(&config, session(1));
        let cases: &[Case<'_>] = &[
            (&[], Err(Code::CsrfFailed)),
            (&[("origin", "https://brigade.example")], Ok(())),
            (&[("origin", "https://brigade.example.evil.test")], Err(Code::OriginRefused)),
            (&[("origin", "null")], Err(Code::OriginRefused)),
            (&[("sec-fetch-site", "same-site")], Err(Code::OriginRefused)),
            (&[("sec-fetch-site", "cross-site")], Err(Code::OriginRefused)),
            (&[("sec-fetch-site", "what")], Err(Code::OriginRefused)),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.test")], Err(Code::OriginRefused)),
        ];
        for (pairs, expected) in cases {
            let mut headers = headers(pairs);
            headers.insert(HeaderName::from_static(HEADER), HeaderValue::from_str(&own).unwrap());
            assert_eq!(check_cookie(&headers, &config, session(1)), *expected, "{pairs:?}");
        }
    }

    #[test]
    fn programs_and_listed_pages_may_sign_in_and_foreign_pages_may_not() {
        let config = HttpConfig { cors_origins: vec!["https://partner.example".into()], ..config() };
        let ask = |pairs: &[(&'static str, &str)]| check_other(&headers(pairs), &config);
        assert_eq!(ask(&[]), Ok(()));
        assert_eq!(ask(&[("origin", "https://partner.example"), ("sec-fetch-site", "cross-site")]), Ok(()));
        assert_eq!(ask(&[("origin", "https://evil.test")]), Err(Code::OriginRefused));
        assert_eq!(ask(&[("sec-fetch-site", "cross-site")]), Err(Code::OriginRefused));
    }
}
