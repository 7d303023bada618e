//! The generator: one thread, one epoll loop, raw sockets. It has a core to itself and must cost less per
//! delivery than any server it measures, so a frame is looked at where it was read and nothing is allocated for it.

mod connection;
mod engine;
mod reading;
mod room;
mod setup;
mod tally;

pub use engine::{Engine, Phase, Plan, Shape};
pub use tally::Outcome;
