//! The repository layer against a real PostgreSQL: the tenant wall, the log, the audit log, the queue, cancellation.

mod audit;
mod cancel;
mod commit;
mod history;
mod jobs;
mod schema;
mod start;
mod support;
mod wall;
