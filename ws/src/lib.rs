//! The live protocol `brigade.v1` over WebSocket (docs/PROTOCOL.md): handshake, sessions, frames, fan-out to sockets.
//!
//! A request to `/v1/live` is checked in [`handshake`]; its [`connection`] leaves HTTP and becomes a [`socket`]: a session with a
//! bounded [`outbox`], read frame by frame ([`incoming`], [`receive`]) and written batch by batch ([`outgoing`]). Commands go to
//! [`brigade_actors::Directory`], changes come back through its `Subscriber`. The [`Hub`] knows all sessions of the node:
//! heartbeats, revocation, draining.
//!
//! This is the only crate that names actix-http. What is absent: rules, SQL, and any waiting on a slow reader.

mod config;
mod connection;
mod encode;
mod frame;
mod handshake;
mod hub;
mod incoming;
mod outbox;
mod outgoing;
mod rate;
mod receive;
mod session;
mod socket;

pub use config::{AddressOf, LiveConfig, LiveLimits, Reject};
pub use connection::{Timeouts, connections};
pub use handshake::{Live, live};
pub use hub::{Hub, HubStats};
