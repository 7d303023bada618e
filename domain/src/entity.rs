//! The contract between the rules and the one generic actor.
//!
//! An entity is a thing with live state and one ordered log. Its feature implements [`Entity`] here, as
//! pure functions; `actors/` runs it, `store/` keeps it, and neither knows which one it is.
//!
//! ```text
//! command ──decide──▶ Decision (events, rows, jobs, audit) ──commit──▶ log ──apply──▶ state ──▶ subscribers
//! ```

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::Timestamp;
use crate::actor::{Actor, Party};
use crate::id::{self, AccountId, ConversationId, InvalidId, TenantId};
use crate::json::Json;
use crate::refusal::{Code, Refusal};
use crate::topic::Topic;

/// Position in an entity's log: 1, 2, 3 … without holes. 0 is before the first entry.
pub type Seq = u64;

/// The kinds of entity. A new one is a row here and an [`Entity`] of its feature; `actors/` and `ws/` stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// A business on the platform.
    Tenant,
    /// A customer relationship.
    Account,
    /// One ordered stream of messages.
    Conversation,
}

impl EntityKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Tenant, Self::Account, Self::Conversation];

    /// The name in topics and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Account => "account",
            Self::Conversation => "conversation",
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Tenant => TenantId::PREFIX,
            Self::Account => AccountId::PREFIX,
            Self::Conversation => ConversationId::PREFIX,
        }
    }
}

impl FromStr for EntityKind {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// One entity, as a client names it: kind and id, without the tenant (which comes from the actor).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntityRef {
    /// Which kind.
    pub kind: EntityKind,
    /// The bare id.
    pub id: Uuid,
}

impl EntityRef {
    /// Reads the prefixed id of an entity of `kind`.
    pub fn parse(kind: EntityKind, text: &str) -> Result<Self, InvalidId> {
        id::parse(text, kind.prefix()).map(|id| Self { kind, id })
    }

    /// Its id with its prefix, as people and programs write it.
    pub fn public_id(&self) -> String {
        match self.kind {
            EntityKind::Tenant => TenantId::from_uuid(self.id).to_string(),
            EntityKind::Account => AccountId::from_uuid(self.id).to_string(),
            EntityKind::Conversation => ConversationId::from_uuid(self.id).to_string(),
        }
    }
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.kind.as_str())?;
        id::write(f, self.kind.prefix(), self.id)
    }
}

impl From<TenantId> for EntityRef {
    fn from(id: TenantId) -> Self {
        Self { kind: EntityKind::Tenant, id: id.uuid() }
    }
}
impl From<AccountId> for EntityRef {
    fn from(id: AccountId) -> Self {
        Self { kind: EntityKind::Account, id: id.uuid() }
    }
}
impl From<ConversationId> for EntityRef {
    fn from(id: ConversationId) -> Self {
        Self { kind: EntityKind::Conversation, id: id.uuid() }
    }
}

/// One entity of one tenant: what the directory, the log and the caches are keyed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntityKey {
    /// Whose it is. First, everywhere (MAIS-TEN-08).
    pub tenant: TenantId,
    /// Which entity.
    pub entity: EntityRef,
}

impl EntityKey {
    /// An entity of a tenant.
    pub fn new(tenant: TenantId, entity: impl Into<EntityRef>) -> Self {
        Self { tenant, entity: entity.into() }
    }
}

/// Which readers see the same bytes. Each log entry is rendered at most once per audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// The tenant's staff: everything.
    Staff,
    /// The customer's side: without internal notes and the like.
    Customer,
}

impl Audience {
    /// Every audience, in index order.
    pub const ALL: [Self; 2] = [Self::Staff, Self::Customer];

    /// A small index for per-audience caches.
    pub const fn index(self) -> usize {
        match self {
            Self::Staff => 0,
            Self::Customer => 1,
        }
    }
}

/// Who hears an ephemeral signal, of those who may see the entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearers {
    /// Every reader.
    Everybody,
    /// The tenant's staff only.
    Staff,
}

