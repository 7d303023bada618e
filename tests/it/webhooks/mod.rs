//! Outgoing webhooks: a real server tells a real receiver on this machine (security 36 is in `integrations/`, too).

mod endpoints;
mod noticed;
mod telling;

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Person, Receiver, TestApp, TestTenant};

/// What lets the server tell receivers on this machine.
pub(crate) const ALLOW: (&str, &str) = ("webhooks.allow", "127.0.0.0/8");

/// A business with an admin who can make webhooks.
struct Business {
    app: TestApp,
    tenant: TestTenant,
    admin: Person,
}

/// A webhook that was made.
struct Hook {
    id: String,
    secret: String,
}

impl Business {
    async fn open() -> Self {
        let app = TestApp::with(&[ALLOW]).await;
        let tenant = app.tenant().await;
        let admin = app.client_as(&tenant, Role::Admin).await;
        Self { app, tenant, admin }
    }

    /// A webhook to this receiver for these events.
    async fn hook(&self, receiver: &Receiver, events: &[&str]) -> Hook {
        let made = self.admin.post("/v1/tenant/webhooks", json!({ "url": receiver.url(), "events": events })).await;
        let text = |name: &str| made.data()[name].as_str().unwrap().to_owned();
        Hook { id: text("id"), secret: text("secret") }
    }

    /// The webhook as it is listed.
    async fn listed(&self, hook: &Hook) -> Value {
        let list = self.admin.get("/v1/tenant/webhooks").await;
        let items = list.data()["items"].as_array().unwrap().clone();
        items.into_iter().find(|item| item["id"] == hook.id.as_str()).expect("it is listed")
    }

    async fn switch(&self, hook: &Hook, on: bool) -> Answer {
        let known = self.listed(hook).await;
        let body = json!({ "rev": known["rev"], "url": known["url"], "events": known["events"], "on": on });
        self.admin.ask(Method::PUT, &format!("/v1/tenant/webhooks/{}", hook.id), Some(&body)).await
    }

    /// The newest delivery.
    async fn newest(&self, hook: &Hook) -> Value {
        let path = format!("/v1/tenant/webhooks/{}/deliveries", hook.id);
        self.admin.get(&path).await.data()["items"][0].clone()
    }

    /// Waits until the newest delivery is as it should be.
    async fn newest_is(&self, hook: &Hook, is_it: impl Fn(&Value) -> bool) -> Value {
        let limit = std::time::Duration::from_secs(20);
        crate::support::eventually("the delivery as it should be", limit, async || {
            Some(self.newest(hook).await).filter(&is_it)
        })
        .await
    }

    async fn send_again(&self, hook: &Hook, delivery: &Value) -> Answer {
        let id = delivery["id"].as_str().unwrap();
        self.admin.post(&format!("/v1/tenant/webhooks/{}/deliveries/{id}/again", hook.id), json!({})).await
    }

    /// As if the pause before the next attempt were over.
    fn no_pause(&self) {
        self.app.database.sql("update webhook_deliveries set next_at = now() where state = 'waiting'");
    }
}
