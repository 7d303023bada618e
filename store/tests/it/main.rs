//! The repository layer against a real PostgreSQL: the tenant wall, the log, the audit log, the queue, cancellation.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "the verbs of the tests fail like the tests")]

mod audit;
mod cancel;
mod commit;
mod crash;
mod drafts;
mod history;
mod jobs;
mod schema;
mod search;
mod start;
mod support;
mod triage;
mod wall;
