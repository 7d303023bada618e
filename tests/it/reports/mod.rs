//! Reports over HTTP, against the real server and database.

mod files;
mod funnel;
mod plain;
mod told;

use std::sync::Arc;
use std::time::Duration;

use brigade_actors::Command;
use brigade_domain::actor::{Actor, ActorKind, Party, Role};
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{ConversationId, UserId, VisitorId};
use brigade_domain::journal::RequestKey;
use brigade_domain::refusal::Code;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::chat::command;
use crate::support::{Person, TestApp, TestTenant, eventually};

/// A conversation of a visitor, whose story is told as if it were long ago.
struct Story<'a> {
    app: &'a TestApp,
    id: ConversationId,
    visitor: Actor,
}

impl<'a> Story<'a> {
    async fn begin(app: &'a TestApp, tenant: &TestTenant, at: &str) -> Self {
        Self::begin_with(app, tenant, at, Value::Null).await
    }

    /// With a form of the site, if it is one's name.
    async fn begin_with(app: &'a TestApp, tenant: &TestTenant, at: &str, form: Value) -> Self {
        let (id, visitor) = (ConversationId::from_uuid(Uuid::now_v7()), VisitorId::from_uuid(Uuid::now_v7()));
        let story = Self { app, id, visitor: Actor::visitor(tenant.id, visitor) };
        let open = json!({ "kind": "site", "visitor": visitor, "name": "Somebody", "form": form });
        story.does(Actor::system(tenant.id), at, "open", open).await;
        story
    }

    async fn does(&self, actor: Actor, at: &str, kind: &str, body: Value) -> u64 {
        self.of(EntityKey::new(actor.tenant.unwrap(), self.id), actor, at, kind, body).await
    }

    /// Once more when the machine has much to do.
    async fn of(&self, key: EntityKey, actor: Actor, at: &str, kind: &str, body: Value) -> u64 {
        let body = body.to_string();
        let request = RequestKey::of(Uuid::now_v7(), actor.party, kind, &body);
        let (actor, at): (_, Timestamp) = (Arc::new(actor), at.parse().unwrap());
        let asked = || async {
            let command = Command { request, actor: actor.clone(), at, kind: kind.into(), body: body.as_str().into() };
            match self.app.inside.directory.ask(key, command).await {
                Err(refusal) if refusal.code == Code::Overloaded => None,
                asked => Some(asked),
            }
        };
        eventually("the conversation has time for it", Duration::from_secs(30), asked).await.unwrap().seq
    }

    async fn asks(&self, at: &str) -> u64 {
        self.does(self.visitor.clone(), at, "send", json!({ "text": "Hello?" })).await
    }

    async fn says(&self, who: &Actor, at: &str) -> u64 {
        self.does(who.clone(), at, "send", json!({ "text": "Hello!" })).await
    }
}

fn staff(tenant: &TestTenant, user: UserId, role: Role) -> Actor {
    let kind = if role == Role::Admin { ActorKind::Admin } else { ActorKind::AccountManager };
    Actor { party: Party::User(user), kind, roles: [role].into_iter().collect(), ..Actor::system(tenant.id) }
}

async fn tell(person: &Person, tenant: &TestTenant, kind: &str, body: Value) {
    person.post(&format!("/v1/tenants/{}/commands", tenant.id), command(kind, &body)).await.data();
}

/// Opened every day from `from` to `to`.
async fn set_hours(admin: &Person, tenant: &TestTenant, zone: &str, from: &str, to: &str) {
    let week: Vec<Value> = (1..=7).map(|day| json!({ "day": day, "from": from, "to": to })).collect();
    tell(admin, tenant, "set_hours", json!({ "zone": zone, "week": week, "closed": [] })).await;
}

async fn report(person: &Person, query: &str) -> Value {
    person.get(&format!("/v1/reports?{query}")).await.data().clone()
}
