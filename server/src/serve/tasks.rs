//! What the worker does: each task of the outbox and how it is done. Every task may be done again: a worker that was
//! killed leaves its job to the next.

use std::sync::Arc;

use brigade_actors::{Command, Directory};
use brigade_domain::Timestamp;
use brigade_domain::account::ports::Accounts;
use brigade_domain::account::welcome::{self, Step, Welcome};
use brigade_domain::actor::Actor;
use brigade_domain::chat::attachment;
use brigade_domain::entity::{EntityKey, Seq};
use brigade_domain::id::{AccountId, AttachmentId, ConversationId, ExportId, TenantId, UserId};
use brigade_domain::identity::own_data;
use brigade_domain::identity::ports::{DELETE, MailQueue, Mailer};
use brigade_domain::journal::RequestKey;
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::tenant::shown::Shown;
use brigade_domain::topic::Topic;
use brigade_http::chat::Uploads;
use brigade_http::entity::look;
use brigade_http::identity::Copies;
use brigade_store::jobs::{Task, TaskError, Tasks};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

/// Names the requests that jobs make, so that a job done twice is one command.
const NAMESPACE: Uuid = Uuid::from_u128(0x6272_6967_6164_655f_6a6f_6273_5f31_0001);

/// A command to an entity, as a job.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityCommand {
    tenant: TenantId,
    topic: Topic,
    #[serde(rename = "type")]
    kind: String,
    body: Value,
    /// What to ask with when the command is refused as invalid.
    #[serde(default)]
    or_else: Option<Value>,
    /// The request's own id; without one it is made of all the rest.
    #[serde(default)]
    request: Option<Uuid>,
}

/// Registers `entity.command`: Brigade itself asks an entity for something.
pub(crate) fn entity_commands(tasks: Tasks, directory: Directory) -> Tasks {
    tasks.on("entity.command", move |task: Task| {
        let directory = directory.clone();
        async move {
            let command: EntityCommand = serde_json::from_value(task.body)
                .map_err(|error| TaskError::new(format_args!("the job is not a command: {error}")))?;
            submit(&directory, command).await
        }
    })
}

async fn submit(directory: &Directory, command: EntityCommand) -> Result<(), TaskError> {
    let EntityCommand { tenant, topic, kind, body, or_else, request } = command;
    if topic.view.is_some() {
        return Err(TaskError::new("a view takes no commands"));
    }
    let key = EntityKey { tenant, entity: topic.entity };
    let ask = async |body: &Value| match request {
        Some(request) => ask(directory, key, request, &kind, body.to_string()).await,
        None => ask_as_system(directory, key, &kind, body).await,
    };
    match (ask(&body).await, or_else) {
        (Err(refusal), Some(body)) if refusal.code == Code::InvalidInput => ask(&body).await?,
        (asked, _) => asked?,
    }
    Ok(())
}

/// Asks an entity for something as Brigade itself. The same question is the same request, however often it is asked.
pub(crate) async fn ask_as_system(
    directory: &Directory,
    key: EntityKey,
    kind: &str,
    body: &Value,
) -> Result<(), Refusal> {
    ask_anew(directory, key, kind, body, &body.to_string()).await
}

/// The same for what may be asked for again, word for word: each `why` is another request.
pub(super) async fn ask_anew(
    directory: &Directory,
    key: EntityKey,
    kind: &str,
    body: &Value,
    why: &str,
) -> Result<(), Refusal> {
    ask_as(directory, key, Actor::system(key.tenant), kind, body, why).await
}

/// The same under somebody's name.
pub(super) async fn ask_as(
    directory: &Directory,
    key: EntityKey,
    actor: Actor,
    kind: &str,
    body: &Value,
    why: &str,
) -> Result<(), Refusal> {
    let name = format!("{}\n{}\n{kind}\n{why}", key.tenant, key.entity);
    submit_as(directory, key, actor, Uuid::new_v5(&NAMESPACE, name.as_bytes()), kind, body.to_string()).await
}

pub(super) async fn ask(
    directory: &Directory,
    key: EntityKey,
    request: Uuid,
    kind: &str,
    body: String,
) -> Result<(), Refusal> {
    submit_as(directory, key, Actor::system(key.tenant), request, kind, body).await
}

async fn submit_as(
    directory: &Directory,
    key: EntityKey,
    actor: Actor,
    request: Uuid,
    kind: &str,
    body: String,
) -> Result<(), Refusal> {
    let command = Command {
        at: Timestamp::now(),
        request: RequestKey::of(request, actor.party, kind, &body),
        actor: Arc::new(actor),
        kind: kind.into(),
        body: body.into(),
    };
    directory.ask(key, command).await.map(drop)
}

/// A tenant as its entity says it is now.
pub(super) async fn tenant_now(directory: &Directory, tenant: TenantId) -> Result<Shown, TaskError> {
    let system = Arc::new(Actor::system(tenant));
    let seen = look(directory, &system, EntityKey::new(tenant, tenant)).await?;
    Shown::read(seen.state).map_err(|error| TaskError::new(format_args!("the tenant does not read: {error}")))
}

