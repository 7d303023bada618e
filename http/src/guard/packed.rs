//! What the API answers, packed (BAL-FE2-02).
//!
//! The length of a packed answer says a little of what is in it. So what another site could have had asked for is sent
//! as it is, and so is everything about signing in, where the token against cross-site requests is.

use actix_web::body::{BoxBody, MessageBody as _};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes};

use super::csrf::{self, Source};
use crate::config::HttpConfig;
use crate::packing;

/// Beside the handlers up to here, in about 0.5 ms; longer ones on a thread of their own.
const IN_PLACE: usize = 32 * 1024;
/// Where secrets are in what is read.
const SECRET: &str = "/v1/auth/";

/// The same answer, packed where that may be and the client takes it.
pub(super) async fn pack(mut response: ServiceResponse<BoxBody>, config: &HttpConfig) -> ServiceResponse<BoxBody> {
    if !may_be_packed(&response, config) {
        return response;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if !packing::takes(response.request().headers(), "gzip") {
        return response;
    }
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let body = match body.try_into_bytes() {
        Ok(content) if packing::is_worth_it(content.len()) => match gzip(content.clone()).await {
            Some(packed) => {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                BoxBody::new(packed)
            }
            None => BoxBody::new(content),
        },
        Ok(content) => BoxBody::new(content),
        Err(sent_in_parts) => sent_in_parts,
    };
    ServiceResponse::new(request, response.set_body(body))
}

fn may_be_packed(response: &ServiceResponse<BoxBody>, config: &HttpConfig) -> bool {
    let request = response.request();
    let headers = response.headers();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_json = kind.starts_with("application/json") || kind.ends_with("+json");
    is_json
        && response.status() == StatusCode::OK
        && matches!(*request.method(), Method::GET | Method::HEAD)
        && !headers.contains_key(header::CONTENT_ENCODING)
        && !request.path().starts_with(SECRET)
        && csrf::source(request.headers(), config) != Source::Foreign
}

/// Packed, or nothing where that failed: what was asked for is sent all the same.
async fn gzip(content: Bytes) -> Option<Vec<u8>> {
    let packed = if content.len() <= IN_PLACE {
        packing::gzip(&content)
    } else {
        match web::block(move || packing::gzip(&content)).await {
            Ok(packed) => packed,
            Err(error) => {
                tracing::warn!(error.message = %error, "An answer was sent unpacked.");
                return None;
            }
        }
    };
    packed.inspect_err(|fault| tracing::warn!(error.message = %fault, "An answer was sent unpacked.")).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use actix_web::HttpResponse;
    use actix_web::body::to_bytes;
    use actix_web::test::TestRequest;
    use flate2::read::GzDecoder;
    use serde_json::json;

    use super::*;

    const ASKED: (&str, &str) = ("accept-encoding", "gzip, br");

    fn get(path: &str) -> TestRequest {
        TestRequest::get().uri(path).insert_header(ASKED)
    }

    fn answer(words: usize) -> HttpResponse {
        HttpResponse::Ok().json(json!({ "data": "yes and no ".repeat(words) }))
    }

    /// How it is packed, and its content.
    async fn packed(request: TestRequest, response: HttpResponse) -> (Option<String>, Vec<u8>) {
        let config = HttpConfig::new("https://brigade.example", [7; 32]);
        let (_, response) = pack(request.to_srv_response(response), &config).await.into_parts();
        let coding = response.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned());
        (coding, to_bytes(response.into_body()).await.unwrap().to_vec())
    }

    #[actix_web::test]
    async fn a_long_answer_is_packed_and_says_the_same() {
        for words in [200, 10_000] {
            let plain = to_bytes(answer(words).into_body()).await.unwrap();
            let (coding, content) = packed(get("/v1/conversations"), answer(words)).await;
            assert_eq!(coding.as_deref(), Some("gzip"));
            assert!(content.len() * 4 < plain.len(), "{} of {}", content.len(), plain.len());
            let mut read = Vec::new();
            GzDecoder::new(&*content).read_to_end(&mut read).unwrap();
            assert_eq!(read, plain);
        }
    }

    #[actix_web::test]
    async fn what_is_short_or_not_wanted_so_is_sent_as_it_is() {
        let plain = |words| async move { (None, to_bytes(answer(words).into_body()).await.unwrap().to_vec()) };
        assert_eq!(packed(get("/v1/conversations"), answer(20)).await, plain(20).await);
        assert_eq!(packed(TestRequest::get().uri("/v1/conversations"), answer(200)).await, plain(200).await);
        let other = HttpResponse::Ok().content_type("text/csv").body("1,2\n".repeat(1_000));
        assert_eq!(packed(get("/v1/reports.csv"), other).await.0, None);
    }

    #[actix_web::test]
    async fn the_length_tells_other_sites_nothing() {
        for site in ["cross-site", "same-site"] {
            let asked = get("/v1/conversations").insert_header(("sec-fetch-site", site));
            assert_eq!(packed(asked, answer(200)).await.0, None, "{site}");
        }
        let own = get("/v1/conversations").insert_header(("sec-fetch-site", "same-origin"));
        assert_eq!(packed(own, answer(200)).await.0.as_deref(), Some("gzip"));
        assert_eq!(packed(get("/v1/auth/me"), answer(200)).await.0, None);
    }
}
