//! Blocks visitors who leave an address that is blocked ([`brigade_domain::chat::block`]).

use std::sync::Arc;

use brigade_actors::Directory;
use brigade_domain::actor::Actor;
use brigade_domain::chat::block::{Blocks, LOOK, ToLook};
use brigade_domain::entity::EntityKey;
use brigade_domain::text::Email;
use brigade_http::entity::look;
use brigade_store::jobs::{Task, TaskError, Tasks};
use serde_json::json;

use super::tasks::{ask_anew, of_tenant};

/// What the list says of those whom Brigade blocks itself.
const REASON: &str = "Left an e-mail address that is blocked.";

/// Registers `blocks.look`.
pub(super) fn blocks(tasks: Tasks, directory: Directory, known: Arc<dyn Blocks>) -> Tasks {
    tasks.on(LOOK, move |task: Task| {
        let (directory, known) = (directory.clone(), Arc::clone(&known));
        async move { block_same_address(&directory, known.as_ref(), task).await }
    })
}

/// What the conversation says now counts: another address may have been left since. Each address that was left is asked about
/// once, so that who was let in again is not blocked by a job that is done twice.
async fn block_same_address(directory: &Directory, known: &dyn Blocks, task: Task) -> Result<(), TaskError> {
    let (tenant, ToLook { conversation, rev }) = of_tenant(task)?;
    let key = EntityKey::new(tenant, conversation);
    let state = look(directory, &Arc::new(Actor::system(tenant)), key).await?.state;
    if !state["account"].is_null() {
        return Ok(());
    }
    // What the visitor left, and what the business's site has signed.
    for left in [&state["contact"]["email"], &state["identity"]["email"]] {
        let Some(email) = left.as_str().and_then(|email| Email::parse("email", email).ok()) else { continue };
        if known.is_blocked(tenant, email).await.map_err(TaskError::new)? {
            let body = json!({ "reason": REASON });
            ask_anew(directory, key, "block", &body, &format!("address of {rev}")).await?;
            break;
        }
    }
    Ok(())
}
