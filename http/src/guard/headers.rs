//! Security headers on every answer (BK-GUARD-10, C68, security 17 to 19).

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// The strictest policy: an answer of the API is data, nothing in it may run or load.
const API_CSP: &str = "default-src 'none'; script-src 'none'; style-src 'none'; img-src 'none'; connect-src 'none'; \
    object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What an HTML page may do. Put into the extensions of its response; without one the answer is data.
#[derive(Debug, Clone)]
pub struct PagePolicy {
    /// The nonce of this answer's scripts and styles.
    pub nonce: String,
    /// Addresses of the live connection beside `'self'`, such as `wss://brigade.example`.
    pub connect: Vec<String>,
    /// Origins that may put the page into a frame; empty: nobody.
    pub frame_ancestors: Vec<String>,
}

impl PagePolicy {
    /// For a page of our own files that nobody frames and that talks to this server only.
    pub fn plain() -> Self {
        Self { nonce: fresh_nonce(), connect: Vec::new(), frame_ancestors: Vec::new() }
    }

    fn csp(&self) -> String {
        let connect = self.connect.join(" ");
        let ancestors =
            if self.frame_ancestors.is_empty() { "'none'".to_owned() } else { self.frame_ancestors.join(" ") };
        let nonce = &self.nonce;
        format!(
            "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; \
             img-src 'self' data:; font-src 'self'; connect-src 'self' {connect}; frame-src 'self'; \
             manifest-src 'self'; worker-src 'self'; media-src 'self'; object-src 'none'; base-uri 'none'; \
             form-action 'self'; frame-ancestors {ancestors}"
        )
    }
}

/// 128 bits of chance for one answer.
fn fresh_nonce() -> String {
    STANDARD_NO_PAD.encode(rand::random::<[u8; 16]>())
}

/// A script that other sites may load: the widget's loader.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForOtherSites;

/// Sets them. What a handler has set itself (such as `Cache-Control` of a hashed file) stays.
pub(super) fn apply(headers: &mut HeaderMap, page: Option<&PagePolicy>, for_other_sites: bool) {
    let mut set = |name: &'static str, value: &'static str| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    set("strict-transport-security", "max-age=31536000; includeSubDomains");
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "strict-origin-when-cross-origin");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", if for_other_sites { "cross-origin" } else { "same-origin" });
    set("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()");
    if page.is_none_or(|page| page.frame_ancestors.is_empty()) {
        set("x-frame-options", "DENY");
    }
    let csp = page.and_then(|page| HeaderValue::from_str(&page.csp()).ok());
    headers.insert(header::CONTENT_SECURITY_POLICY, csp.unwrap_or(HeaderValue::from_static(API_CSP)));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.append(header::VARY, HeaderValue::from_static("X-Tenant-Key"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csp(page: Option<&PagePolicy>) -> String {
        let mut headers = HeaderMap::new();
        apply(&mut headers, page, false);
        headers.get(header::CONTENT_SECURITY_POLICY).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn no_policy_is_lax() {
        let page = PagePolicy {
            nonce: "bm9uY2U".into(),
            connect: vec!["wss://brigade.example".into()],
            frame_ancestors: vec![],
        };
        for policy in [csp(None), csp(Some(&page))] {
            assert!(policy.split(';').count() >= 8, "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
            for part in ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "default-src 'none'"] {
                assert!(policy.contains(part), "{policy} lacks {part}");
            }
        }
    }

    #[test]
    fn only_a_frame_may_be_framed_and_only_by_its_own_sites() {
        let frame =
            PagePolicy { nonce: "n".into(), connect: vec![], frame_ancestors: vec!["https://shop.example".into()] };
        let mut headers = HeaderMap::new();
        apply(&mut headers, Some(&frame), false);
        assert!(csp(Some(&frame)).ends_with("frame-ancestors https://shop.example"));
        assert!(!headers.contains_key("x-frame-options"));
    }

    #[test]
    fn a_policy_that_cannot_be_written_falls_back_to_the_strictest() {
        let broken = PagePolicy { nonce: "n".into(), connect: vec![], frame_ancestors: vec!["a\nb".into()] };
        assert_eq!(csp(Some(&broken)), API_CSP);
    }
}
