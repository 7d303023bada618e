//! Asks customers how they were served, once their conversation is resolved and if the business wants to know
//! ([`brigade_domain::chat::feedback`]).

use brigade_actors::Directory;
use brigade_domain::chat::feedback::{ASK, ToAsk};
use brigade_domain::entity::EntityKey;
use brigade_store::jobs::{Task, TaskError, Tasks};
use serde_json::json;
use uuid::Uuid;

use super::tasks::{ask, of_tenant, tenant_now};

/// Registers `feedback.ask`.
pub(super) fn feedback(tasks: Tasks, directory: Directory) -> Tasks {
    tasks.on(ASK, move |task: Task| {
        let directory = directory.clone();
        async move { ask_customer(&directory, task).await }
    })
}

/// What was asked already is not asked twice: the conversation knows.
async fn ask_customer(directory: &Directory, task: Task) -> Result<(), TaskError> {
    let (tenant, ToAsk { conversation, rev }) = of_tenant(task)?;
    let Some(question) = tenant_now(directory, tenant).await?.feedback else { return Ok(()) };
    let body = json!({ "rev": rev, "question": question }).to_string();
    Ok(ask(directory, EntityKey::new(tenant, conversation), Uuid::now_v7(), "ask_feedback", body).await?)
}
