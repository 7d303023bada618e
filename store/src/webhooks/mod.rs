//! Outgoing webhooks: the ports [`Webhooks`] and [`Outgoing`] over PostgreSQL, and the task that finds in the logs what is
//! to be told (docs/decisions/0011).
//!
//! | what | module |
//! |---|---|
//! | endpoints and their secrets | [`endpoints`] |
//! | what was sent, tests, sending again | [`deliveries`] |
//! | which logs have grown | [`touched`] |
//! | from lines of logs to deliveries | [`relay`] |
//! | what is due, and what became of it | [`post`] |
//! | taking away what is old | [`mod@tidy`] |
//!
//! A commit pays for none of it but a note in memory. A delivery is a pointer to a line of a log: what is sent is written
//! anew from the line for each attempt.

mod deliveries;
mod endpoints;
mod post;
mod relay;
mod tidy;
mod touched;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use brigade_domain::Timestamp;
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{DeliveryId, TenantId, WebhookId};
use brigade_domain::identity::{Cause, Secret};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Rejection};
use brigade_domain::webhooks::ports::{Delivery, Due, Endpoint, Outgoing, Receipt, Wanted, Webhooks};
use tokio::sync::Notify;
use uuid::Uuid;

pub(crate) use self::endpoints::reseal;
pub use self::tidy::tidy;
pub(crate) use self::touched::Touched;
use crate::db::WeakDb;
use crate::error::unruled;
use crate::identity::Identity;
use crate::{Db, PgJournal};

/// How often it is looked for what is to be done.
const TURN: Duration = Duration::from_millis(100);
/// For each moment of work so many moments of rest.
const REST: u32 = 2;
/// How often it is asked who has just made their first endpoint, when nothing happens.
const LOOK: Duration = Duration::from_secs(1);
/// How often all logs are compared, for what another server left.
const COMPARE: Duration = Duration::from_mins(10);
/// How soon they are compared after something failed.
const COMPARE_SOON: Duration = Duration::from_secs(30);
/// How often what is old is taken away.
const TIDY: Duration = Duration::from_hours(1);
/// How many logs are read in one transaction.
const BATCH: usize = 64;

/// Webhooks in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgWebhooks(Arc<Inner>);

struct Inner {
    identity: Identity,
    /// Where an admin looks after endpoints: a link for letters.
    page: String,
    news: Arc<Notify>,
}

impl PgWebhooks {
    /// Works through the database of `identity`, and keeps up with what `journal` commits, and with what was committed
    /// before, as long as anybody needs the database. `page`: where an admin looks after endpoints.
    pub fn start(identity: Identity, journal: &PgJournal, page: String) -> Self {
        let news = Arc::new(Notify::new());
        let reader = Reader { touched: journal.noted().webhooks, news: Arc::clone(&news) };
        let db = identity.db();
        db.spawn(reader.keep_up(db.downgrade()));
        Self(Arc::new(Inner { identity, page, news }))
    }

    fn db(&self) -> &Db {
        self.0.identity.db()
    }
}

/// Reads the logs.
struct Reader {
    touched: Touched,
    news: Arc<Notify>,
}

impl Reader {
    async fn keep_up(self, db: WeakDb) {
        let (mut compare_at, mut look_at, mut tidy_at) = (Instant::now(), Instant::now(), Instant::now() + TIDY);
        while let Some(db) = db.upgrade() {
            let began = Instant::now();
            // Before it is asked who wants to be told: who wants it by then has not missed what was noted until here.
            let fresh = self.touched.take();
            let compares = self.touched.lost_some() || began >= compare_at;
            if compares {
                compare_at = began + COMPARE;
            }
            if compares || !fresh.is_empty() || began >= look_at {
                look_at = began + LOOK;
                if let Err(fault) = self.turn(&db, fresh, compares).await {
                    tracing::warn!(error = %fault, "Reading logs for webhooks failed, and is tried again.");
                    compare_at = compare_at.min(began + COMPARE_SOON);
                }
            }
            if began >= tidy_at {
                tidy_at = began + TIDY;
                if let Err(fault) = tidy(&db, Timestamp::now()).await {
                    tracing::warn!(error = %fault, "Old deliveries could not be taken away, and it is tried again.");
                }
            }
            let worked = began.elapsed();
            drop(db);
            tokio::time::sleep(TURN.max(worked * REST)).await;
        }
    }

