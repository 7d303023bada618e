//! The businesses and how much they do.
//!
//! A page of the list is one walk along an index, whatever there is in the businesses. How much they do is counted for those
//! on the page that somebody looks at, one after the other behind the page, and kept for a minute.

use std::time::Duration;

use brigade_domain::Timestamp;
use brigade_domain::id::TenantId;
use brigade_domain::journal::BoxFuture;
use brigade_domain::platform::Search;
use brigade_domain::platform::ports::{Businesses, Figures, TenantLine, Tenants};
use brigade_domain::refusal::Fault;
use sqlx::PgConnection;

use super::PgPlatform;
use crate::error::Error;
use crate::journal::natural;
use crate::time::{from_db, to_db};

/// Figures are counted again when they are older.
const FRESH: Duration = Duration::from_mins(1);
/// A page waits for its figures as long as this; those that take longer are there the next time.
const PATIENCE: Duration = Duration::from_millis(400);
/// Businesses whose figures are kept.
const KEPT: usize = 20_000;
/// Of which time messages are counted.
const WEEK: Duration = Duration::from_hours(7 * 24);

impl Tenants for PgPlatform {
    fn page(
        &self,
        search: Option<Search>,
        after: Option<String>,
        limit: u16,
        now: Timestamp,
    ) -> BoxFuture<'static, Result<Vec<TenantLine>, Fault>> {
        let this = self.clone();
        Box::pin(async move {
            let listed = this.db.global_read("list the tenants", move |tx| Box::pin(page(tx, search, after, limit)));
            let mut lines = listed.await?;
            this.count_soon(lines.iter().map(|line| line.id).collect(), now).await;
            let counted = this.counted.lock();
            for line in &mut lines {
                line.figures = counted.get(&line.id).copied();
            }
            drop(counted);
            Ok(lines)
        })
    }

    fn count(&self) -> BoxFuture<'static, Result<Businesses, Fault>> {
        let db = self.db.clone();
        Box::pin(async move {
            db.global_read("count the tenants", |tx| {
                Box::pin(async move {
                    let row = sqlx::query!(
                        r#"select count(*) as "all!", count(*) filter (where status = 'suspended') as "suspended!"
                           from tenants"#
                    )
                    .fetch_one(tx)
                    .await?;
                    Ok(Businesses { all: natural(row.all), suspended: natural(row.suspended) })
                })
            })
            .await
        })
    }
}

impl PgPlatform {
    fn is_fresh(&self, tenant: TenantId, now: Timestamp) -> bool {
        let oldest = now.checked_sub(FRESH).unwrap_or(now);
        self.counted.lock().get(&tenant).is_some_and(|figures| figures.counted_at > oldest)
    }

    /// Counts those whose figures are missing or too old. What takes longer than a page may wait goes on without it.
    async fn count_soon(&self, tenants: Vec<TenantId>, now: Timestamp) {
        if tenants.iter().all(|tenant| self.is_fresh(*tenant, now)) {
            return;
        }
        let (this, (done, until)) = (self.clone(), tokio::sync::oneshot::channel());
        self.db.spawn(async move {
            let turn = this.turn.lock().await;
            for tenant in tenants {
                // Another page has perhaps just had it counted.
                if !this.is_fresh(tenant, now) {
                    this.count_one(tenant, now).await;
                }
            }
            drop(turn);
            // Nobody waits any more: the figures are kept all the same.
            let _ = done.send(());
        });
        // Over time, or broken off: the page shows what there is.
        let _ = tokio::time::timeout(PATIENCE, until).await;
    }

    async fn count_one(&self, tenant: TenantId, now: Timestamp) {
        let counted = self.db.read("count what a tenant does", tenant, move |tx| Box::pin(figures(tx, tenant, now)));
        match counted.await {
            Ok(figures) => {
                let mut kept = self.counted.lock();
                if kept.len() >= KEPT {
                    kept.clear();
                }
                kept.insert(tenant, figures);
            }
            Err(error) => {
                tracing::warn!(%tenant, %error, "A tenant could not be counted; tried again when it is shown.");
            }
        }
    }
}

async fn page(
    tx: &mut PgConnection,
    search: Option<Search>,
    after: Option<String>,
    limit: u16,
) -> Result<Vec<TenantLine>, Error> {
    // What is looked for stands anywhere in a name, so every name behind `after` is read: there are few businesses beside
    // what is in them.
    let rows = sqlx::query!(
        r#"select id, slug, name, status = 'active' as "active!", created_at from tenants
           where slug > $1 and (strpos(lower(name), $2) > 0 or strpos(slug, $2) > 0)
           order by slug limit $3"#,
        after.unwrap_or_default(),
        search.as_ref().map_or("", Search::as_str),
        i64::from(limit)
    )
    .fetch_all(tx)
    .await?;
    let line = |id, slug, name, active, created_at| {
        Ok(TenantLine {
            id: TenantId::from_uuid(id),
            slug,
            name,
            active,
            created_at: from_db(created_at)?,
            figures: None,
        })
    };
    rows.into_iter().map(|row| line(row.id, row.slug, row.name, row.active, row.created_at)).collect()
}

/// What one business does. Conversations are counted by status, for each has an index of the tenant's; messages of the week
/// are looked for in the logs of those conversations alone in which somebody wrote since.
async fn figures(tx: &mut PgConnection, tenant: TenantId, now: Timestamp) -> Result<Figures, Error> {
    let since = to_db(now.checked_sub(WEEK).unwrap_or(now));
    let row = sqlx::query!(
        r#"with touched as (
               select id, last_message_at as at from conversations
               where tenant_id = $1 and status = 'open' and last_message_at >= $2
               union all
               select id, last_message_at from conversations
               where tenant_id = $1 and status = 'snoozed' and last_message_at >= $2
               union all
               select id, settled_at from conversations
               where tenant_id = $1 and status = 'resolved' and settled_at >= $2
           )
           select (select count(distinct user_id) from memberships where tenant_id = $1 and role <> 'client') as "people!",
                  (select count(*) from accounts where tenant_id = $1) as "customers!",
                  (select count(*) from conversations where tenant_id = $1 and status = 'open')
                      + (select count(*) from conversations where tenant_id = $1 and status = 'snoozed')
                      + (select count(*) from conversations where tenant_id = $1 and status = 'resolved')
                      as "conversations!",
                  (select count(*) from touched join event_log line on line.entity_id = touched.id
                   where line.tenant_id = $1 and line.kind = 'message_sent' and line.at >= $2) as "messages!",
                  (select coalesce(sum(received), 0)::bigint from attachments where tenant_id = $1 and not removed)
                      as "file_bytes!",
                  greatest(
                      (select max(last_message_at) from conversations where tenant_id = $1 and status = 'open'),
                      (select max(last_message_at) from conversations where tenant_id = $1 and status = 'snoozed'),
                      (select max(settled_at) from conversations where tenant_id = $1 and status = 'resolved'))
                      as last_message_at"#,
        tenant.uuid(),
        since
    )
    .fetch_one(tx)
    .await?;
    Ok(Figures {
        counted_at: now,
        people: natural(row.people),
        customers: natural(row.customers),
        conversations: natural(row.conversations),
        messages: natural(row.messages),
        file_bytes: natural(row.file_bytes),
        last_message_at: row.last_message_at.map(from_db).transpose()?,
    })
}
