//! What the live endpoint needs to know from outside.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse};
use brigade_domain::refusal::Refusal;

/// Bounds of a session. Each is stated in the answer that hits it.
#[derive(Debug, Clone)]
pub struct LiveLimits {
    /// Bytes a frame, after joining continuations.
    pub frame_bytes: usize,
    /// Commands a minute a session.
    pub commands_per_minute: u32,
    /// The same for site visitors.
    pub visitor_commands_per_minute: u32,
    /// Commands a minute of all sessions of a tenant on this node.
    pub tenant_commands_per_minute: u32,
    /// Topics a session.
    pub topics: usize,
    /// Sessions a person.
    pub sessions_per_person: usize,
    /// Sessions an address.
    pub sessions_per_address: usize,
    /// Bytes that may wait for a slow reader.
    pub outbox_bytes: usize,
    /// How long a socket may take no byte while some wait.
    pub write_deadline: Duration,
    /// How long a socket may stay without a `hello`.
    pub hello_deadline: Duration,
    /// Ping after this much silence.
    pub ping_every: Duration,
    /// The time to answer a ping.
    pub pong_deadline: Duration,
}

impl Default for LiveLimits {
    fn default() -> Self {
        Self {
            frame_bytes: 64 * 1024,
            commands_per_minute: 600,
            visitor_commands_per_minute: 30,
            tenant_commands_per_minute: 60_000,
            topics: 200,
            sessions_per_person: 20,
            sessions_per_address: 50,
            outbox_bytes: 1024 * 1024,
            write_deadline: Duration::from_secs(20),
            hello_deadline: Duration::from_secs(10),
            ping_every: Duration::from_secs(25),
            pong_deadline: Duration::from_secs(8),
        }
    }
}

/// The address of a request, with the trusted proxies already taken into account.
pub type AddressOf = Arc<dyn Fn(&HttpRequest) -> Option<IpAddr> + Send + Sync>;

/// How a refusal before the upgrade is answered: the same envelope as every other route.
pub type Reject = Arc<dyn Fn(&HttpRequest, Refusal) -> HttpResponse + Send + Sync>;

/// What the live endpoint is wired with.
#[derive(Clone)]
pub struct LiveConfig {
    /// Bounds.
    pub limits: LiveLimits,
    /// Origins whose pages may connect, such as `https://app.example.com`: exact, scheme and port included.
    pub origins: Vec<String>,
    /// The session cookie's name.
    pub cookie: String,
    /// The guard's view of the client's address.
    pub address_of: AddressOf,
    /// The guard's way to refuse.
    pub reject: Reject,
}
