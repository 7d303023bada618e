//! Carrying notices to push services (RFC 8030). Browsers say where these are: [`Caller`] trusts no address.

mod sealed;
mod vapid;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use brigade_domain::journal::BoxFuture;
use brigade_domain::notices::push::{KeyPair, Parcel, PushCourier, WORTH};
use brigade_domain::webhooks::address::Policy;
use brigade_domain::webhooks::ports::Outcome;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST, USER_AGENT};

use crate::caller::Caller;

/// How long everything may take, from the name to the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Who we say we are.
const AGENT: &str = "Brigade-Push/1";

/// Something that `ring` could not do: a key that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key of push is not one")]
pub struct InvalidKey;

/// A new key pair of the server.
pub fn new_keys() -> Result<KeyPair, InvalidKey> {
    vapid::new_keys()
}

/// Carries notices to push services over HTTP/1.1. Cheap to clone.
#[derive(Clone)]
pub struct WebPush(Arc<Inner>);

struct Inner {
    caller: Caller,
    /// Whom a push service may write to about us: the address of this server.
    contact: String,
}

impl WebPush {
    /// Goes where `policy` permits.
    pub fn new(policy: Policy, contact: String) -> Self {
        Self(Arc::new(Inner { caller: Caller::new(policy, PATIENCE), contact }))
    }
}

impl PushCourier for WebPush {
    fn carry(&self, parcel: Parcel) -> BoxFuture<'static, Outcome> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            match request(&parcel, &inner.contact) {
                Ok(request) => inner.caller.call(parcel.to.endpoint(), request).await,
                // A browser's key that is no point of the curve: as if its push service had said that it does not know it.
                Err(InvalidKey) => Outcome::Answered { status: 404, excerpt: String::new(), retry_after: None },
            }
        })
    }
}

fn request(parcel: &Parcel, contact: &str) -> Result<Request<Full<Bytes>>, InvalidKey> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let endpoint = parcel.to.endpoint();
    let body = sealed::seal(&parcel.to, parcel.payload.as_bytes())?;
    let mut request = Request::post(endpoint.target())
        .header(HOST, endpoint.authority())
        .header(USER_AGENT, AGENT)
        .header(CONTENT_TYPE, "application/octet-stream")
        .header(CONTENT_ENCODING, "aes128gcm")
        .header("ttl", WORTH.as_secs())
        .header("urgency", "high")
        .header(AUTHORIZATION, vapid::authorization(&parcel.keys, endpoint, contact, now)?);
    if let Some(topic) = &parcel.topic {
        request = request.header("topic", topic);
    }
    request.body(Full::new(Bytes::from(body))).map_err(|_| InvalidKey)
}

#[cfg(test)]
mod tests {
    use brigade_domain::notices::push::Subscription;
    use brigade_domain::webhooks::ports::Failure;

    use super::*;

    #[tokio::test]
    async fn it_goes_nowhere_that_is_not_for_everybody() {
        let keys = Arc::new(new_keys().unwrap());
        let point = keys.public.clone();
        let courier = WebPush::new(Policy::default(), "https://chat.example".to_owned());
        for endpoint in ["https://127.0.0.1/send", "https://169.254.169.254/", "https://[::1]/", "http://1.1.1.1/"] {
            let to = Subscription::new(endpoint, &point, &[7; 16]).unwrap();
            let parcel = Parcel { to, payload: "{}".to_owned(), topic: None, keys: Arc::clone(&keys) };
            let outcome = courier.carry(parcel).await;
            assert!(matches!(outcome, Outcome::Failed(Failure::Forbidden)), "{endpoint}: {outcome:?}");
        }
    }

    #[test]
    fn nothing_is_said_of_keys_in_logs() {
        let keys = new_keys().unwrap();
        assert_eq!(format!("{keys:?}"), "KeyPair(…)");
        assert_eq!((keys.public.len(), keys.public[0]), (65, 4));
    }
}
