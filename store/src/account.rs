//! Accounts beside their log: their rows and members.

use brigade_domain::account::AccountRow;
use brigade_domain::id::TenantId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;

/// Writes the rows of accounts that were just committed. There are few at a time.
pub(crate) async fn save(tx: &mut PgConnection, tenant: TenantId, rows: &[&AccountRow]) -> Result<(), Error> {
    for row in rows {
        sqlx::query!(
            "insert into accounts (tenant_id, id, name, manager, lifecycle) values ($1, $2, $3, $4, $5)
             on conflict (tenant_id, id) do update
             set name = excluded.name, manager = excluded.manager, lifecycle = excluded.lifecycle",
            tenant.uuid(),
            row.id.uuid(),
            row.name,
            row.manager.map(|id| id.uuid()),
            row.lifecycle,
        )
        .execute(&mut *tx)
        .await?;
        save_members(tx, tenant, row).await?;
    }
    Ok(())
}

async fn save_members(tx: &mut PgConnection, tenant: TenantId, row: &AccountRow) -> Result<(), Error> {
    let members: Vec<Uuid> = row.members.iter().map(|id| id.uuid()).collect();
    sqlx::query!(
        "delete from account_members where tenant_id = $1 and account_id = $2 and user_id <> all ($3)",
        tenant.uuid(),
        row.id.uuid(),
        &members,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into account_members (tenant_id, account_id, user_id) select $1, $2, unnest($3::uuid[])
         on conflict do nothing",
        tenant.uuid(),
        row.id.uuid(),
        &members,
    )
    .execute(tx)
    .await?;
    Ok(())
}
