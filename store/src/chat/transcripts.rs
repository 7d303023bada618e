//! Transcripts that were asked for: kept with the event, sent once.

use brigade_domain::Timestamp;
use brigade_domain::chat::transcript::{Recipient, Waiting, Wanted, Which};
use brigade_domain::id::{TenantId, UserId};
use brigade_domain::identity::mail::Mail;
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::Fault;
use brigade_domain::text::Email;
use sqlx::PgConnection;

use crate::error::{Error, unruled};
use crate::identity::{Envelope, Identity, post};
use crate::journal::to_bigint;
use crate::time::to_db;

impl Waiting for Identity {
    fn address(&self, tenant: TenantId, which: Which) -> BoxFuture<'static, Result<Option<String>, Fault>> {
        let identity = self.clone();
        Box::pin(async move {
            identity
                .db()
                .read("look for whom a transcript is", tenant, move |tx| Box::pin(address(tx, tenant, which)))
                .await
        })
    }

    fn post(&self, tenant: TenantId, which: Which, mail: Mail, at: Timestamp) -> BoxFuture<'static, Result<(), Fault>> {
        let identity = self.clone();
        Box::pin(async move {
            let what = "post a transcript";
            let inside = identity.clone();
            let posted = identity.db().write(what, tenant, move |tx| {
                Box::pin(async move {
                    let waited = sqlx::query!(
                        "update transcripts set sent_at = $4, address = null
                         where tenant_id = $1 and conversation_id = $2 and rev = $3 and sent_at is null",
                        tenant.uuid(),
                        which.conversation.uuid(),
                        to_bigint(which.rev),
                        to_db(at)
                    )
                    .execute(&mut *tx)
                    .await?
                    .rows_affected();
                    // Another worker was there before.
                    if waited == 0 { Ok(()) } else { post(tx, inside.ring(), &Envelope::of(mail, at)).await }
                })
            });
            posted.await.map_err(|rejection| unruled(rejection, what))
        })
    }
}

/// A client gets it as long as they are one, at the address that is theirs for sure.
async fn address(tx: &mut PgConnection, tenant: TenantId, which: Which) -> Result<Option<String>, Error> {
    let found = sqlx::query_scalar!(
        r#"select coalesce(wanted.address, person.email) as "address"
           from transcripts wanted
           join conversations chat on chat.tenant_id = wanted.tenant_id and chat.id = wanted.conversation_id
           left join account_members member
                on member.tenant_id = chat.tenant_id and member.account_id = chat.account_id and member.user_id = wanted.user_id
           left join users person
                on person.id = member.user_id and person.email_verified_at is not null and person.disabled_at is null
           where wanted.tenant_id = $1 and wanted.conversation_id = $2 and wanted.rev = $3 and wanted.sent_at is null"#,
        tenant.uuid(),
        which.conversation.uuid(),
        to_bigint(which.rev)
    )
    .fetch_optional(tx)
    .await?;
    Ok(found.flatten())
}

/// Keeps what was asked for. Refused when this recipient has been sent enough for a day.
pub(crate) async fn keep(tx: &mut PgConnection, tenant: TenantId, wanted: &Wanted) -> Result<(), Error> {
    let (address, user) = match &wanted.to {
        Recipient::Address(email) => (Some(email), None),
        Recipient::Person(user) => (None, Some(*user)),
    };
    sqlx::query!(
        "insert into transcripts (tenant_id, conversation_id, rev, asked_at, recipient, address, user_id)
         values ($1, $2, $3, $4, sha256(convert_to($1::uuid::text || ' ' || coalesce($5::text, $6::uuid::text), 'UTF8')), $5, $6)",
        tenant.uuid(),
        wanted.conversation.uuid(),
        to_bigint(wanted.rev),
        to_db(wanted.at) as _,
        address.map(Email::as_str),
        user.map(UserId::uuid),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets those that were asked for a month ago.
pub(crate) async fn expire(tx: &mut PgConnection, tenant: TenantId, at: Timestamp) -> Result<u64, Error> {
    let gone = sqlx::query!(
        "delete from transcripts where tenant_id = $1 and asked_at < $2::timestamptz - interval '30 days'",
        tenant.uuid(),
        to_db(at)
    )
    .execute(tx)
    .await?;
    Ok(gone.rows_affected())
}
