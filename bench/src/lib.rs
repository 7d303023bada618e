//! What Brigade costs and what it is compared with.
//!
//! `load` is the generator: one thread, one epoll loop, any number of sockets. `peer` teaches it a protocol.
//! `run` starts and ends processes on loopback and reads what they used. `scenario` is one figure of the
//! specification each, and `report` turns runs into medians, ratios and a verdict.

pub mod load;
pub mod machine;
pub mod peer;
pub mod report;
pub mod run;
pub mod scenario;
pub mod wire;
