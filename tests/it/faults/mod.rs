//! What is done to it: real processes are killed, starved, flooded and lied to, and what was promised is checked.
//!
//! | fault | module |
//! |---|---|
//! | F1: a node is killed in the middle of a burst | [`kill`] |
//! | F2: PostgreSQL is away | [`postgres_away`] |
//! | F4: readers that read nothing | [`slow`] |
//! | F6: a node goes away under load | [`drain`] |
//! | F8: the same command ten times at once on two nodes | [`twins`] |
//! | conversations given out by nodes that are killed, or by two | [`routing`] |
//! | presence between nodes, with Redis and without | [`nodes`] |
//! | F12: ten times the load it can take | [`overload`] |
//! | F13: hostile frames, jobs that cannot be done | [`hostile`] |
//! | F15: requests cancelled while the database is slow | [`cancelled`] |
//! | F17: snapshot and events against the loaded state | [`replay`] |
//!
//! Webhooks while servers are killed, and with two of them: [`webhooks`]; letters with what was said: [`transcripts`]; messages that were scheduled: [`schedule`].
//!
//! Writers and readers are in [`load`] and [`traffic`], what must hold of what they saw is in [`checker`], processes and people in
//! [`world`]. Each test is short in `cargo xtask test`; `cargo xtask soak` runs it in full ([`scale`]).

mod cancelled;
mod checker;
mod client;
mod drain;
mod hostile;
mod kill;
mod load;
mod nodes;
mod notices;
mod overload;
mod own_postgres;
mod postgres_away;
mod replay;
mod routing;
mod schedule;
mod slow;
mod traffic;
mod transcripts;
mod twins;
mod webhooks;
mod world;

pub(crate) use replay::event_types;

/// How much of it: `short` in every test run, `full` in `cargo xtask soak`.
fn scale<T>(short: T, full: T) -> T {
    if std::env::var_os("BRIGADE_TEST_SOAK").is_some() { full } else { short }
}
