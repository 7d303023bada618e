//! Support's looking: who let it in, who of it looked, and what they opened.

use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::entity::Job;
use brigade_domain::id::{ConversationId, PermissionId, SessionId, TenantId, UserId};
use brigade_domain::identity::Cause;
use brigade_domain::identity::ports::BrowserSession;
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use brigade_domain::support::ports::{Invitation, Looks, Openings, Permission, Permissions};
use brigade_domain::support::{END, Looking, Terms, ToEnd};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Identity, audit, scope, sessions, support_list};
use crate::db::set_tenant;
use crate::error::{Error, unruled};
use crate::jobs::enqueue;
use crate::notices;
use crate::time::{from_db, to_db};

impl Permissions for Identity {
    fn let_in(&self, tenant: TenantId, terms: Terms, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            identity
                .db()
                .write("let support in", tenant, move |tx| {
                    Box::pin(async move { let_in(tx, tenant, &terms, &cause).await })
                })
                .await?;
            // One whose time was over may have ended with it.
            identity.look().await;
            Ok(())
        })
    }

    fn end(
        &self,
        tenant: TenantId,
        permission: PermissionId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            identity
                .db()
                .write("end support's permission", tenant, move |tx| {
                    Box::pin(async move {
                        if finish(tx, tenant, permission, &cause).await? { Ok(()) } else { Err(Code::NotFound.into()) }
                    })
                })
                .await?;
            identity.look().await;
            Ok(())
        })
    }

    fn expire(
        &self,
        tenant: TenantId,
        permission: PermissionId,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<(), Fault>> {
        let identity = self.clone();
        Box::pin(async move {
            let what = "end a permission whose time is over";
            let ended = identity
                .db()
                .write(what, tenant, move |tx| Box::pin(async move { expire(tx, tenant, Some(permission), at).await }));
            ended.await.map_err(|rejection| unruled(rejection, what))?;
            identity.look().await;
            Ok(())
        })
    }

    fn list(&self, tenant: TenantId, at: Timestamp) -> BoxFuture<'static, Result<Vec<Permission>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.read("list support's permissions", tenant, move |tx| Box::pin(support_list::list(tx, tenant, at))).await
        })
    }
}

impl Looks for Identity {
    fn invitations(&self, at: Timestamp) -> BoxFuture<'static, Result<Vec<Invitation>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_read("list who lets support look", move |tx| {
                Box::pin(async move {
                    scope::operate(tx).await?;
                    support_list::invitations(tx, at).await
                })
            })
            .await
        })
    }

    fn look_in(&self, session: BrowserSession, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let replaced = session.replaces;
            identity.db().global_write("look in", move |tx| Box::pin(look_in(tx, session, cause))).await?;
            identity.replaced(replaced).await;
            Ok(())
        })
    }

    fn leave(&self, session: BrowserSession, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let replaced = session.replaces;
            identity.db().global_write("leave a business", move |tx| Box::pin(leave(tx, session, cause))).await?;
            identity.replaced(replaced).await;
            Ok(())
        })
    }
}

impl Openings for Identity {
    fn opened(
        &self,
        looking: Looking,
        conversation: ConversationId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            let what = "note what support opens";
            let noted = db.write(what, looking.tenant, move |tx| {
                Box::pin(async move { opened(tx, looking, conversation, &cause).await })
            });
            noted.await.map_err(|rejection| unruled(rejection, what))
        })
    }

    fn listed(&self, looking: Looking, cause: Cause) -> BoxFuture<'static, Result<(), Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            let what = "note that support reads the list";
            let noted =
                db.write(what, looking.tenant, move |tx| Box::pin(async move { listed(tx, looking, &cause).await }));
            noted.await.map_err(|rejection| unruled(rejection, what))
        })
    }
}

async fn let_in(tx: &mut PgConnection, tenant: TenantId, terms: &Terms, cause: &Cause) -> Result<(), Error> {
    let Some(giver) = cause.by.and_then(Party::user) else { return Err(Code::Forbidden.into()) };
    expire(tx, tenant, None, cause.at).await?;
    let (id, until) = (PermissionId::from_uuid(Uuid::now_v7()), terms.until(cause.at));
    sqlx::query!(
        "insert into support_permissions (tenant_id, id, about, given_by, given_at, until) values ($1, $2, $3, $4, $5, $6)",
        tenant.uuid(),
        id.uuid(),
        terms.about().as_str(),
        giver.uuid(),
        to_db(cause.at),
        to_db(until)
    )
    .execute(&mut *tx)
    .await?;
    let body = serde_json::to_value(ToEnd { permission: id }).map_err(|error| Fault::internal("write a job", error))?;
    let end = Job { run_at: Some(until), key: Some(id.to_string()), ..Job::new(END, body) };
    enqueue(tx, Some(tenant), &[&end]).await?;
    audit::done(tx, Some(tenant), "support.let_in", cause, json!({ "permission": id, "until": until })).await
}

