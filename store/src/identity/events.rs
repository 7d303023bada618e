//! Telling everybody who holds something that it ended. Triggers write each change into `session_changes`, whoever makes
//! it; this node reads them at once after its own changes, and every second for those of other nodes, the command line
//! or a person in psql. Each is told once, so that nobody who has come back since is sent away again.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use brigade_domain::id::{ApiKeyId, SessionId, TenantId, UserId, VisitorId};
use brigade_domain::identity::SessionEvent;
use brigade_domain::identity::ports::{SessionEvents, SessionListener};
use parking_lot::RwLock;
use uuid::Uuid;

use super::Identity;
use crate::Db;

const EVERY: Duration = Duration::from_secs(1);
/// How far back each look goes: a change becomes visible when its transaction commits, which may be later than its time.
const OVERLAP: f64 = 30.0;
/// After this long nobody reads a change any more.
const KEEP_SECONDS: f64 = 3_600.0;
const SWEEP_EVERY: Duration = Duration::from_mins(10);

/// Who listens.
#[derive(Default)]
pub(super) struct Hub {
    listeners: RwLock<Vec<SessionListener>>,
}

impl SessionEvents for Identity {
    fn listen(&self, listener: SessionListener) {
        self.0.hub.listeners.write().push(listener);
    }

    fn publish(&self, event: SessionEvent) {
        self.0.cache.forget(&event);
        for listener in self.0.hub.listeners.read().iter() {
            listener(event);
        }
    }
}

impl Identity {
    /// After a change of this node: forgets at once what `event` ends, and tells everybody.
    pub(super) async fn ended(&self, event: SessionEvent) {
        self.0.cache.forget(&event);
        self.look().await;
    }

    /// Reads the changes since the last look and tells them.
    pub(super) async fn look(&self) {
        let mut seen = self.0.seen.lock().await;
        match changes(self.db(), seen.window()).await {
            Ok(changes) => seen.fresh(&changes).into_iter().for_each(|event| self.publish(event)),
            Err(error) => tracing::warn!(error = %error, "Ended sessions could not be read; trying again."),
        }
    }
}

/// Starts reading the changes, for as long as the identity is in use.
pub(super) fn watch(identity: &Identity) {
    let (weak, db) = (std::sync::Arc::downgrade(&identity.0), identity.db().clone());
    identity.db().spawn(async move {
        let mut swept = Instant::now();
        loop {
            let Some(inner) = weak.upgrade() else { return };
            Identity(inner).look().await;
            if swept.elapsed() > SWEEP_EVERY {
                swept = Instant::now();
                sweep(&db).await;
            }
            tokio::time::sleep(EVERY).await;
        }
    });
}

struct Change {
    id: i64,
    event: SessionEvent,
}

/// What was told already.
pub(super) struct Seen {
    told: HashMap<i64, Instant>,
    last: Instant,
    first: bool,
}

impl Default for Seen {
    fn default() -> Self {
        Self { told: HashMap::new(), last: Instant::now(), first: true }
    }
}

impl Seen {
    /// How many seconds to look back: over everything since the last look, and the overlap.
    fn window(&self) -> f64 {
        self.last.elapsed().as_secs_f64() + OVERLAP
    }

    /// Those of `changes` that were not told before. What happened before the first look concerns nobody here.
    fn fresh(&mut self, changes: &[Change]) -> Vec<SessionEvent> {
        let now = Instant::now();
        self.last = now;
        let there: HashSet<i64> = changes.iter().map(|change| change.id).collect();
        let fresh = changes.iter().filter(|change| !self.told.contains_key(&change.id)).map(|change| change.event);
        let fresh: Vec<_> = if std::mem::take(&mut self.first) { Vec::new() } else { fresh.collect() };
        self.told.retain(|id, _| there.contains(id));
        self.told.extend(there.into_iter().map(|id| (id, now)));
        fresh
    }
}

async fn changes(db: &Db, seconds: f64) -> Result<Vec<Change>, brigade_domain::refusal::Fault> {
    db.global_read("read ended sessions", move |tx| {
        Box::pin(async move {
            let rows = sqlx::query!(
                "select id, kind, subject from session_changes
                 where at > clock_timestamp() - make_interval(secs => $1) order by id",
                seconds
            )
            .fetch_all(tx)
            .await?;
            Ok(rows
                .into_iter()
                .filter_map(|row| Some(Change { id: row.id, event: event(&row.kind, row.subject)? }))
                .collect())
        })
    })
    .await
}

/// The table allows these kinds and no others.
fn event(kind: &str, subject: Uuid) -> Option<SessionEvent> {
    Some(match kind {
        "session" => SessionEvent::Session(SessionId::from_uuid(subject)),
        "user" => SessionEvent::User(UserId::from_uuid(subject)),
        "key" => SessionEvent::Key(ApiKeyId::from_uuid(subject)),
        "visitor" => SessionEvent::Visitor(VisitorId::from_uuid(subject)),
        "tenant" => SessionEvent::Tenant(TenantId::from_uuid(subject)),
        _ => return None,
    })
}

async fn sweep(db: &Db) {
    let swept = db
        .global_write("forget old changes", |tx| {
            Box::pin(async move {
                sqlx::query!(
                    "delete from session_changes where at < clock_timestamp() - make_interval(secs => $1)",
                    KEEP_SECONDS
                )
                .execute(tx)
                .await?;
                Ok(())
            })
        })
        .await;
    if let Err(error) = swept {
        tracing::warn!(error = %error, "Old session changes could not be deleted; trying again later.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(id: i64) -> Change {
        let subject = Uuid::from_u128(u128::from(id.unsigned_abs()));
        Change { id, event: SessionEvent::Session(SessionId::from_uuid(subject)) }
    }

    #[test]
    fn each_change_is_told_once_also_when_it_becomes_visible_late() {
        let mut seen = Seen::default();
        assert_eq!(seen.fresh(&[change(1)]).len(), 0);
        assert_eq!(seen.fresh(&[change(1), change(3)]).len(), 1);
        // 2 was written before 3 and committed after it.
        assert_eq!(seen.fresh(&[change(1), change(2), change(3)]), vec![change(2).event]);
        assert_eq!(seen.fresh(&[change(2), change(3)]).len(), 0);
        assert_eq!(seen.told.len(), 2);
    }

    #[test]
    fn a_pause_is_looked_over_as_a_whole() {
        let seen = Seen { last: Instant::now().checked_sub(Duration::from_secs(100)).unwrap(), ..Seen::default() };
        assert!(seen.window() >= 100.0 + OVERLAP);
    }
}
