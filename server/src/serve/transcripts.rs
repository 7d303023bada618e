//! Writes the transcripts that were asked for ([`brigade_domain::chat::transcript`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use brigade_domain::Timestamp;
use brigade_domain::actor::{Actor, Party};
use brigade_domain::chat::message::Message;
use brigade_domain::chat::ports::PAGE;
use brigade_domain::chat::transcript::letter::{MAX_MESSAGES, Said, Transcript};
use brigade_domain::chat::transcript::{SEND, Waiting, Which};
use brigade_domain::entity::{Audience, EntityKey, Seq};
use brigade_domain::id::TenantId;
use brigade_domain::identity::mail::wording::{Names, Occasion, Words};
use brigade_domain::refusal::Fault;
use brigade_http::App;
use brigade_http::chat::mailed_file;
use brigade_http::entity::look;
use brigade_store::jobs::{Task, TaskError, Tasks};
use serde::Deserialize;
use serde_json::Value;

use super::tasks::{of_tenant, tenant_now};

/// Registers `transcripts.send`.
pub(super) fn transcripts(tasks: Tasks, app: App, waiting: Arc<dyn Waiting>) -> Tasks {
    tasks.on(SEND, move |task: Task| {
        let (app, waiting) = (app.clone(), Arc::clone(&waiting));
        async move { send(&app, waiting.as_ref(), task).await }
    })
}

/// A worker that was killed leaves the job to the next: what is on its way waits no longer.
async fn send(app: &App, waiting: &dyn Waiting, task: Task) -> Result<(), TaskError> {
    let (tenant, which): (_, Which) = of_tenant(task)?;
    let Some(address) = waiting.address(tenant, which).await.map_err(TaskError::new)? else { return Ok(()) };
    let business = tenant_now(&app.directory, tenant).await?;
    let names = names(app, EntityKey::new(tenant, which.conversation)).await?;
    let (newest, more) = said_before(app, tenant, which).await.map_err(TaskError::new)?;
    let at = Timestamp::now();
    let said = newest.iter().filter(|message| !message.deleted()).map(|message| Said {
        by: names.get(&message.by).cloned(),
        at: message.at,
        text: message.text.as_ref().map_or_else(String::new, ToString::to_string),
        files: message.attachments.iter().map(|file| mailed_file(app, tenant, file, at)).collect(),
    });
    let words = words(app, tenant, which, &business.name).await.map_err(TaskError::new)?;
    let transcript =
        Transcript::of((which.language, words), (business.name, business.hours.zone().clone()), said, more);
    waiting.post(tenant, which, transcript.write(&address), at).await.map_err(TaskError::new)
}

/// As the business words it now: one that is on its way already stays as it is.
async fn words(app: &App, tenant: TenantId, which: Which, business: &str) -> Result<Words, Fault> {
    let own = app.identity.wordings.own(tenant, Occasion::Transcript).await?;
    Words::of((Occasion::Transcript, which.language), own.as_ref(), Names { person: "", business })
}

/// What is read of somebody who speaks.
#[derive(Deserialize)]
struct Person {
    name: String,
}

async fn names(app: &App, conversation: EntityKey) -> Result<BTreeMap<Party, String>, TaskError> {
    let system = Arc::new(Actor::system(conversation.tenant));
    let mut state = look(&app.directory, &system, conversation).await?.state;
    let people: BTreeMap<Party, Person> =
        serde_json::from_value(state.get_mut("people").map_or(Value::Null, Value::take))
            .map_err(|error| TaskError::new(format_args!("the people of a conversation do not read: {error}")))?;
    Ok(people.into_iter().map(|(party, person)| (party, person.name)).collect())
}

/// What customers can read of what was said before it was asked for, the newest first, and whether there is more.
async fn said_before(app: &App, tenant: TenantId, which: Which) -> Result<(Vec<Message>, bool), Fault> {
    let (mut newest, mut before): (Vec<Message>, Option<Seq>) = (Vec::new(), Some(which.rev));
    loop {
        let page = app.chat.messages.messages(tenant, which.conversation, before, PAGE, Audience::Customer).await?;
        before = page.messages.first().map(|message| message.seq);
        newest.extend(page.messages.into_iter().rev());
        // Some may have been deleted: one more than fit, at most.
        if !page.more || before.is_none() || newest.len() > MAX_MESSAGES {
            return Ok((newest, page.more));
        }
    }
}
