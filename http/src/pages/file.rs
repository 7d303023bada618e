//! One file as an answer: type, compression, caching.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};

use super::{StaticFile, StaticFiles};
use crate::packing;

/// How long a file may be kept (C32).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Its name changes with its content.
    ForEver,
    /// Customers paste its address; a new version should arrive within minutes.
    Minutes,
    /// Asked for each time, and usually answered with 304.
    Revalidate,
}

impl Keep {
    const fn header(self) -> &'static str {
        match self {
            Self::ForEver => "public, max-age=31536000, immutable",
            Self::Minutes => "public, max-age=300, must-revalidate",
            Self::Revalidate => "private, max-age=0, must-revalidate",
        }
    }
}

/// The type of a file by its name; what is not known is not guessed.
fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("json" | "webmanifest") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The file in the smallest form that the client takes and the build made.
pub(super) fn negotiate(
    files: &dyn StaticFiles,
    headers: &HeaderMap,
    path: &str,
) -> Option<(StaticFile, Option<&'static str>)> {
    [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| packing::takes(headers, coding))
        .find_map(|(coding, ending)| Some((files.get(&format!("{path}{ending}"))?, Some(coding))))
        .or_else(|| Some((files.get(path)?, None)))
}

/// The answer with `file`, or 304 when the client has it.
pub(crate) fn answer(
    headers: &HeaderMap,
    path: &str,
    file: StaticFile,
    coding: Option<&'static str>,
    keep: Keep,
) -> HttpResponse {
    let etag = format!("\"{}{}\"", file.etag, coding.unwrap_or_default());
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag));
    let mut response = HttpResponseBuilder::new(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static(keep.header())))
        .append_header((header::VARY, HeaderValue::from_static("Accept-Encoding")));
    if known {
        return response.finish();
    }
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(content_type(path))));
    if let Some(coding) = coding {
        response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static(coding)));
    }
    response.body(file.content.into_owned())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    struct Two;

    impl StaticFiles for Two {
        fn get(&self, path: &str) -> Option<StaticFile> {
            matches!(path, "a.js" | "a.js.br" | "a.js.gz")
                .then(|| StaticFile { content: Cow::Owned(path.as_bytes().to_vec()), etag: path.to_owned() })
        }
    }

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn the_smallest_form_the_client_takes_is_chosen() {
        let coding = |accepted: &'static str| {
            negotiate(&Two, &headers(header::ACCEPT_ENCODING, accepted), "a.js").and_then(|(_, coding)| coding)
        };
        assert_eq!(coding("gzip, deflate, br"), Some("br"));
        assert_eq!(coding("gzip;q=0.5"), Some("gzip"));
        assert_eq!(coding("br;q=0"), None);
        assert_eq!(coding(""), None);
        assert!(negotiate(&Two, &HeaderMap::new(), "b.js").is_none());
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        let file = || Two.get("a.js").unwrap();
        let fresh = answer(&HeaderMap::new(), "a.js", file(), None, Keep::ForEver);
        assert_eq!(fresh.status(), StatusCode::OK);
        let known = headers(header::IF_NONE_MATCH, "W/\"x\", \"a.js\"");
        assert_eq!(answer(&known, "a.js", file(), None, Keep::ForEver).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer(&known, "a.js", file(), Some("br"), Keep::ForEver).status(), StatusCode::OK);
    }
}
