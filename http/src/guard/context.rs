//! What is known of a request before anything is asked of it.

use std::net::IpAddr;
use std::rc::Rc;

use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpMessage, HttpRequest};
use brigade_domain::Timestamp;
use brigade_domain::id::RequestId;
use uuid::Uuid;

use super::address;
use crate::config::HttpConfig;

/// A request's id, where it came from and when. `at` is the only clock handlers use.
#[derive(Debug, Clone)]
pub struct Context {
    /// Under which it is found in the logs: ours (`req_…`), or a trusted proxy's.
    pub request_id: Box<str>,
    /// The client's address; a proxy's word for it counts only when the proxy is trusted.
    pub ip: IpAddr,
    /// When the request was taken in.
    pub at: Timestamp,
    /// What the browser calls itself, at most 200 characters.
    pub user_agent: Box<str>,
}

impl Context {
    /// Reads it off the head of a request.
    pub(super) fn read(peer: Option<IpAddr>, headers: &HeaderMap, config: &HttpConfig) -> Self {
        let trusted = peer.is_some_and(|peer| address::is_trusted(peer, &config.trusted_proxies));
        let given = trusted.then(|| headers.get("x-request-id")).flatten().and_then(|id| id.to_str().ok());
        let request_id = given
            .filter(|id| is_well_formed(id))
            .map_or_else(|| RequestId::from_uuid(Uuid::now_v7()).to_string().into_boxed_str(), Box::from);
        let user_agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("");
        Self {
            request_id,
            ip: address::client(peer, headers, &config.trusted_proxies),
            at: Timestamp::now(),
            user_agent: user_agent.chars().take(200).collect::<String>().into(),
        }
    }

    /// The context of a request that is inside the frame.
    ///
    /// # Panics
    /// When it is not, which is a defect at start-up: [`crate::route::Routes::mount`] puts every route inside.
    pub(crate) fn of(req: &HttpRequest) -> Rc<Self> {
        match req.extensions().get::<Rc<Self>>() {
            Some(context) => Rc::clone(context),
            None => unreachable!("every route is inside guard::frame, which sets the Context"),
        }
    }

    /// The client's network, coarse enough not to be personal: /24, or /48 for IPv6. For log lines.
    pub fn coarse_address(&self) -> String {
        brigade_domain::identity::history::network(self.ip)
    }
}

fn is_well_formed(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
