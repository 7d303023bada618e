//! Presence over Redis: what the nodes of one platform tell each other, by publish and subscribe. Nothing is kept there.
//! Redis away means that each node knows its own people only, until it is back.

use std::time::Duration;

use brigade_domain::presence::{Lease, PresenceLink, PresenceListener, PresenceNews};
use futures_util::StreamExt as _;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands as _, Client, RedisError};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::Db;

const CHANNEL: &str = "brigade:presence";
/// How long to wait before connecting again.
const AGAIN: Duration = Duration::from_secs(1);
/// How long Redis has for anything.
const PATIENCE: Duration = Duration::from_secs(2);
/// What waits to be told; beyond it, news are dropped and said again later.
const WAITING: usize = 1_024;

/// What is on the channel.
#[derive(Debug, Serialize, Deserialize)]
struct Said {
    node: Uuid,
    /// `None`: the node asks who is there.
    leases: Option<Vec<Lease>>,
}

/// This node's end of the channel.
pub struct RedisPresence(mpsc::Sender<Vec<Lease>>);

impl RedisPresence {
    /// Listens and tells from now on, for as long as the store runs. `listener` gets what other nodes say.
    pub fn start(db: &Db, url: &str, listener: PresenceListener) -> Result<Self, RedisError> {
        let client = Client::open(url)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1);
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
        let node = Uuid::now_v7();
        let (sender, receiver) = mpsc::channel(WAITING);
        db.spawn(tell(manager.clone(), node, receiver));
        db.spawn(hear(client, manager, node, listener));
        Ok(Self(sender))
    }
}

impl PresenceLink for RedisPresence {
    fn tell(&self, leases: Vec<Lease>) {
        if self.0.try_send(leases).is_err() {
            metrics::counter!("brigade_presence_dropped_total").increment(1);
        }
    }
}

/// Tells what waits, together.
async fn tell(mut redis: ConnectionManager, node: Uuid, mut waiting: mpsc::Receiver<Vec<Lease>>) {
    while let Some(mut leases) = waiting.recv().await {
        while let Ok(more) = waiting.try_recv() {
            leases.extend(more);
        }
        publish(&mut redis, &Said { node, leases: Some(leases) }).await;
    }
}

async fn publish(redis: &mut ConnectionManager, said: &Said) {
    let Ok(text) = serde_json::to_string(said) else { return };
    if let Err(error) = redis.publish::<_, _, ()>(CHANNEL, text).await {
        tracing::debug!(%error, "presence could not be told");
        metrics::counter!("brigade_redis_failures_total").increment(1);
    }
}

/// Listens, and after every connection asks who is there.
async fn hear(client: Client, mut redis: ConnectionManager, node: Uuid, listener: PresenceListener) {
    loop {
        if let Err(error) = listen(&client, &mut redis, node, &listener).await {
            tracing::debug!(%error, "presence is not heard");
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn listen(
    client: &Client,
    redis: &mut ConnectionManager,
    node: Uuid,
    listener: &PresenceListener,
) -> Result<(), RedisError> {
    let mut channel = client.get_async_pubsub().await?;
    channel.subscribe(CHANNEL).await?;
    publish(redis, &Said { node, leases: None }).await;
    // What this node has is news to those that lost the connection as well.
    listener(PresenceNews::Asked);
    let mut messages = channel.on_message();
    while let Some(message) = messages.next().await {
        match serde_json::from_slice::<Said>(message.get_payload_bytes()) {
            Ok(said) if said.node == node => {}
            Ok(Said { node, leases: Some(leases) }) => listener(PresenceNews::Told { node, leases }),
            Ok(Said { leases: None, .. }) => listener(PresenceNews::Asked),
            Err(error) => tracing::warn!(%error, "something else is on the channel {CHANNEL}"),
        }
    }
    Ok(())
}
