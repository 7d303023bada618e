//! The worker: takes jobs from the queue and runs the task that is registered for each.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::Refusal;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions, WorkerRecoveryConfig};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, Semaphore, watch};

use super::{IDENTIFIER, SCHEMA, Task};
use crate::Db;

/// Why a job was not done. It is tried again, unless it was tried often enough.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TaskError(pub String);

impl TaskError {
    /// What went wrong, for the operator. Kept with the job: no personal data.
    pub fn new(what: impl fmt::Display) -> Self {
        Self(what.to_string())
    }
}

/// Refusals are for people; of one the operator is told the code.
impl From<Refusal> for TaskError {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code.as_str())
    }
}

type Handler = Arc<dyn Fn(Task) -> BoxFuture<'static, Result<(), TaskError>> + Send + Sync>;

/// What is done for each task. Every task must be idempotent: a worker that is killed leaves its job to be done again.
#[derive(Clone, Default)]
pub struct Tasks(HashMap<&'static str, Handler>);

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl Tasks {
    /// Registers what is done for `task`.
    #[must_use]
    pub fn on<F, Fut>(mut self, task: &'static str, handler: F) -> Self
    where
        F: Fn(Task) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), TaskError>> + Send + 'static,
    {
        self.0.insert(task, Arc::new(move |task| Box::pin(handler(task))));
        self
    }

    async fn perform(&self, task: Task) -> Result<(), TaskError> {
        let Some(handler) = self.0.get(task.task.as_str()).cloned() else {
            return Err(TaskError(format!("there is no task {:?}", task.task)));
        };
        // A panic ends the attempt, not the worker.
        tokio::spawn(handler(task)).await.unwrap_or_else(|panic| Err(TaskError(format!("the task broke off: {panic}"))))
    }
}

/// What all runs of a worker's jobs share.
#[derive(Debug, Clone)]
struct Shared {
    tasks: Tasks,
    /// So many at a time.
    slots: Arc<Semaphore>,
    /// A job was done: there may be more.
    more: Arc<Notify>,
}

/// The queue's view of any of our jobs.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct AnyTask(Task);

impl TaskHandler for AnyTask {
    const IDENTIFIER: &'static str = IDENTIFIER;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (name, attempt, last) = (self.0.task.clone(), *context.job().attempts(), *context.job().max_attempts());
        let Some(Shared { tasks, slots, more }) = context.get_ext::<Shared>() else {
            return Err(TaskError("the worker was started without tasks".to_owned()));
        };
        let slot = slots.acquire().await.map_err(TaskError::new)?;
        let result = tasks.perform(self.0).await;
        drop(slot);
        more.notify_one();
        match &result {
            Ok(()) => tracing::debug!(job.task = %name, job.attempt = attempt, "A job was done."),
            Err(error) if attempt < last => {
                tracing::warn!(job.task = %name, job.attempt = attempt, error = %error, "A job failed and will be tried again.");
            }
            Err(error) => {
                tracing::error!(job.task = %name, job.attempt = attempt, error = %error, "A job failed for the last time and is now a dead letter.");
            }
        }
        metrics::counter!("brigade_jobs_total", "task" => name, "result" => if result.is_ok() { "done" } else { "failed" })
            .increment(1);
        result
    }
}

/// A running worker.
pub struct Worker {
    stop: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
}

impl Worker {
    /// Starts working, `concurrency` jobs at a time, until [`Worker::stop`]. Starts again by itself when the
    /// database was away.
    pub fn start(db: &Db, tasks: Tasks, concurrency: usize) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (end, ended) = watch::channel(false);
        let own = db.clone();
        db.spawn(async move {
            while !*stopped.borrow() {
                if let Err(error) = work(&own, tasks.clone(), concurrency, stopped.clone()).await {
                    tracing::warn!(error = %error, "The job worker stopped and starts again in a moment.");
                    pause(stopped.clone()).await;
                }
            }
            end.send_replace(true);
        });
        Self { stop, ended }
    }

    /// Takes no more jobs and waits for those under way (at most ten seconds; what is not done by then is put back).
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        // An error means that the task is gone: it has ended.
        let _ = self.ended.wait_for(|ended| *ended).await;
    }
}

async fn pause(mut stopped: watch::Receiver<bool>) {
    let _ = tokio::time::timeout(Duration::from_secs(1), stopped.wait_for(|stopped| *stopped)).await;
}

async fn work(
    db: &Db,
    tasks: Tasks,
    concurrency: usize,
    mut stopped: watch::Receiver<bool>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let more = Arc::new(Notify::new());
    let slots = Arc::new(Semaphore::new(concurrency.max(1)));
    let worker = WorkerOptions::default()
        .pg_pool(db.pool().clone())
        .schema(SCHEMA)
        .concurrency(concurrency.max(1))
        .poll_interval(Duration::from_secs(1))
        .add_extension(Shared { tasks, slots, more: Arc::clone(&more) })
        .listen_os_shutdown_signals(false)
        .shutdown_grace_period(Duration::from_secs(10))
        .shutdown_interrupted_job_retry_delay(Duration::ZERO)
        .shutdown_signal(async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        })
        .worker_recovery(
            WorkerRecoveryConfig::default()
                .heartbeat_interval(Duration::from_secs(5))
                .sweep_interval(Duration::from_secs(5))
                .sweep_threshold(Duration::from_secs(20))
                .recovery_delay(Duration::ZERO),
        )
        .define_job::<AnyTask>()
        .init()
        .await?;
    // The library takes `concurrency` jobs for each signal, and signals of what came while all were busy are one: what has
    // gathered would be done at so many a second, however quick each is. Whoever has done one asks for the rest.
    let ended = Notify::new();
    let signalled = async {
        let result = worker.run().await;
        ended.notify_one();
        result
    };
    let rest = async {
        loop {
            tokio::select! {
                biased;
                () = ended.notified() => return,
                () = more.notified() => {
                    if let Err(error) = worker.run_once().await {
                        tracing::warn!(error = %error, "What has gathered is left to the next signal.");
                    }
                }
            }
        }
    };
    let (result, ()) = tokio::join!(signalled, rest);
    Ok(result?)
}