/// Ends the permission whose time is over at `at`, if one is: that one, or whichever it is.
async fn expire(
    tx: &mut PgConnection,
    tenant: TenantId,
    permission: Option<PermissionId>,
    at: Timestamp,
) -> Result<(), Error> {
    let over = sqlx::query!(
        "select id, until from support_permissions
         where tenant_id = $1 and ended_at is null and until <= $2 and id = coalesce($3, id)",
        tenant.uuid(),
        to_db(at),
        permission.map(PermissionId::uuid)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(over) = over else { return Ok(()) };
    finish(tx, tenant, PermissionId::from_uuid(over.id), &Cause::system(from_db(over.until)?)).await?;
    Ok(())
}

/// Ends a permission and all looking under it; false when it is not one that runs.
async fn finish(
    tx: &mut PgConnection,
    tenant: TenantId,
    permission: PermissionId,
    cause: &Cause,
) -> Result<bool, Error> {
    let ended = sqlx::query_scalar!(
        r#"update support_permissions
           set ended_at = least(until, $3), ended_by = case when until > $3 then $4::uuid end
           where tenant_id = $1 and id = $2 and ended_at is null
           returning ended_at as "ended_at!""#,
        tenant.uuid(),
        permission.uuid(),
        to_db(cause.at) as _,
        cause.by.and_then(Party::user).map(UserId::uuid)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(ended) = ended else { return Ok(false) };
    let at = from_db(ended)?;
    let looking = sqlx::query_scalar!(
        "select session_id from support_looks where tenant_id = $1 and permission_id = $2 and left_at is null
         order by began_at, session_id",
        tenant.uuid(),
        permission.uuid()
    )
    .fetch_all(&mut *tx)
    .await?;
    audit::done(tx, Some(tenant), "support.ended", cause, json!({ "permission": permission })).await?;
    for session in looking {
        // They were sent away and did not ask for it: no address and no request is theirs.
        left(tx, tenant, SessionId::from_uuid(session), at, &Cause::system(cause.at)).await?;
    }
    set_tenant(tx, tenant).await?;
    Ok(true)
}

async fn look_in(tx: &mut PgConnection, session: BrowserSession, cause: Cause) -> Result<(), Error> {
    let tenant = session.tenant.ok_or(Error::from(Code::NotFound))?;
    set_tenant(tx, tenant).await?;
    // Locked: of two that come at once under it, the second knows of the first.
    let running = sqlx::query_scalar!(
        "select permission.id from support_permissions permission
         join tenants tenant on tenant.id = permission.tenant_id and tenant.status = 'active'
         where permission.tenant_id = $1 and permission.ended_at is null and permission.until > $2
         for no key update of permission",
        tenant.uuid(),
        to_db(cause.at)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(permission) = running.map(PermissionId::from_uuid) else {
        return Err(Refusal::new(Code::SupportEnded, "This business does not let support look.").into());
    };
    let came_before = came(tx, tenant, permission, session.user).await?;
    sqlx::query!(
        "insert into support_looks (tenant_id, session_id, permission_id, user_id, began_at) values ($1, $2, $3, $4, $5)",
        tenant.uuid(),
        session.id.uuid(),
        permission.uuid(),
        session.user.uuid(),
        to_db(cause.at)
    )
    .execute(&mut *tx)
    .await?;
    sessions::insert_as(tx, &session, Some(tenant), true, cause.at).await?;
    if let Some(old) = session.replaces {
        sessions::end_quietly(tx, old, cause.at).await?;
    }
    if !came_before {
        notices::support_came(tx, tenant, session.id, session.user, cause.at).await?;
    }
    let details = json!({ "permission": permission, "session": session.id });
    audit::done(tx, Some(tenant), "support.looked_in", &cause, details).await?;
    audit::done(tx, None, "support.looked_in", &cause, json!({ "tenant": tenant, "session": session.id })).await
}

/// Whether this person has looked under this permission.
async fn came(tx: &mut PgConnection, tenant: TenantId, permission: PermissionId, user: UserId) -> Result<bool, Error> {
    let came = sqlx::query_scalar!(
        r#"select exists (
               select from support_looks where tenant_id = $1 and permission_id = $2 and user_id = $3) as "came!""#,
        tenant.uuid(),
        permission.uuid(),
        user.uuid()
    );
    Ok(came.fetch_one(tx).await?)
}

async fn leave(tx: &mut PgConnection, session: BrowserSession, cause: Cause) -> Result<(), Error> {
    let Some(old) = session.replaces else { return Err(Code::NotFound.into()) };
    let home = sessions::default_tenant(tx, session.user).await?;
    sessions::insert_as(tx, &session, home, false, cause.at).await?;
    let tenant = sqlx::query_scalar!(
        r#"update sessions set ended_at = $3 where id = $1 and user_id = $2 and support and ended_at is null
           returning tenant_id as "tenant_id!""#,
        old.uuid(),
        session.user.uuid(),
        to_db(cause.at)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(tenant) = tenant else { return Err(Code::AuthRequired.into()) };
    left(tx, TenantId::from_uuid(tenant), old, cause.at, &cause).await
}

/// Notes that a look is over, on the business's record and on the platform's. Nothing when it was before.
pub(super) async fn left(
    tx: &mut PgConnection,
    tenant: TenantId,
    session: SessionId,
    at: Timestamp,
    cause: &Cause,
) -> Result<(), Error> {
    set_tenant(tx, tenant).await?;
    let left = sqlx::query!(
        "update support_looks set left_at = greatest($3, began_at)
         where tenant_id = $1 and session_id = $2 and left_at is null returning permission_id, user_id",
        tenant.uuid(),
        session.uuid(),
        to_db(at) as _
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(left) = left else { return Ok(()) };
    let cause = cause.clone().by(Party::User(UserId::from_uuid(left.user_id)));
    let permission = PermissionId::from_uuid(left.permission_id);
    let details = json!({ "permission": permission, "session": session });
    audit::done(tx, Some(tenant), "support.left", &cause, details).await?;
    audit::done(tx, None, "support.left", &cause, json!({ "tenant": tenant, "session": session })).await
}

async fn opened(
    tx: &mut PgConnection,
    looking: Looking,
    conversation: ConversationId,
    cause: &Cause,
) -> Result<(), Error> {
    let Looking { tenant, session, .. } = looking;
    let first = sqlx::query!(
        "insert into support_openings (tenant_id, session_id, conversation_id, opened_at)
         select $1, $2, id, $4 from entities where tenant_id = $1 and id = $3 and kind = 'conversation'
         on conflict (tenant_id, session_id, conversation_id) do nothing",
        tenant.uuid(),
        session.uuid(),
        conversation.uuid(),
        to_db(cause.at)
    )
    .execute(&mut *tx)
    .await?;
    if first.rows_affected() == 0 {
        return Ok(());
    }
    let details = json!({ "conversation": conversation, "session": session });
    audit::done(tx, Some(tenant), "support.conversation_opened", cause, details).await
}

async fn listed(tx: &mut PgConnection, looking: Looking, cause: &Cause) -> Result<(), Error> {
    let Looking { tenant, session, .. } = looking;
    let first = sqlx::query!(
        "update support_looks set listed_at = greatest($3, began_at)
         where tenant_id = $1 and session_id = $2 and listed_at is null",
        tenant.uuid(),
        session.uuid(),
        to_db(cause.at) as _
    )
    .execute(&mut *tx)
    .await?;
    if first.rows_affected() == 0 {
        return Ok(());
    }
    audit::done(tx, Some(tenant), "support.list_read", cause, json!({ "session": session })).await
}

/// What a session of support's may do now: look, or nothing any more. `may_look`: the person still operates the platform,
/// with two-step sign-in.
pub(super) async fn looking(
    tx: &mut PgConnection,
    tenant: Option<TenantId>,
    session: SessionId,
    may_look: bool,
    at: Timestamp,
) -> Result<Looking, Error> {
    let broken = || Fault::Internal { what: "find what a session of support's looks at", source: None };
    let tenant = tenant.ok_or_else(broken)?;
    set_tenant(tx, tenant).await?;
    let row = sqlx::query!(
        r#"select permission.id, permission.until,
                  permission.ended_at is null and permission.until > $3 and look.left_at is null
                      and tenant.status = 'active' as "runs!"
           from support_looks look
           join support_permissions permission
                on permission.tenant_id = look.tenant_id and permission.id = look.permission_id
           join tenants tenant on tenant.id = look.tenant_id
           where look.tenant_id = $1 and look.session_id = $2"#,
        tenant.uuid(),
        session.uuid(),
        to_db(at)
    )
    .fetch_optional(tx)
    .await?
    .ok_or_else(broken)?;
    Ok(Looking {
        tenant,
        permission: PermissionId::from_uuid(row.id),
        session,
        until: from_db(row.until)?,
        ended: !(row.runs && may_look),
    })
}
