//! Sign-ins whose password was right and whose code has not come yet.

use brigade_domain::Timestamp;
use brigade_domain::id::UserId;
use brigade_domain::identity::history::Moment;
use brigade_domain::identity::ports::{BrowserSession, Finished, PendingSignIn, SecondSteps};
use brigade_domain::identity::second_factor::{PENDING_ATTEMPTS, SecondStep};
use brigade_domain::identity::{Cause, TokenHash};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use sqlx::PgConnection;

use super::keyring::KeyRing;
use super::people::by;
use super::second_factor::{check, refused};
use super::{Identity, history, sessions};
use crate::error::Error;
use crate::time::to_db;

impl SecondSteps for Identity {
    fn await_code(&self, pending: PendingSignIn, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_write("await the second step", move |tx| {
                Box::pin(async move {
                    sqlx::query!(
                        "insert into second_steps (token_hash, user_id, created_at, expires_at) values ($1, $2, $3, $4)",
                        &pending.token.0[..],
                        pending.user.uuid(),
                        to_db(cause.at),
                        to_db(pending.expires_at)
                    )
                    .execute(tx)
                    .await?;
                    Ok(())
                })
            })
            .await
        })
    }

    fn pending(&self, token: TokenHash, at: Timestamp) -> BoxFuture<'static, Result<Option<UserId>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_read("look at a second step", move |tx| {
                Box::pin(async move {
                    let user = sqlx::query_scalar!(
                        "select user_id from second_steps
                         where token_hash = $1 and used_at is null and expires_at > $2 and attempts < $3",
                        &token.0[..],
                        to_db(at),
                        PENDING_ATTEMPTS
                    )
                    .fetch_optional(tx)
                    .await?;
                    Ok(user.map(UserId::from_uuid))
                })
            })
            .await
        })
    }

    fn finish(
        &self,
        token: TokenHash,
        step: SecondStep,
        session: BrowserSession,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Finished, Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let (inner, replaced) = (identity.clone(), session.replaces);
            let finished = identity
                .db()
                .global_write("finish a sign-in", move |tx| {
                    Box::pin(async move { finish(tx, &inner.0.ring, token, step, session, cause).await })
                })
                .await?;
            if finished == Finished::SignedIn {
                identity.replaced(replaced).await;
            }
            Ok(finished)
        })
    }
}

async fn finish(
    tx: &mut PgConnection,
    ring: &KeyRing,
    token: TokenHash,
    step: SecondStep,
    session: BrowserSession,
    cause: Cause,
) -> Result<Finished, Error> {
    // The try is counted with the row's lock, and committed whatever comes of it. A password that changed since ends it.
    let pending = sqlx::query!(
        "update second_steps pending set attempts = pending.attempts + 1 from users person
         where pending.token_hash = $1 and pending.used_at is null and pending.expires_at > $2 and pending.attempts < $3
           and person.id = pending.user_id and person.disabled_at is null
           and coalesce(person.password_changed_at <= pending.created_at, true)
         returning pending.user_id, pending.attempts",
        &token.0[..],
        to_db(cause.at),
        PENDING_ATTEMPTS
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(pending) = pending else { return Err(too_late().into()) };
    let user = UserId::from_uuid(pending.user_id);
    if !check(tx, ring, user, &step, &cause).await? {
        history::note(tx, user, Moment::CodeRefused, &cause).await?;
        refused(tx, user, "session.second_step_failed", &cause).await?;
        return Ok(Finished::Wrong(u32::try_from(PENDING_ATTEMPTS - pending.attempts).unwrap_or_default()));
    }
    sqlx::query!("update second_steps set used_at = $2 where token_hash = $1", &token.0[..], to_db(cause.at))
        .execute(&mut *tx)
        .await?;
    sessions::begin(tx, ring, BrowserSession { user, ..session }, by(cause, user)).await?;
    Ok(Finished::SignedIn)
}

/// What to do when the second step is over.
fn too_late() -> Refusal {
    Refusal::new(Code::TokenExpired, "This took too long, or too many codes were tried. Enter your password again.")
}
