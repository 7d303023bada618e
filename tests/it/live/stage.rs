//! A business with somebody in every role, and everybody else who might try.

use brigade_domain::actor::Role;
use brigade_domain::id::{AccountId, LabelId, TeamId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{PASSWORD, Person, Socket, TestApp, TestTenant, Visitor};

/// What it takes to try everything as everybody.
pub(crate) struct Stage {
    pub(crate) app: TestApp,
    pub(crate) tenant: TestTenant,
    /// Another business with its own people.
    pub(crate) elsewhere: TestTenant,
    /// A site chat.
    pub(crate) visitor: Visitor,
    pub(crate) manager: Person,
    pub(crate) admin: Person,
    /// A client with an account.
    pub(crate) client: Person,
    /// The account, as an id and as a topic.
    pub(crate) account: String,
    pub(crate) account_topic: String,
    /// The conversation that belongs to the account.
    pub(crate) clients_chat: String,
}

impl Stage {
    /// Sets it up.
    pub(crate) async fn set() -> Self {
        Self::with(&[]).await
    }

    /// The same with other settings.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let app = TestApp::with(settings).await;
        let (tenant, elsewhere) = (app.tenant().await, app.tenant().await);
        let visitor = app.visitor(&tenant).await;
        let manager = app.client_as(&tenant, Role::AccountManager).await;
        let admin = app.client_as(&tenant, Role::Admin).await;
        let client = app.client_as(&tenant, Role::Client).await;
        let (account, clients_chat) = account_of(&app, &tenant, &client).await;
        // Who one is over HTTP is remembered for some seconds; this session knows of the account.
        let client = Person::sign_in(&app, client.id, &client.email, PASSWORD).await;
        let account_topic = format!("account:{account}");
        Self { app, tenant, elsewhere, visitor, manager, admin, client, account, account_topic, clients_chat }
    }

    /// The topic of the business itself.
    pub(crate) fn business(&self) -> String {
        format!("tenant:{}", self.tenant.id)
    }

    /// A new label of the business.
    pub(crate) async fn label(&self, name: &str) -> LabelId {
        let label = LabelId::from_uuid(Uuid::now_v7());
        let body = json!({ "label": label, "name": name, "color": "red" });
        let path = format!("{}/commands", path_of(&self.business()));
        let posted = json!({ "id": Uuid::now_v7(), "type": "set_label", "body": body });
        assert_eq!(self.admin.post(&path, posted).await.status, 200);
        label
    }

    /// A new team of these people.
    pub(crate) async fn team(&self, name: &str, members: &[&Person]) -> TeamId {
        let team = TeamId::from_uuid(Uuid::now_v7());
        let members: Vec<_> = members.iter().map(|person| person.id).collect();
        let path = format!("{}/commands", path_of(&self.business()));
        let body = json!({ "team": team, "name": name, "members": members });
        let posted = json!({ "id": Uuid::now_v7(), "type": "set_team", "body": body });
        assert_eq!(self.admin.post(&path, posted).await.status, 200);
        team
    }

    /// A socket of somebody.
    pub(crate) async fn socket(&self, person: &Person) -> Socket {
        Socket::open(&self.app, person).await
    }

    /// The visitor's socket.
    pub(crate) async fn visitors(&self) -> Socket {
        Socket::open_visitor(&self.app, &self.visitor).await
    }
}

/// An account with this person in it, and a conversation that was handed over to it; gives the account's id and the
/// conversation's topic. Done as the worker does it when an invitation is accepted.
pub(crate) async fn account_of(app: &TestApp, tenant: &TestTenant, client: &Person) -> (String, String) {
    let chat = app.visitor(tenant).await;
    let account = AccountId::from_uuid(Uuid::now_v7());
    system(app, tenant, &format!("account:{account}"), "open", json!({ "name": "Mia" })).await;
    let member = json!({ "user": client.id, "name": "Mia" });
    system(app, tenant, &format!("account:{account}"), "add_member", member).await;
    system(app, tenant, &chat.topic, "hand_over", json!({ "account": account, "name": "Mia" })).await;
    app.jobs_done().await;
    (account.to_string(), chat.topic)
}

/// Asks an entity for something as Brigade itself.
pub(crate) async fn system(app: &TestApp, tenant: &TestTenant, topic: &str, kind: &str, body: Value) {
    use brigade_actors::Command;
    use brigade_domain::actor::{Actor, Party};
    use brigade_domain::entity::EntityKey;
    use brigade_domain::journal::RequestKey;
    use brigade_domain::topic::Topic;

    let topic: Topic = topic.parse().unwrap();
    let body = body.to_string();
    let command = Command {
        actor: std::sync::Arc::new(Actor::system(tenant.id)),
        at: jiff::Timestamp::now(),
        request: RequestKey::of(Uuid::now_v7(), Party::System, kind, &body),
        kind: kind.into(),
        body: body.into(),
    };
    app.inside.directory.ask(EntityKey { tenant: tenant.id, entity: topic.entity }, command).await.unwrap();
}

/// The path of a topic's entity: `/v1/conversations/cnv_…`.
pub(crate) fn path_of(topic: &str) -> String {
    let (kind, id) = topic.split_once(':').unwrap();
    format!("/v1/{kind}s/{id}")
}
