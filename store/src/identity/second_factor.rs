//! Two-step sign-in: sealed secrets, and recovery codes that work once. Sign-ins that wait for their code are in
//! [`super::second_step`].
//!
//! What counts once is decided by the row's lock: of two who show the same code, the second finds it used.

use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::id::{SessionId, TenantId, UserId};
use brigade_domain::identity::history::Moment;
use brigade_domain::identity::mail::{FactorChange, Letter};
use brigade_domain::identity::ports::{FactorState, SecondFactors, SessionEvent};
use brigade_domain::identity::second_factor::{Digits, SETUP_SECONDS, SecondStep, TotpSecret};
use brigade_domain::identity::{Cause, TokenHash};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use serde_json::json;
use sqlx::PgConnection;

use super::keyring::{KeyRing, Place};
use super::mail::{Envelope, post};
use super::resolve::later;
use super::{Identity, audit, history, scope, sessions};
use crate::audit::{Outcome, PLATFORM};
use crate::error::Error;
use crate::time::{from_db, to_db};

pub(super) const fn place(user: UserId) -> Place {
    Place { tenant: PLATFORM, column: "second_factors.sealed", row: user.uuid() }
}

impl SecondFactors for Identity {
    fn state(&self, user: UserId) -> BoxFuture<'static, Result<FactorState, Fault>> {
        let db = self.db().clone();
        Box::pin(async move { db.global_read("read a second factor", move |tx| Box::pin(state(tx, user))).await })
    }

    fn prepare(&self, user: UserId, secret: TotpSecret, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let sealed = identity.0.ring.seal(secret.expose(), place(user))?;
            identity
                .db()
                .global_write("prepare a second factor", move |tx| Box::pin(prepare(tx, user, sealed, cause)))
                .await
        })
    }

    fn confirm(
        &self,
        user: UserId,
        code: Digits,
        recovery_codes: Vec<TokenHash>,
        keep: SessionId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let inner = identity.clone();
            identity
                .db()
                .global_write("confirm a second factor", move |tx| {
                    Box::pin(async move {
                        first_code(tx, &inner.0.ring, user, code, cause.at).await?;
                        insert_codes(tx, user, &recovery_codes, cause.at).await?;
                        let ended = sessions::end_all(tx, user, Some(keep), cause.at).await?;
                        let tell = Tell { user, change: FactorChange::On, event: "second_factor.turned_on" };
                        tell.everybody(tx, &inner.0.ring, None, &cause, json!({ "sessions_ended": ended })).await
                    })
                })
                .await?;
            identity.ended(SessionEvent::User(user)).await;
            Ok(())
        })
    }

    fn prove(&self, user: UserId, step: SecondStep, cause: Cause) -> BoxFuture<'static, Result<bool, Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let inner = identity.clone();
            identity
                .db()
                .global_write("check a second factor", move |tx| {
                    Box::pin(async move {
                        let proved = check(tx, &inner.0.ring, user, &step, &cause).await?;
                        if !proved {
                            history::note(tx, user, Moment::CodeRefused, &cause).await?;
                            refused(tx, user, "second_factor.code_refused", &cause).await?;
                        }
                        Ok(proved)
                    })
                })
                .await
        })
    }

    fn renew_codes(
        &self,
        user: UserId,
        recovery_codes: Vec<TokenHash>,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let inner = identity.clone();
            identity
                .db()
                .global_write("renew recovery codes", move |tx| {
                    Box::pin(async move {
                        lock(tx, user).await?.ok_or_else(is_off)?;
                        sqlx::query!("delete from recovery_codes where user_id = $1", user.uuid())
                            .execute(&mut *tx)
                            .await?;
                        insert_codes(tx, user, &recovery_codes, cause.at).await?;
                        let tell = Tell {
                            user,
                            change: FactorChange::NewCodes,
                            event: "second_factor.recovery_codes_renewed",
                        };
                        tell.everybody(tx, &inner.0.ring, None, &cause, json!({})).await
                    })
                })
                .await
        })
    }

    fn remove(&self, user: UserId, keep: SessionId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let inner = identity.clone();
            identity
                .db()
                .global_write("remove a second factor", move |tx| {
                    Box::pin(async move {
                        let ended = take_away(tx, user, Some(keep), cause.at).await?;
                        let tell = Tell { user, change: FactorChange::Off, event: "second_factor.turned_off" };
                        tell.everybody(tx, &inner.0.ring, None, &cause, json!({ "sessions_ended": ended })).await
                    })
                })
                .await?;
            identity.ended(SessionEvent::User(user)).await;
            Ok(())
        })
    }

    fn reset(&self, tenant: TenantId, user: UserId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let inner = identity.clone();
            identity
                .db()
                .write("reset a second factor", tenant, move |tx| {
                    Box::pin(async move {
                        let name = may_reset(tx, tenant, user, &cause).await?;
                        let ended = take_away(tx, user, None, cause.at).await?;
                        let change = FactorChange::Reset(Some(name));
                        let tell = Tell { user, change, event: "second_factor.reset" };
                        let details = json!({ "user": user, "sessions_ended": ended });
                        tell.everybody(tx, &inner.0.ring, Some(tenant), &cause, details).await
                    })
                })
                .await?;
            identity.ended(SessionEvent::User(user)).await;
            Ok(())
        })
    }
}

