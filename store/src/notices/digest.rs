//! Letters of what people have not read while they were away. Who has something unread has a row of `notice_digests`; each
//! node looks at all of them every so often, says who is there, and writes to who is away and whose time has come. The
//! letter, the mark on what is in it, and the end of the row are one transaction.

use brigade_domain::Timestamp;
use brigade_domain::id::{TenantId, UserId};
use brigade_domain::identity::mail::{Letter, Line};
use brigade_domain::notices::ports::Notice;
use brigade_domain::notices::settings::Settings;
use brigade_domain::refusal::{Fault, Rejection};
use brigade_domain::tenant::clock::Zone;
use jiff::SignedDuration;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{PgNotices, keep, settings};
use crate::error::Error;
use crate::identity::{Envelope, KeyRing, post};
use crate::time::{from_db, to_db};

/// Who is not there is looked for again so soon: they may come and go.
const SOON: SignedDuration = SignedDuration::from_secs(60);
/// So many lines a letter has; of the rest it says how many they are.
const LINES: usize = 20;

/// Somebody who may be written to.
#[derive(Debug, Clone, Copy)]
pub struct Addressee {
    /// In which business.
    pub tenant: TenantId,
    /// Who.
    pub user: UserId,
    /// Whether it is time to look.
    pub due: bool,
}

/// Where what is in a letter is looked at.
#[derive(Debug, Clone)]
pub struct Links {
    /// The server's own origin.
    pub origin: String,
    /// What ends the letters with one click.
    pub unsubscribe: String,
}

impl PgNotices {
    /// Everybody who may have to be written to.
    pub async fn addressees(&self, now: Timestamp) -> Result<Vec<Addressee>, Fault> {
        self.db()
            .global_read("look who is to be written to", move |tx| {
                Box::pin(async move {
                    let rows = sqlx::query!(
                        r#"select tenant_id as "tenant!", user_id as "user!", next_at <= $1 as "due!"
                           from brigade_notice_digests()"#,
                        to_db(now)
                    )
                    .fetch_all(tx)
                    .await?;
                    let addressee = |tenant, user, due| Addressee {
                        tenant: TenantId::from_uuid(tenant),
                        user: UserId::from_uuid(user),
                        due,
                    };
                    Ok(rows.into_iter().map(|row| addressee(row.tenant, row.user, row.due)).collect())
                })
            })
            .await
    }

