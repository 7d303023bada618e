//! Every test that needs more than one crate: real PostgreSQL, real sockets, real processes.

#![expect(unreachable_pub, reason = "one binary: what is pub here is pub for its tests")]
#![expect(clippy::unwrap_used, reason = "what a test cannot do without ends it")]

mod chat;
mod faults;
mod guard;
mod identity;
mod live;
mod server;
mod support;