    async fn turn(&self, db: &Db, fresh: impl IntoIterator<Item = EntityKey>, compares: bool) -> Result<(), Fault> {
        let wanting = relay::wanting(db).await?;
        if wanting.is_empty() {
            return Ok(());
        }
        let mut grown: HashMap<TenantId, Vec<EntityKey>> = HashMap::new();
        for key in fresh {
            grown.entry(key.tenant).or_default().push(key);
        }
        // Somebody's trouble is not everybody's.
        let mut trouble = Ok(());
        for (tenant, ready) in wanting {
            let mine = grown.remove(&tenant).unwrap_or_default();
            let done = if ready && !compares {
                self.read(db, tenant, &mine).await
            } else {
                self.catch_up(db, tenant, ready).await
            };
            trouble = trouble.and(done);
        }
        trouble
    }

    /// Compares all logs of a tenant; of one with its first endpoint, once its cursors are set: also for what was written
    /// meanwhile.
    async fn catch_up(&self, db: &Db, tenant: TenantId, ready: bool) -> Result<(), Fault> {
        if ready || relay::prepare(db, tenant).await? { self.compare(db, tenant).await } else { Ok(()) }
    }

    /// Reads these logs. Those that another server is reading at the moment, and those with more, are noted again.
    async fn read(&self, db: &Db, tenant: TenantId, keys: &[EntityKey]) -> Result<(), Fault> {
        for batch in keys.chunks(BATCH) {
            let ids: Vec<Uuid> = batch.iter().map(|key| key.entity.id).collect();
            let left = self.read_batch(db, tenant, ids).await?;
            self.touched.note(batch.iter().copied().filter(|key| left.contains(&key.entity.id)));
        }
        Ok(())
    }

    async fn compare(&self, db: &Db, tenant: TenantId) -> Result<(), Fault> {
        let mut after = Uuid::nil();
        loop {
            let page =
                db.read("compare what was told", tenant, move |tx| Box::pin(relay::behind(tx, tenant, after, BATCH)));
            let behind = page.await?;
            let Some(last) = behind.last() else { return Ok(()) };
            after = last.entity.id;
            self.read(db, tenant, &behind).await?;
        }
    }

    async fn read_batch(&self, db: &Db, tenant: TenantId, ids: Vec<Uuid>) -> Result<Vec<Uuid>, Fault> {
        const DOING: &str = "read logs for webhooks";
        let read = db.write(DOING, tenant, move |tx| Box::pin(relay::read(tx, tenant, ids)));
        let relayed = read.await.map_err(|rejection| unruled(rejection, DOING))?;
        if relayed.found > 0 {
            self.news.notify_one();
        }
        Ok(relayed.left)
    }
}