    /// These are there at `now`: each node says it of its own.
    pub async fn are_there(&self, tenant: TenantId, users: Vec<UserId>, now: Timestamp) -> Result<(), Rejection> {
        self.db()
            .write("note who is there", tenant, move |tx| {
                Box::pin(async move {
                    let users: Vec<Uuid> = users.into_iter().map(UserId::uuid).collect();
                    sqlx::query!(
                        "update notice_digests set there_at = greatest(there_at, $3) where tenant_id = $1 and user_id = any ($2)",
                        tenant.uuid(),
                        &users,
                        to_db(now),
                    )
                    .execute(tx)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Writes to somebody, if it is time. Returns whether a letter is on its way.
    pub async fn write_to(
        &self,
        tenant: TenantId,
        user: UserId,
        links: Links,
        now: Timestamp,
    ) -> Result<bool, Rejection> {
        let identity = self.identity.clone();
        self.db()
            .write("write of what was not read", tenant, move |tx| {
                Box::pin(async move { write(tx, identity.ring(), tenant, user, &links, now).await })
            })
            .await
    }
}

/// Somebody has something new: it is looked at, at once to begin with. Waits for whoever is writing to them: that one has
/// not seen it, and may be about to end the row.
pub(super) async fn notice(
    tx: &mut PgConnection,
    tenant: TenantId,
    users: &[Uuid],
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into notice_digests as known (tenant_id, user_id, next_at) select distinct $1::uuid, who, $3::timestamptz
         from unnest($2::uuid[]) as who order by who
         on conflict (tenant_id, user_id) do update set next_at = known.next_at",
        tenant.uuid(),
        users,
        to_db(now),
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn write(
    tx: &mut PgConnection,
    ring: &KeyRing,
    tenant: TenantId,
    user: UserId,
    links: &Links,
    now: Timestamp,
) -> Result<bool, Error> {
    let row = sqlx::query!(
        "select there_at from notice_digests where tenant_id = $1 and user_id = $2 and next_at <= $3 for update skip locked",
        tenant.uuid(),
        user.uuid(),
        to_db(now),
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let there = row.there_at.map(from_db).transpose()?;
    let person = person(tx, tenant, user).await?;
    let wanted = settings::find(tx, user).await?;
    let unread = unread(tx, tenant, user, &wanted).await?;
    // As things stand now: what was read meanwhile is in no letter.
    let oldest = unread.iter().map(|notice| notice.at).min();
    let (Some(person), Some(oldest)) = (person, oldest) else { return end(tx, tenant, user).await };
    let Some(at) = wanted.mail_at(&person.zone, oldest, there) else { return end(tx, tenant, user).await };
    if now < at {
        later(tx, tenant, user, at.min(now + SOON)).await?;
        return Ok(false);
    }
    let letter = letter(&person, &unread, links);
    post(tx, ring, &Envelope::new(&letter, &person.email, now)).await?;
    let ids: Vec<Uuid> = unread.iter().map(|notice| notice.id.uuid()).collect();
    sqlx::query!("update notices set mailed = true where tenant_id = $1 and id = any ($2)", tenant.uuid(), &ids)
        .execute(&mut *tx)
        .await?;
    end(tx, tenant, user).await?;
    Ok(true)
}

/// Who is written to.
struct Person {
    email: String,
    name: String,
    tenant: String,
    zone: Zone,
}

async fn person(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<Option<Person>, Error> {
    let row = sqlx::query!(
        r#"select person.email, person.name, owner.name as tenant, owner.settings ->> 'zone' as zone
           from users person join tenants owner on owner.id = $1
           where person.id = $2 and person.disabled_at is null and person.email_verified_at is not null and exists (
               select from memberships where tenant_id = $1 and user_id = $2 and role <> 'client')"#,
        tenant.uuid(),
        user.uuid(),
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|row| {
        let zone = row.zone.and_then(|zone| Zone::parse("zone", &zone).ok()).unwrap_or_else(Zone::utc);
        Person { email: row.email, name: row.name, tenant: row.tenant, zone }
    }))
}

/// What was not read and was in no letter, newest first; without what somebody reads or tells at this moment.
async fn unread(
    tx: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
    wanted: &Settings,
) -> Result<Vec<Notice>, Error> {
    let fresh = sqlx::query_scalar!(
        "select id from notices where tenant_id = $1 and user_id = $2 and read_at is null and not mailed
         for update skip locked",
        tenant.uuid(),
        user.uuid(),
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut all = keep::list(tx, tenant, user).await?;
    all.retain(|notice| {
        let unwanted = wanted.unmailed.contains(&notice.kind) || wanted.off.contains(&notice.kind);
        fresh.contains(&notice.id.uuid()) && !unwanted
    });
    Ok(all)
}

fn letter(person: &Person, unread: &[Notice], links: &Links) -> Letter {
    let line =
        |notice: &Notice| Line { text: notice.in_a_letter(), link: format!("{}{}", links.origin, notice.path()) };
    Letter::Unread {
        name: person.name.clone(),
        tenant: person.tenant.clone(),
        lines: unread.iter().take(LINES).map(line).collect(),
        more: u32::try_from(unread.len().saturating_sub(LINES)).unwrap_or(u32::MAX),
        link: format!("{}/inbox", links.origin),
        settings: format!("{}/settings#notifications", links.origin),
        unsubscribe: links.unsubscribe.clone(),
    }
}

async fn end(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<bool, Error> {
    sqlx::query!("delete from notice_digests where tenant_id = $1 and user_id = $2", tenant.uuid(), user.uuid())
        .execute(tx)
        .await?;
    Ok(false)
}

async fn later(tx: &mut PgConnection, tenant: TenantId, user: UserId, at: Timestamp) -> Result<(), Error> {
    sqlx::query!(
        "update notice_digests set next_at = $3 where tenant_id = $1 and user_id = $2",
        tenant.uuid(),
        user.uuid(),
        to_db(at),
    )
    .execute(tx)
    .await?;
    Ok(())
}
