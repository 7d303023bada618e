//! Conversations are given to people by themselves: what the worker does for it, and word of who is there.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use brigade_actors::{Directory, Presence};
use brigade_domain::actor::Party;
use brigade_domain::entity::{EntityKey, Seq};
use brigade_domain::id::{ConversationId, TeamId, TenantId, UserId};
use brigade_domain::presence::PresenceStatus;
use brigade_domain::refusal::{Code, Rejection};
use brigade_domain::tenant::routing::{GIVE, RETURN, ROUTE};
use brigade_store::jobs::{Task, TaskError, Tasks};
use brigade_store::routing::{Attendance, LEASE, PgRouting};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::tasks::{ask, ask_anew, of_tenant, tenant_of};

/// How often a node looks who of its people has come or gone.
const LOOK: Duration = Duration::from_secs(1);
/// How often it says again who is there: well before that is over.
const SAY_AGAIN: Duration = LEASE.checked_div(3).unwrap();

/// A conversation is on its way to somebody.
#[derive(Debug, Deserialize)]
struct Given {
    conversation: ConversationId,
    to: UserId,
    /// The team among which they were chosen. Jobs from before there were teams do not have it.
    #[serde(default)]
    team: Option<TeamId>,
    gift: Uuid,
    rev: Seq,
}

/// A customer has come back to somebody.
#[derive(Debug, Deserialize)]
struct Returned {
    conversation: ConversationId,
    from: UserId,
    rev: Seq,
}

/// Registers what gives conversations out. Every step may be done again, here or on another node.
pub(super) fn tasks(tasks: Tasks, directory: &Directory, routing: &PgRouting) -> Tasks {
    let own = routing.clone();
    let tasks = tasks.on(ROUTE, move |task: Task| {
        let routing = own.clone();
        async move {
            let tenant = tenant_of(&task)?;
            let given = routing.give_out(tenant).await.map_err(TaskError::new)?;
            metrics::counter!("brigade_routed_total").increment(u64::try_from(given).unwrap_or(0));
            Ok(())
        }
    });
    let (own, entities) = (routing.clone(), directory.clone());
    let tasks = tasks.on(GIVE, move |task: Task| {
        let (routing, directory) = (own.clone(), entities.clone());
        async move { give(&directory, &routing, task).await }
    });
    let (own, entities) = (routing.clone(), directory.clone());
    tasks.on(RETURN, move |task: Task| {
        let (routing, directory) = (own.clone(), entities.clone());
        async move { put_back(&directory, &routing, task).await }
    })
}

/// The conversation decides whether it is still to be had; whatever it says, the gift is no longer on its way.
async fn give(directory: &Directory, routing: &PgRouting, task: Task) -> Result<(), TaskError> {
    let (tenant, Given { conversation, to, team, gift, rev }) = of_tenant(task)?;
    let body = json!({ "from": null, "to": to, "team": team, "rev": rev }).to_string();
    match ask(directory, EntityKey::new(tenant, conversation), gift, "give", body).await {
        Ok(()) => {}
        // Whoever it was for has just left the staff.
        Err(refusal) if matches!(refusal.code, Code::InvalidInput | Code::NotFound | Code::Conflict) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    routing.settle(tenant, conversation, gift).await.map_err(TaskError::new)
}

/// Somebody whose customer is back is not there: it waits again, for anybody.
async fn put_back(directory: &Directory, routing: &PgRouting, task: Task) -> Result<(), TaskError> {
    let (tenant, Returned { conversation, from, rev }) = of_tenant(task)?;
    if !routing.is_missing(tenant, from).await.map_err(TaskError::new)? {
        return Ok(());
    }
    let body = json!({ "from": from, "to": null, "rev": rev });
    Ok(ask_anew(directory, EntityKey::new(tenant, conversation), "give", &body, &format!("back {rev}")).await?)
}

/// Tells the database, for as long as the runtime runs, who of the staff is online as far as this node knows. Only tenants
/// that give conversations out are looked at.
pub(super) async fn attend(routing: PgRouting, presence: Arc<Presence>) {
    let node = Uuid::now_v7();
    let mut told = HashMap::new();
    loop {
        if let Err(error) = look(&routing, &presence, node, &mut told).await {
            tracing::debug!(%error, "who is there could not be said; tried again in a moment");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// When it was last said of whom that they are there.
type Told = HashMap<TenantId, HashMap<UserId, Instant>>;

async fn look(routing: &PgRouting, presence: &Presence, node: Uuid, told: &mut Told) -> Result<(), Rejection> {
    let tenants = routing.tenants().await?;
    // What was said of tenants that no longer give anything out ends by itself.
    told.retain(|tenant, _| tenants.contains(tenant));
    for tenant in tenants {
        let staff = if presence.staff_online(tenant) { routing.staff(tenant).await? } else { Vec::new() };
        let online = |user: &UserId| presence.status(tenant, Party::User(*user)) == PresenceStatus::Online;
        let there: Vec<UserId> = staff.into_iter().filter(online).collect();
        let known = told.entry(tenant).or_default();
        let now = Instant::now();
        let attendance = compare(known, &there, now);
        if attendance == Attendance::default() {
            continue;
        }
        let said = there.iter().filter(|user| attendance.come.contains(user) || attendance.stayed.contains(user));
        let said: Vec<UserId> = said.copied().collect();
        let gone = attendance.gone.clone();
        routing.attend(tenant, node, attendance).await?;
        known.retain(|user, _| !gone.contains(user));
        known.extend(said.into_iter().map(|user| (user, now)));
    }
    Ok(())
}

/// What is to be said: who has come or gone, and who was last said to be there a while ago.
fn compare(known: &HashMap<UserId, Instant>, there: &[UserId], now: Instant) -> Attendance {
    let mut attendance = Attendance::default();
    for user in there {
        match known.get(user) {
            None => attendance.come.push(*user),
            Some(said) if now.duration_since(*said) >= SAY_AGAIN => attendance.stayed.push(*user),
            Some(_) => {}
        }
    }
    attendance.gone = known.keys().filter(|user| !there.contains(user)).copied().collect();
    attendance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_and_goes_is_said_at_once_and_who_stays_now_and_then() {
        let user = |n| UserId::from_uuid(Uuid::from_u128(n));
        let now = Instant::now();
        let known = HashMap::from([(user(1), now), (user(2), now), (user(3), now)]);
        let said = compare(&known, &[user(1), user(2), user(4)], now + SAY_AGAIN / 2);
        assert_eq!(said, Attendance { come: vec![user(4)], stayed: vec![], gone: vec![user(3)] });
        let said = compare(&known, &[user(1), user(2), user(3)], now + SAY_AGAIN);
        assert_eq!(said, Attendance { come: vec![], stayed: vec![user(1), user(2), user(3)], gone: vec![] });
        assert_eq!(compare(&known, &[user(1), user(2), user(3)], now), Attendance::default());
    }
}