impl Identity {
    /// The operator turns two-step sign-in off for somebody; every session ends. [`Code::Conflict`] when it is off.
    pub async fn reset_second_factor(&self, user: UserId, cause: Cause) -> Result<(), Rejection> {
        let inner = self.clone();
        self.db()
            .global_write("reset a second factor", move |tx| {
                Box::pin(async move {
                    let ended = take_away(tx, user, None, cause.at).await?;
                    let tell = Tell { user, change: FactorChange::Reset(None), event: "second_factor.reset" };
                    let details = json!({ "user": user, "sessions_ended": ended });
                    tell.everybody(tx, &inner.0.ring, None, &cause, details).await
                })
            })
            .await?;
        self.ended(SessionEvent::User(user)).await;
        Ok(())
    }
}

fn is_off() -> Error {
    Refusal::new(Code::Conflict, "Two-step sign-in is off already.").into()
}

/// A change somebody is told of by mail and that the audit log keeps.
struct Tell {
    user: UserId,
    change: FactorChange,
    event: &'static str,
}

impl Tell {
    /// Posts the letter and writes the line, into the chain of `tenant` or of where the person is at home. Comes last.
    async fn everybody(
        self,
        tx: &mut PgConnection,
        ring: &KeyRing,
        tenant: Option<TenantId>,
        cause: &Cause,
        details: serde_json::Value,
    ) -> Result<(), Error> {
        history::note(tx, self.user, moment(&self.change), cause).await?;
        write_to(tx, ring, self.user, self.change, cause.at).await?;
        let home = match tenant {
            Some(tenant) => Some(tenant),
            None => audit::home(tx, self.user).await?,
        };
        audit::done(tx, home, self.event, cause, details).await
    }
}

const fn moment(change: &FactorChange) -> Moment {
    match change {
        FactorChange::On => Moment::SecondFactorOn,
        FactorChange::Off => Moment::SecondFactorOff,
        FactorChange::NewCodes => Moment::RecoveryCodesRenewed,
        FactorChange::CodeUsed(_) => Moment::RecoveryCodeUsed,
        FactorChange::Reset(_) => Moment::SecondFactorReset,
    }
}

async fn write_to(
    tx: &mut PgConnection,
    ring: &KeyRing,
    user: UserId,
    change: FactorChange,
    at: Timestamp,
) -> Result<(), Error> {
    let person = sqlx::query!("select name, email from users where id = $1", user.uuid()).fetch_one(&mut *tx).await?;
    let letter = Letter::SecondFactor { name: person.name, change };
    post(tx, ring, &Envelope::new(&letter, &person.email, at)).await
}

