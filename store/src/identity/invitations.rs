//! Invitations to the staff and to visitors who become clients.

use brigade_domain::Timestamp;
use brigade_domain::actor::{Party, Role};
use brigade_domain::entity::Job;
use brigade_domain::id::{ConversationId, InvitationId, TenantId, UserId};
use brigade_domain::identity::ports::{
    Acceptance, Accepted, INVITATION_SECONDS, Invitation, InvitationFor, Invitations, Invitee, NewInvitation,
    PendingInvitation, SessionEvent,
};
use brigade_domain::identity::{Cause, TokenHash};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use brigade_domain::text::{DisplayName, Email};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::mail::{Envelope, post};
use super::resolve::{later, read_role, role_name};
use super::{Identity, audit, scope, tokens};
use crate::db::set_tenant;
use crate::error::Error;
use crate::jobs::enqueue;
use crate::time::{DbTime, from_db, to_db};

/// The job of an accepted client invitation. Body: `{"invitation","conversation","account","user","name"}`; the chat
/// feature opens the account, adds the member and hands the conversation over, each step idempotent by these ids.
const ACCEPTED: &str = "invitation.accepted";

impl Invitations for Identity {
    fn invite(&self, tenant: TenantId, new: NewInvitation, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let inner = identity.clone();
            identity
                .db()
                .write("invite", tenant, move |tx| {
                    Box::pin(async move {
                        insert(tx, tenant, &new, cause.at).await?;
                        let envelope = Envelope::new(&new.letter, new.email.as_str(), cause.at);
                        post(tx, &inner.0.ring, &envelope).await?;
                        let details = json!({ "invitation": new.id, "role": role_name(columns(new.offer).1) });
                        audit::done(tx, Some(tenant), "invitation.sent", &cause, details).await
                    })
                })
                .await
        })
    }

    fn pending_staff(
        &self,
        tenant: TenantId,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<Vec<PendingInvitation>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move { db.read("list invitations", tenant, move |tx| Box::pin(pending(tx, tenant, at))).await })
    }

    fn withdraw(
        &self,
        tenant: TenantId,
        invitation: InvitationId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.write("withdraw an invitation", tenant, move |tx| {
                Box::pin(async move {
                    let withdrawn = sqlx::query!(
                        "update invitations set withdrawn_at = $3
                         where tenant_id = $1 and id = $2 and accepted_at is null and withdrawn_at is null",
                        tenant.uuid(),
                        invitation.uuid(),
                        to_db(cause.at)
                    )
                    .execute(&mut *tx)
                    .await?;
                    if withdrawn.rows_affected() == 0 {
                        return Err(Code::NotFound.into());
                    }
                    let details = json!({ "invitation": invitation });
                    audit::done(tx, Some(tenant), "invitation.withdrawn", &cause, details).await
                })
            })
            .await
        })
    }

    fn open(&self, token: TokenHash, at: Timestamp) -> BoxFuture<'static, Result<Invitation, Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            let opened = db.global_read("open an invitation", move |tx| Box::pin(open(tx, token, at))).await?;
            opened.ok_or_else(|| Code::TokenExpired.into())
        })
    }

    fn accept(&self, acceptance: Acceptance, cause: Cause) -> BoxFuture<'static, Result<Accepted, Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let accepted = identity
                .db()
                .global_write("accept an invitation", move |tx| Box::pin(accept(tx, acceptance, cause)))
                .await?;
            identity.ended(SessionEvent::User(accepted.user)).await;
            Ok(accepted)
        })
    }
}

/// Kind, role and conversation as columns.
const fn columns(offer: InvitationFor) -> (&'static str, Role, Option<ConversationId>) {
    match offer {
        InvitationFor::Staff(role) => ("staff", role, None),
        InvitationFor::Client { conversation } => ("client", Role::Client, Some(conversation)),
    }
}

fn offer(role: &str, conversation: Option<Uuid>) -> Result<InvitationFor, Error> {
    match conversation {
        Some(id) => Ok(InvitationFor::Client { conversation: ConversationId::from_uuid(id) }),
        None => Ok(InvitationFor::Staff(read_role(role)?)),
    }
}

