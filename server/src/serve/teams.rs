//! A conversation that is given to a team is not left with somebody outside of it. Who is in the team only the tenant knows:
//! the worker carries what it says to the conversation (domain/src/chat/decide/team.rs).

use brigade_actors::Directory;
use brigade_domain::entity::{EntityKey, Seq};
use brigade_domain::id::{ConversationId, TeamId, UserId};
use brigade_domain::tenant::team::SETTLE;
use brigade_store::jobs::{Task, TaskError, Tasks};
use serde::Deserialize;
use serde_json::json;

use super::tasks::{ask_anew, of_tenant, tenant_now};

/// A conversation was given to a team while somebody had it.
#[derive(Debug, Deserialize)]
struct Settle {
    conversation: ConversationId,
    team: TeamId,
    holder: UserId,
    rev: Seq,
}

/// Registers the task.
pub(super) fn teams(tasks: Tasks, directory: Directory) -> Tasks {
    tasks.on(SETTLE, move |task: Task| {
        let directory = directory.clone();
        async move { settle(&directory, task).await }
    })
}

async fn settle(directory: &Directory, task: Task) -> Result<(), TaskError> {
    let (tenant, Settle { conversation, team, holder, rev }) = of_tenant(task)?;
    let teams = tenant_now(directory, tenant).await?.teams;
    // A team that is no more keeps nobody out.
    if teams.get(&team).is_none_or(|team| team.members.contains(&holder)) {
        return Ok(());
    }
    let body = json!({ "from": holder, "team": team, "rev": rev });
    Ok(ask_anew(directory, EntityKey::new(tenant, conversation), "release", &body, &format!("team {rev}")).await?)
}