pub(super) async fn refused(tx: &mut PgConnection, user: UserId, event: &str, cause: &Cause) -> Result<(), Error> {
    let home = audit::home(tx, user).await?;
    audit::note(tx, home, event, Outcome::Refused, cause, json!({ "user": user })).await
}

async fn state(tx: &mut PgConnection, user: UserId) -> Result<FactorState, Error> {
    scope::be(tx, user).await?;
    let row = sqlx::query!(
        r#"select (select confirmed_at from second_factors where user_id = $1) as since,
                  (select count(*) from recovery_codes where user_id = $1 and used_at is null) as "left!",
                  exists (select from memberships member join tenants tenant on tenant.id = member.tenant_id
                          where member.user_id = $1 and member.role <> 'client'
                            and tenant.status = 'active' and tenant.second_factor_required) as "required!""#,
        user.uuid()
    )
    .fetch_one(tx)
    .await?;
    Ok(FactorState {
        since: row.since.map(from_db).transpose()?,
        recovery_codes: u32::try_from(row.left).unwrap_or(u32::MAX),
        required: row.required,
    })
}

async fn prepare(tx: &mut PgConnection, user: UserId, sealed: Vec<u8>, cause: Cause) -> Result<(), Error> {
    let prepared = sqlx::query!(
        "insert into second_factors as kept (user_id, sealed, created_at) values ($1, $2, $3)
         on conflict (user_id) do update set sealed = excluded.sealed, created_at = excluded.created_at
         where kept.confirmed_at is null",
        user.uuid(),
        sealed,
        to_db(cause.at)
    )
    .execute(&mut *tx)
    .await?;
    if prepared.rows_affected() == 0 {
        return Err(
            Refusal::new(Code::Conflict, "Two-step sign-in is on already. Turn it off to use another app.").into()
        );
    }
    let home = audit::home(tx, user).await?;
    audit::done(tx, home, "second_factor.set_up_begun", &cause, json!({})).await
}

