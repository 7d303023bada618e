//! What the command line does to people: making them, giving roles, setting passwords, disabling.
//!
//! The running server learns of it from the triggers, within a second.

use brigade_domain::actor::Role;
use brigade_domain::id::{ApiKeyId, TenantId, UserId};
use brigade_domain::identity::history::Moment;
use brigade_domain::identity::{Cause, Secret};
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use brigade_domain::text::{DisplayName, Email};
use serde_json::json;
use sqlx::PgConnection;

use super::people::set_password;
use super::resolve::role_name;
use super::{audit, history, sessions};
use crate::Db;
use crate::error::Error;
use crate::time::to_db;

pub use super::tenant::read_origins;

/// A person to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The id.
    pub id: UserId,
    /// The address; counts as verified, the operator vouches for it.
    pub email: Email,
    /// What others call them.
    pub name: DisplayName,
    /// The hash of the password; `None`: they set one with “Forgot password”.
    pub password: Option<Secret>,
    /// Whether they operate the platform.
    pub super_admin: bool,
}

/// Makes a person. Refused with [`Code::Conflict`] when the address is taken.
///
/// This is the one place that makes a super admin: the running server has no right to change that column of anybody.
pub async fn create_user(db: &Db, new: NewUser, cause: Cause) -> Result<(), Rejection> {
    db.global_write("make a person", move |tx| {
        Box::pin(async move {
            sqlx::query!(
                "insert into users (id, email, name, password_hash, password_changed_at, email_verified_at, super_admin,
                                    created_at)
                 values ($1, $2, $3, $4, $5, $5, $6, $5)",
                new.id.uuid(),
                new.email.as_str(),
                new.name.as_str(),
                new.password.as_ref().map(Secret::expose),
                to_db(cause.at),
                new.super_admin
            )
            .execute(&mut *tx)
            .await?;
            let details = json!({ "user": new.id, "super_admin": new.super_admin });
            audit::done(tx, None, "user.created", &cause, details).await
        })
    })
    .await
}

/// The person with this address.
pub async fn find_user(db: &Db, email: Email) -> Result<Option<UserId>, Fault> {
    db.global_read("find a person", move |tx| {
        Box::pin(async move {
            let id =
                sqlx::query_scalar!("select id from users where email = $1", email.as_str()).fetch_optional(tx).await?;
            Ok(id.map(UserId::from_uuid))
        })
    })
    .await
}

/// Gives a person a role in a tenant. A staff role takes the place of another one.
pub async fn add_member(db: &Db, tenant: TenantId, user: UserId, role: Role, cause: Cause) -> Result<(), Rejection> {
    db.write("give a role", tenant, move |tx| {
        Box::pin(async move {
            grant(tx, tenant, user, role, &cause).await?;
            let details = json!({ "user": user, "role": role });
            audit::done(tx, Some(tenant), "membership.granted", &cause, details).await
        })
    })
    .await
}

async fn grant(tx: &mut PgConnection, tenant: TenantId, user: UserId, role: Role, cause: &Cause) -> Result<(), Error> {
    if role != Role::Client {
        let changed = sqlx::query!(
            "update memberships set role = $3 where tenant_id = $1 and user_id = $2 and role <> 'client'",
            tenant.uuid(),
            user.uuid(),
            role_name(role)
        )
        .execute(&mut *tx)
        .await?;
        if changed.rows_affected() > 0 {
            return Ok(());
        }
    }
    sqlx::query!(
        "insert into memberships (tenant_id, user_id, role, created_at) values ($1, $2, $3, $4) on conflict do nothing",
        tenant.uuid(),
        user.uuid(),
        role_name(role),
        to_db(cause.at)
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Sets a person's password; every session ends.
pub async fn set_user_password(db: &Db, user: UserId, hash: Secret, cause: Cause) -> Result<(), Rejection> {
    db.global_write("set a password", move |tx| {
        Box::pin(async move {
            set_password(tx, user, &hash, &cause).await?;
            let ended = sessions::end_all(tx, user, None, cause.at).await?;
            history::note(tx, user, Moment::PasswordReset, &cause).await?;
            audit::done(tx, None, "user.password_changed", &cause, json!({ "user": user, "sessions_ended": ended }))
                .await
        })
    })
    .await
}

/// Lets a person sign in no more, or again; every session ends.
pub async fn set_disabled(db: &Db, user: UserId, disabled: bool, cause: Cause) -> Result<(), Rejection> {
    db.global_write("disable a person", move |tx| {
        Box::pin(async move {
            let at = disabled.then(|| to_db(cause.at));
            let changed = sqlx::query!("update users set disabled_at = $2 where id = $1", user.uuid(), at)
                .execute(&mut *tx)
                .await?;
            if changed.rows_affected() == 0 {
                return Err(Refusal::new(Code::NotFound, "There is no such person.").into());
            }
            sessions::end_all(tx, user, None, cause.at).await?;
            let event = if disabled { "user.disabled" } else { "user.enabled" };
            audit::done(tx, None, event, &cause, json!({ "user": user })).await
        })
    })
    .await
}

/// A tenant's oldest public key that works: what the demo site shows.
pub async fn public_key(db: &Db, tenant: TenantId) -> Result<Option<(ApiKeyId, String)>, Fault> {
    db.read("find a public key", tenant, move |tx| {
        Box::pin(async move {
            let row = sqlx::query!(
                "select id, shown from api_keys
                 where tenant_id = $1 and kind = 'public' and revoked_at is null order by created_at, id limit 1",
                tenant.uuid()
            )
            .fetch_optional(tx)
            .await?;
            Ok(row.map(|row| (ApiKeyId::from_uuid(row.id), row.shown)))
        })
    })
    .await
}
