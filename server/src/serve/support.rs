//! Ends a permission for support when its time is over ([`brigade_domain::support`]): it is over without this too, but not on
//! record.

use std::sync::Arc;

use brigade_domain::Timestamp;
use brigade_domain::support::ports::Permissions;
use brigade_domain::support::{END, ToEnd};
use brigade_store::jobs::{Task, TaskError, Tasks};

use super::tasks::of_tenant;

/// Registers `support.end`.
pub(super) fn endings(tasks: Tasks, permissions: Arc<dyn Permissions>) -> Tasks {
    tasks.on(END, move |task: Task| {
        let permissions = Arc::clone(&permissions);
        async move {
            let (tenant, ToEnd { permission }) = of_tenant(task)?;
            permissions.expire(tenant, permission, Timestamp::now()).await.map_err(TaskError::new)
        }
    })
}
