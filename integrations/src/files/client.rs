//! How a bucket is asked: over HTTP/1.1, with the TLS that everything else here has.
//!
//! `object_store` would bring a client of its own, whose TLS wants one provider of ciphers for the whole process.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::{BodyExt as _, Limited};
use hyper::Response;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector as Plain;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse, HttpService,
};

/// How long a whole answer may take: a part has 1 MiB, a whole file 25 MiB at most.
const ANSWER: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(5);
/// How long a connection waits for another question.
const IDLE: Duration = Duration::from_secs(20);
/// The most bytes of an answer: a whole file, or a list of its parts.
const MOST: usize = 32 * 1024 * 1024;

/// Makes the one client of a bucket, and of who says what the machine may do.
#[derive(Debug)]
pub(super) struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let mut plain = Plain::new();
        plain.enforce_http(false);
        plain.set_connect_timeout(Some(CONNECT));
        plain.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(crate::tls::client())
            .https_or_http()
            .enable_http1()
            .wrap_connector(plain);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(HttpClient::new(Pooled(client)))
    }
}

#[derive(Debug)]
struct Pooled(Client<HttpsConnector<Plain>, HttpRequestBody>);

#[async_trait]
impl HttpService for Pooled {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let asked = async {
            let (head, body) = self.0.request(request).await.map_err(unasked)?.into_parts();
            let body = Limited::new(body, MOST).collect().await;
            // What broke off was asked all the same.
            let body = body.map_err(|error| HttpError::new_boxed(HttpErrorKind::Interrupted, error))?;
            Ok(Response::from_parts(head, body.to_bytes().into()))
        };
        let late = |late| HttpError::new(HttpErrorKind::Timeout, late);
        tokio::time::timeout(ANSWER, asked).await.map_err(late)?
    }
}

/// Says what may be asked again: `object_store` does, for what changes nothing by being asked twice.
fn unasked(error: Error) -> HttpError {
    let mut cause = error.source();
    let mut kind = if error.is_connect() { HttpErrorKind::Connect } else { HttpErrorKind::Unknown };
    while let (HttpErrorKind::Unknown, Some(found)) = (kind, cause) {
        if let Some(of_http) = found.downcast_ref::<hyper::Error>()
            && (of_http.is_closed() || of_http.is_incomplete_message() || of_http.is_body_write_aborted())
        {
            kind = HttpErrorKind::Request;
        } else if found.is::<io::Error>() {
            kind = HttpErrorKind::Interrupted;
        }
        cause = found.source();
    }
    HttpError::new(kind, error)
}
