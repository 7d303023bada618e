//! Lines of the audit log about people and keys.

use brigade_domain::id::{TenantId, UserId};
use brigade_domain::identity::Cause;
use serde_json::Value;
use sqlx::PgConnection;

use super::scope;
use crate::audit::{Line, Outcome, PLATFORM, append};
use crate::db::set_tenant;
use crate::error::Error;

/// Writes a line into the tenant's chain, or without a tenant into the platform's. Sets the transaction's tenant: call
/// it last.
pub(super) async fn note(
    tx: &mut PgConnection,
    tenant: Option<TenantId>,
    event: &str,
    outcome: Outcome,
    cause: &Cause,
    metadata: Value,
) -> Result<(), Error> {
    let tenant = tenant.unwrap_or(PLATFORM);
    set_tenant(tx, tenant).await?;
    append(tx, tenant, &[Line::of(event, outcome, cause, metadata)]).await
}

/// A line about something that was done.
pub(super) async fn done(
    tx: &mut PgConnection,
    tenant: Option<TenantId>,
    event: &str,
    cause: &Cause,
    metadata: Value,
) -> Result<(), Error> {
    note(tx, tenant, event, Outcome::Succeeded, cause, metadata).await
}

/// In which chain something about a person is kept: of the tenant they last acted in, or any they belong to.
pub(super) async fn home(tx: &mut PgConnection, user: UserId) -> Result<Option<TenantId>, Error> {
    scope::be(tx, user).await?;
    let home = sqlx::query_scalar!(
        "select member.tenant_id from memberships member
         left join sessions session on session.user_id = member.user_id and session.tenant_id = member.tenant_id
         where member.user_id = $1
         order by session.created_at desc nulls last, member.created_at limit 1",
        user.uuid()
    )
    .fetch_optional(tx)
    .await?;
    Ok(home.map(TenantId::from_uuid))
}
