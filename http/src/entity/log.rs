//! A page of an entity's log: the same lines as `ev` frames.

use std::sync::Arc;

use brigade_domain::Timestamp;
use brigade_domain::account::Account;
use brigade_domain::actor::{Actor, Party};
use brigade_domain::chat::Conversation;
use brigade_domain::entity::{Audience, Entity, EntityKey, EntityKind, Seq};
use brigade_domain::journal::{LogLine, Range};
use brigade_domain::refusal::{Fault, Refusal};
use brigade_domain::tenant::Tenant;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{audience, glance};
use crate::App;
use crate::input::page_size;
use crate::problem::Answer;

const DEFAULT_LIMIT: u16 = 100;
const MAX_LIMIT: u16 = 500;

/// Which part: `after` or `before`, not both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogQuery {
    #[serde(default)]
    after: Option<Seq>,
    #[serde(default)]
    before: Option<Seq>,
    #[serde(default)]
    limit: Option<u16>,
}

/// A stretch of a log, ascending.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogView {
    /// Another epoch than before: begin again from the state.
    epoch: u32,
    /// At most `limit`, without holes.
    entries: Vec<EntryView>,
    /// The newest entry there is.
    head: Seq,
}

/// An entry. One the caller may not see has type `hidden` and the body null.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryView {
    seq: Seq,
    /// The event's type, such as `message_sent`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: Arc<str>,
    /// The event's body; null when it is hidden.
    #[schema(value_type = Option<Object>)]
    body: Option<Box<RawValue>>,
    /// Who did it.
    #[schema(value_type = String)]
    by: Party,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The key of the command that caused it.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
}

/// A page of the log of an entity that `actor` may see.
pub(crate) async fn log(app: &App, actor: &Arc<Actor>, entity: EntityKey, query: &LogQuery) -> Answer<LogView> {
    let range = match (query.after, query.before) {
        (Some(_), Some(_)) => return Err(Refusal::invalid("before", "Send after or before, not both.").into()),
        (None, Some(before)) => Range::Before(before),
        (after, None) => Range::After(after.unwrap_or(0)),
    };
    let limit = page_size(query.limit, DEFAULT_LIMIT, MAX_LIMIT, "A page", "entries")?;
    let seen = glance(app, actor, entity).await?;
    let lines = app.journal.read(entity, range, limit).await?;
    let audience = audience(actor, entity.tenant);
    // What was committed between the two is left for the next page, so that the head is never below an entry.
    let lines = lines.into_iter().filter(|line| line.seq <= seen.seq);
    let entries = lines.map(|line| entry(entity.entity.kind, line, audience)).collect::<Result<_, Fault>>()?;
    Ok(LogView { epoch: seen.epoch, entries, head: seen.seq })
}

fn entry(kind: EntityKind, line: LogLine, audience: Audience) -> Result<EntryView, Fault> {
    let visible = match kind {
        EntityKind::Conversation => is_visible::<Conversation>(&line, audience),
        EntityKind::Account => is_visible::<Account>(&line, audience),
        EntityKind::Tenant => is_visible::<Tenant>(&line, audience),
    }?;
    let LogLine { seq, kind, body, by, at, request } = line;
    if !visible {
        return Ok(EntryView { seq, kind: Arc::from("hidden"), body: None, by, at, id: None });
    }
    let body = RawValue::from_string(body.as_ref().to_owned()).map_err(unreadable)?;
    Ok(EntryView { seq, kind, body: Some(body), by, at, id: request.map(|request| request.id) })
}

fn is_visible<E: Entity>(line: &LogLine, audience: Audience) -> Result<bool, Fault> {
    let text = format!(r#"{{"type":"{}","body":{}}}"#, line.kind, line.body);
    let event: E::Event = serde_json::from_str(&text).map_err(unreadable)?;
    Ok(E::visible(&event, audience))
}

fn unreadable(error: serde_json::Error) -> Fault {
    Fault::internal("read an event of a log", error)
}
