//! Who can still say what they have scheduled.

use brigade_domain::chat::schedule::Authors;
use brigade_domain::id::{TenantId, UserId};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::Fault;
use brigade_domain::text::DisplayName;
use sqlx::PgConnection;

use crate::error::Error;
use crate::identity::Identity;

impl Authors for Identity {
    fn name(&self, tenant: TenantId, user: UserId) -> BoxFuture<'static, Result<Option<DisplayName>, Fault>> {
        let identity = self.clone();
        Box::pin(async move {
            let what = "look whether an author is of the staff";
            identity.db().read(what, tenant, move |tx| Box::pin(name(tx, tenant, user))).await
        })
    }
}

async fn name(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<Option<DisplayName>, Error> {
    let found = sqlx::query_scalar!(
        "select person.name from users person
         join memberships member on member.user_id = person.id and member.tenant_id = $1 and member.role <> 'client'
         join tenants business on business.id = $1 and business.status = 'active'
         where person.id = $2 and person.disabled_at is null limit 1",
        tenant.uuid(),
        user.uuid()
    )
    .fetch_optional(tx)
    .await?;
    let parsed = |name: String| {
        DisplayName::parse("name", &name).map_err(|refusal| Fault::internal("read what somebody is called", refusal))
    };
    Ok(found.map(parsed).transpose()?)
}
