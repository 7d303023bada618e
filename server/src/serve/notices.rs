//! What the staff are told: to their pages at once, wherever it was found out, and when something is due.

use std::sync::Arc;

use brigade_actors::{Delivery, Directory, Subscriber, SubscriberId};
use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::entity::EntityKey;
use brigade_domain::id::ConversationId;
use brigade_domain::tenant::NOTICED;
use brigade_store::jobs::{Task, TaskError, Tasks};
use brigade_store::notices::PgNotices;
use serde::Deserialize;
use serde_json::json;

use super::tasks::of_tenant;

/// Brigade itself: says something and hears nothing.
struct Itself;

impl Subscriber for Itself {
    fn id(&self) -> SubscriberId {
        // Sockets count from 1.
        0
    }

    fn deliver(&self, _: &Arc<str>, _: Delivery<'_>) -> bool {
        true
    }
}

/// Whoever has news is told so on the pages they have open on this node: a signal of the business, for its staff.
pub(super) fn announce(notices: &PgNotices, directory: Directory) {
    notices.listen(Arc::new(move |tenant, user| {
        let body = json!({ "for": user }).to_string();
        let actor = Arc::new(Actor::system(tenant));
        directory.signal(EntityKey::new(tenant, tenant), Arc::new(Itself), actor, NOTICED.into(), body.into());
    }));
}

/// It is time to look at what is due in a conversation.
#[derive(Debug, Deserialize)]
struct Due {
    conversation: ConversationId,
}

/// Registers `notices.due`.
pub(super) fn tasks(tasks: Tasks, notices: &PgNotices) -> Tasks {
    let notices = notices.clone();
    tasks.on("notices.due", move |task: Task| {
        let notices = notices.clone();
        async move {
            let (tenant, Due { conversation }) = of_tenant(task)?;
            notices.due(tenant, conversation, Timestamp::now()).await.map_err(TaskError::new)
        }
    })
}
