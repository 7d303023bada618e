//! Tells people on devices on which no page is open: says who is before a page here, takes what is due, carries it, and writes down what it
//! came to. Several nodes do so beside each other; what one has taken the others leave alone.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use brigade_actors::Presence;
use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::id::{TenantId, UserId};
use brigade_domain::notices::push::{Due, Fate, PushCourier, PushPost, Waiting};
use brigade_domain::presence::PresenceStatus;
use brigade_domain::refusal::Fault;
use metrics::counter;
use tokio::sync::Semaphore;

/// How often it is looked whose devices are to be told: more often than once in the pause before they are.
const LOOK: Duration = Duration::from_secs(2);
/// Deliveries at a time.
const AT_ONCE: usize = 64;

/// Carries what is due for as long as the runtime runs.
pub(super) async fn carry(post: Arc<dyn PushPost>, courier: Arc<dyn PushCourier>, presence: Arc<Presence>) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(error) = look(&post, &courier, &presence, &room).await {
            tracing::warn!(%error, "whose devices are to be told cannot be found; tried again in a moment");
        }
    }
}

async fn look(
    post: &Arc<dyn PushPost>,
    courier: &Arc<dyn PushCourier>,
    presence: &Presence,
    room: &Arc<Semaphore>,
) -> Result<(), Fault> {
    let waiting = post.waiting(Timestamp::now()).await?;
    let mut there: HashMap<TenantId, Vec<UserId>> = HashMap::new();
    for Waiting { tenant, user, .. } in &waiting {
        if presence.status(*tenant, Party::User(*user)) == PresenceStatus::Online {
            there.entry(*tenant).or_default().push(*user);
        }
    }
    for (tenant, users) in there {
        post.are_there(tenant, users, Timestamp::now()).await?;
    }
    for Waiting { tenant, user, .. } in waiting.into_iter().filter(|each| each.due) {
        if room.available_permits() == 0 {
            break;
        }
        for due in post.take(tenant, user, Timestamp::now()).await? {
            let (post, courier, room) = (Arc::clone(post), Arc::clone(courier), Arc::clone(room));
            actix_web::rt::spawn(async move {
                // Closed by nobody; and who waits for room too long finds what it holds taken by somebody else.
                let _permit = room.acquire_owned().await;
                deliver(post.as_ref(), courier.as_ref(), due).await;
            });
        }
    }
    Ok(())
}

async fn deliver(post: &dyn PushPost, courier: &dyn PushCourier, due: Due) {
    let outcome = courier.carry(due.parcel.clone()).await;
    let delivery = due.id;
    match post.settle(due, Timestamp::now(), outcome).await {
        Ok(fate) => counter!("brigade_pushed_total", "result" => result(fate)).increment(1),
        Err(error) => {
            tracing::warn!(push.delivery = %delivery, %error, "what became of a push could not be written down; it is sent again");
        }
    }
}

const fn result(fate: Fate) -> &'static str {
    match fate {
        Fate::Delivered => "delivered",
        Fate::Again(_) => "put_off",
        Fate::GivenUp => "given_up",
        Fate::Gone => "gone",
    }
}
