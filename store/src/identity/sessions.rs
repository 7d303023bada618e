//! Sessions of browsers and programs.

use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::id::{SessionId, TenantId, UserId};
use brigade_domain::identity::history::Moment;
use brigade_domain::identity::ports::{
    Begun, BrowserSession, OwnSession, OwnSessions, ProgramSession, Rotation, SessionEvent, Sessions,
};
use brigade_domain::identity::{Cause, TokenHash};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use serde_json::json;
use sqlx::PgConnection;

use super::keyring::KeyRing;
use super::{Identity, audit, history, scope, support};
use crate::audit::Outcome;
use crate::error::Error;
use crate::time::{from_db, to_db};

impl Sessions for Identity {
    fn begin(&self, session: BrowserSession, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let replaced = session.replaces;
            let inner = identity.clone();
            identity
                .db()
                .global_write("begin a session", move |tx| {
                    Box::pin(async move { begin(tx, inner.ring(), session, cause).await })
                })
                .await?;
            identity.replaced(replaced).await;
            Ok(())
        })
    }

    fn begin_program(&self, session: ProgramSession, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let (identity, inner) = (self.clone(), self.clone());
        Box::pin(async move {
            identity
                .db()
                .global_write("begin a program's session", move |tx| {
                    Box::pin(async move { begin_program(tx, inner.ring(), session, cause).await })
                })
                .await
        })
    }

    fn refresh(&self, old: TokenHash, new: Rotation, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let refreshed = identity
                .db()
                .global_write("refresh a session", move |tx| Box::pin(refresh(tx, old, new, cause)))
                .await?;
            match refreshed {
                Refreshed::Done => Ok(()),
                Refreshed::Unknown => Err(no_such_token().into()),
                Refreshed::Reused(session) => {
                    identity.ended(SessionEvent::Session(session)).await;
                    Err(no_such_token().into())
                }
            }
        })
    }

    fn end_program(&self, refresh: TokenHash, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let ended = identity
                .db()
                .global_write("end a program's session", move |tx| {
                    Box::pin(async move {
                        let session = sqlx::query_scalar!(
                            "select session_id from refresh_tokens where token_hash = $1",
                            &refresh.0[..]
                        )
                        .fetch_optional(&mut *tx)
                        .await?;
                        let Some(session) = session.map(SessionId::from_uuid) else { return Ok(None) };
                        end(tx, session, "session.signed_out", &cause).await
                    })
                })
                .await?;
            identity.replaced(ended).await;
            Ok(())
        })
    }

    fn end(&self, session: SessionId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let ended = identity
                .db()
                .global_write("end a session", move |tx| {
                    Box::pin(async move { end(tx, session, "session.signed_out", &cause).await })
                })
                .await?;
            identity.replaced(ended).await;
            Ok(())
        })
    }

    fn end_all(&self, user: UserId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            identity
                .db()
                .global_write("end all sessions", move |tx| {
                    Box::pin(async move {
                        let ended = end_all(tx, user, None, cause.at).await?;
                        history::note(tx, user, Moment::SignedOutEverywhere, &cause).await?;
                        let home = audit::home(tx, user).await?;
                        audit::done(tx, home, "session.signed_out_everywhere", &cause, json!({ "sessions": ended }))
                            .await
                    })
                })
                .await?;
            identity.ended(SessionEvent::User(user)).await;
            Ok(())
        })
    }

    fn switch_tenant(&self, session: BrowserSession, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let replaced = session.replaces;
            identity.db().global_write("switch the tenant", move |tx| Box::pin(switch(tx, session, cause))).await?;
            identity.replaced(replaced).await;
            Ok(())
        })
    }
}

impl Identity {
    /// Tells that a session ended.
    pub(super) async fn replaced(&self, session: Option<SessionId>) {
        if let Some(session) = session {
            self.ended(SessionEvent::Session(session)).await;
        }
    }
}

impl OwnSessions for Identity {
    fn list(&self, user: UserId, at: Timestamp) -> BoxFuture<'static, Result<Vec<OwnSession>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move { db.global_read("list sessions", move |tx| Box::pin(list(tx, user, at))).await })
    }

    fn end_own(&self, user: UserId, session: SessionId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            identity
                .db()
                .global_write("end one's own session", move |tx| {
                    Box::pin(async move {
                        let own = sqlx::query_scalar!(
                            r#"select exists (select from sessions where id = $1 and user_id = $2 and ended_at is null)
                               as "own!""#,
                            session.uuid(),
                            user.uuid()
                        )
                        .fetch_one(&mut *tx)
                        .await?;
                        if !own {
                            return Err(Code::NotFound.into());
                        }
                        end(tx, session, "session.revoked", &cause).await
                    })
                })
                .await?;
            identity.ended(SessionEvent::Session(session)).await;
            Ok(())
        })
    }
}

fn no_such_token() -> Refusal {
    Refusal::new(Code::AuthInvalid, "This refresh token does not work any more. Sign in again.")
}

