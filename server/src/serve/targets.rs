//! What is due when is said by each conversation itself, by what its tenant has set itself: the worker carries the one
//! to the other (domain/src/tenant/targets.rs).

use std::sync::Arc;

use brigade_actors::Directory;
use brigade_domain::actor::Actor;
use brigade_domain::entity::{EntityKey, Seq};
use brigade_domain::id::{ConversationId, TenantId};
use brigade_domain::refusal::Refusal;
use brigade_domain::tenant::shown::Shown;
use brigade_domain::tenant::targets::{Policy, RECKON, RECKON_ALL};
use brigade_http::entity::look;
use brigade_store::Db;
use brigade_store::chat::unsettled;
use brigade_store::jobs::{Task, TaskError, Tasks};
use serde::Deserialize;
use serde_json::json;

use super::tasks::{ask_anew, of_tenant};

/// A conversation is to say anew what is due when.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Reckon {
    conversation: ConversationId,
    /// Because of this entry of its log.
    rev: Seq,
}

/// What is to be reckoned anew.
#[derive(Clone, Copy)]
enum What {
    One(Reckon),
    All,
}

/// Registers both tasks.
pub(super) fn targets(tasks: Tasks, directory: Directory, db: Db) -> Tasks {
    let one = Reckoner { directory, db };
    let all = one.clone();
    let tasks = tasks.on(RECKON, move |task: Task| {
        let reckoner = one.clone();
        async move {
            let (tenant, reckon) = of_tenant(task)?;
            reckoner.run(tenant, What::One(reckon)).await
        }
    });
    tasks.on(RECKON_ALL, move |task: Task| {
        let reckoner = all.clone();
        async move {
            let tenant = task.tenant.ok_or_else(|| TaskError::new("the job is of no tenant"))?;
            reckoner.run(tenant, What::All).await
        }
    })
}

#[derive(Clone)]
struct Reckoner {
    directory: Directory,
    db: Db,
}

impl Reckoner {
    /// Does it by the policy of now, and again if that was changed meanwhile: of two jobs the one that began earlier may
    /// end later, and would leave behind what was.
    async fn run(&self, tenant: TenantId, what: What) -> Result<(), TaskError> {
        let (mut policy, mut as_of) = self.policy(tenant).await?;
        loop {
            match what {
                What::One(Reckon { conversation, rev }) => {
                    self.reckon(tenant, conversation, &policy, &format!("{rev} by {as_of}")).await?;
                }
                What::All => self.reckon_all(tenant, &policy, &format!("all by {as_of}")).await?,
            }
            let (now, seq) = self.policy(tenant).await?;
            if now == policy {
                return Ok(());
            }
            (policy, as_of) = (now, seq);
        }
    }

    /// What the tenant has set itself, and as of which entry of its log.
    async fn policy(&self, tenant: TenantId) -> Result<(Policy, Seq), TaskError> {
        let system = Arc::new(Actor::system(tenant));
        let seen =
            look(&self.directory, &system, EntityKey::new(tenant, tenant)).await.map_err(|refusal| failed(&refusal))?;
        let unread = |error| TaskError::new(format_args!("the tenant does not read: {error}"));
        Ok((Shown::read(seen.state).map_err(unread)?.policy(), seen.seq))
    }

    async fn reckon_all(&self, tenant: TenantId, policy: &Policy, why: &str) -> Result<(), TaskError> {
        let mut after = None;
        loop {
            let page = unsettled(&self.db, tenant, after).await.map_err(TaskError::new)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(*last);
            for conversation in page {
                self.reckon(tenant, conversation, policy, why).await?;
            }
        }
    }

    /// The same question is the same request: `why` it is asked makes it another.
    async fn reckon(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        policy: &Policy,
        why: &str,
    ) -> Result<(), TaskError> {
        let key = EntityKey::new(tenant, conversation);
        ask_anew(&self.directory, key, "reckon", &json!(policy), why).await.map_err(|refusal| failed(&refusal))
    }
}

fn failed(refusal: &Refusal) -> TaskError {
    TaskError::new(refusal.code.as_str())
}