impl Hearers {
    /// Whether readers of `audience` are among them.
    pub const fn include(self, audience: Audience) -> bool {
        match (self, audience) {
            (Self::Everybody, _) | (Self::Staff, Audience::Staff) => true,
            (Self::Staff, Audience::Customer) => false,
        }
    }
}

/// One event in its place in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<E> {
    /// Its position.
    pub seq: Seq,
    /// What happened.
    pub event: E,
    /// Who did it.
    pub by: Party,
    /// When the command was taken in.
    pub at: Timestamp,
}

/// A row beside the log, written in the same transaction: what lists and look-ups are made from.
/// `store/` has one small function per variant.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// The inbox list's view of a conversation.
    Conversation(crate::chat::ConversationRow),
    /// What is looked up of a tenant.
    Tenant(crate::tenant::TenantRow),
    /// What is looked up of an account.
    Account(crate::account::AccountRow),
}

/// What is counted later, kept beside the log in the same transaction. A row shows the state as it is after a turn; a fact is
/// what one command made of something that may be over by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// What a customer has come with.
    Matter(crate::chat::matter::MatterRow),
    /// What a customer is asked of how they were served, or says.
    Feedback(crate::chat::feedback::Kept),
    /// A transcript that is to be sent.
    Transcript(crate::chat::transcript::Wanted),
    /// A visitor who may write nothing more.
    Blocked(crate::chat::block::Blocked),
    /// A visitor who may write again, by their chat.
    Unblocked(ConversationId),
}

/// Work to be done after the commit, enqueued in the same transaction (the outbox).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// The task's name, such as `tenant.command` or `mail.send`.
    pub task: String,
    /// What the task needs. Holds no secret.
    pub body: Value,
    /// Not before; `None` means at once.
    pub run_at: Option<Timestamp>,
    /// Jobs with the same key replace each other while they wait.
    pub key: Option<String>,
}

impl Job {
    /// A task to be done at once.
    pub fn new(task: &str, body: Value) -> Self {
        Self { task: task.to_owned(), body, run_at: None, key: None }
    }

    /// Brigade itself will ask `entity` for something, some time after the commit: late, perhaps twice, and in no
    /// order with others. The body must say enough for the entity to tell old from new.
    pub fn command(tenant: TenantId, entity: impl Into<EntityRef>, kind: &str, body: &Value) -> Self {
        let topic = Topic::log(entity.into());
        let body = serde_json::json!({ "tenant": tenant, "topic": topic, "type": kind, "body": body });
        Self::new("entity.command", body)
    }

    /// Asks with `body` instead when the command is refused as invalid: what it names may be gone by the time it is asked.
    #[must_use]
    pub fn or_else(mut self, body: &Value) -> Self {
        self.body["or_else"] = body.clone();
        self
    }

    /// Of a command that may be asked for again later, word for word: each `request` is done once. Without one the same
    /// words are the same request, for ever.
    #[must_use]
    pub fn with_request(mut self, request: Uuid) -> Self {
        self.body["request"] = serde_json::json!(request);
        self
    }
}

/// A line for the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// What happened, such as `conversation.assigned`.
    pub event: String,
    /// Particulars, without personal data beyond ids.
    pub details: Value,
}

/// What deciding came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<E> {
    /// What happened, in order. Empty: nothing to do, the command is acknowledged at the current `seq`.
    pub events: Vec<E>,
    /// Work that follows.
    pub jobs: Vec<Job>,
    /// What goes on the record.
    pub audit: Vec<Audit>,
    /// What is counted.
    pub facts: Vec<Fact>,
}

impl<E> Decision<E> {
    /// Events and nothing else.
    pub const fn events(events: Vec<E>) -> Self {
        Self { events, jobs: Vec::new(), audit: Vec::new(), facts: Vec::new() }
    }
    /// Nothing changes.
    pub const fn nothing() -> Self {
        Self::events(Vec::new())
    }
    /// The same, and this is counted.
    #[must_use]
    pub fn with_fact(mut self, fact: Fact) -> Self {
        self.facts.push(fact);
        self
    }