/// Registers `invitation.accepted`: the person gets an account, and the conversation with its history is handed over to
/// it (BK-IDN-05, BK-LIFE-12). Each step may be done again.
pub(crate) fn invitations(tasks: Tasks, directory: Directory, accounts: Arc<dyn Accounts>) -> Tasks {
    tasks.on(welcome::TASK, move |task: Task| {
        let (directory, accounts) = (directory.clone(), Arc::clone(&accounts));
        async move {
            let (tenant, welcome): (_, Welcome) = of_tenant(task)?;
            let existing = accounts.of_member(tenant, welcome.user).await.map_err(TaskError::new)?;
            Ok(receive(&directory, tenant, &welcome, &existing).await?)
        }
    })
}

async fn receive(
    directory: &Directory,
    tenant: TenantId,
    welcome: &Welcome,
    existing: &[AccountId],
) -> Result<(), Refusal> {
    for step in welcome.steps(tenant, existing) {
        match take(directory, &step).await {
            Err(refusal) if step.kind == "hand_over" && refusal.code == Code::Conflict => {
                take(directory, &welcome.instead(tenant, existing)).await?;
            }
            taken => taken?,
        }
    }
    Ok(())
}

async fn take(directory: &Directory, step: &Step) -> Result<(), Refusal> {
    ask(directory, step.entity, step.request, step.kind, step.body.to_string()).await
}

/// A message with files was deleted.
#[derive(Debug, Deserialize)]
struct Deleted {
    conversation: ConversationId,
    seq: Seq,
}

/// A file may have been given and not sent.
#[derive(Debug, Deserialize)]
struct Unsent {
    attachment: AttachmentId,
}

/// Registers what takes the bytes of files away: of deleted messages, and of those that nobody sent.
pub(crate) fn files(tasks: Tasks, uploads: &Uploads) -> Tasks {
    let (deleted, unsent) = (uploads.clone(), uploads.clone());
    let tasks = tasks.on(attachment::REMOVE, move |task: Task| {
        let uploads = deleted.clone();
        async move {
            let (tenant, Deleted { conversation, seq }) = of_tenant(task)?;
            uploads.clear(tenant, conversation, seq).await.map_err(TaskError::new)
        }
    });
    tasks.on(attachment::EXPIRE, move |task: Task| {
        let uploads = unsent.clone();
        async move {
            let (tenant, Unsent { attachment }) = of_tenant(task)?;
            uploads.expire(tenant, attachment).await.map_err(TaskError::new)
        }
    })
}

/// A copy of somebody's data is to be made, or may be over.
#[derive(Debug, Deserialize)]
struct Copy {
    user: UserId,
    export: ExportId,
}

/// Somebody is to be deleted.
#[derive(Debug, Deserialize)]
struct Leaver {
    user: UserId,
}

/// Registers what makes copies of people's data and takes them away, and what deletes people.
pub(crate) fn own_data(tasks: Tasks, copies: &Copies) -> Tasks {
    let (making, ending) = (copies.clone(), copies.clone());
    let read = |task: Task| {
        serde_json::from_value::<Copy>(task.body)
            .map_err(|error| TaskError::new(format_args!("the job does not read: {error}")))
    };
    let tasks = tasks.on(own_data::BUILD, move |task: Task| {
        let copies = making.clone();
        async move {
            let Copy { user, export } = read(task)?;
            copies.build(user, export).await.map_err(TaskError::new)
        }
    });
    let leaving = copies.clone();
    let tasks = tasks.on(DELETE, move |task: Task| {
        let copies = leaving.clone();
        async move {
            let Leaver { user } = serde_json::from_value(task.body)
                .map_err(|error| TaskError::new(format_args!("the job does not read: {error}")))?;
            copies.delete_person(user).await.map_err(TaskError::new)
        }
    });
    tasks.on(own_data::EXPIRE, move |task: Task| {
        let copies = ending.clone();
        async move {
            let Copy { user, export } = read(task)?;
            copies.expire(user, export).await.map_err(TaskError::new)
        }
    })
}

/// Whose work it is.
pub(super) fn tenant_of(task: &Task) -> Result<TenantId, TaskError> {
    task.tenant.ok_or_else(|| TaskError::new("the job is of no tenant"))
}

pub(super) fn of_tenant<T: DeserializeOwned>(task: Task) -> Result<(TenantId, T), TaskError> {
    let tenant = tenant_of(&task)?;
    let body = serde_json::from_value(task.body)
        .map_err(|error| TaskError::new(format_args!("the job does not read: {error}")))?;
    Ok((tenant, body))
}

/// A letter waits.
#[derive(Debug, Deserialize)]
struct Letter {
    mail: Uuid,
}

/// Registers `mail.send`. `keep`: what was sent can still be read, in the outbox.
pub(crate) fn mail(tasks: Tasks, queue: Arc<dyn MailQueue>, mailer: Arc<dyn Mailer>, keep: bool) -> Tasks {
    tasks.on("mail.send", move |task: Task| {
        let (queue, mailer) = (Arc::clone(&queue), Arc::clone(&mailer));
        async move {
            let Letter { mail: id } = serde_json::from_value(task.body)
                .map_err(|error| TaskError::new(format_args!("the job is no letter: {error}")))?;
            // None: it was sent before, and the worker died before it could say so.
            if let Some(mail) = queue.open(id).await.map_err(TaskError::new)? {
                mailer.send(mail).await.map_err(TaskError::new)?;
                queue.sent(id, Timestamp::now(), keep).await.map_err(TaskError::new)?;
            }
            Ok(())
        }
    })
}
