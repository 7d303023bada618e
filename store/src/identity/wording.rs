//! How a tenant words its letters: a row for each that it does not leave to us.

use brigade_domain::id::TenantId;
use brigade_domain::identity::Cause;
use brigade_domain::identity::mail::wording::{Occasion, Wording};
use brigade_domain::identity::ports::{KeptWording, Wordings};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use serde_json::json;
use sqlx::PgConnection;

use super::{Identity, audit};
use crate::chat::{check_seen, to_rev};
use crate::error::Error;
use crate::time::to_db;

const MEANWHILE: &str = "Somebody else has changed this letter meanwhile. Look at it again.";

impl Wordings for Identity {
    fn list(&self, tenant: TenantId) -> BoxFuture<'static, Result<Vec<KeptWording>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move { db.read("list wordings", tenant, move |tx| Box::pin(list(tx, tenant))).await })
    }

    fn own(&self, tenant: TenantId, occasion: Occasion) -> BoxFuture<'static, Result<Option<Wording>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move { db.read("read a wording", tenant, move |tx| Box::pin(own(tx, tenant, occasion))).await })
    }

    fn keep(
        &self,
        tenant: TenantId,
        occasion: Occasion,
        rev: u32,
        wording: Wording,
        cause: Cause,
    ) -> BoxFuture<'static, Result<KeptWording, Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.write("word a letter", tenant, move |tx| {
                Box::pin(async move {
                    let rev = keep(tx, tenant, occasion, rev, &wording, &cause).await?;
                    audit::done(tx, Some(tenant), "letter.worded", &cause, json!({ "occasion": occasion })).await?;
                    Ok(KeptWording { occasion, rev, wording })
                })
            })
            .await
        })
    }

    fn remove(&self, tenant: TenantId, occasion: Occasion, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.write("go back to our wording", tenant, move |tx| {
                Box::pin(async move {
                    let removed = sqlx::query!(
                        "delete from letter_wordings where tenant_id = $1 and occasion = $2",
                        tenant.uuid(),
                        occasion.as_str()
                    )
                    .execute(&mut *tx)
                    .await?;
                    if removed.rows_affected() == 0 {
                        return Err(Code::NotFound.into());
                    }
                    audit::done(tx, Some(tenant), "letter.restored", &cause, json!({ "occasion": occasion })).await
                })
            })
            .await
        })
    }
}

/// By the rules of today: who makes them stricter changes what is kept first.
fn read(occasion: Occasion, subject: &str, text: &str) -> Result<Wording, Error> {
    let wording = Wording::parse(occasion, subject, text);
    Ok(wording.map_err(|refusal| Fault::internal("read a wording", refusal))?)
}

async fn list(tx: &mut PgConnection, tenant: TenantId) -> Result<Vec<KeptWording>, Error> {
    let rows =
        sqlx::query!("select occasion, rev, subject, text from letter_wordings where tenant_id = $1", tenant.uuid())
            .fetch_all(tx)
            .await?;
    rows.into_iter()
        .map(|row| {
            let unknown = || Fault::internal("read a wording", Refusal::invalid("occasion", row.occasion.clone()));
            let occasion = Occasion::named(&row.occasion).ok_or_else(unknown)?;
            Ok(KeptWording { occasion, rev: to_rev(row.rev)?, wording: read(occasion, &row.subject, &row.text)? })
        })
        .collect()
}

async fn own(tx: &mut PgConnection, tenant: TenantId, occasion: Occasion) -> Result<Option<Wording>, Error> {
    let row = sqlx::query!(
        "select subject, text from letter_wordings where tenant_id = $1 and occasion = $2",
        tenant.uuid(),
        occasion.as_str()
    )
    .fetch_optional(tx)
    .await?;
    row.map(|row| read(occasion, &row.subject, &row.text)).transpose()
}

async fn keep(
    tx: &mut PgConnection,
    tenant: TenantId,
    occasion: Occasion,
    seen: u32,
    wording: &Wording,
    cause: &Cause,
) -> Result<u32, Error> {
    let known = sqlx::query_scalar!(
        "select rev from letter_wordings where tenant_id = $1 and occasion = $2 for no key update",
        tenant.uuid(),
        occasion.as_str()
    )
    .fetch_optional(&mut *tx)
    .await?;
    check_seen(known.map_or(Ok(0), to_rev)?, seen, MEANWHILE)?;
    // Whoever words it for the first time beside this one waits, and has then not seen this one.
    let written = sqlx::query_scalar!(
        "insert into letter_wordings (tenant_id, occasion, subject, text, changed_at) values ($1, $2, $3, $4, $5)
         on conflict (tenant_id, occasion) do update set rev = letter_wordings.rev + 1, subject = excluded.subject,
             text = excluded.text, changed_at = excluded.changed_at
         where letter_wordings.rev = $6
         returning rev",
        tenant.uuid(),
        occasion.as_str(),
        wording.subject(),
        wording.text(),
        to_db(cause.at),
        i32::try_from(seen).unwrap_or(i32::MAX),
    )
    .fetch_optional(tx)
    .await?;
    to_rev(written.ok_or_else(|| Refusal::new(Code::Conflict, MEANWHILE))?)
}