/// Where somebody acts who did not say: where they acted last, or else where they are staff, or else anywhere.
pub(super) async fn default_tenant(tx: &mut PgConnection, user: UserId) -> Result<Option<TenantId>, Error> {
    scope::be(tx, user).await?;
    let tenant = sqlx::query_scalar!(
        "select member.tenant_id from memberships member
         join tenants tenant on tenant.id = member.tenant_id and tenant.status = 'active'
         left join lateral (
             select max(created_at) as at from sessions
             where user_id = member.user_id and tenant_id = member.tenant_id) last on true
         where member.user_id = $1
         order by last.at desc nulls last, member.role = 'client', member.created_at, member.tenant_id limit 1",
        user.uuid()
    )
    .fetch_optional(tx)
    .await?;
    Ok(tenant.map(TenantId::from_uuid))
}

pub(super) async fn begin(
    tx: &mut PgConnection,
    ring: &KeyRing,
    session: BrowserSession,
    cause: Cause,
) -> Result<(), Error> {
    let tenant = match session.tenant {
        Some(tenant) => Some(tenant),
        None => default_tenant(tx, session.user).await?,
    };
    insert(tx, &session, tenant, cause.at).await?;
    if let Some(old) = session.replaces {
        end_quietly(tx, old, cause.at).await?;
    }
    let cause = cause.by(Party::User(session.user));
    if let Begun::SignIn { known_device } = session.begun {
        let who = (session.user, session.id);
        if history::note_sign_in(tx, ring, who, Moment::SignedIn, known_device, &cause).await? {
            audit::done(tx, tenant, "user.deletion_taken_back", &cause, json!({})).await?;
        }
    }
    audit::done(tx, tenant, "session.signed_in", &cause, json!({ "session": session.id })).await
}

async fn switch(tx: &mut PgConnection, session: BrowserSession, cause: Cause) -> Result<(), Error> {
    let tenant = session.tenant.ok_or(Error::from(Code::NotFound))?;
    scope::be(tx, session.user).await?;
    let belongs = sqlx::query_scalar!(
        r#"select exists (
               select from memberships member join tenants tenant on tenant.id = member.tenant_id
               where member.tenant_id = $1 and member.user_id = $2 and tenant.status = 'active') as "belongs!""#,
        tenant.uuid(),
        session.user.uuid()
    )
    .fetch_one(&mut *tx)
    .await?;
    if !belongs {
        return Err(Code::NotFound.into());
    }
    insert(tx, &session, Some(tenant), cause.at).await?;
    if let Some(old) = session.replaces {
        end_quietly(tx, old, cause.at).await?;
    }
    audit::done(tx, Some(tenant), "session.switched_tenant", &cause, json!({ "session": session.id })).await
}

async fn insert(
    tx: &mut PgConnection,
    session: &BrowserSession,
    tenant: Option<TenantId>,
    at: Timestamp,
) -> Result<(), Error> {
    insert_as(tx, session, tenant, false, at).await
}

/// A session that is `support`'s looks into its tenant, and is nothing else.
pub(super) async fn insert_as(
    tx: &mut PgConnection,
    session: &BrowserSession,
    tenant: Option<TenantId>,
    support: bool,
    at: Timestamp,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into sessions (id, user_id, kind, tenant_id, token_hash, device, created_at, last_seen_at, idle_seconds,
                               expires_at, support)
         values ($1, $2, 'browser', $3, $4, $5, $6, $6, $7, $8, $9)",
        session.id.uuid(),
        session.user.uuid(),
        tenant.map(TenantId::uuid),
        &session.token.0[..],
        &session.device,
        to_db(at),
        session.idle_seconds,
        to_db(session.expires_at),
        support
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn begin_program(
    tx: &mut PgConnection,
    ring: &KeyRing,
    session: ProgramSession,
    cause: Cause,
) -> Result<(), Error> {
    let tenant = default_tenant(tx, session.user).await?;
    sqlx::query!(
        "insert into sessions (id, user_id, kind, tenant_id, token_hash, device, created_at, last_seen_at,
                               access_expires_at, expires_at)
         values ($1, $2, 'program', $3, $4, $5, $6, $6, $7, $8)",
        session.id.uuid(),
        session.user.uuid(),
        tenant.map(TenantId::uuid),
        &session.first.access.0[..],
        &session.device,
        to_db(cause.at),
        to_db(session.first.access_expires_at),
        to_db(session.expires_at)
    )
    .execute(&mut *tx)
    .await?;
    insert_refresh(tx, session.id, &session.first, cause.at).await?;
    let cause = cause.by(Party::User(session.user));
    let known = history::knows_program(tx, session.user, &session.device).await?;
    let who = (session.user, session.id);
    if history::note_sign_in(tx, ring, who, Moment::ProgramSignedIn, known, &cause).await? {
        audit::done(tx, tenant, "user.deletion_taken_back", &cause, json!({})).await?;
    }
    audit::done(tx, tenant, "session.program_signed_in", &cause, json!({ "session": session.id })).await
}

async fn insert_refresh(
    tx: &mut PgConnection,
    session: SessionId,
    tokens: &Rotation,
    at: Timestamp,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into refresh_tokens (token_hash, session_id, created_at, expires_at) values ($1, $2, $3, $4)",
        &tokens.refresh.0[..],
        session.uuid(),
        to_db(at),
        to_db(tokens.refresh_expires_at)
    )
    .execute(tx)
    .await?;
    Ok(())
}