impl Webhooks for PgWebhooks {
    fn list(&self, tenant: TenantId) -> BoxFuture<'static, Result<(Vec<Endpoint>, bool), Fault>> {
        let db = self.db().clone();
        Box::pin(async move { db.read("list webhooks", tenant, move |tx| Box::pin(endpoints::list(tx, tenant))).await })
    }

    fn create(
        &self,
        tenant: TenantId,
        id: WebhookId,
        wanted: Wanted,
        secret: Secret,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Endpoint, Rejection>> {
        let own = self.clone();
        Box::pin(async move {
            let ring = own.0.identity.clone();
            let create = own.db().write("make a webhook", tenant, move |tx| {
                Box::pin(async move { endpoints::create(tx, ring.ring(), tenant, id, &wanted, &secret, &cause).await })
            });
            create.await
        })
    }

    fn change(
        &self,
        tenant: TenantId,
        id: WebhookId,
        rev: u32,
        wanted: Wanted,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Endpoint, Rejection>> {
        let own = self.clone();
        Box::pin(async move {
            let change = own.db().write("change a webhook", tenant, move |tx| {
                Box::pin(async move { endpoints::change(tx, tenant, id, rev, &wanted, &cause).await })
            });
            let changed = change.await?;
            own.0.news.notify_one();
            Ok(changed)
        })
    }

    fn rotate(
        &self,
        tenant: TenantId,
        id: WebhookId,
        secret: Secret,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Endpoint, Rejection>> {
        let own = self.clone();
        Box::pin(async move {
            let ring = own.0.identity.clone();
            let rotate = own.db().write("replace a webhook's secret", tenant, move |tx| {
                Box::pin(async move { endpoints::rotate(tx, ring.ring(), tenant, id, &secret, &cause).await })
            });
            rotate.await
        })
    }

    fn remove(&self, tenant: TenantId, id: WebhookId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.write("remove a webhook", tenant, move |tx| {
                Box::pin(async move { endpoints::remove(tx, tenant, id, &cause).await })
            })
            .await
        })
    }

    fn test(
        &self,
        tenant: TenantId,
        id: WebhookId,
        delivery: DeliveryId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Delivery, Rejection>> {
        let own = self.clone();
        Box::pin(async move {
            let test = own.db().write("test a webhook", tenant, move |tx| {
                Box::pin(async move { deliveries::test(tx, tenant, id, delivery, cause.at).await })
            });
            let delivery = test.await?;
            own.0.news.notify_one();
            Ok(delivery)
        })
    }

    fn deliveries(
        &self,
        tenant: TenantId,
        id: WebhookId,
        before: Option<DeliveryId>,
        limit: u16,
    ) -> BoxFuture<'static, Result<(Vec<Delivery>, bool), Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            let page =
                db.read("list deliveries", tenant, move |tx| Box::pin(deliveries::page(tx, tenant, id, before, limit)));
            page.await?.ok_or_else(|| Code::NotFound.into())
        })
    }

    fn again(
        &self,
        tenant: TenantId,
        id: WebhookId,
        delivery: DeliveryId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Delivery, Rejection>> {
        let own = self.clone();
        Box::pin(async move {
            let again = own.db().write("send a delivery again", tenant, move |tx| {
                Box::pin(async move { deliveries::again(tx, tenant, id, delivery, &cause).await })
            });
            let delivery = again.await?;
            own.0.news.notify_one();
            Ok(delivery)
        })
    }
}

impl Outgoing for PgWebhooks {
    fn due(&self, at: Timestamp) -> BoxFuture<'static, Result<Vec<(TenantId, WebhookId)>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move { db.global_read("look for due webhooks", move |tx| Box::pin(post::due(tx, at))).await })
    }

    fn take(
        &self,
        tenant: TenantId,
        endpoint: WebhookId,
        at: Timestamp,
        most: u32,
    ) -> BoxFuture<'static, Result<Vec<Due>, Fault>> {
        const DOING: &str = "take due webhooks";
        let own = self.clone();
        Box::pin(async move {
            let ring = own.0.identity.clone();
            let take = own.db().write(DOING, tenant, move |tx| {
                Box::pin(async move { post::take(tx, ring.ring(), tenant, endpoint, at, most).await })
            });
            take.await.map_err(|rejection| unruled(rejection, DOING))
        })
    }

    fn settle(&self, due: Due, began: Timestamp, receipt: Receipt) -> BoxFuture<'static, Result<(), Fault>> {
        const DOING: &str = "settle a webhook";
        let own = self.clone();
        Box::pin(async move {
            let inner = Arc::clone(&own.0);
            let settle = own.db().write(DOING, due.tenant, move |tx| {
                Box::pin(async move {
                    let letters = post::Letters { ring: inner.identity.ring(), page: &inner.page };
                    post::settle(tx, &letters, &due, began, &receipt).await
                })
            });
            settle.await.map_err(|rejection| unruled(rejection, DOING))
        })
    }

    fn news(&self) -> BoxFuture<'static, ()> {
        let news = Arc::clone(&self.0.news);
        Box::pin(async move { news.notified().await })
    }
}
