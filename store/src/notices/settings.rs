//! What people want to be told and how: theirs, outside the tenants' wall like themselves.

use std::collections::BTreeSet;

use brigade_domain::Timestamp;
use brigade_domain::id::{TenantId, UserId};
use brigade_domain::notices::Kind;
use brigade_domain::notices::settings::{Quiet, Settings};
use brigade_domain::refusal::{Code, Fault, Refusal};
use brigade_domain::tenant::clock::Zone;
use sqlx::PgConnection;

use super::news;
use crate::chat::{read_name, to_rev};
use crate::error::Error;
use crate::time::to_db;

fn kinds(names: Vec<String>) -> Result<BTreeSet<Kind>, Error> {
    names.into_iter().map(|name| read_name(name, "read what somebody is not told")).collect()
}

fn names(kinds: &BTreeSet<Kind>) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.as_str()).collect()
}

/// Somebody's, or as they come.
pub(super) async fn find(tx: &mut PgConnection, user: UserId) -> Result<Settings, Error> {
    let row = sqlx::query!(
        "select rev, muted, unmailed, unpushed, mail, mail_hour, zone, quiet_from, quiet_to from notice_settings where user_id = $1",
        user.uuid()
    )
    .fetch_optional(tx)
    .await?;
    let Some(row) = row else { return Ok(Settings::usual()) };
    let broken = |refusal: Refusal| Error::from(Fault::internal("read how somebody is told", refusal));
    let wall = |text: String| text.parse().map_err(|error| Error::from(Fault::internal("read quiet hours", error)));
    let quiet = match (row.quiet_from, row.quiet_to) {
        (Some(from), Some(to)) => Some(Quiet { from: wall(from)?, to: wall(to)? }),
        _ => None,
    };
    Ok(Settings {
        rev: to_rev(row.rev)?,
        off: kinds(row.muted)?,
        unmailed: kinds(row.unmailed)?,
        unpushed: kinds(row.unpushed)?,
        mail: read_name(row.mail, "read when somebody gets mail")?,
        mail_hour: u8::try_from(row.mail_hour).unwrap_or_default(),
        zone: row.zone.map(|zone| Zone::parse("zone", &zone).map_err(broken)).transpose()?,
        quiet,
    })
}

/// Keeps them as they are wanted by whoever has seen `wanted.rev`, and says so to their other pages.
pub(super) async fn keep(
    tx: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
    wanted: &Settings,
    at: Timestamp,
) -> Result<Settings, Error> {
    let quiet = |time: fn(Quiet) -> String| wanted.quiet.map(time);
    let written = sqlx::query!(
        "insert into notice_settings as known (user_id, rev, muted, unmailed, mail, mail_hour, zone, quiet_from, quiet_to, changed_at, unpushed)
         select $1, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11
         where $2 = 0 or exists (select from notice_settings where user_id = $1)
         on conflict (user_id) do update
         set rev = known.rev + 1, muted = excluded.muted, unmailed = excluded.unmailed, mail = excluded.mail,
             mail_hour = excluded.mail_hour, zone = excluded.zone, quiet_from = excluded.quiet_from,
             quiet_to = excluded.quiet_to, changed_at = excluded.changed_at, unpushed = excluded.unpushed
         where known.rev = $2",
        user.uuid(),
        i32::try_from(wanted.rev).unwrap_or(i32::MAX),
        &names(&wanted.off) as _,
        &names(&wanted.unmailed) as _,
        wanted.mail.as_str(),
        i16::from(wanted.mail_hour),
        wanted.zone.as_ref().map(Zone::as_str),
        quiet(|quiet| quiet.from.to_string()),
        quiet(|quiet| quiet.to.to_string()),
        to_db(at),
        &names(&wanted.unpushed) as _,
    )
    .execute(&mut *tx)
    .await?;
    if written.rows_affected() == 0 {
        return Err(Refusal::of(Code::Conflict).into());
    }
    news::say(tx, tenant, &[user.uuid()]).await?;
    find(tx, user).await
}

/// Ends somebody's letters. Done twice it does nothing more.
pub(super) async fn unsubscribe(tx: &mut PgConnection, user: UserId, at: Timestamp) -> Result<(), Error> {
    sqlx::query!(
        "insert into notice_settings as known (user_id, rev, muted, unmailed, mail, mail_hour, changed_at)
         select id, 1, '{}', '{}', 'never', $3, $2 from users where id = $1
         on conflict (user_id) do update set rev = known.rev + 1, mail = 'never', changed_at = excluded.changed_at
         where known.mail <> 'never'",
        user.uuid(),
        to_db(at),
        i16::from(brigade_domain::notices::settings::MAIL_HOUR),
    )
    .execute(tx)
    .await?;
    Ok(())
}
