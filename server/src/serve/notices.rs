//! What the staff are told: to their pages at once, wherever it was found out, when something is due, and by mail when they
//! were away.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use brigade_actors::{Delivery, Directory, Presence, Subscriber, SubscriberId};
use brigade_domain::Timestamp;
use brigade_domain::actor::{Actor, Party};
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{ConversationId, TenantId, UserId};
use brigade_domain::presence::PresenceStatus;
use brigade_domain::refusal::Rejection;
use brigade_domain::tenant::NOTICED;
use brigade_http::App;
use brigade_http::notices::unsubscribe_link;
use brigade_store::jobs::{Task, TaskError, Tasks};
use brigade_store::notices::{Links, PgNotices};
use serde::Deserialize;
use serde_json::json;

use super::tasks::of_tenant;

/// How often it is looked who is to be written to.
const LOOK: Duration = Duration::from_secs(10);

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

/// Writes to those who were away of what they have not read, for as long as the runtime runs. Several nodes do so at once:
/// each says who is there as far as it knows, and each letter is written once.
pub(super) async fn write_letters(notices: PgNotices, presence: Arc<Presence>, app: App) {
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(error) = look(&notices, &presence, &app).await {
            tracing::warn!(%error, "who is to be written to could not be said; tried again in a moment");
        }
    }
}

async fn look(notices: &PgNotices, presence: &Presence, app: &App) -> Result<(), Rejection> {
    let now = Timestamp::now();
    let addressees = notices.addressees(now).await?;
    let mut there: HashMap<TenantId, Vec<UserId>> = HashMap::new();
    for each in &addressees {
        if presence.status(each.tenant, Party::User(each.user)) != PresenceStatus::Offline {
            there.entry(each.tenant).or_default().push(each.user);
        }
    }
    for (tenant, users) in there {
        notices.are_there(tenant, users, now).await?;
    }
    for each in addressees.iter().filter(|each| each.due) {
        let config = app.config();
        let links = Links { origin: config.origin().to_owned(), unsubscribe: unsubscribe_link(config, each.user) };
        notices.write_to(each.tenant, each.user, links, now).await?;
    }
    Ok(())
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
