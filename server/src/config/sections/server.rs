//! Where and how to listen.

use std::net::SocketAddr;
use std::time::Duration;

use crate::config::section::section;
use crate::config::value::{Network, Origin};

section! {
    /// Where and how Brigade listens.
    Server = "server" {
        /// Address and port. The default is reachable from this machine only; put a TLS proxy in front for others.
        listen: SocketAddr = Text "127.0.0.1:8080";
        /// The address people use, for links in mails and the check of origins. Empty: http:// and the address above.
        public_url: Option<Origin> = Text "";
        /// More addresses of this server: pages from there count as our own, with cookies.
        allowed_origins: Vec<Origin> = List "";
        /// Other sites whose pages may call the API with a token of their own. Never with cookies.
        cors_origins: Vec<Origin> = List "";
        /// Proxies whose X-Forwarded-For is believed. Empty: nobody's.
        trusted_proxies: Vec<Network> = List "";
        /// Networks that may read /metrics, /health/cache and /api/diag/smoke without signing in.
        operator_networks: Vec<Network> = List "127.0.0.1,::1";
        /// Threads that serve requests. 0: one per core.
        workers: usize = Bare "0";
        /// How long an idle connection is kept.
        keep_alive: Duration = Text "75s";
        /// How long a client may take to send a request's head.
        client_timeout: Duration = Text "10s";
        /// After SIGTERM: how long running requests and sockets may take to finish. At most 15s.
        drain: Duration = Text "10s";
    }
}
