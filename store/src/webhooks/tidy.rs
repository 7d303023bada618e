//! Taking away what is old: deliveries after 30 days, and those of endpoints that were removed.

use brigade_domain::Timestamp;
use brigade_domain::id::TenantId;
use brigade_domain::refusal::Fault;
use brigade_domain::webhooks::ports::KEPT;
use sqlx::PgConnection;

use crate::Db;
use crate::error::{Error, unruled};
use crate::time::to_db;

/// How many are taken away in one transaction.
const BATCH: i64 = 2_000;

/// Takes away what is old as of `at`. Two servers doing so at once do no harm.
pub async fn tidy(db: &Db, at: Timestamp) -> Result<(), Fault> {
    const DOING: &str = "take old deliveries away";
    let tenants = db.global_read(DOING, |tx| {
        Box::pin(async move {
            Ok(sqlx::query_scalar!("select id from tenants where webhooks <> 'none'").fetch_all(tx).await?)
        })
    });
    for tenant in tenants.await?.into_iter().map(TenantId::from_uuid) {
        loop {
            let some = db.write(DOING, tenant, move |tx| Box::pin(some(tx, tenant, at)));
            if some.await.map_err(|rejection| unruled(rejection, DOING))? < BATCH.unsigned_abs() {
                break;
            }
        }
    }
    Ok(())
}

async fn some(tx: &mut PgConnection, tenant: TenantId, at: Timestamp) -> Result<u64, Error> {
    let oldest = at.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    let gone = sqlx::query!(
        "delete from webhook_deliveries where tenant_id = $1 and id = any (array(
             select known.id from webhook_deliveries known
             where known.tenant_id = $1
               and (known.created_at < $2 or known.endpoint_id = any (array(
                   select endpoint.id from webhook_endpoints endpoint
                   where endpoint.tenant_id = $1 and endpoint.removed_at is not null)))
             limit $3 for update skip locked))",
        tenant.uuid(),
        to_db(oldest),
        BATCH,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "delete from webhook_endpoints endpoint where tenant_id = $1 and removed_at is not null
         and not exists (select from webhook_deliveries where tenant_id = $1 and endpoint_id = endpoint.id)",
        tenant.uuid(),
    )
    .execute(tx)
    .await?;
    Ok(gone.rows_affected())
}
