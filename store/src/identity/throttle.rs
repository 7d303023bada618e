//! Counting attempts, durably and for all nodes.
//!
//! An attempt is counted before it is made and taken back when it succeeds, in one statement under the row's lock, so
//! that a hundred attempts at once are a hundred attempts.

use std::time::Duration;

use brigade_domain::Timestamp;
use brigade_domain::identity::ports::Throttle;
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Fault, Rejection};
use smallvec::SmallVec;
use sqlx::PgConnection;

use super::{Identity, sha256};
use crate::error::Error;
use crate::time::{from_db, to_db};

impl Throttle for Identity {
    fn attempt(
        &self,
        keys: SmallVec<[String; 2]>,
        limit: u32,
        window: Duration,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<Option<Duration>, Rejection>> {
        let db = self.db().clone();
        let keys = sorted(&keys);
        Box::pin(async move {
            let counted =
                db.global_write("count an attempt", move |tx| Box::pin(attempt(tx, keys, limit, window, at))).await;
            match counted {
                Ok(()) => Ok(None),
                Err(Rejection::Refused(refusal)) => Ok(Some(refusal.retry_after.unwrap_or(window))),
                Err(broken) => Err(broken),
            }
        })
    }

    fn forgive(&self, keys: SmallVec<[String; 2]>, at: Timestamp) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.db().clone();
        let keys = sorted(&keys);
        Box::pin(async move {
            db.global_write("take an attempt back", move |tx| {
                Box::pin(async move {
                    for key in &keys {
                        sqlx::query!(
                            "update throttles set attempts = greatest(attempts - 1, 0) where key = $1 and ends_at > $2",
                            &key[..],
                            to_db(at)
                        )
                        .execute(&mut *tx)
                        .await?;
                    }
                    Ok(())
                })
            })
            .await
        })
    }
}

/// In one order, so that two attempts at the same keys wait for each other instead of dead-locking.
fn sorted(keys: &[String]) -> Vec<[u8; 32]> {
    let mut hashes: Vec<_> = keys.iter().map(|key| sha256(key)).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Counts under every key, or under none: the refusal undoes what was counted before it.
async fn attempt(
    tx: &mut PgConnection,
    keys: Vec<[u8; 32]>,
    limit: u32,
    window: Duration,
    at: Timestamp,
) -> Result<(), Error> {
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    for key in &keys {
        let counted = sqlx::query!(
            "insert into throttles as kept (key, ends_at, attempts)
             values ($1, $2::timestamptz + make_interval(secs => $3), 1)
             on conflict (key) do update set
                 ends_at = case when kept.ends_at <= $2 then excluded.ends_at else kept.ends_at end,
                 attempts = case when kept.ends_at <= $2 then 1 else kept.attempts + 1 end
             returning attempts, ends_at",
            &key[..],
            to_db(at),
            window.as_secs_f64()
        )
        .fetch_one(&mut *tx)
        .await?;
        if counted.attempts > limit {
            let wait = from_db(counted.ends_at)?.duration_since(at);
            let wait = Duration::try_from(wait).map_err(|error| Fault::internal("compute a wait", error))?;
            return Err(brigade_domain::refusal::Refusal::of(brigade_domain::refusal::Code::RateLimited)
                .retry_after(wait)
                .into());
        }
    }
    Ok(())
}
