//! The platform's own record, to look through.

use std::collections::BTreeSet;

use brigade_domain::actor::Party;
use brigade_domain::id::UserId;
use brigade_domain::identity::ports::AuditLine;
use brigade_domain::journal::BoxFuture;
use brigade_domain::platform::ports::{Activity, Lines, Which};
use brigade_domain::refusal::Fault;
use sqlx::PgConnection;
use uuid::Uuid;

use super::PgPlatform;
use crate::audit::{Kept, PLATFORM};
use crate::error::Error;
use crate::time::to_db;

impl Activity for PgPlatform {
    fn page(&self, which: Which, limit: u16) -> BoxFuture<'static, Result<Lines, Fault>> {
        let db = self.db.clone();
        Box::pin(async move {
            db.read("read the platform's record", PLATFORM, move |tx| Box::pin(page(tx, which, limit))).await
        })
    }
}

async fn page(tx: &mut PgConnection, which: Which, limit: u16) -> Result<Lines, Error> {
    let before = which.before.map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX));
    // The chain is named in the words of its indexes, so that they are found.
    let rows = sqlx::query_as!(
        Kept,
        "select seq, at, event_type, actor, ip, request_id, result, metadata from audit_log
         where tenant_id = '00000000-0000-0000-0000-000000000000' and seq < $1 and event_type >= $2 and event_type < $3
           and at >= coalesce($4::timestamptz, '-infinity') and at < coalesce($5::timestamptz, 'infinity')
         order by seq desc limit $6",
        before,
        which.events.from(),
        which.events.to(),
        which.from.map(to_db),
        which.to.map(to_db),
        i64::from(limit)
    )
    .fetch_all(&mut *tx)
    .await?;
    let lines: Vec<AuditLine> = rows.into_iter().map(Kept::read).collect::<Result<_, Error>>()?;
    let names = names(tx, &lines).await?;
    Ok(Lines { lines, names })
}

/// What those are called who did something.
async fn names(tx: &mut PgConnection, lines: &[AuditLine]) -> Result<Vec<(UserId, String)>, Error> {
    let people: BTreeSet<Uuid> = lines
        .iter()
        .filter_map(|line| match line.actor.parse() {
            Ok(Party::User(user)) => Some(user.uuid()),
            Ok(Party::Visitor(_) | Party::Key(_) | Party::System) | Err(_) => None,
        })
        .collect();
    let people: Vec<Uuid> = people.into_iter().collect();
    let rows = sqlx::query!("select id, name from users where id = any($1)", &people).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|row| (UserId::from_uuid(row.id), row.name)).collect())
}