/// Turns on the secret that was shown, when `code` is one of its.
async fn first_code(
    tx: &mut PgConnection,
    ring: &KeyRing,
    user: UserId,
    code: Digits,
    at: Timestamp,
) -> Result<(), Error> {
    let begin_again = || Refusal::new(Code::Conflict, "This took too long, or was done already. Begin again.");
    let waiting = sqlx::query!(
        "select sealed, created_at from second_factors where user_id = $1 and confirmed_at is null for update",
        user.uuid()
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or_else(begin_again)?;
    if later(from_db(waiting.created_at)?, SETUP_SECONDS) <= at {
        return Err(begin_again().into());
    }
    let step = open(ring, user, &waiting.sealed)?.accept(&code, at, None).ok_or_else(wrong_code)?;
    sqlx::query!(
        "update second_factors set confirmed_at = $2, last_step = $3 where user_id = $1",
        user.uuid(),
        to_db(at),
        step
    )
    .execute(tx)
    .await?;
    Ok(())
}

fn wrong_code() -> Refusal {
    let text =
        "This code does not match. Take the one your app shows now, and check that the clock of your device is right.";
    Refusal::new(Code::AuthInvalid, text).with_details(json!({ "field": "code" }))
}

fn open(ring: &KeyRing, user: UserId, sealed: &[u8]) -> Result<TotpSecret, Fault> {
    let plain = ring.open(sealed, place(user))?;
    TotpSecret::read(&plain).ok_or(Fault::Internal { what: "read the secret of a second factor", source: None })
}

async fn insert_codes(tx: &mut PgConnection, user: UserId, codes: &[TokenHash], at: Timestamp) -> Result<(), Error> {
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| code.0.to_vec()).collect();
    sqlx::query!(
        "insert into recovery_codes (user_id, code_hash, created_at) select $1, code, $3 from unnest($2::bytea[]) code",
        user.uuid(),
        &hashes,
        to_db(at)
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What counts for somebody's codes, locked.
struct Locked {
    sealed: Vec<u8>,
    last_step: Option<i64>,
}

async fn lock(tx: &mut PgConnection, user: UserId) -> Result<Option<Locked>, Error> {
    let found = sqlx::query_as!(
        Locked,
        "select sealed, last_step from second_factors where user_id = $1 and confirmed_at is not null for update",
        user.uuid()
    );
    Ok(found.fetch_optional(tx).await?)
}

/// Whether this counts now, and uses it up. A recovery code that was used is told to its owner.
pub(super) async fn check(
    tx: &mut PgConnection,
    ring: &KeyRing,
    user: UserId,
    step: &SecondStep,
    cause: &Cause,
) -> Result<bool, Error> {
    // Also for recovery codes: somebody's attempts take turns.
    let Some(kept) = lock(tx, user).await? else { return Ok(false) };
    match step {
        SecondStep::Totp(code) => {
            let accepted = open(ring, user, &kept.sealed)?.accept(code, cause.at, kept.last_step);
            let Some(step) = accepted else { return Ok(false) };
            sqlx::query!("update second_factors set last_step = $2 where user_id = $1", user.uuid(), step)
                .execute(tx)
                .await?;
            Ok(true)
        }
        SecondStep::Recovery(code) => {
            let spent = sqlx::query!(
                "update recovery_codes set used_at = $3 where user_id = $1 and code_hash = $2 and used_at is null",
                user.uuid(),
                &code.hash(user).0[..],
                to_db(cause.at)
            )
            .execute(&mut *tx)
            .await?;
            if spent.rows_affected() == 0 {
                return Ok(false);
            }
            let left = state(tx, user).await?.recovery_codes;
            write_to(tx, ring, user, FactorChange::CodeUsed(left), cause.at).await?;
            let home = audit::home(tx, user).await?;
            let cause = cause.clone().by(Party::User(user));
            history::note(tx, user, Moment::RecoveryCodeUsed, &cause).await?;
            audit::done(tx, home, "second_factor.recovery_code_used", &cause, json!({ "left": left })).await?;
            Ok(true)
        }
    }
}

/// Takes secret and codes away and ends every session but `keep`; answers how many.
async fn take_away(tx: &mut PgConnection, user: UserId, keep: Option<SessionId>, at: Timestamp) -> Result<u64, Error> {
    let gone = sqlx::query!("delete from second_factors where user_id = $1 and confirmed_at is not null", user.uuid())
        .execute(&mut *tx)
        .await?;
    if gone.rows_affected() == 0 {
        return Err(is_off());
    }
    sessions::end_all(tx, user, keep, at).await
}

/// Refuses an admin who must not reset somebody's second factor; answers what the business is called.
async fn may_reset(tx: &mut PgConnection, tenant: TenantId, user: UserId, cause: &Cause) -> Result<String, Error> {
    scope::be(tx, user).await?;
    let found = sqlx::query!(
        r#"select tenant.name, person.super_admin,
                  exists (select from memberships other join tenants business on business.id = other.tenant_id
                          where other.user_id = person.id and other.tenant_id <> tenant.id and other.role <> 'client'
                            and business.status = 'active') as "elsewhere!"
           from memberships member
           join tenants tenant on tenant.id = member.tenant_id
           join users person on person.id = member.user_id
           where member.tenant_id = $1 and member.user_id = $2 and member.role <> 'client'"#,
        tenant.uuid(),
        user.uuid()
    )
    .fetch_optional(tx)
    .await?;
    let found = found.ok_or(Error::from(Code::NotFound))?;
    if cause.by == Some(Party::User(user)) {
        return Err(
            Refusal::new(Code::Forbidden, "Turn off your own under “You”, with your password and a code.").into()
        );
    }
    // It protects another business, or the platform, as well: one admin's word is not enough for that.
    if found.super_admin || found.elsewhere {
        let text = "This person's two-step sign-in is reset by whoever runs Brigade. Ask them.";
        return Err(Refusal::new(Code::Forbidden, text).into());
    }
    Ok(found.name)
}
