//! Tokens that come by mail and work once.

use brigade_domain::Timestamp;
use brigade_domain::id::UserId;
use brigade_domain::identity::history::Moment;
use brigade_domain::identity::mail::Letter;
use brigade_domain::identity::ports::{OneTimeTokens, Purpose, ResetDone, SessionEvent};
use brigade_domain::identity::{Cause, Secret, TokenHash};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Rejection};
use brigade_domain::text::Email;
use serde_json::json;
use sqlx::PgConnection;

use super::mail::{Envelope, post};
use super::people::{by, set_password};
use super::resolve::later;
use super::{Identity, audit, history, sessions};
use crate::error::Error;
use crate::time::to_db;

impl OneTimeTokens for Identity {
    fn issue(
        &self,
        user: UserId,
        purpose: Purpose,
        token: TokenHash,
        letter: Letter,
        to: Email,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let inner = identity.clone();
            identity
                .db()
                .global_write("issue a one-time token", move |tx| {
                    Box::pin(async move {
                        keep(tx, user, purpose, token, &to, cause.at).await?;
                        post(tx, &inner.0.ring, &Envelope::new(&letter, to.as_str(), cause.at)).await?;
                        let home = audit::home(tx, user).await?;
                        let event = match purpose {
                            Purpose::VerifyEmail => "user.verification_requested",
                            Purpose::ResetPassword => "user.password_reset_requested",
                        };
                        audit::done(tx, home, event, &cause, json!({ "user": user })).await
                    })
                })
                .await
        })
    }

    fn verify_email(&self, token: TokenHash, cause: Cause) -> BoxFuture<'static, Result<UserId, Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_write("verify an address", move |tx| {
                Box::pin(async move {
                    let user = redeem(tx, token, Purpose::VerifyEmail, cause.at).await?;
                    verify(tx, user, cause.at).await?;
                    let home = audit::home(tx, user).await?;
                    audit::done(tx, home, "user.email_verified", &by(cause, user), json!({ "user": user })).await?;
                    Ok(user)
                })
            })
            .await
        })
    }

    fn peek_reset(&self, token: TokenHash, at: Timestamp) -> BoxFuture<'static, Result<Option<UserId>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_read("look at a reset token", move |tx| {
                Box::pin(async move {
                    let user = sqlx::query_scalar!(
                        "select user_id from one_time_tokens
                         where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3",
                        &token.0[..],
                        Purpose::ResetPassword.as_str(),
                        to_db(at)
                    )
                    .fetch_optional(tx)
                    .await?;
                    Ok(user.map(UserId::from_uuid))
                })
            })
            .await
        })
    }

    fn reset_password(
        &self,
        token: TokenHash,
        hash: Secret,
        cause: Cause,
    ) -> BoxFuture<'static, Result<ResetDone, Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let inner = identity.clone();
            let user = identity
                .db()
                .global_write("reset a password", move |tx| {
                    Box::pin(async move {
                        let user = redeem(tx, token, Purpose::ResetPassword, cause.at).await?;
                        let cause = by(cause, user);
                        let (name, email) = set_password(tx, user, &hash, &cause).await?;
                        verify(tx, user, cause.at).await?;
                        let ended = sessions::end_all(tx, user, None, cause.at).await?;
                        history::note(tx, user, Moment::PasswordReset, &cause).await?;
                        let letter = Letter::PasswordChanged { name };
                        post(tx, &inner.0.ring, &Envelope::new(&letter, &email, cause.at)).await?;
                        let home = audit::home(tx, user).await?;
                        let details = json!({ "sessions_ended": ended });
                        audit::done(tx, home, "user.password_reset", &cause, details).await?;
                        Ok(user)
                    })
                })
                .await?;
            identity.ended(SessionEvent::User(user)).await;
            Ok(ResetDone { user })
        })
    }
}

/// Keeps a token; earlier ones for the same purpose stop working.
async fn keep(
    tx: &mut PgConnection,
    user: UserId,
    purpose: Purpose,
    token: TokenHash,
    to: &Email,
    at: Timestamp,
) -> Result<(), Error> {
    sqlx::query!(
        "update one_time_tokens set used_at = $3 where user_id = $1 and purpose = $2 and used_at is null",
        user.uuid(),
        purpose.as_str(),
        to_db(at)
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into one_time_tokens (token_hash, user_id, purpose, email, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6)",
        &token.0[..],
        user.uuid(),
        purpose.as_str(),
        to.as_str(),
        to_db(at),
        to_db(later(at, purpose.lifetime_seconds()))
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Uses a token up. The update takes the row's lock, so of two at once one finds it used. It must have been sent to the
/// address the person still has.
async fn redeem(tx: &mut PgConnection, token: TokenHash, purpose: Purpose, at: Timestamp) -> Result<UserId, Error> {
    let user = sqlx::query_scalar!(
        "update one_time_tokens token set used_at = $3 from users person
         where token.token_hash = $1 and token.purpose = $2 and token.used_at is null and token.expires_at > $3
           and person.id = token.user_id and person.email = token.email and person.disabled_at is null
         returning token.user_id",
        &token.0[..],
        purpose.as_str(),
        to_db(at)
    )
    .fetch_optional(tx)
    .await?;
    user.map(UserId::from_uuid).ok_or_else(|| Code::TokenExpired.into())
}

/// The mail reached its address.
pub(super) async fn verify(tx: &mut PgConnection, user: UserId, at: Timestamp) -> Result<(), Error> {
    sqlx::query!(
        "update users set email_verified_at = coalesce(email_verified_at, $2) where id = $1",
        user.uuid(),
        to_db(at)
    )
    .execute(tx)
    .await?;
    Ok(())
}
