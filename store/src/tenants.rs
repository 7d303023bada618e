//! Tenants: the businesses on the platform, and what is looked up of them beside their log.
//!
//! The table has no row-level security: a request's tenant is found in it before any tenant is set.

use brigade_domain::Timestamp;
use brigade_domain::id::TenantId;
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use brigade_domain::tenant::TenantRow;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Db;
use crate::error::Error;
use crate::time::{DbTime, from_db};

/// A business on the platform.
#[derive(Debug, Clone, PartialEq)]
pub struct Tenant {
    /// Which.
    pub id: TenantId,
    /// Its short name, unique on the platform.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// Whether it may be used.
    pub active: bool,
    /// The sites that may embed its widget: origins.
    pub allowed_origins: Vec<String>,
    /// What its entity looks up beside its log: zone, hours, greeting.
    pub settings: Value,
    /// Since when.
    pub created_at: Timestamp,
}

struct Record {
    id: Uuid,
    slug: String,
    name: String,
    status: String,
    allowed_origins: Vec<String>,
    settings: Value,
    created_at: DbTime,
}

impl TryFrom<Record> for Tenant {
    type Error = Error;

    fn try_from(record: Record) -> Result<Self, Error> {
        Ok(Self {
            id: TenantId::from_uuid(record.id),
            slug: record.slug,
            name: record.name,
            active: record.status == "active",
            allowed_origins: record.allowed_origins,
            settings: record.settings,
            created_at: from_db(record.created_at)?,
        })
    }
}

/// Creates a tenant. Refused when the short name is taken or malformed.
pub async fn create(db: &Db, id: TenantId, slug: &str, name: &str) -> Result<(), Rejection> {
    let (slug, name) = (slug.to_owned(), name.to_owned());
    db.global_write("create a tenant", move |tx| {
        Box::pin(async move {
            sqlx::query!("insert into tenants (id, slug, name) values ($1, $2, $3)", id.uuid(), slug, name)
                .execute(tx)
                .await?;
            Ok(())
        })
    })
    .await
}

/// The tenant, if there is one.
pub async fn find(db: &Db, id: TenantId) -> Result<Option<Tenant>, Fault> {
    db.global_read("find a tenant", move |tx| {
        Box::pin(async move {
            let found = sqlx::query_as!(
                Record,
                "select id, slug, name, status, allowed_origins, settings, created_at from tenants where id = $1",
                id.uuid()
            )
            .fetch_optional(tx)
            .await?;
            found.map(Tenant::try_from).transpose()
        })
    })
    .await
}

/// The tenant with this short name, if there is one.
pub async fn find_by_slug(db: &Db, slug: &str) -> Result<Option<Tenant>, Fault> {
    let slug = slug.to_owned();
    db.global_read("find a tenant", move |tx| {
        Box::pin(async move {
            let found = sqlx::query_as!(
                Record,
                "select id, slug, name, status, allowed_origins, settings, created_at from tenants where slug = $1",
                slug
            )
            .fetch_optional(tx)
            .await?;
            found.map(Tenant::try_from).transpose()
        })
    })
    .await
}

/// Every tenant, by short name.
pub async fn list(db: &Db) -> Result<Vec<Tenant>, Fault> {
    db.global_read("list the tenants", |tx| {
        Box::pin(async move {
            let rows = sqlx::query_as!(
                Record,
                "select id, slug, name, status, allowed_origins, settings, created_at from tenants order by slug"
            )
            .fetch_all(tx)
            .await?;
            rows.into_iter().map(Tenant::try_from).collect()
        })
    })
    .await
}

/// Suspends the tenant, or takes that back. Refused when there is no such tenant.
pub async fn set_active(db: &Db, id: TenantId, active: bool) -> Result<(), Rejection> {
    db.global_write("suspend a tenant", move |tx| {
        Box::pin(async move {
            let status = if active { "active" } else { "suspended" };
            let changed = sqlx::query!("update tenants set status = $2 where id = $1", id.uuid(), status)
                .execute(tx)
                .await?
                .rows_affected();
            known(changed)
        })
    })
    .await
}

/// Changes what an admin may change; `None` leaves it. Refused when there is no such tenant.
pub async fn update(
    db: &Db,
    id: TenantId,
    name: Option<String>,
    allowed_origins: Option<Vec<String>>,
) -> Result<(), Rejection> {
    db.global_write("change a tenant", move |tx| {
        Box::pin(async move {
            let origins = allowed_origins.as_deref();
            let changed = sqlx::query!(
                "update tenants set name = coalesce($2, name), allowed_origins = coalesce($3, allowed_origins)
                 where id = $1",
                id.uuid(),
                name,
                origins,
            )
            .execute(tx)
            .await?
            .rows_affected();
            known(changed)
        })
    })
    .await
}

fn known(changed: u64) -> Result<(), Error> {
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::NotFound).into()) }
}

/// Writes the settings of the tenant whose entity was just committed.
pub(crate) async fn save(tx: &mut PgConnection, tenant: TenantId, rows: &[&TenantRow]) -> Result<(), Error> {
    // A tenant's transaction holds no other tenant's entity.
    for row in rows.iter().filter(|row| row.id == tenant) {
        let settings: Value = serde_json::from_str(&row.settings)
            .map_err(|error| Fault::internal("read a tenant's settings before writing them", error))?;
        let routing: Option<Value> = row
            .routing
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(|error| Fault::internal("read a tenant's routing before writing it", error))?;
        let teams: Value = serde_json::from_str(&row.teams)
            .map_err(|error| Fault::internal("read a tenant's teams before writing them", error))?;
        let labels: Vec<Uuid> = row.labels.iter().map(|label| label.uuid()).collect();
        let away: Vec<String> = row.away.iter().map(ToString::to_string).collect();
        sqlx::query!(
            "update tenants set settings = $2, labels = $3, routing = $4, away = $5, teams = $6 where id = $1",
            tenant.uuid(),
            settings,
            &labels,
            routing,
            &away,
            teams
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}
