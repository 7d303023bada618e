//! That somebody has news goes to every node with the commit that makes it, over PostgreSQL's own `NOTIFY`: ids and
//! nothing else. A node that is not listening at the moment misses it; pages ask again now and then.

use std::sync::Arc;
use std::time::Duration;

use brigade_domain::id::{TenantId, UserId};
use parking_lot::RwLock;
use sqlx::PgConnection;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use uuid::Uuid;

use super::NewsListener;
use crate::db::WeakDb;
use crate::error::Error;

const CHANNEL: &str = "brigade_notices";
/// How soon it is listened again after the connection was lost, and how often it is looked whether anybody still needs it.
const AGAIN: Duration = Duration::from_secs(1);

/// Says that these people have news, once the transaction commits.
pub(super) async fn say(tx: &mut PgConnection, tenant: TenantId, users: &[Uuid]) -> Result<(), Error> {
    if users.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "select pg_notify($1, $2::text || ' ' || who::text) from (select distinct who from unnest($3::uuid[]) as who) as each",
        CHANNEL,
        tenant.uuid().to_string(),
        users,
    )
    .fetch_all(tx)
    .await?;
    Ok(())
}

/// Listens for as long as anybody needs the database.
pub(super) async fn hear(db: WeakDb, connect: PgConnectOptions, listeners: Arc<RwLock<Vec<NewsListener>>>) {
    let unneeded = async {
        while db.upgrade().is_some() {
            tokio::time::sleep(AGAIN).await;
        }
    };
    let listening = async {
        loop {
            if let Err(error) = listen(&connect, &listeners).await {
                tracing::debug!(%error, "listening for news of notices ended, and begins again in a moment");
            }
            tokio::time::sleep(AGAIN).await;
        }
    };
    tokio::select! {
        () = unneeded => {}
        () = listening => {}
    }
}

async fn listen(connect: &PgConnectOptions, listeners: &RwLock<Vec<NewsListener>>) -> Result<(), sqlx::Error> {
    // A connection of its own: it is held for good.
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(connect.clone());
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    while let Some(news) = listener.try_recv().await? {
        let Some((tenant, user)) = read(news.payload()) else { continue };
        for listener in listeners.read().iter() {
            listener(tenant, user);
        }
    }
    Ok(())
}

fn read(payload: &str) -> Option<(TenantId, UserId)> {
    let (tenant, user) = payload.split_once(' ')?;
    Some((TenantId::from_uuid(tenant.parse().ok()?), UserId::from_uuid(user.parse().ok()?)))
}
