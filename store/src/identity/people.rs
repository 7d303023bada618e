//! People as sign-in needs them, and their passwords' hashes.

use brigade_domain::actor::Party;
use brigade_domain::id::{SessionId, UserId};
use brigade_domain::identity::history::Moment;
use brigade_domain::identity::mail::Letter;
use brigade_domain::identity::password::Policy;
use brigade_domain::identity::ports::{People, PersonRow, SessionEvent};
use brigade_domain::identity::{Cause, Secret};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Fault, Rejection};
use brigade_domain::text::{DisplayName, Email};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::mail::{Envelope, post};
use super::{Identity, audit, history, scope, sessions};
use crate::audit::Outcome;
use crate::error::Error;
use crate::time::{DbTime, from_db, to_db};

impl People for Identity {
    fn find(&self, email: &Email) -> BoxFuture<'static, Result<Option<PersonRow>, Fault>> {
        let (db, email) = (self.db().clone(), email.clone());
        Box::pin(async move {
            db.global_read("find a person", move |tx| {
                Box::pin(async move {
                    let found = sqlx::query_as!(
                        Record,
                        r#"select id, name, password_hash, disabled_at, email_verified_at,
                                  exists (select from second_factors where user_id = users.id and confirmed_at is not null)
                                      as "second_factor!"
                           from users where email = $1"#,
                        email.as_str()
                    )
                    .fetch_optional(&mut *tx)
                    .await?;
                    person(tx, found).await
                })
            })
            .await
        })
    }

    fn get(&self, user: UserId) -> BoxFuture<'static, Result<Option<PersonRow>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_read("find a person", move |tx| {
                Box::pin(async move {
                    let found = sqlx::query_as!(
                        Record,
                        r#"select id, name, password_hash, disabled_at, email_verified_at,
                                  exists (select from second_factors where user_id = users.id and confirmed_at is not null)
                                      as "second_factor!"
                           from users where id = $1"#,
                        user.uuid()
                    )
                    .fetch_optional(&mut *tx)
                    .await?;
                    person(tx, found).await
                })
            })
            .await
        })
    }

    fn rehash(&self, user: UserId, old: Secret, new: Secret) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_write("rehash a password", move |tx| {
                Box::pin(async move {
                    sqlx::query!(
                        "update users set password_hash = $3 where id = $1 and password_hash = $2",
                        user.uuid(),
                        old.expose(),
                        new.expose()
                    )
                    .execute(tx)
                    .await?;
                    Ok(())
                })
            })
            .await
        })
    }

    fn change_password(
        &self,
        user: UserId,
        hash: Secret,
        keep: Option<SessionId>,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let inner = identity.clone();
            identity
                .db()
                .global_write("change a password", move |tx| {
                    Box::pin(async move {
                        let (name, email) = set_password(tx, user, &hash, &cause).await?;
                        let ended = sessions::end_all(tx, user, keep, cause.at).await?;
                        history::note(tx, user, Moment::PasswordChanged, &cause).await?;
                        let letter = Letter::PasswordChanged { name };
                        post(tx, &inner.0.ring, &Envelope::new(&letter, &email, cause.at)).await?;
                        let home = audit::home(tx, user).await?;
                        audit::done(tx, home, "user.password_changed", &cause, json!({ "sessions_ended": ended })).await
                    })
                })
                .await?;
            if keep.is_none() {
                identity.ended(SessionEvent::User(user)).await;
            } else {
                identity.look().await;
            }
            Ok(())
        })
    }

    fn note_failure(&self, user: Option<UserId>, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_write("note a failed sign-in", move |tx| {
                Box::pin(async move {
                    let home = match user {
                        Some(user) => {
                            history::note(tx, user, Moment::PasswordRefused, &cause).await?;
                            audit::home(tx, user).await?
                        }
                        None => None,
                    };
                    let details = user.map_or_else(|| json!({}), |user| json!({ "user": user }));
                    audit::note(tx, home, "session.sign_in_failed", Outcome::Refused, &cause, details).await
                })
            })
            .await
        })
    }
}

/// Sets the hash; answers name and address.
pub(super) async fn set_password(
    tx: &mut PgConnection,
    user: UserId,
    hash: &Secret,
    cause: &Cause,
) -> Result<(String, String), Error> {
    let row = sqlx::query!(
        "update users set password_hash = $2, password_changed_at = $3 where id = $1 returning name, email",
        user.uuid(),
        hash.expose(),
        to_db(cause.at)
    )
    .fetch_one(&mut *tx)
    .await?;
    Ok((row.name, row.email))
}

struct Record {
    id: Uuid,
    name: String,
    password_hash: Option<String>,
    disabled_at: Option<DbTime>,
    email_verified_at: Option<DbTime>,
    second_factor: bool,
}

async fn person(tx: &mut PgConnection, found: Option<Record>) -> Result<Option<PersonRow>, Error> {
    let Some(record) = found else { return Ok(None) };
    let user = UserId::from_uuid(record.id);
    scope::be(tx, user).await?;
    let composition = sqlx::query_scalar!(
        r#"select coalesce(bool_or(tenant.password_composition), false) as "composition!"
           from memberships member join tenants tenant on tenant.id = member.tenant_id where member.user_id = $1"#,
        record.id
    )
    .fetch_one(tx)
    .await?;
    Ok(Some(PersonRow {
        user,
        name: DisplayName::parse("name", &record.name)?,
        password: record.password_hash.map(Secret::new),
        disabled: record.disabled_at.is_some(),
        verified_at: record.email_verified_at.map(from_db).transpose()?,
        policy: Policy { composition },
        second_factor: record.second_factor,
    }))
}

/// For a cause that only the token names.
pub(super) fn by(cause: Cause, user: UserId) -> Cause {
    cause.by(Party::User(user))
}
