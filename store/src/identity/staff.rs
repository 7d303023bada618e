//! Who works for a tenant.

use brigade_domain::actor::Role;
use brigade_domain::entity::Job;
use brigade_domain::id::{TenantId, UserId};
use brigade_domain::identity::Cause;
use brigade_domain::identity::ports::{SessionEvent, Staff, StaffMember};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::resolve::{read_role, role_name};
use super::{Identity, audit};
use crate::error::Error;
use crate::jobs;
use crate::time::from_db;

impl Staff for Identity {
    fn list(&self, tenant: TenantId) -> BoxFuture<'static, Result<Vec<StaffMember>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move { db.read("list the staff", tenant, move |tx| Box::pin(list(tx, tenant))).await })
    }

    fn set_role(
        &self,
        tenant: TenantId,
        user: UserId,
        role: Role,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            if role == Role::Client {
                return Err(Refusal::invalid("role", "Choose account_manager or admin.").into());
            }
            identity
                .db()
                .write("change a role", tenant, move |tx| {
                    Box::pin(async move {
                        let changed = sqlx::query!(
                            "update memberships set role = $3 where tenant_id = $1 and user_id = $2 and role <> 'client'",
                            tenant.uuid(),
                            user.uuid(),
                            role_name(role)
                        )
                        .execute(&mut *tx)
                        .await?;
                        known(changed.rows_affected())?;
                        let details = json!({ "user": user, "role": role });
                        audit::done(tx, Some(tenant), "staff.role_changed", &cause, details).await
                    })
                })
                .await?;
            identity.ended(SessionEvent::User(user)).await;
            Ok(())
        })
    }

    fn remove(&self, tenant: TenantId, user: UserId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            identity
                .db()
                .write("remove from the staff", tenant, move |tx| {
                    Box::pin(async move {
                        let removed = sqlx::query!(
                            "delete from memberships where tenant_id = $1 and user_id = $2 and role <> 'client'",
                            tenant.uuid(),
                            user.uuid()
                        )
                        .execute(&mut *tx)
                        .await?;
                        known(removed.rows_affected())?;
                        // Whoever is no longer there takes no chats; who comes back may go again.
                        let leave = Job::command(tenant, tenant, "remove_staff", &json!({ "user": user }));
                        jobs::enqueue(tx, Some(tenant), &[&leave.with_request(Uuid::now_v7())]).await?;
                        audit::done(tx, Some(tenant), "staff.removed", &cause, json!({ "user": user })).await
                    })
                })
                .await?;
            identity.ended(SessionEvent::User(user)).await;
            Ok(())
        })
    }
}

fn known(changed: u64) -> Result<(), Error> {
    if changed == 0 { Err(Code::NotFound.into()) } else { Ok(()) }
}

async fn list(tx: &mut PgConnection, tenant: TenantId) -> Result<Vec<StaffMember>, Error> {
    let rows = sqlx::query!(
        r#"select person.id, person.name, person.email, member.role, member.created_at,
                  exists (select from second_factors where user_id = person.id and confirmed_at is not null)
                      as "second_factor!"
           from memberships member join users person on person.id = member.user_id
           where member.tenant_id = $1 and member.role <> 'client' order by person.name, person.id limit 1000"#,
        tenant.uuid()
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(StaffMember {
                user: UserId::from_uuid(row.id),
                name: row.name,
                email: row.email,
                role: read_role(&row.role)?,
                since: from_db(row.created_at)?,
                second_factor: row.second_factor,
            })
        })
        .collect()
}
