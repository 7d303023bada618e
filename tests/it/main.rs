//! Every test that needs more than one crate: real PostgreSQL, real sockets, real processes.

#![expect(
    clippy::assigning_clones,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::format_collect,
    clippy::match_wild_err_arm,
    clippy::needless_pass_by_value,
    clippy::print_stdout,
    clippy::zombie_processes,
    reason = "a test says what it expected, prints its figures and reads how long it may soak; what it starts outlives it"
)]
#![expect(unreachable_pub, reason = "one binary: what is pub here is pub for its tests")]
#![expect(clippy::unwrap_used, reason = "what a test cannot do without ends it")]

mod chat;
mod faults;
mod guard;
mod identity;
mod live;
mod platform;
mod reports;
mod server;
mod support;
mod webhooks;
