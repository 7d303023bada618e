//! Carrying webhooks to the servers of businesses. They say where: [`Caller`] trusts no address.

mod signature;

use std::sync::Arc;
use std::time::{Duration, Instant};

use brigade_domain::journal::BoxFuture;
use brigade_domain::webhooks::address::Policy;
use brigade_domain::webhooks::ports::{Courier, Failure, Outcome, Parcel, Receipt};
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};

use self::signature::sign;
use crate::caller::Caller;
#[cfg(test)]
use crate::caller::{Machine, Resolver, excerpt};

/// How long everything may take, from the name to the answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// Who we say we are.
const AGENT: &str = "Brigade-Webhooks/1";

/// Carries webhooks over HTTP/1.1. Cheap to clone.
#[derive(Clone)]
pub struct HttpCourier(Arc<Caller>);

impl HttpCourier {
    /// Goes where `policy` permits.
    pub fn new(policy: Policy) -> Self {
        Self(Arc::new(Caller::new(policy, PATIENCE)))
    }

    #[cfg(test)]
    fn with(policy: Policy, resolver: Arc<dyn Resolver>, patience: Duration) -> Self {
        Self(Arc::new(Caller::with(policy, resolver, patience)))
    }
}

impl Courier for HttpCourier {
    fn carry(&self, parcel: Parcel) -> BoxFuture<'static, Receipt> {
        let caller = Arc::clone(&self.0);
        Box::pin(async move {
            let began = Instant::now();
            let result = match request(&parcel) {
                Ok(request) => caller.call(&parcel.url, request).await,
                Err(failure) => Outcome::Failed(failure),
            };
            Receipt { took_ms: u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX), result }
        })
    }
}

fn request(parcel: &Parcel) -> Result<Request<Full<Bytes>>, Failure> {
    let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    let id = parcel.event.to_string();
    Request::post(parcel.url.target())
        .header(HOST, parcel.url.authority())
        .header(USER_AGENT, AGENT)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", &id)
        .header("webhook-timestamp", at)
        .header("webhook-signature", sign(&parcel.secrets, &id, at, &parcel.body))
        .body(Full::new(Bytes::from(parcel.body.clone())))
        .map_err(|_| Failure::Broken)
}

#[cfg(test)]
mod tests;
