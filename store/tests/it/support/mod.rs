//! A database of one test's own, and verbs to fill it.

mod server;

use std::sync::Arc;

use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::chat::ConversationRow;
use brigade_domain::entity::{EntityKey, Row, Seq};
use brigade_domain::id::{ConversationId, TenantId, UserId};
use brigade_domain::journal::{Commit, LogLine, RequestKey};
use brigade_store::{Db, PgJournal, Settings, migrate, tenants};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

pub(crate) use server::Server;

/// A migrated database on a PostgreSQL of its own. Dropping it stops the PostgreSQL.
pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) journal: PgJournal,
    /// As whom the migrations ran: a superuser, who sees everything.
    pub(crate) owner: PgConnectOptions,
    pub(crate) server: Server,
}

impl World {
    pub(crate) async fn new() -> Self {
        let server = Server::start();
        let owner = server.connect();
        migrate(owner.clone()).await.expect("the migrations run");
        let db = Db::connect(Settings::new(owner.clone())).await.expect("the server connects");
        let journal = PgJournal::start(db.clone());
        Self { db, journal, owner, server }
    }

    /// A new tenant.
    pub(crate) async fn tenant(&self) -> TenantId {
        let tenant = TenantId::from_uuid(Uuid::now_v7());
        let slug = format!("t-{}", tenant.uuid().simple());
        tenants::create(&self.db, tenant, &slug, "A business").await.expect("a tenant");
        tenant
    }

    /// Somebody new with a role in `tenant`.
    pub(crate) async fn person(&self, tenant: TenantId, role: &str) -> UserId {
        let id = UserId::from_uuid(Uuid::now_v7());
        let mut owner = self.as_owner().await;
        let user =
            "insert into users (id, email, name, created_at) values ($1, $1 || '@people.example', 'Somebody', now())";
        sqlx::query(user).bind(id.uuid()).execute(&mut owner).await.expect("a person");
        let member = "insert into memberships (tenant_id, user_id, role, created_at) values ($1, $2, $3, now())";
        let member = sqlx::query(member).bind(tenant.uuid()).bind(id.uuid()).bind(role);
        member.execute(&mut owner).await.expect("a membership");
        id
    }

    /// A connection as the owner, past row-level security.
    pub(crate) async fn as_owner(&self) -> PgConnection {
        PgConnection::connect_with(&self.owner).await.expect("the owner connects")
    }

    /// A connection with the rights of the running server and no tenant set.
    pub(crate) async fn as_app(&self) -> PgConnection {
        PgConnection::connect_with(&self.owner.clone().options([("role", "brigade_app")])).await.expect("connects")
    }
}

/// A new conversation of the tenant.
pub(crate) fn conversation(tenant: TenantId) -> EntityKey {
    EntityKey::new(tenant, ConversationId::from_uuid(Uuid::now_v7()))
}

/// Which conversation a key is of.
pub(crate) fn id(key: EntityKey) -> ConversationId {
    ConversationId::from_uuid(key.entity.id)
}

pub(crate) fn somebody() -> Party {
    Party::User(UserId::from_uuid(Uuid::nil()))
}

/// The time now, as precise as PostgreSQL keeps it.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_microsecond(Timestamp::now().as_microsecond()).expect("a time")
}

/// A line that a command of its own caused.
pub(crate) fn line(seq: Seq, kind: &str, body: &str) -> LogLine {
    let request = Some(RequestKey { id: Uuid::new_v4(), digest: 1 });
    LogLine { seq, kind: Arc::from(kind), body: Arc::from(body), by: somebody(), at: now(), request }
}

/// A commit of these lines and nothing else.
pub(crate) fn commit(key: EntityKey, expected: Seq, lines: Vec<LogLine>) -> Commit {
    Commit { key, expected, lines, row: None, jobs: Vec::new(), audit: Vec::new(), facts: Vec::new(), snapshot: None }
}

/// A commit of one message.
pub(crate) fn message(key: EntityKey, expected: Seq) -> Commit {
    commit(key, expected, vec![line(expected + 1, "message_sent", r#"{"text":"hello"}"#)])
}

/// The inbox's row of a conversation.
pub(crate) fn row(key: EntityKey) -> Row {
    Row::Conversation(conversation_row(key))
}

pub(crate) fn conversation_row(key: EntityKey) -> ConversationRow {
    let id = id(key);
    ConversationRow {
        id,
        kind: "site".to_owned(),
        status: "open".to_owned(),
        visitor: None,
        account: None,
        assignee: None,
        team: None,
        waiting_since: None,
        last_message_at: Some(now()),
        snoozed_until: None,
        woken_at: None,
        priority: brigade_domain::chat::triage::Priority::Normal,
        labels: Vec::new(),
        due: None,
        listing: brigade_domain::json::Json::of(&serde_json::json!({ "id": id })),
    }
}
