//! A tenant's settings beside its live state, and its audit log.

use brigade_domain::actor::Party;
use brigade_domain::id::TenantId;
use brigade_domain::identity::ports::{AuditLine, AuditTrail, SessionEvent, TenantChange, TenantSettings, TenantView};
use brigade_domain::identity::{Cause, Origin};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use brigade_domain::text::DisplayName;
use serde_json::json;
use sqlx::PgConnection;

use super::{Identity, audit};
use crate::audit::Kept;
use crate::error::Error;

impl TenantSettings for Identity {
    fn view(&self, tenant: TenantId) -> BoxFuture<'static, Result<Option<TenantView>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move { db.read("read a tenant", tenant, move |tx| Box::pin(view(tx, tenant))).await })
    }

    fn change(
        &self,
        tenant: TenantId,
        change: TenantChange,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            identity
                .db()
                .write("change a tenant", tenant, move |tx| Box::pin(alter(tx, tenant, change, cause)))
                .await?;
            identity.ended(SessionEvent::Tenant(tenant)).await;
            Ok(())
        })
    }
}

async fn view(tx: &mut PgConnection, tenant: TenantId) -> Result<Option<TenantView>, Error> {
    let found = sqlx::query!(
        r#"select name, slug, status = 'active' as "active!", allowed_origins, password_composition,
                  second_factor_required, settings
           from tenants where id = $1"#,
        tenant.uuid()
    )
    .fetch_optional(tx)
    .await?;
    Ok(found.map(|row| TenantView {
        id: tenant,
        name: row.name,
        slug: row.slug,
        active: row.active,
        origins: row.allowed_origins.iter().filter_map(|origin| origin.parse().ok()).collect(),
        password_composition: row.password_composition,
        second_factor_required: row.second_factor_required,
        settings: row.settings,
    }))
}

async fn alter(tx: &mut PgConnection, tenant: TenantId, change: TenantChange, cause: Cause) -> Result<(), Error> {
    if let Some(required) = change.second_factor_required {
        may_require(tx, required, &cause).await?;
    }
    let origins: Option<Vec<String>> =
        change.origins.map(|origins| origins.iter().map(|origin| origin.as_str().to_owned()).collect());
    let name = change.name.as_ref().map(DisplayName::as_str);
    let changed = sqlx::query!(
        "update tenants set name = coalesce($2, name), allowed_origins = coalesce($3, allowed_origins),
                password_composition = coalesce($4, password_composition),
                second_factor_required = coalesce($5, second_factor_required)
         where id = $1",
        tenant.uuid(),
        name,
        origins.as_deref(),
        change.password_composition,
        change.second_factor_required
    )
    .execute(&mut *tx)
    .await?;
    if changed.rows_affected() == 0 {
        return Err(Code::NotFound.into());
    }
    let details = json!({
        "name_changed": name.is_some(),
        "allowed_origins": origins,
        "password_composition": change.password_composition,
        "second_factor_required": change.second_factor_required,
    });
    audit::done(tx, Some(tenant), "tenant.changed", &cause, details).await
}

/// Whether others are to use two-step sign-in is a person's to decide, and who asks it of them uses it.
async fn may_require(tx: &mut PgConnection, required: bool, cause: &Cause) -> Result<(), Error> {
    let Some(Party::User(user)) = cause.by else {
        return Err(Refusal::new(Code::Forbidden, "Only an admin who is signed in decides this, not a key.").into());
    };
    if !required {
        return Ok(());
    }
    let uses_it = sqlx::query_scalar!(
        r#"select exists (select from second_factors where user_id = $1 and confirmed_at is not null) as "uses_it!""#,
        user.uuid()
    )
    .fetch_one(tx)
    .await?;
    if uses_it {
        return Ok(());
    }
    let text = "Turn on two-step sign-in for yourself first, under “You”.";
    Err(Refusal::new(Code::Conflict, text).with_details(json!({ "field": "second_factor_required" })).into())
}

impl AuditTrail for Identity {
    fn page(
        &self,
        tenant: TenantId,
        before: Option<u64>,
        limit: u16,
    ) -> BoxFuture<'static, Result<Vec<AuditLine>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.read("read the audit log", tenant, move |tx| Box::pin(page(tx, tenant, before, limit))).await
        })
    }
}

async fn page(
    tx: &mut PgConnection,
    tenant: TenantId,
    before: Option<u64>,
    limit: u16,
) -> Result<Vec<AuditLine>, Error> {
    let before = before.map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX));
    let rows = sqlx::query_as!(
        Kept,
        "select seq, at, event_type, actor, ip, request_id, result, metadata from audit_log
         where tenant_id = $1 and seq < $2 order by seq desc limit $3",
        tenant.uuid(),
        before,
        i64::from(limit)
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(Kept::read).collect()
}

/// For the command line: origins as text, checked.
pub fn read_origins(texts: &[String]) -> Result<Vec<Origin>, Rejection> {
    texts.iter().map(|text| text.parse().map_err(Rejection::Refused)).collect()
}
