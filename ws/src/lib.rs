//! The live protocol `brigade.v1` over WebSocket (docs/PROTOCOL.md): handshake, sessions, frames, fan-out to sockets.
//!
//! A request to `/v1/live` is checked and upgraded in [`handshake`], becomes a session with a bounded [`outbox`],
//! and is read frame by frame; commands go to [`brigade_actors::Directory`], changes come back through its
//! `Subscriber`. The [`Hub`] knows all sessions of the node: heartbeats, revocation, draining.
//!
//! This is the only crate that names the WebSocket part of actix-http. What is absent: rules, SQL, and any waiting on a slow reader.

mod config;
mod encode;
mod frame;
mod handshake;
mod hub;
mod incoming;
mod outbox;
mod rate;
mod receive;
mod session;
mod socket;

pub use config::{AddressOf, LiveConfig, LiveLimits, Reject};
pub use handshake::{Live, live};
pub use hub::{Hub, HubStats};
pub use socket::remember_socket;
