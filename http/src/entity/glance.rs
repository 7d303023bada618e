//! The state of an entity at this moment: a subscription that ends with its first delivery.

use std::sync::Arc;

use brigade_actors::{Attach, Delivery, Directory, Subscriber, SubscriberId};
use brigade_domain::actor::Actor;
use brigade_domain::entity::{EntityKey, Seq};
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::topic::Topic;
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::oneshot;
use utoipa::ToSchema;

use crate::App;
use crate::problem::Answer;

/// The state of an entity, as its `snap` frame has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeenView {
    /// The log's epoch.
    pub epoch: u32,
    /// The last entry the state includes: subscribe with `after` this.
    pub seq: Seq,
    /// The state, as the caller sees it; its fields are in `docs/PROTOCOL.md`.
    #[schema(value_type = Object)]
    pub state: Value,
}

/// The entity as `actor` sees it, or why not. What is not the actor's is `NOT_FOUND`.
pub(crate) async fn glance(app: &App, actor: &Arc<Actor>, entity: EntityKey) -> Answer<SeenView> {
    Ok(look(&app.directory, actor, entity).await?)
}

/// The same, for who has no request to answer.
pub async fn look(directory: &Directory, actor: &Arc<Actor>, entity: EntityKey) -> Result<SeenView, Refusal> {
    let (sender, receiver) = oneshot::channel();
    let topic = Topic::log(entity.entity);
    let attach = Attach {
        name: Arc::from(topic.to_string()),
        topic,
        subscriber: Arc::new(Glance(Mutex::new(Some(sender)))),
        actor: Arc::clone(actor),
        resume: None,
        lost: false,
    };
    directory.attach(entity.tenant, attach);
    // An actor that broke off drops the subscription, and the sender with it.
    receiver.await.unwrap_or_else(|_| Err(Refusal::of(Code::Unavailable)))
}

struct Glance(Mutex<Option<oneshot::Sender<Result<SeenView, Refusal>>>>);

impl Subscriber for Glance {
    /// Of no consequence: who is gone after the first delivery is never kept.
    fn id(&self) -> SubscriberId {
        SubscriberId::MAX
    }

    fn deliver(&self, _topic: &Arc<str>, delivery: Delivery<'_>) -> bool {
        let seen = match delivery {
            Delivery::Snapshot { epoch, seq, state } => Ok(SeenView { epoch, seq, state }),
            Delivery::Refused(refusal) => Err(refusal),
            Delivery::Resync => return true,
            Delivery::Lost
            | Delivery::Entries(..)
            | Delivery::Live { .. }
            | Delivery::State { .. }
            | Delivery::Presence { .. }
            | Delivery::Ephemeral(_)
            | Delivery::SignalRefused(_) => Err(Refusal::of(Code::Unavailable)),
        };
        if let Some(sender) = self.0.lock().take() {
            // Who asked may have gone.
            drop(sender.send(seen));
        }
        false
    }
}
