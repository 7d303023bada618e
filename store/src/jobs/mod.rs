//! Background work: the outbox, written in the transaction that causes it, and the worker that empties it.
//!
//! | want to … | use |
//! |---|---|
//! | enqueue beside an entity's commit | [`brigade_domain::entity::Decision::with_job`] |
//! | enqueue beside other changes | [`enqueue`] in the same transaction |
//! | run the work | [`Worker`] with a [`Tasks`] registry |
//! | know how much waits, see what is stuck and put it back | [`crate::platform`] |
//!
//! The queue is `graphile_worker`'s, in its own schema. It has no row-level security: a worker serves every tenant,
//! and each job says in its payload whose work it is. A job that fails is tried again after about e, e² … seconds;
//! after [`ATTEMPTS`] it stays as a dead letter.

mod worker;

use std::collections::HashMap;
use std::time::SystemTime;

use brigade_domain::entity::Job;
use brigade_domain::id::TenantId;
use brigade_domain::refusal::Fault;
use graphile_worker::sql::add_job::batch::add_jobs;
use graphile_worker::sql::add_job::types::JobToAdd;
use graphile_worker::{JobSpec, JobSpecBuilder, TaskDetails};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;

use crate::error::Error;
pub use worker::{TaskError, Tasks, Worker};

/// How often a job is tried before it becomes a dead letter.
pub const ATTEMPTS: i16 = 8;

/// The queue's schema.
pub(crate) const SCHEMA: &str = "graphile_worker";

/// The one task type in the queue's own eyes; which of our tasks it is stands in the payload.
pub(crate) const IDENTIFIER: &str = "brigade";

/// What the queue keeps of a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Task {
    /// Whose work it is; `None` is the platform's own.
    pub tenant: Option<TenantId>,
    /// Which of our tasks, such as `mail.send`.
    pub task: String,
    /// What the task needs.
    pub body: Value,
}

/// Enqueues jobs in the caller's transaction: they exist if and when it commits.
///
/// A job with a key takes the place of the tenant's waiting job with that key.
pub async fn enqueue(tx: &mut PgConnection, tenant: Option<TenantId>, jobs: &[&Job]) -> Result<(), Error> {
    if jobs.is_empty() {
        return Ok(());
    }
    // Of several jobs with one key the last counts; the queue refuses the same key twice at once.
    let last: HashMap<&str, usize> =
        jobs.iter().enumerate().filter_map(|(index, job)| Some((job.key.as_deref()?, index))).collect();
    let kept: Vec<&Job> = jobs
        .iter()
        .enumerate()
        .filter(|(index, job)| job.key.as_deref().is_none_or(|key| last.get(key) == Some(index)))
        .map(|(_, job)| *job)
        .collect();
    let specs: Vec<JobSpec> = kept.iter().map(|job| spec(tenant, job)).collect();
    let mut waiting = Vec::with_capacity(kept.len());
    for (job, spec) in kept.iter().zip(&specs) {
        let task = Task { tenant, task: job.task.clone(), body: job.body.clone() };
        let payload = serde_json::to_value(task).map_err(|error| Fault::internal("write a job", error))?;
        waiting.push(JobToAdd { identifier: IDENTIFIER, payload, spec });
    }
    add_jobs(tx, SCHEMA, &waiting, &TaskDetails::default(), false, false)
        .await
        .map_err(|error| Fault::unavailable("the job queue", error))?;
    Ok(())
}

fn spec(tenant: Option<TenantId>, job: &Job) -> JobSpec {
    let mut spec = JobSpecBuilder::new().max_attempts(ATTEMPTS);
    if let Some(key) = &job.key {
        // The queue's keys are one namespace for all tenants.
        spec = spec.job_key(match tenant {
            Some(tenant) => format!("{tenant}:{key}"),
            None => format!(":{key}"),
        });
    }
    if let Some(at) = job.run_at {
        spec = spec.run_at(SystemTime::from(at));
    }
    spec.build()
}
