//! Sends what the staff have scheduled when its time has come ([`brigade_domain::chat::schedule`]).

use std::sync::Arc;

use brigade_actors::Directory;
use brigade_domain::actor::Actor;
use brigade_domain::chat::schedule::{Authors, SEND, ToSend};
use brigade_domain::entity::EntityKey;
use brigade_store::jobs::{Task, TaskError, Tasks};
use serde_json::json;

use super::tasks::{ask_as, of_tenant};

/// Registers `scheduled.send`.
pub(super) fn scheduled(tasks: Tasks, directory: Directory, authors: Arc<dyn Authors>) -> Tasks {
    tasks.on(SEND, move |task: Task| {
        let (directory, authors) = (directory.clone(), Arc::clone(&authors));
        async move { send(&directory, authors.as_ref(), task).await }
    })
}

/// The conversation decides whether it is sent; who may speak for the business is asked here, at that moment. Each time of
/// each message is one request: a worker that was killed leaves the job to the next, and it is sent once.
async fn send(directory: &Directory, authors: &dyn Authors, task: Task) -> Result<(), TaskError> {
    let (tenant, ToSend { conversation, item, author, send_at, rev }) = of_tenant(task)?;
    let author_now = authors.name(tenant, author).await.map_err(TaskError::new)?;
    let (kind, actor) = match author_now {
        Some(name) => ("send_scheduled", Actor::on_behalf(tenant, author, name.as_str().to_owned())),
        None => ("hold_scheduled", Actor::system(tenant)),
    };
    let body = json!({ "item": item, "author": author, "send_at": send_at, "rev": rev });
    let why = format!("{item} of {rev}");
    Ok(ask_as(directory, EntityKey::new(tenant, conversation), actor, kind, &body, &why).await?)
}
