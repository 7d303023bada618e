//! The outbox of letters: written sealed in the transaction that causes them, opened by the worker that sends them.

use brigade_domain::Timestamp;
use brigade_domain::entity::Job;
use brigade_domain::identity::mail::{Letter, Mail};
use brigade_domain::identity::ports::{MailQueue, Outbox, SentMail};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Fault, Rejection};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Identity;
use super::keyring::{KeyRing, Place};
use crate::audit::PLATFORM;
use crate::error::Error;
use crate::jobs::enqueue;
use crate::time::{from_db, to_db};

/// The task that sends a letter; its body is `{"mail": id}`.
pub(super) const TASK: &str = "mail.send";

/// A written letter on its way.
pub(crate) struct Envelope {
    mail: Mail,
    at: Timestamp,
}

impl Envelope {
    /// Of what is written already.
    pub(crate) const fn of(mail: Mail, at: Timestamp) -> Self {
        Self { mail, at }
    }

    pub(crate) fn new(letter: &Letter, to: &str, at: Timestamp) -> Self {
        Self { mail: letter.write(to), at }
    }
}

pub(super) const fn place(id: Uuid) -> Place {
    Place { tenant: PLATFORM, column: "mail_outbox.sealed", row: id }
}

/// Puts a letter into the outbox and enqueues its sending, in the caller's transaction.
pub(crate) async fn post(tx: &mut PgConnection, ring: &KeyRing, envelope: &Envelope) -> Result<(), Error> {
    let id = Uuid::now_v7();
    let plain = serde_json::to_vec(&envelope.mail).map_err(|error| Fault::internal("write a letter", error))?;
    let sealed = ring.seal(&plain, place(id))?;
    sqlx::query!(
        "insert into mail_outbox (id, created_at, sealed) values ($1, $2, $3)",
        id,
        to_db(envelope.at),
        sealed
    )
    .execute(&mut *tx)
    .await?;
    let job = Job::new(TASK, json!({ "mail": id }));
    enqueue(tx, None, &[&job]).await
}

impl MailQueue for Identity {
    fn open(&self, id: Uuid) -> BoxFuture<'static, Result<Option<Mail>, Fault>> {
        let identity = self.clone();
        Box::pin(async move {
            let sealed = identity
                .db()
                .global_read("open a letter", move |tx| {
                    Box::pin(async move {
                        let sealed =
                            sqlx::query_scalar!("select sealed from mail_outbox where id = $1 and sent_at is null", id)
                                .fetch_optional(tx)
                                .await?;
                        Ok(sealed.flatten())
                    })
                })
                .await?;
            sealed.map(|sealed| read(&identity.0.ring, id, &sealed)).transpose()
        })
    }

    fn sent(&self, id: Uuid, at: Timestamp, keep: bool) -> BoxFuture<'static, Result<(), Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_write("note a sent letter", move |tx| {
                Box::pin(async move {
                    sqlx::query!(
                        "update mail_outbox set sent_at = $2, sealed = case when $3 then sealed end where id = $1",
                        id,
                        to_db(at),
                        keep
                    )
                    .execute(tx)
                    .await?;
                    Ok(())
                })
            })
            .await
            .map_err(|rejection| match rejection {
                Rejection::Broken(fault) => fault,
                Rejection::Refused(refusal) => Fault::internal("note a sent letter", refusal),
            })
        })
    }
}

impl Outbox for Identity {
    fn newest(&self) -> BoxFuture<'static, Result<Vec<SentMail>, Fault>> {
        let identity = self.clone();
        Box::pin(async move {
            let rows =
                identity
                    .db()
                    .global_read("read the outbox", |tx| {
                        Box::pin(async move {
                            let rows = sqlx::query!(
                                r#"select id, created_at, sealed as "sealed!" from mail_outbox where sealed is not null
                               order by created_at desc, id desc limit 50"#
                            )
                            .fetch_all(tx)
                            .await?;
                            rows.into_iter()
                                .map(|row| Ok((row.id, from_db(row.created_at)?, row.sealed)))
                                .collect::<Result<Vec<_>, Error>>()
                        })
                    })
                    .await?;
            rows.into_iter()
                .map(|(id, at, sealed)| Ok(SentMail { id, at, mail: read(&identity.0.ring, id, &sealed)? }))
                .collect()
        })
    }
}

fn read(ring: &KeyRing, id: Uuid, sealed: &[u8]) -> Result<Mail, Fault> {
    let plain = ring.open(sealed, place(id))?;
    serde_json::from_slice(&plain).map_err(|error| Fault::internal("read a letter", error))
}
