//! What the staff are told: the port [`Notices`] over PostgreSQL, and the task that finds it in the logs
//! (docs/decisions/0014).
//!
//! | what | module |
//! |---|---|
//! | from lines of logs to notices | [`relay`] |
//! | writing, reading and forgetting notices | [`keep`] |
//! | telling every node that somebody has news | [`news`] |
//! | what people want to be told | [`settings`] |
//! | letters to who was away | [`digest`] |
//! | devices on which no page is open | [`push`] |
//!
//! A commit pays for none of it but a note in memory. Cursors and notices are written in one transaction: a server that
//! is killed has done all or nothing, and the next one finds what was left by comparing.

mod digest;
mod keep;
mod news;
pub(crate) mod push;
mod relay;
mod settings;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use brigade_domain::Timestamp;
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{ConversationId, TenantId, UserId};
use brigade_domain::journal::BoxFuture;
use brigade_domain::notices::ports::{Notice, NoticeSettings, Notices, WhatRead};
use brigade_domain::notices::settings::Settings;
use brigade_domain::refusal::{Fault, Rejection};
use parking_lot::RwLock;
use uuid::Uuid;

pub use self::digest::{Addressee, Links};
pub(crate) use self::keep::{expire, support_came, webhook_off};
pub use self::push::{MakeKeys, PgPush};
use crate::db::WeakDb;
use crate::error::unruled;
use crate::identity::Identity;
use crate::webhooks::Touched;
use crate::{Db, PgJournal};

/// How often the logs that have grown are read. What is read has waited for as long at least: who has a conversation
/// before them has said so by then, and is told nothing of it.
const TURN: Duration = Duration::from_millis(1500);
/// How often all logs are compared, for what another server left.
const COMPARE: Duration = Duration::from_mins(10);
/// How soon they are compared after something failed.
const COMPARE_SOON: Duration = Duration::from_secs(30);
/// How many logs are read in one transaction.
const BATCH: usize = 64;

/// What is called when somebody has news, on every node.
pub type NewsListener = Arc<dyn Fn(TenantId, UserId) + Send + Sync>;

/// Notices in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgNotices {
    identity: Identity,
    listeners: Arc<RwLock<Vec<NewsListener>>>,
}

impl PgNotices {
    /// Works through the database of `identity`, and keeps up with what `journal` commits, and with what was committed before, as long as anybody
    /// needs the database.
    pub fn start(identity: Identity, journal: &PgJournal) -> Self {
        let db = identity.db();
        let listeners = Arc::new(RwLock::new(Vec::new()));
        let reader = Reader { touched: journal.noted().notices };
        db.spawn(reader.keep_up(db.downgrade()));
        db.spawn(news::hear(db.downgrade(), db.connect_options().clone(), Arc::clone(&listeners)));
        Self { identity, listeners }
    }

    fn db(&self) -> &Db {
        self.identity.db()
    }

    /// Calls `listener` whenever there is something new for somebody, or something was read. May be missed: who must know
    /// asks now and then.
    pub fn listen(&self, listener: NewsListener) {
        self.listeners.write().push(listener);
    }

    /// Tells who answers a conversation what is due in it at `now`, and looks again when there will be more to tell.
    pub async fn due(&self, tenant: TenantId, conversation: ConversationId, now: Timestamp) -> Result<(), Rejection> {
        const DOING: &str = "tell what is due";
        self.db().write(DOING, tenant, move |tx| Box::pin(relay::due(tx, tenant, conversation, now))).await
    }
}

impl Notices for PgNotices {
    fn list(&self, tenant: TenantId, user: UserId) -> BoxFuture<'static, Result<Vec<Notice>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move { db.read("list notices", tenant, move |tx| Box::pin(keep::list(tx, tenant, user))).await })
    }

    fn read(
        &self,
        tenant: TenantId,
        user: UserId,
        what: WhatRead,
        until: Timestamp,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.write("note what was read", tenant, move |tx| {
                Box::pin(async move { keep::read(tx, tenant, user, &what, until, at).await })
            })
            .await
        })
    }
}

impl NoticeSettings for PgNotices {
    fn settings(&self, user: UserId) -> BoxFuture<'static, Result<Settings, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_read("read how somebody is told", move |tx| Box::pin(settings::find(tx, user))).await
        })
    }

    fn keep_settings(
        &self,
        tenant: TenantId,
        user: UserId,
        wanted: Settings,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<Settings, Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.write("keep how somebody is told", tenant, move |tx| {
                Box::pin(async move { settings::keep(tx, tenant, user, &wanted, at).await })
            })
            .await
        })
    }

    fn unsubscribe(&self, user: UserId, at: Timestamp) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_write("write to somebody no more", move |tx| Box::pin(settings::unsubscribe(tx, user, at))).await
        })
    }
}

/// Reads the logs.
struct Reader {
    touched: Touched,
}

impl Reader {
    async fn keep_up(self, db: WeakDb) {
        let mut compare_at = Instant::now();
        // Noted in the turn before.
        let mut ripe: HashSet<EntityKey> = HashSet::new();
        while let Some(db) = db.upgrade() {
            let began = Instant::now();
            let compares = self.touched.lost_some() || began >= compare_at;
            if compares {
                compare_at = began + COMPARE;
            }
            let fresh = self.touched.take();
            if let Err(fault) = self.turn(&db, std::mem::replace(&mut ripe, fresh), compares).await {
                tracing::warn!(error = %fault, "Reading logs for notices failed, and is tried again.");
                compare_at = compare_at.min(began + COMPARE_SOON);
            }
            drop(db);
            tokio::time::sleep(TURN.saturating_sub(began.elapsed()).max(TURN / 3)).await;
        }
    }

    async fn turn(&self, db: &Db, ripe: HashSet<EntityKey>, compares: bool) -> Result<(), Fault> {
        let mut grown: HashMap<TenantId, Vec<EntityKey>> = HashMap::new();
        for key in ripe {
            grown.entry(key.tenant).or_default().push(key);
        }
        // Somebody's trouble is not everybody's.
        let mut trouble = Ok(());
        for (tenant, keys) in grown {
            trouble = trouble.and(self.read(db, tenant, &keys).await);
        }
        if compares {
            for tenant in relay::tenants(db).await? {
                trouble = trouble.and(self.compare(db, tenant).await);
            }
        }
        trouble
    }

    /// Reads these logs. Those that another server is reading at the moment, and those with more, are noted again.
    async fn read(&self, db: &Db, tenant: TenantId, keys: &[EntityKey]) -> Result<(), Fault> {
        const DOING: &str = "read logs for notices";
        for batch in keys.chunks(BATCH) {
            let ids: Vec<Uuid> = batch.iter().map(|key| key.entity.id).collect();
            let read = db.write(DOING, tenant, move |tx| Box::pin(relay::read(tx, tenant, ids)));
            let left = read.await.map_err(|rejection| unruled(rejection, DOING))?;
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
}
