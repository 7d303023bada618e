//! The cookies there are. They hold random tokens and nothing about anybody (BK-GUARD-21), and the `__Host-` prefix
//! makes the browser insist on Secure, no Domain and Path=/ (security 14).

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration as CookieDuration;
use actix_web::cookie::{Cookie, SameSite};

/// The session of a browser.
pub(crate) const SESSION: &str = "__Host-brigade";
/// Says that somebody has signed in from this browser before, to whom the account-wide throttle does not apply.
pub(crate) const DEVICE: &str = "__Host-brigade-device";

/// Between the password and the code of a sign-in in two steps.
pub(crate) const SECOND_STEP: &str = "__Host-brigade-step";

/// The value of a cookie. Of two with one name neither is believed.
pub(crate) fn read(req: &HttpRequest, name: &str) -> Option<String> {
    let cookies = req.cookies().ok()?;
    let mut found = cookies.iter().filter(|cookie| cookie.name() == name);
    let value = found.next()?.value().to_owned();
    found.next().is_none().then_some(value)
}

/// A cookie that lasts `seconds`.
pub(crate) fn set(name: &'static str, value: String, seconds: i64) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(CookieDuration::seconds(seconds))
        .finish()
}

/// Takes a cookie away.
pub(crate) fn clear(name: &'static str) -> Cookie<'static> {
    set(name, String::new(), 0)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn every_cookie_is_host_bound_secure_and_http_only() {
        let cookie = set(SESSION, "value".into(), 60).to_string();
        for part in ["__Host-brigade=value", "HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=60"] {
            assert!(cookie.contains(part), "{cookie} lacks {part}");
        }
        assert!(!cookie.contains("Domain"));
    }

    #[test]
    fn two_sessions_at_once_are_none() {
        let one = TestRequest::default().insert_header(("cookie", "__Host-brigade=a; x=y")).to_http_request();
        assert_eq!(read(&one, SESSION).as_deref(), Some("a"));
        let two =
            TestRequest::default().insert_header(("cookie", "__Host-brigade=a; __Host-brigade=b")).to_http_request();
        assert_eq!(read(&two, SESSION), None);
    }
}
