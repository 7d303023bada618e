//! Accounts beside their log: their rows and members, and look-ups of them.

use brigade_domain::account::AccountRow;
use brigade_domain::account::lifecycle::Lifecycle;
use brigade_domain::account::ports::Asked;
use brigade_domain::id::{AccountId, ConversationId, TenantId, UserId};
use brigade_domain::refusal::Fault;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Db;
use crate::error::Error;

/// The most rows of one page.
pub const PAGE: u16 = 100;

/// An account as one of its members knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Which account.
    pub account: AccountId,
    /// What it is called.
    pub name: String,
    /// Its conversation, the newest if it has several.
    pub conversation: Option<ConversationId>,
}

struct Record {
    id: Uuid,
    name: String,
    manager: Option<Uuid>,
    lifecycle: String,
    members: Vec<Uuid>,
}

impl From<Record> for AccountRow {
    fn from(record: Record) -> Self {
        Self {
            id: AccountId::from_uuid(record.id),
            name: record.name,
            manager: record.manager.map(UserId::from_uuid),
            lifecycle: record.lifecycle,
            members: record.members.into_iter().map(UserId::from_uuid).collect(),
        }
    }
}

/// The accounts of a person in a tenant, by age.
pub async fn of_member(db: &Db, tenant: TenantId, user: UserId) -> Result<Vec<Membership>, Fault> {
    db.read("list a person's accounts", tenant, move |tx| {
        Box::pin(async move {
            let rows = sqlx::query!(
                r#"select account.id, account.name, (
                       select id from conversations
                       where tenant_id = $1 and account_id = account.id order by id desc limit 1
                   ) as "conversation?"
                   from account_members member
                   join accounts account on account.tenant_id = $1 and account.id = member.account_id
                   where member.tenant_id = $1 and member.user_id = $2
                   order by account.id"#,
                tenant.uuid(),
                user.uuid(),
            )
            .fetch_all(tx)
            .await?;
            let membership = |row: (Uuid, String, Option<Uuid>)| Membership {
                account: AccountId::from_uuid(row.0),
                name: row.1,
                conversation: row.2.map(ConversationId::from_uuid),
            };
            Ok(rows.into_iter().map(|row| membership((row.id, row.name, row.conversation))).collect())
        })
    })
    .await
}

/// A page of accounts, newest first: those that are asked for, at most [`PAGE`].
pub async fn page(db: &Db, tenant: TenantId, asked: Asked) -> Result<Vec<AccountRow>, Fault> {
    let Asked { manager, name, lifecycle, before, limit } = asked;
    db.read("list accounts", tenant, move |tx| {
        Box::pin(async move {
            let rows = sqlx::query_as!(
                Record,
                r#"select id, name, manager, lifecycle, array(
                       select user_id from account_members where tenant_id = $1 and account_id = account.id
                   ) as "members!"
                   from accounts account
                   where tenant_id = $1 and ($2::uuid is null or manager = $2) and ($3::uuid is null or id < $3)
                     and ($4::text is null or strpos(lower(name), lower($4)) > 0)
                     and ($5::text is null or lifecycle = $5)
                   order by id desc limit $6"#,
                tenant.uuid(),
                manager.map(UserId::uuid),
                before.map(AccountId::uuid),
                name,
                lifecycle.map(Lifecycle::as_str),
                i64::from(limit.clamp(1, PAGE)),
            )
            .fetch_all(tx)
            .await?;
            Ok(rows.into_iter().map(AccountRow::from).collect())
        })
    })
    .await
}

/// One account's row, if there is one.
pub async fn find(db: &Db, tenant: TenantId, id: AccountId) -> Result<Option<AccountRow>, Fault> {
    db.read("find an account", tenant, move |tx| {
        Box::pin(async move {
            let row = sqlx::query_as!(
                Record,
                r#"select id, name, manager, lifecycle, array(
                       select user_id from account_members where tenant_id = $1 and account_id = account.id
                   ) as "members!"
                   from accounts account where tenant_id = $1 and id = $2"#,
                tenant.uuid(),
                id.uuid(),
            )
            .fetch_optional(tx)
            .await?;
            Ok(row.map(AccountRow::from))
        })
    })
    .await
}

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
            row.manager.map(UserId::uuid),
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
