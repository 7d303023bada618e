//! Deleting oneself. Of the person their id stays, which logs and the audit log name; what they said in conversations is
//! the business's correspondence and stays as well.
//!
//! Locks are taken in one order, the person first: who signs in while the worker begins either takes it back, or finds
//! nobody there.

use brigade_domain::Timestamp;
use brigade_domain::entity::Job;
use brigade_domain::id::{AccountId, TenantId, UserId};
use brigade_domain::identity::Cause;
use brigade_domain::identity::mail::{Letter, OwnDataNews};
use brigade_domain::identity::ports::{DELETE, DELETION_SECONDS, DeletionWork, Deletions, Outlook, SessionEvent};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Rejection};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::keyring::KeyRing;
use super::mail::{Envelope, post};
use super::resolve::later;
use super::{Identity, audit, scope, sessions};
use crate::audit::PLATFORM;
use crate::db::set_tenant;
use crate::error::{Error, unruled};
use crate::jobs::enqueue;
use crate::time::{from_db, to_db};

impl Deletions for Identity {
    fn outlook(&self, user: UserId) -> BoxFuture<'static, Result<Outlook, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_read("look what stands in the way of a deletion", move |tx| Box::pin(outlook(tx, user))).await
        })
    }

    fn ask(&self, user: UserId, cause: Cause) -> BoxFuture<'static, Result<Timestamp, Rejection>> {
        let (identity, inner) = (self.clone(), self.clone());
        Box::pin(async move {
            let due = identity
                .db()
                .global_write("ask for a deletion", move |tx| {
                    Box::pin(async move { ask(tx, inner.ring(), user, cause).await })
                })
                .await?;
            identity.ended(SessionEvent::User(user)).await;
            Ok(due)
        })
    }
}

impl DeletionWork for Identity {
    fn due(&self, user: UserId, at: Timestamp) -> BoxFuture<'static, Result<Option<Vec<Uuid>>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_read("look whether a deletion is due", move |tx| Box::pin(due(tx, user, at))).await
        })
    }

    fn delete(&self, user: UserId, at: Timestamp) -> BoxFuture<'static, Result<bool, Fault>> {
        let (identity, inner) = (self.clone(), self.clone());
        Box::pin(async move {
            let what = "delete a person";
            let deleted = identity
                .db()
                .global_write(what, move |tx| Box::pin(async move { delete(tx, inner.ring(), user, at).await }))
                .await
                .map_err(|error| unruled(error, what))?;
            if deleted {
                identity.ended(SessionEvent::User(user)).await;
            }
            Ok(deleted)
        })
    }
}

/// Somebody signs in: refused when they were deleted meanwhile, and a deletion they asked for is taken back. Answers
/// whether there was one.
pub(super) async fn take_back(
    tx: &mut PgConnection,
    ring: &KeyRing,
    user: UserId,
    at: Timestamp,
) -> Result<bool, Error> {
    let person = sqlx::query!(
        r#"select name, email, deleted_at is not null as "deleted!" from users where id = $1 for key share"#,
        user.uuid()
    )
    .fetch_one(&mut *tx)
    .await?;
    if person.deleted {
        return Err(Code::AuthInvalid.into());
    }
    let taken = sqlx::query!("delete from account_deletions where user_id = $1", user.uuid()).execute(&mut *tx).await?;
    if taken.rows_affected() == 0 {
        return Ok(false);
    }
    post(tx, ring, &Envelope::new(&letter(person.name, OwnDataNews::DeletionTakenBack), &person.email, at)).await?;
    Ok(true)
}

const fn letter(name: String, news: OwnDataNews) -> Letter {
    Letter::OwnData { name, news }
}

