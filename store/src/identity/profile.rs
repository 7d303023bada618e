//! People as they see themselves.

use brigade_domain::actor::Role;
use brigade_domain::id::{AccountId, ConversationId, TenantId, UserId};
use brigade_domain::identity::Cause;
use brigade_domain::identity::ports::{AccountPlace, Me, Profiles, SessionEvent, TenantPlace};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Fault, Rejection};
use brigade_domain::text::DisplayName;
use serde_json::json;
use sqlx::PgConnection;

use super::resolve::{kind_of, place, read_role};
use super::{Identity, audit, scope};
use crate::error::Error;

impl Profiles for Identity {
    fn me(&self, user: UserId, tenant: Option<TenantId>) -> BoxFuture<'static, Result<Option<Me>, Fault>> {
        let identity = self.clone();
        Box::pin(async move {
            let read = identity.db().global_read("read a profile", move |tx| Box::pin(me(tx, user, tenant)));
            let me = read.await?;
            // What is shown here must hold for the next request, so the caches forget what was before it.
            identity.look().await;
            Ok(me)
        })
    }

    fn rename(&self, user: UserId, name: DisplayName, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            identity
                .db()
                .global_write("rename a person", move |tx| {
                    Box::pin(async move {
                        sqlx::query!("update users set name = $2 where id = $1", user.uuid(), name.as_str())
                            .execute(&mut *tx)
                            .await?;
                        let home = audit::home(tx, user).await?;
                        audit::done(tx, home, "user.renamed", &cause, json!({ "user": user })).await
                    })
                })
                .await?;
            identity.ended(SessionEvent::User(user)).await;
            Ok(())
        })
    }
}

async fn me(tx: &mut PgConnection, user: UserId, tenant: Option<TenantId>) -> Result<Option<Me>, Error> {
    let found = sqlx::query!(
        r#"select name, email, email_verified_at is not null as "verified!", super_admin from users where id = $1"#,
        user.uuid()
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(person) = found else { return Ok(None) };
    let tenants = tenants(tx, user).await?;
    let (mut roles, mut accounts) = (Vec::new(), Vec::new());
    let mut acting = None;
    if let Some(tenant) = tenant
        && let Some(here) = place(tx, tenant, user).await?
    {
        roles = here.roles;
        accounts = places(tx, tenant, user).await?;
        acting = Some(tenant);
    }
    Ok(Some(Me {
        user,
        name: person.name,
        email: person.email,
        email_verified: person.verified,
        tenant: acting,
        kind: kind_of(&roles, person.super_admin),
        roles: roles.into_iter().collect(),
        accounts,
        tenants,
    }))
}

/// Everywhere a person has a role, with the strongest.
async fn tenants(tx: &mut PgConnection, user: UserId) -> Result<Vec<TenantPlace>, Error> {
    scope::be(tx, user).await?;
    let rows = sqlx::query!(
        "select tenant.id, tenant.name, tenant.slug, member.role from memberships member
         join tenants tenant on tenant.id = member.tenant_id and tenant.status = 'active'
         where member.user_id = $1 order by tenant.name, tenant.id",
        user.uuid()
    )
    .fetch_all(tx)
    .await?;
    let mut places: Vec<TenantPlace> = Vec::with_capacity(rows.len());
    for row in rows {
        let role: Role = read_role(&row.role)?;
        match places.last_mut() {
            Some(last) if last.id.uuid() == row.id => last.role = last.role.max(role),
            _ => places.push(TenantPlace { id: TenantId::from_uuid(row.id), name: row.name, slug: row.slug, role }),
        }
    }
    Ok(places)
}

/// A person's accounts in a tenant, each with its newest conversation.
async fn places(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<Vec<AccountPlace>, Error> {
    let rows = sqlx::query!(
        r#"select account.id, account.name, talk.id as "conversation?" from account_members member
           join accounts account on account.tenant_id = member.tenant_id and account.id = member.account_id
           left join lateral (
               select id from conversations
               where tenant_id = account.tenant_id and account_id = account.id order by id desc limit 1) talk on true
           where member.tenant_id = $1 and member.user_id = $2 order by account.id"#,
        tenant.uuid(),
        user.uuid()
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| AccountPlace {
            id: AccountId::from_uuid(row.id),
            name: row.name,
            conversation: row.conversation.map(ConversationId::from_uuid),
        })
        .collect())
}
