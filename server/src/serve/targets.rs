//! What is due when is said by each conversation itself, by what its tenant has set itself: the worker carries the one
//! to the other (domain/src/tenant/targets.rs).

use brigade_actors::Directory;
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{ConversationId, TenantId};
use brigade_domain::tenant::targets::{Policy, RECKON, RECKON_ALL};
use brigade_store::Db;
use brigade_store::chat::unsettled;
use brigade_store::jobs::{Task, TaskError, Tasks};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::tasks::{ask, of_tenant, tenant_now, tenant_of};

/// A conversation is to say anew what is due when.
#[derive(Debug, Deserialize)]
struct Reckon {
    conversation: ConversationId,
}

/// What is to be reckoned anew.
#[derive(Clone, Copy)]
enum What {
    One(ConversationId),
    All,
}

/// Registers both tasks.
pub(super) fn targets(tasks: Tasks, directory: Directory, db: Db) -> Tasks {
    let one = Reckoner { directory, db };
    let all = one.clone();
    let tasks = tasks.on(RECKON, move |task: Task| {
        let reckoner = one.clone();
        async move {
            let (tenant, Reckon { conversation }) = of_tenant(task)?;
            reckoner.run(tenant, What::One(conversation)).await
        }
    });
    tasks.on(RECKON_ALL, move |task: Task| {
        let reckoner = all.clone();
        async move {
            let tenant = tenant_of(&task)?;
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
        let mut policy = self.policy(tenant).await?;
        loop {
            match what {
                What::One(conversation) => self.reckon(tenant, conversation, &policy).await?,
                What::All => self.reckon_all(tenant, &policy).await?,
            }
            let now = self.policy(tenant).await?;
            if now == policy {
                return Ok(());
            }
            policy = now;
        }
    }

    /// What the tenant has set itself.
    async fn policy(&self, tenant: TenantId) -> Result<Policy, TaskError> {
        Ok(tenant_now(&self.directory, tenant).await?.policy())
    }

    async fn reckon_all(&self, tenant: TenantId, policy: &Policy) -> Result<(), TaskError> {
        let mut after = None;
        loop {
            let page = unsettled(&self.db, tenant, after).await.map_err(TaskError::new)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(*last);
            for conversation in page {
                self.reckon(tenant, conversation, policy).await?;
            }
        }
    }

    /// Each time another request: asked twice it comes to nothing the second time, and what another job has asked before
    /// may have been overtaken since.
    async fn reckon(&self, tenant: TenantId, conversation: ConversationId, policy: &Policy) -> Result<(), TaskError> {
        let key = EntityKey::new(tenant, conversation);
        Ok(ask(&self.directory, key, Uuid::now_v7(), "reckon", json!(policy).to_string()).await?)
    }
}