async fn outlook(tx: &mut PgConnection, user: UserId) -> Result<Outlook, Error> {
    scope::be(tx, user).await?;
    let operator =
        sqlx::query_scalar!("select super_admin from users where id = $1", user.uuid()).fetch_one(&mut *tx).await?;
    let places = sqlx::query!(
        "select tenant.id, tenant.name from memberships member join tenants tenant on tenant.id = member.tenant_id
         where member.user_id = $1 and member.role = 'admin' order by tenant.name, tenant.id",
        user.uuid()
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut last_admin_of = Vec::new();
    for place in places {
        set_tenant(tx, TenantId::from_uuid(place.id)).await?;
        let others = sqlx::query_scalar!(
            r#"select exists (
                   select from memberships member
                   where member.tenant_id = $1 and member.role = 'admin' and member.user_id <> $2
                     and not exists (select from account_deletions going where going.user_id = member.user_id))
               as "others!""#,
            place.id,
            user.uuid()
        )
        .fetch_one(&mut *tx)
        .await?;
        if !others {
            last_admin_of.push(place.name);
        }
    }
    Ok(Outlook { last_admin_of, operator })
}

async fn ask(tx: &mut PgConnection, ring: &KeyRing, user: UserId, cause: Cause) -> Result<Timestamp, Error> {
    // Whoever asks twice at once takes turns.
    let person =
        sqlx::query!("select name, email from users where id = $1 for update", user.uuid()).fetch_one(&mut *tx).await?;
    scope::be(tx, user).await?;
    let asked = sqlx::query_scalar!("select due_at from account_deletions where user_id = $1", user.uuid());
    if let Some(due) = asked.fetch_optional(&mut *tx).await? {
        return Ok(from_db(due)?);
    }
    let due = later(cause.at, DELETION_SECONDS);
    sqlx::query!(
        "insert into account_deletions (user_id, requested_at, due_at) values ($1, $2, $3)",
        user.uuid(),
        to_db(cause.at),
        to_db(due)
    )
    .execute(&mut *tx)
    .await?;
    let ended = sessions::end_all(tx, user, None, cause.at).await?;
    let job = Job { run_at: Some(due), ..Job::new(DELETE, json!({ "user": user })) };
    enqueue(tx, None, &[&job]).await?;
    post(tx, ring, &Envelope::new(&letter(person.name, OwnDataNews::DeletionAsked(due)), &person.email, cause.at))
        .await?;
    let home = audit::home(tx, user).await?;
    audit::done(tx, home, "user.deletion_asked", &cause, json!({ "sessions_ended": ended })).await?;
    Ok(due)
}

async fn due(tx: &mut PgConnection, user: UserId, at: Timestamp) -> Result<Option<Vec<Uuid>>, Error> {
    let due = sqlx::query_scalar!(
        r#"select exists (select from account_deletions where user_id = $1 and due_at <= $2) as "due!""#,
        user.uuid(),
        to_db(at)
    )
    .fetch_one(&mut *tx)
    .await?;
    if !due {
        return Ok(None);
    }
    scope::be(tx, user).await?;
    let builds = sqlx::query_scalar!(
        r#"select build as "build!" from data_exports where user_id = $1 and build is not null"#,
        user.uuid()
    );
    Ok(Some(builds.fetch_all(tx).await?))
}

async fn delete(tx: &mut PgConnection, ring: &KeyRing, user: UserId, at: Timestamp) -> Result<bool, Error> {
    let person =
        sqlx::query!("select name, email from users where id = $1 for update", user.uuid()).fetch_one(&mut *tx).await?;
    let asked =
        sqlx::query!("delete from account_deletions where user_id = $1 and due_at <= $2", user.uuid(), to_db(at));
    if asked.execute(&mut *tx).await?.rows_affected() == 0 {
        return Ok(false);
    }
    post(tx, ring, &Envelope::new(&letter(person.name, OwnDataNews::Deleted), &person.email, at)).await?;
    let tenants = leave_tenants(tx, user).await?;
    take_away(tx, user).await?;
    sqlx::query!(
        "update users set name = 'Deleted person', email = 'deleted-' || id::text || '@deleted.invalid',
                password_hash = null, password_changed_at = null, email_verified_at = null, disabled_at = $2,
                deleted_at = $2
         where id = $1",
        user.uuid(),
        to_db(at)
    )
    .execute(&mut *tx)
    .await?;
    let cause = Cause::system(at);
    for tenant in tenants.into_iter().map(Some).chain([None]) {
        audit::done(tx, tenant, "user.deleted", &cause, json!({ "user": user })).await?;
    }
    Ok(true)
}