    /// Adds a job.
    #[must_use]
    pub fn with_job(mut self, job: Job) -> Self {
        self.jobs.push(job);
        self
    }
    /// Adds an audit line.
    #[must_use]
    pub fn with_audit(mut self, event: &str, details: Value) -> Self {
        self.audit.push(Audit { event: event.to_owned(), details });
        self
    }
}

impl<E> From<E> for Decision<E> {
    fn from(event: E) -> Self {
        Self::events(vec![event])
    }
}

/// What a list shows of an entity. Sent as state (the latest per key wins) to the topic's readers.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The list, such as `tenant:…/inbox`.
    pub topic: Topic,
    /// The entity's place in it: its prefixed id.
    pub key: String,
    /// What is shown. A reader drops a listing older than one it has (`rev` is the entity's `seq`).
    pub body: Json,
}

/// A thing with live state: the rules of one feature, run by the generic actor.
///
/// `apply` is total: the log is the truth, so every committed event must apply to the state it was decided on.
pub trait Entity: Clone + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Which kind.
    const KIND: EntityKind;

    /// What may be asked. On the wire `{"type": …, "body": …}`; see [`Self::parse`].
    type Command: Send + 'static;

    /// What then happened. Serialised as `{"type": …, "body": …}` (serde `tag`/`content`).
    type Event: Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;

    /// The state before anything happened.
    fn empty(key: &EntityKey) -> Self;

    /// Reads a command. Refuses unknown types with [`Code::UnknownCommand`], unknown or wrong fields with
    /// [`Code::InvalidInput`]. No authority is checked here.
    fn parse(kind: &str, body: &str) -> Result<Self::Command, Refusal>;

    /// The rules. Includes authority: every command is authorised here on its own (BK-GUARD-26).
    fn decide(&self, actor: &Actor, at: Timestamp, command: &Self::Command) -> Result<Decision<Self::Event>, Refusal>;

    /// The event takes effect. Pure and total.
    fn apply(&mut self, entry: &Entry<Self::Event>);

    /// What this actor may see of the entity (`view` `None`: its log), or why nothing. A foreigner gets
    /// [`Code::NotFound`], so that what is not yours looks like what is not there.
    fn audience(&self, actor: &Actor, view: Option<&str>) -> Result<Audience, Refusal>;

    /// Whether readers of `audience` may see the event; otherwise they get its `seq` with type `hidden`
    /// and no body, so that their log has no hole.
    fn visible(event: &Self::Event, audience: Audience) -> bool;

    /// The state as this reader sees it, for a `snap` frame. Bounded in size (at most 256 KiB).
    fn snapshot(&self, actor: &Actor, audience: Audience) -> Value;

    /// The row beside the log, as of the current state.
    fn row(&self) -> Option<Row>;

    /// What a list shows of the current state.
    fn listing(&self) -> Option<Listing>;

    /// Who hears an ephemeral signal of this type (such as `typing`), or why `actor` may not send it here.
    /// The audience check has already passed.
    fn ephemeral(&self, _actor: &Actor, kind: &str) -> Result<Hearers, Refusal> {
        Err(Refusal::new(Code::UnknownCommand, format!("This topic takes no signal of type {kind}.")))
    }
}

/// Reads a command body that takes exactly the fields of `T`; unknown fields are refused when `T` says
/// `deny_unknown_fields`, which every command body must.
pub fn parse_body<T: DeserializeOwned>(body: &str) -> Result<T, Refusal> {
    serde_json::from_str(body).map_err(|error| {
        // serde_json's position is of no use to a person typing in a form; the field name is.
        let text = error.to_string();
        let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Refusal::new(Code::InvalidInput, message)
    })
}

/// The refusal for a command type nobody knows.
pub fn unknown_command(kind: &str) -> Refusal {
    let shown: String = kind.chars().take(64).collect();
    Refusal::new(Code::UnknownCommand, format!("There is no command {shown:?} here."))
}
