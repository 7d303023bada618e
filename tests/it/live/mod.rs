//! `brigade.v1` over real sockets and a real database, sentence by sentence of docs/PROTOCOL.md.
//!
//! | what | module |
//! |---|---|
//! | who may open a socket, and who one is then (security 22, 23) | [`handshake`] |
//! | frames that are wrong (security 25) | [`frames`] |
//! | how much is too much | [`limits`] |
//! | subscribing, resuming, what is hidden | [`topics`] |
//! | lists | [`lists`] |
//! | typing, looking, presence | [`signals`], [`presence`] |
//! | commands and repeats | [`commands`] |
//! | every command × everybody (security 24, 27) | [`matrix`] |
//! | sessions that end, servers that go | [`endings`] |
//! | the log over HTTP | [`log`] |
//! | the protocol's description | [`drift`] |

mod commands;
pub(crate) mod description;
mod drift;
mod endings;
mod frames;
mod handshake;
mod limits;
mod lists;
mod log;
mod matrix;
mod presence;
mod raw;
mod signals;
pub(crate) mod stage;
mod topics;
mod upgrade;