async fn insert(tx: &mut PgConnection, tenant: TenantId, new: &NewInvitation, at: Timestamp) -> Result<(), Error> {
    let (kind, role, conversation) = columns(new.offer);
    let conversation = conversation.map(ConversationId::uuid);
    if role != Role::Client {
        refuse_staff(tx, tenant, &new.email).await?;
    }
    sqlx::query!(
        "update invitations set withdrawn_at = $5
         where tenant_id = $1 and email = $2 and kind = $3 and conversation_id is not distinct from $4
           and accepted_at is null and withdrawn_at is null",
        tenant.uuid(),
        new.email.as_str(),
        kind,
        conversation,
        to_db(at)
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into invitations (tenant_id, id, kind, role, conversation_id, email, name, secret_hash, created_at,
                                  expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        tenant.uuid(),
        new.id.uuid(),
        kind,
        role_name(role),
        conversation,
        new.email.as_str(),
        new.name.as_str(),
        &new.token.0[..],
        to_db(at),
        to_db(later(at, INVITATION_SECONDS))
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Who is on the staff already is given another role, not another invitation.
async fn refuse_staff(tx: &mut PgConnection, tenant: TenantId, email: &Email) -> Result<(), Error> {
    let is_staff = sqlx::query_scalar!(
        r#"select exists (
               select from memberships member join users person on person.id = member.user_id
               where member.tenant_id = $1 and person.email = $2 and member.role <> 'client') as "is_staff!""#,
        tenant.uuid(),
        email.as_str()
    )
    .fetch_one(tx)
    .await?;
    if is_staff {
        let text = "This person is on the team already. Change the role instead.";
        return Err(Refusal::new(Code::Conflict, text).into());
    }
    Ok(())
}

async fn pending(tx: &mut PgConnection, tenant: TenantId, at: Timestamp) -> Result<Vec<PendingInvitation>, Error> {
    let rows = sqlx::query!(
        "select id, role, conversation_id, email, name, expires_at from invitations
         where tenant_id = $1 and kind = 'staff' and accepted_at is null and withdrawn_at is null and expires_at > $2
         order by created_at desc, id limit 200",
        tenant.uuid(),
        to_db(at)
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(PendingInvitation {
                id: InvitationId::from_uuid(row.id),
                offer: offer(&row.role, row.conversation_id)?,
                email: row.email,
                name: row.name,
                expires_at: from_db(row.expires_at)?,
            })
        })
        .collect()
}

async fn open(tx: &mut PgConnection, token: TokenHash, at: Timestamp) -> Result<Option<Invitation>, Error> {
    scope::hold(tx, &token.0).await?;
    let found = sqlx::query!(
        r#"select invitation.id, invitation.tenant_id, invitation.role, invitation.conversation_id, invitation.email,
                  invitation.name, tenant.name as tenant_name, tenant.password_composition, person.id as "person?",
                  coalesce(person.password_hash is not null, false) as "has_password!"
           from invitations invitation
           join tenants tenant on tenant.id = invitation.tenant_id and tenant.status = 'active'
           left join users person on person.email = invitation.email
           where invitation.secret_hash = $1 and invitation.accepted_at is null and invitation.withdrawn_at is null
             and invitation.expires_at > $2"#,
        &token.0[..],
        to_db(at)
    )
    .fetch_optional(tx)
    .await?;
    let Some(row) = found else { return Ok(None) };
    Ok(Some(Invitation {
        id: InvitationId::from_uuid(row.id),
        tenant: TenantId::from_uuid(row.tenant_id),
        tenant_name: row.tenant_name,
        offer: offer(&row.role, row.conversation_id)?,
        email: Email::parse("email", &row.email)?,
        name: DisplayName::parse("name", &row.name)?,
        existing: row.person.map(UserId::from_uuid),
        existing_has_password: row.has_password,
        password_composition: row.password_composition,
    }))
}

/// What is needed of an invitation that is being accepted.
struct Accepting {
    tenant: TenantId,
    id: InvitationId,
    offer: InvitationFor,
    email: String,
    name: String,
}

async fn accept(tx: &mut PgConnection, acceptance: Acceptance, cause: Cause) -> Result<Accepted, Error> {
    let invitation = take(tx, acceptance.token, cause.at).await?;
    let (user, name) = invitee(tx, &acceptance.invitee, &invitation, cause.at).await?;
    tokens::verify(tx, user, cause.at).await?;
    sqlx::query!(
        "update invitations set accepted_at = $3, accepted_by = $4 where tenant_id = $1 and id = $2",
        invitation.tenant.uuid(),
        invitation.id.uuid(),
        to_db(cause.at),
        user.uuid()
    )
    .execute(&mut *tx)
    .await?;
    let (_, role, conversation) = columns(invitation.offer);
    join(tx, invitation.tenant, user, role, cause.at).await?;
    if let Some(conversation) = conversation {
        let body = json!({
            "invitation": invitation.id, "conversation": conversation, "account": acceptance.account, "user": user,
            "name": name,
        });
        let job = Job::new(ACCEPTED, body);
        enqueue(tx, Some(invitation.tenant), &[&job]).await?;
    }
    let details = json!({ "invitation": invitation.id, "user": user, "role": role });
    let cause = cause.by(Party::User(user));
    audit::done(tx, Some(invitation.tenant), "invitation.accepted", &cause, details).await?;
    Ok(Accepted { user, tenant: invitation.tenant })
}

/// Finds the invitation and takes its lock, so that of two acceptances at once the second finds it used.
async fn take(tx: &mut PgConnection, token: TokenHash, at: Timestamp) -> Result<Accepting, Error> {
    scope::hold(tx, &token.0).await?;
    let tenant = sqlx::query_scalar!("select tenant_id from invitations where secret_hash = $1", &token.0[..])
        .fetch_optional(&mut *tx)
        .await?;
    let tenant = tenant.map(TenantId::from_uuid).ok_or(Error::from(Code::TokenExpired))?;
    set_tenant(tx, tenant).await?;
    let row = sqlx::query!(
        "select id, role, conversation_id, email, name from invitations
         where tenant_id = $1 and secret_hash = $2 and accepted_at is null and withdrawn_at is null and expires_at > $3
         for update",
        tenant.uuid(),
        &token.0[..],
        to_db(at)
    )
    .fetch_optional(tx)
    .await?;
    let row = row.ok_or(Error::from(Code::TokenExpired))?;
    Ok(Accepting {
        tenant,
        id: InvitationId::from_uuid(row.id),
        offer: offer(&row.role, row.conversation_id)?,
        email: row.email,
        name: row.name,
    })
}

/// The person who accepts: made now, or known and the one the letter was for.
async fn invitee(
    tx: &mut PgConnection,
    invitee: &Invitee,
    invitation: &Accepting,
    at: Timestamp,
) -> Result<(UserId, String), Error> {
    match invitee {
        Invitee::New { user, name, password } => {
            sqlx::query!(
                "insert into users (id, email, name, password_hash, password_changed_at, created_at)
                 values ($1, $2, $3, $4, $5, $5)",
                user.uuid(),
                invitation.email,
                name.as_str(),
                password.expose(),
                to_db(at)
            )
            .execute(tx)
            .await?;
            Ok((*user, name.as_str().to_owned()))
        }
        Invitee::Known(user) => {
            let person = sqlx::query!(
                r#"select name, email, disabled_at as "disabled_at: DbTime" from users where id = $1"#,
                user.uuid()
            )
            .fetch_optional(tx)
            .await?;
            let person = person.filter(|person| person.email == invitation.email && person.disabled_at.is_none());
            let person = person.ok_or_else(|| {
                let text = "This invitation is for another address. Sign in as the one it was sent to.";
                Error::from(Refusal::new(Code::Forbidden, text))
            })?;
            let name = if person.name.is_empty() { invitation.name.clone() } else { person.name };
            Ok((*user, name))
        }
    }
}

/// Gives the role, unless the person has it or a stronger one.
async fn join(tx: &mut PgConnection, tenant: TenantId, user: UserId, role: Role, at: Timestamp) -> Result<(), Error> {
    sqlx::query!(
        "insert into memberships (tenant_id, user_id, role, created_at)
         select $1, $2, $3, $4
         where $3 = 'client' or not exists (
             select from memberships where tenant_id = $1 and user_id = $2 and role <> 'client')
         on conflict do nothing",
        tenant.uuid(),
        user.uuid(),
        role_name(role),
        to_db(at)
    )
    .execute(tx)
    .await?;
    Ok(())
}