enum Refreshed {
    Done,
    Unknown,
    Reused(SessionId),
}

async fn refresh(tx: &mut PgConnection, old: TokenHash, new: Rotation, cause: Cause) -> Result<Refreshed, Error> {
    // The lock makes two uses of one token take turns: the second finds it used.
    let found = sqlx::query!(
        r#"select token.session_id, token.used_at is not null as "used!", session.user_id, session.tenant_id,
                  (session.ended_at is not null or session.expires_at <= $2 or token.expires_at <= $2
                   or person.disabled_at is not null) as "over!"
           from refresh_tokens token
           join sessions session on session.id = token.session_id
           join users person on person.id = session.user_id
           where token.token_hash = $1 for update of token, session"#,
        &old.0[..],
        to_db(cause.at)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(found) = found.filter(|found| !found.over) else { return Ok(Refreshed::Unknown) };
    let session = SessionId::from_uuid(found.session_id);
    let cause = cause.by(Party::User(UserId::from_uuid(found.user_id)));
    if found.used {
        end_quietly(tx, session, cause.at).await?;
        let tenant = found.tenant_id.map(TenantId::from_uuid);
        let details = json!({ "session": session });
        audit::note(tx, tenant, "session.refresh_token_reused", Outcome::Refused, &cause, details).await?;
        return Ok(Refreshed::Reused(session));
    }
    sqlx::query!("update refresh_tokens set used_at = $2 where token_hash = $1", &old.0[..], to_db(cause.at))
        .execute(&mut *tx)
        .await?;
    insert_refresh(tx, session, &new, cause.at).await?;
    sqlx::query!(
        "update sessions set token_hash = $2, access_expires_at = $3, last_seen_at = $4 where id = $1",
        session.uuid(),
        &new.access.0[..],
        to_db(new.access_expires_at),
        to_db(cause.at)
    )
    .execute(tx)
    .await?;
    Ok(Refreshed::Done)
}

/// Ends a session that has not ended; answers which.
async fn end(
    tx: &mut PgConnection,
    session: SessionId,
    event: &str,
    cause: &Cause,
) -> Result<Option<SessionId>, Error> {
    let ended = sqlx::query!(
        "update sessions set ended_at = $2 where id = $1 and ended_at is null returning tenant_id, support",
        session.uuid(),
        to_db(cause.at)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(ended) = ended else { return Ok(None) };
    let tenant = ended.tenant_id.map(TenantId::from_uuid);
    if let (Some(tenant), true) = (tenant, ended.support) {
        support::left(tx, tenant, session, cause.at, cause).await?;
        // Support is nobody of the business: that they signed out is on the platform's record.
        audit::done(tx, None, event, cause, json!({ "session": session })).await?;
    } else {
        audit::done(tx, tenant, event, cause, json!({ "session": session })).await?;
    }
    Ok(Some(session))
}

pub(super) async fn end_quietly(tx: &mut PgConnection, session: SessionId, at: Timestamp) -> Result<(), Error> {
    sqlx::query!("update sessions set ended_at = $2 where id = $1 and ended_at is null", session.uuid(), to_db(at))
        .execute(tx)
        .await?;
    Ok(())
}

/// Ends every session of a person but `keep`; answers how many.
pub(super) async fn end_all(
    tx: &mut PgConnection,
    user: UserId,
    keep: Option<SessionId>,
    at: Timestamp,
) -> Result<u64, Error> {
    let ended = sqlx::query!(
        "update sessions set ended_at = $3 where user_id = $1 and id is distinct from $2 and ended_at is null
         returning id, tenant_id, support",
        user.uuid(),
        keep.map(SessionId::uuid),
        to_db(at)
    )
    .fetch_all(&mut *tx)
    .await?;
    let cause = Cause::system(at).by(Party::User(user));
    for row in ended.iter().filter(|row| row.support) {
        if let Some(tenant) = row.tenant_id {
            support::left(tx, TenantId::from_uuid(tenant), SessionId::from_uuid(row.id), at, &cause).await?;
        }
    }
    Ok(ended.len() as u64)
}

async fn list(tx: &mut PgConnection, user: UserId, at: Timestamp) -> Result<Vec<OwnSession>, Error> {
    let rows = sqlx::query!(
        r#"select id, kind = 'program' as "program!", device, created_at, last_seen_at, expires_at from sessions
           where user_id = $1 and ended_at is null and expires_at > $2
             and (idle_seconds is null or last_seen_at + make_interval(secs => idle_seconds) > $2)
           order by last_seen_at desc, id limit 200"#,
        user.uuid(),
        to_db(at)
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(OwnSession {
                id: SessionId::from_uuid(row.id),
                program: row.program,
                device: row.device,
                created_at: from_db(row.created_at)?,
                last_seen_at: from_db(row.last_seen_at)?,
                expires_at: from_db(row.expires_at)?,
            })
        })
        .collect()
}
