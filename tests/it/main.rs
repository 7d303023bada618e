//! Every test that needs more than one crate: real PostgreSQL, real sockets, real processes.

mod guard;
mod identity;
mod server;
mod support;
