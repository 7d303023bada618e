//! Carries webhooks: looks for what is due, takes it, carries it, and writes down what it came to. Several servers do so
//! beside each other; what one has taken the others leave alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use brigade_domain::Timestamp;
use brigade_domain::id::{TenantId, WebhookId};
use brigade_domain::webhooks::ports::{Courier, Due, Outcome, Outgoing, Receipt};
use metrics::counter;
use tokio::sync::Notify;

/// How often it is looked for what is due, when nothing else says that there is something.
const LOOK: Duration = Duration::from_secs(1);
/// Deliveries to one endpoint at a time: one that is slow holds up no other.
const AT_ONCE: usize = 4;
/// Deliveries at a time.
const ALL_AT_ONCE: usize = 128;

/// What is under way, endpoint by endpoint.
#[derive(Default)]
struct UnderWay(Mutex<HashMap<WebhookId, usize>>);

impl UnderWay {
    fn count(&self, endpoint: WebhookId) -> (usize, usize) {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (counts.get(&endpoint).copied().unwrap_or_default(), counts.values().sum())
    }

    fn begin(&self, endpoint: WebhookId) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(endpoint).or_default() += 1;
    }

    fn end(&self, endpoint: WebhookId) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&endpoint) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&endpoint);
            }
        }
    }
}

/// Ends what was begun, also when the delivery breaks off.
struct Carrying {
    under_way: Arc<UnderWay>,
    room: Arc<Notify>,
    endpoint: WebhookId,
}

impl Drop for Carrying {
    fn drop(&mut self) {
        self.under_way.end(self.endpoint);
        self.room.notify_one();
    }
}

/// Carries what is due for as long as the runtime runs.
pub(super) async fn carry(outgoing: Arc<dyn Outgoing>, courier: Arc<dyn Courier>) {
    let (under_way, room) = (Arc::new(UnderWay::default()), Arc::new(Notify::new()));
    loop {
        tokio::select! {
            () = outgoing.news() => {}
            () = room.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
        let due = match outgoing.due(Timestamp::now()).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "what webhooks are due cannot be found; tried again in a moment");
                tokio::time::sleep(LOOK).await;
                continue;
            }
        };
        for (tenant, endpoint) in due {
            let (here, all) = under_way.count(endpoint);
            let most = AT_ONCE.saturating_sub(here).min(ALL_AT_ONCE.saturating_sub(all));
            for due in take(outgoing.as_ref(), tenant, endpoint, most).await {
                under_way.begin(endpoint);
                let carrying = Carrying { under_way: Arc::clone(&under_way), room: Arc::clone(&room), endpoint };
                let (outgoing, courier) = (Arc::clone(&outgoing), Arc::clone(&courier));
                actix_web::rt::spawn(async move {
                    deliver(outgoing.as_ref(), courier.as_ref(), due).await;
                    drop(carrying);
                });
            }
        }
    }
}

async fn take(outgoing: &dyn Outgoing, tenant: TenantId, endpoint: WebhookId, most: usize) -> Vec<Due> {
    if most == 0 {
        return Vec::new();
    }
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    outgoing.take(tenant, endpoint, Timestamp::now(), most).await.unwrap_or_else(|error| {
        tracing::warn!(webhook.endpoint = %endpoint, %error, "due webhooks could not be taken; tried again in a moment");
        Vec::new()
    })
}

async fn deliver(outgoing: &dyn Outgoing, courier: &dyn Courier, due: Due) {
    let began = Timestamp::now();
    let receipt = courier.carry(due.parcel.clone()).await;
    counter!("brigade_webhooks_total", "result" => result(&receipt)).increment(1);
    let delivery = due.delivery;
    if let Err(error) = outgoing.settle(due, began, receipt).await {
        tracing::warn!(webhook.delivery = %delivery, %error, "what became of a webhook could not be written down; it is sent again");
    }
}

fn result(receipt: &Receipt) -> &'static str {
    match &receipt.result {
        Outcome::Answered { status: 200..300, .. } => "delivered",
        Outcome::Answered { .. } => "refused",
        Outcome::Failed(failure) => failure.as_str(),
    }
}