/// What they are in each business; answers which these were.
async fn leave_tenants(tx: &mut PgConnection, user: UserId) -> Result<Vec<TenantId>, Error> {
    scope::be(tx, user).await?;
    let places = sqlx::query!(
        r#"select tenant_id, bool_or(role <> 'client') as "staff!" from memberships
           where user_id = $1 group by tenant_id order by tenant_id"#,
        user.uuid()
    )
    .fetch_all(&mut *tx)
    .await?;
    for place in &places {
        let tenant = TenantId::from_uuid(place.tenant_id);
        set_tenant(tx, tenant).await?;
        let accounts = sqlx::query_scalar!(
            "select account_id from account_members where tenant_id = $1 and user_id = $2 order by account_id",
            place.tenant_id,
            user.uuid()
        )
        .fetch_all(&mut *tx)
        .await?;
        let body = json!({ "user": user });
        let leave = |account| Job::command(tenant, AccountId::from_uuid(account), "remove_member", &body);
        let mut jobs: Vec<Job> =
            accounts.into_iter().map(|account| leave(account).with_request(Uuid::now_v7())).collect();
        if place.staff {
            jobs.push(Job::command(tenant, tenant, "remove_staff", &body).with_request(Uuid::now_v7()));
        }
        enqueue(tx, Some(tenant), &jobs.iter().collect::<Vec<_>>()).await?;
        sqlx::query!("delete from memberships where tenant_id = $1 and user_id = $2", place.tenant_id, user.uuid())
            .execute(&mut *tx)
            .await?;
        sqlx::query!("delete from notice_digests where tenant_id = $1 and user_id = $2", place.tenant_id, user.uuid())
            .execute(&mut *tx)
            .await?;
        sqlx::query!("delete from transcripts where tenant_id = $1 and user_id = $2", place.tenant_id, user.uuid())
            .execute(&mut *tx)
            .await?;
        sqlx::query!("delete from inbox_views where tenant_id = $1 and owner = $2", place.tenant_id, user.uuid())
            .execute(&mut *tx)
            .await?;
        sqlx::query!(
            "update invitations set email = 'deleted-' || accepted_by::text || '@deleted.invalid', name = 'Deleted person'
             where tenant_id = $1 and accepted_by = $2",
            place.tenant_id,
            user.uuid()
        )
        .execute(&mut *tx)
        .await?;
    }
    set_tenant(tx, PLATFORM).await?;
    Ok(places.into_iter().map(|place| TenantId::from_uuid(place.tenant_id)).collect())
}

/// What is theirs and of no business.
async fn take_away(tx: &mut PgConnection, user: UserId) -> Result<(), Error> {
    let id = user.uuid();
    sqlx::query!("delete from sessions where user_id = $1", id).execute(&mut *tx).await?;
    sqlx::query!("delete from one_time_tokens where user_id = $1", id).execute(&mut *tx).await?;
    sqlx::query!("delete from second_steps where user_id = $1", id).execute(&mut *tx).await?;
    sqlx::query!("delete from second_factors where user_id = $1", id).execute(&mut *tx).await?;
    sqlx::query!("delete from sign_in_history where user_id = $1", id).execute(&mut *tx).await?;
    sqlx::query!("delete from notice_settings where user_id = $1", id).execute(&mut *tx).await?;
    sqlx::query!("delete from data_exports where user_id = $1", id).execute(tx).await?;
    Ok(())
}
