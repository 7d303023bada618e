//! Devices on which no page is open, and what they are still to be told. What is to be told is a row a notice and device, written with the
//! notice: each node says who is before a page, and takes what is due. Who takes a row has it to themselves for [`LEASE`].

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use brigade_domain::Timestamp;
use brigade_domain::id::{DeviceId, NoticeId, SessionId, TenantId, UserId};
use brigade_domain::identity::Cause;
use brigade_domain::journal::BoxFuture;
use brigade_domain::notices::ports::Notice;
use brigade_domain::notices::push::{
    Device, Devices, Due, Fate, KeyPair, PAUSE, Parcel, PushPost, Subscription, Waiting, When, judge, payload,
    test_payload, when,
};
use brigade_domain::notices::settings::Settings;
use brigade_domain::refusal::{Code, Fault, Rejection};
use brigade_domain::tenant::clock::Zone;
use brigade_domain::webhooks::ports::Outcome;
use jiff::SignedDuration;
use rand::RngExt as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{keep, settings};
use crate::Db;
use crate::audit::{self, Line, PLATFORM};
use crate::error::{Error, unruled};
use crate::identity::{Identity, KeyRing, Place, reseal};
use crate::time::{DbTime, from_db, to_db};

/// Longer than any attempt takes.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// So many are taken at a time.
const MOST: i64 = 50;

const fn place_of_keys() -> Place {
    Place { tenant: PLATFORM, column: "push_keys.sealed", row: Uuid::nil() }
}

const fn place(tenant: TenantId, device: Uuid) -> Place {
    Place { tenant, column: "push_devices.sealed", row: device }
}

/// Makes a key pair, if it can.
pub type MakeKeys = fn() -> Option<KeyPair>;

/// Devices in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgPush {
    identity: Identity,
    make: MakeKeys,
    keys: Arc<OnceCell<Arc<KeyPair>>>,
}

impl PgPush {
    /// Works through the database of `identity`; the first node that needs a key pair makes it with `make`.
    pub fn new(identity: Identity, make: MakeKeys) -> Self {
        Self { identity, make, keys: Arc::default() }
    }

    fn db(&self) -> &Db {
        self.identity.db()
    }

    async fn keys(&self) -> Result<Arc<KeyPair>, Rejection> {
        const DOING: &str = "find the key pair of push";
        let (identity, make) = (self.identity.clone(), self.make);
        let find =
            || self.db().global_write(DOING, move |tx| Box::pin(async move { keys(tx, identity.ring(), make).await }));
        self.keys.get_or_try_init(find).await.cloned()
    }
}

impl Devices for PgPush {
    fn public_key(&self) -> BoxFuture<'static, Result<Vec<u8>, Rejection>> {
        let this = self.clone();
        Box::pin(async move { Ok(this.keys().await?.public.clone()) })
    }

    fn list(&self, tenant: TenantId, user: UserId) -> BoxFuture<'static, Result<Vec<Device>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move { db.read("list devices", tenant, move |tx| Box::pin(list(tx, tenant, user))).await })
    }

    fn add(
        &self,
        tenant: TenantId,
        user: UserId,
        session: SessionId,
        id: DeviceId,
        to: Subscription,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Device, Rejection>> {
        let identity = self.identity.clone();
        Box::pin(async move {
            let own = identity.clone();
            let new = New { tenant, user, session, id, to, cause };
            let add = own
                .db()
                .write("add a device", tenant, move |tx| Box::pin(async move { add(tx, identity.ring(), &new).await }));
            add.await
        })
    }

    fn remove(
        &self,
        tenant: TenantId,
        user: UserId,
        id: DeviceId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.write("remove a device", tenant, move |tx| {
                Box::pin(async move { remove(tx, tenant, user, id, &cause).await })
            })
            .await
        })
    }

    fn test(
        &self,
        tenant: TenantId,
        user: UserId,
        id: DeviceId,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.db().clone();
        Box::pin(
            async move { db.write("test a device", tenant, move |tx| Box::pin(test(tx, tenant, user, id, at))).await },
        )
    }
}

impl PushPost for PgPush {
    fn waiting(&self, at: Timestamp) -> BoxFuture<'static, Result<Vec<Waiting>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_read("look whose devices are to be told", move |tx| Box::pin(waiting(tx, at))).await
        })
    }

    fn are_there(&self, tenant: TenantId, users: Vec<UserId>, at: Timestamp) -> BoxFuture<'static, Result<(), Fault>> {
        const DOING: &str = "note who is before a page";
        let db = self.db().clone();
        Box::pin(async move {
            let note = db.write(DOING, tenant, move |tx| Box::pin(are_there(tx, tenant, users, at)));
            note.await.map_err(|rejection| unruled(rejection, DOING))
        })
    }

    fn take(&self, tenant: TenantId, user: UserId, at: Timestamp) -> BoxFuture<'static, Result<Vec<Due>, Fault>> {
        const DOING: &str = "take what a device is to be told";
        let this = self.clone();
        Box::pin(async move {
            let keys = this.keys().await.map_err(|rejection| unruled(rejection, DOING))?;
            let own = this.clone();
            let take = this.db().write(DOING, tenant, move |tx| {
                Box::pin(async move { take(tx, own.identity.ring(), tenant, user, at, &keys).await })
            });
            take.await.map_err(|rejection| unruled(rejection, DOING))
        })
    }

    fn settle(&self, due: Due, at: Timestamp, outcome: Outcome) -> BoxFuture<'static, Result<Fate, Fault>> {
        const DOING: &str = "note what became of telling a device";
        let db = self.db().clone();
        Box::pin(async move {
            let fate = judge(due.attempt, &outcome, at, rand::rng().random());
            let settle =
                db.write(DOING, due.tenant, move |tx| Box::pin(async move { settle(tx, &due, at, fate).await }));
            settle.await.map_err(|rejection| unruled(rejection, DOING))?;
            Ok(fate)
        })
    }
}

/// The key pair, made now if there is none. Whoever is second takes what the first made.
async fn keys(tx: &mut PgConnection, ring: &KeyRing, new_pair: MakeKeys) -> Result<Arc<KeyPair>, Error> {
    if let Some(row) = read_keys(tx, ring).await? {
        return Ok(Arc::new(row));
    }
    let made = new_pair().ok_or(Fault::Internal { what: "make a key pair of push", source: None })?;
    let sealed = ring.seal(&made.private, place_of_keys())?;
    sqlx::query!(
        "insert into push_keys (id, sealed, public_key, created_at) values ($1, $2, $3, now()) on conflict do nothing",
        Uuid::nil(),
        sealed,
        made.public
    )
    .execute(&mut *tx)
    .await?;
    let kept = read_keys(tx, ring).await?.ok_or(Fault::Internal { what: "find the key pair of push", source: None })?;
    Ok(Arc::new(kept))
}

async fn read_keys(tx: &mut PgConnection, ring: &KeyRing) -> Result<Option<KeyPair>, Error> {
    let row = sqlx::query!("select sealed, public_key from push_keys").fetch_optional(tx).await?;
    let open = |sealed: Vec<u8>| ring.open(&sealed, place_of_keys());
    Ok(row.map(|row| Ok::<_, Fault>(KeyPair { private: open(row.sealed)?, public: row.public_key })).transpose()?)
}

struct Record {
    id: Uuid,
    session_id: Uuid,
    name: String,
    created_at: DbTime,
    reached_at: Option<DbTime>,
    failed_at: Option<DbTime>,
}

impl Record {
    fn device(self) -> Result<Device, Error> {
        Ok(Device {
            id: DeviceId::from_uuid(self.id),
            session: SessionId::from_uuid(self.session_id),
            name: self.name,
            created_at: from_db(self.created_at)?,
            reached_at: self.reached_at.map(from_db).transpose()?,
            failed_at: self.failed_at.map(from_db).transpose()?,
        })
    }
}

async fn list(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<Vec<Device>, Error> {
    let rows = sqlx::query_as!(
        Record,
        "select id, session_id, name, created_at, reached_at, failed_at from push_devices
         where tenant_id = $1 and user_id = $2 order by created_at desc, id desc",
        tenant.uuid(),
        user.uuid()
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(Record::device).collect()
}

/// A device as it is wanted.
struct New {
    tenant: TenantId,
    user: UserId,
    session: SessionId,
    id: DeviceId,
    to: Subscription,
    cause: Cause,
}

async fn add(tx: &mut PgConnection, ring: &KeyRing, new: &New) -> Result<Device, Error> {
    let New { tenant, user, session, id, to, cause } = new;
    // Whoever asks twice at once takes turns.
    sqlx::query_scalar!("select id from users where id = $1 for no key update", user.uuid())
        .fetch_one(&mut *tx)
        .await?;
    let hash = Sha256::digest(to.endpoint().as_str().as_bytes()).to_vec();
    let known = sqlx::query_scalar!(
        "select id from push_devices where tenant_id = $1 and user_id = $2 and session_id = $3 and endpoint_hash = $4",
        tenant.uuid(),
        user.uuid(),
        session.uuid(),
        hash
    )
    .fetch_optional(&mut *tx)
    .await?;
    let device = known.unwrap_or_else(|| id.uuid());
    let sealed = ring.seal(write_subscription(to).as_bytes(), place(*tenant, device))?;
    if known.is_some() {
        sqlx::query!(
            "update push_devices set sealed = $3 where tenant_id = $1 and id = $2",
            tenant.uuid(),
            device,
            sealed
        )
        .execute(&mut *tx)
        .await?;
    } else {
        // One browser is one device: what it said before, and whoever was signed in there before, make room.
        sqlx::query!(
            "delete from push_devices where tenant_id = $1 and (session_id = $2 or endpoint_hash = $3)",
            tenant.uuid(),
            session.uuid(),
            hash
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "insert into push_devices (tenant_id, id, user_id, session_id, name, sealed, endpoint_hash, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            tenant.uuid(),
            device,
            user.uuid(),
            session.uuid(),
            cause.device.as_deref().unwrap_or_default(),
            sealed,
            hash,
            to_db(cause.at)
        )
        .execute(&mut *tx)
        .await?;
        let line = Line::of("user.push_device_added", audit::Outcome::Succeeded, cause, json!({ "device": id }));
        audit::append(tx, *tenant, &[line]).await?;
    }
    let kept = list(tx, *tenant, *user).await?.into_iter().find(|kept| kept.id.uuid() == device);
    Ok(kept.ok_or(Fault::Internal { what: "find a device that was added", source: None })?)
}

fn write_subscription(to: &Subscription) -> String {
    let text = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
    json!({ "endpoint": to.endpoint().as_str(), "key": text(to.key()), "auth": text(to.auth()) }).to_string()
}

fn read_subscription(plain: &[u8]) -> Result<Subscription, Error> {
    let broken = || Fault::Internal { what: "read how a device is reached", source: None };
    let kept: Value = serde_json::from_slice(plain).map_err(|_| broken())?;
    let bytes = |name: &str| STANDARD_NO_PAD.decode(kept[name].as_str().unwrap_or_default()).map_err(|_| broken());
    let endpoint = kept["endpoint"].as_str().unwrap_or_default();
    Ok(Subscription::new(endpoint, &bytes("key")?, &bytes("auth")?).map_err(|_| broken())?)
}

async fn remove(
    tx: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
    id: DeviceId,
    cause: &Cause,
) -> Result<(), Error> {
    let gone = sqlx::query!(
        "delete from push_devices where tenant_id = $1 and user_id = $2 and id = $3",
        tenant.uuid(),
        user.uuid(),
        id.uuid()
    )
    .execute(&mut *tx)
    .await?;
    if gone.rows_affected() == 0 {
        return Err(Code::NotFound.into());
    }
    removed(tx, tenant, id, cause, false).await
}

async fn removed(
    tx: &mut PgConnection,
    tenant: TenantId,
    id: DeviceId,
    cause: &Cause,
    gone: bool,
) -> Result<(), Error> {
    let details = json!({ "device": id, "gone": gone });
    let line = Line::of("user.push_device_removed", audit::Outcome::Succeeded, cause, details);
    audit::append(tx, tenant, &[line]).await
}

async fn test(tx: &mut PgConnection, tenant: TenantId, user: UserId, id: DeviceId, at: Timestamp) -> Result<(), Error> {
    let sent = sqlx::query!(
        "insert into push_deliveries (tenant_id, id, device_id, told_at, next_at)
         select tenant_id, $4, id, $5, $5 from push_devices where tenant_id = $1 and user_id = $2 and id = $3
         on conflict (tenant_id, device_id, notice_id) do update
         set told_at = excluded.told_at, next_at = excluded.next_at, attempts = 0",
        tenant.uuid(),
        user.uuid(),
        id.uuid(),
        Uuid::now_v7(),
        to_db(at)
    )
    .execute(tx)
    .await?;
    if sent.rows_affected() == 0 { Err(Code::NotFound.into()) } else { Ok(()) }
}

/// These notices were told at `now`: their people's devices are told some moments later, if that is still needed then.
pub(super) async fn notice(
    tx: &mut PgConnection,
    tenant: TenantId,
    notices: &[Uuid],
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into push_deliveries (tenant_id, id, device_id, notice_id, told_at, next_at)
         select $1, gen_random_uuid(), device.id, told.id, $3, $4
         from notices told join push_devices device on device.tenant_id = $1 and device.user_id = told.user_id
         where told.tenant_id = $1 and told.id = any ($2)
           and not exists (select from notice_settings chosen where chosen.user_id = told.user_id and told.kind = any (chosen.unpushed))
         order by device.id, told.id
         on conflict (tenant_id, device_id, notice_id) do update set told_at = excluded.told_at",
        tenant.uuid(),
        notices,
        to_db(now),
        to_db(now.checked_add(PAUSE).unwrap_or(now)),
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn waiting(tx: &mut PgConnection, at: Timestamp) -> Result<Vec<Waiting>, Error> {
    let rows = sqlx::query!(
        r#"select tenant_id as "tenant!", user_id as "user!", due as "due!" from brigade_push_waiting($1)"#,
        to_db(at)
    )
    .fetch_all(tx)
    .await?;
    let waiting =
        |tenant, user, due| Waiting { tenant: TenantId::from_uuid(tenant), user: UserId::from_uuid(user), due };
    Ok(rows.into_iter().map(|row| waiting(row.tenant, row.user, row.due)).collect())
}

async fn are_there(tx: &mut PgConnection, tenant: TenantId, users: Vec<UserId>, at: Timestamp) -> Result<(), Error> {
    let users: Vec<Uuid> = users.into_iter().map(UserId::uuid).collect();
    sqlx::query!(
        "update push_deliveries waiting set there_at = $3 from push_devices device
         where waiting.tenant_id = $1 and device.tenant_id = $1 and device.id = waiting.device_id and device.user_id = any ($2)",
        tenant.uuid(),
        &users,
        to_db(at)
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What devices are told of, and how, as things stand now.
struct Scene {
    business: String,
    zone: Zone,
    settings: Settings,
    notices: Vec<Notice>,
}

impl Scene {
    async fn find(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<Option<Self>, Error> {
        let row = sqlx::query!(
            r#"select owner.name, owner.settings ->> 'zone' as zone from tenants owner
               join users person on person.id = $2 and person.disabled_at is null
               where owner.id = $1"#,
            tenant.uuid(),
            user.uuid()
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let zone = row.zone.and_then(|zone| Zone::parse("zone", &zone).ok()).unwrap_or_else(Zone::utc);
        let settings = settings::find(tx, user).await?;
        let notices = keep::list(tx, tenant, user).await?;
        Ok(Some(Self { business: row.name, zone, settings, notices }))
    }

    /// When a device is told of this, what, and under which topic.
    fn tell(
        &self,
        notice: Option<Uuid>,
        told: Timestamp,
        there: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<(When, String, Option<String>)> {
        let Some(id) = notice else { return Some((When::Now, test_payload(&self.business, told), None)) };
        let notice = self.notices.iter().find(|known| known.id == NoticeId::from_uuid(id) && !known.read)?;
        let at = when(&self.settings, notice.kind, &self.zone, told, there, now);
        Some((at, payload(&self.business, notice), Some(id.simple().to_string())))
    }
}

async fn take(
    tx: &mut PgConnection,
    ring: &KeyRing,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
    keys: &Arc<KeyPair>,
) -> Result<Vec<Due>, Error> {
    let rows = sqlx::query!(
        r#"select waiting.id, waiting.device_id, waiting.notice_id, waiting.told_at, waiting.attempts, waiting.there_at,
                  device.sealed, session.ended_at is null and session.expires_at > $3 as "signed_in!"
           from push_deliveries waiting
           join push_devices device on device.tenant_id = $1 and device.id = waiting.device_id
           join sessions session on session.id = device.session_id
           where waiting.tenant_id = $1 and device.user_id = $2 and waiting.next_at <= $3
           order by waiting.next_at limit $4 for update of waiting skip locked"#,
        tenant.uuid(),
        user.uuid(),
        to_db(now),
        MOST,
    )
    .fetch_all(&mut *tx)
    .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    // Read after the rows are ours: what was read by now is told no more.
    let scene = Scene::find(tx, tenant, user).await?;
    let mut taken = Vec::new();
    for row in rows {
        let (told, there) = (from_db(row.told_at)?, row.there_at.map(from_db).transpose()?);
        let tell =
            scene.as_ref().filter(|_| row.signed_in).and_then(|scene| scene.tell(row.notice_id, told, there, now));
        let next = match &tell {
            None | Some((When::Never, ..)) => None,
            Some((When::At(at), ..)) => Some((*at, row.attempts)),
            Some((When::Now, ..)) => Some((now.checked_add(LEASE).unwrap_or(now), row.attempts.saturating_add(1))),
        };
        let Some((at, attempts)) = next else {
            end(tx, tenant, row.id).await?;
            continue;
        };
        sqlx::query!(
            "update push_deliveries set next_at = $3, attempts = $4 where tenant_id = $1 and id = $2",
            tenant.uuid(),
            row.id,
            to_db(at),
            attempts
        )
        .execute(&mut *tx)
        .await?;
        if let Some((When::Now, payload, topic)) = tell {
            let to = read_subscription(&ring.open(&row.sealed, place(tenant, row.device_id))?)?;
            taken.push(Due {
                tenant,
                id: row.id,
                device: DeviceId::from_uuid(row.device_id),
                told,
                attempt: attempts.unsigned_abs(),
                parcel: Parcel { to, payload, topic, keys: Arc::clone(keys) },
            });
        }
    }
    Ok(taken)
}

async fn end(tx: &mut PgConnection, tenant: TenantId, delivery: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from push_deliveries where tenant_id = $1 and id = $2", tenant.uuid(), delivery)
        .execute(tx)
        .await?;
    Ok(())
}

async fn settle(tx: &mut PgConnection, due: &Due, at: Timestamp, fate: Fate) -> Result<(), Error> {
    let (tenant, device) = (due.tenant.uuid(), due.device.uuid());
    let attempt = i32::try_from(due.attempt).unwrap_or(i32::MAX);
    let next = match fate {
        Fate::Gone => {
            let gone = sqlx::query!("delete from push_devices where tenant_id = $1 and id = $2", tenant, device);
            if gone.execute(&mut *tx).await?.rows_affected() > 0 {
                removed(tx, due.tenant, due.device, &Cause::system(at), true).await?;
            }
            return Ok(());
        }
        Fate::Again(next) => Some(next),
        Fate::Delivered | Fate::GivenUp => None,
    };
    let reached = fate == Fate::Delivered;
    sqlx::query!(
        "update push_devices set reached_at = case when $3 then $4 else reached_at end,
                                 failed_at = case when $3 then null else $4::timestamptz end
         where tenant_id = $1 and id = $2",
        tenant,
        device,
        reached,
        to_db(at)
    )
    .execute(&mut *tx)
    .await?;
    // What was told anew meanwhile is told anew.
    sqlx::query!(
        "update push_deliveries
         set next_at = coalesce($5::timestamptz, $6), attempts = case when $5::timestamptz is null then 0 else attempts end
         where tenant_id = $1 and id = $2 and attempts = $3 and (told_at <> $4 or $5::timestamptz is not null)",
        tenant,
        due.id,
        attempt,
        to_db(due.told),
        next.map(to_db),
        to_db(at)
    )
    .execute(&mut *tx)
    .await?;
    if next.is_none() {
        sqlx::query!(
            "delete from push_deliveries where tenant_id = $1 and id = $2 and attempts = $3 and told_at = $4",
            tenant,
            due.id,
            attempt,
            to_db(due.told)
        )
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// Puts the key pair under the newest key. Returns how many values were sealed again.
pub(crate) async fn reseal_keys(tx: &mut PgConnection, ring: &KeyRing) -> Result<u64, Error> {
    let kept = sqlx::query_scalar!("select sealed from push_keys for update").fetch_optional(&mut *tx).await?;
    let Some(kept) = kept else { return Ok(0) };
    let Some(sealed) = reseal(ring, &kept, place_of_keys())? else { return Ok(0) };
    sqlx::query!("update push_keys set sealed = $1", sealed).execute(tx).await?;
    Ok(1)
}

/// Puts where devices are reached under the newest key. Returns how many there were.
pub(crate) async fn reseal_devices(tx: &mut PgConnection, ring: &KeyRing, tenant: TenantId) -> Result<u64, Error> {
    let rows =
        sqlx::query!("select id, sealed from push_devices where tenant_id = $1 for no key update", tenant.uuid())
            .fetch_all(&mut *tx)
            .await?;
    let mut count = 0;
    for row in rows {
        if let Some(sealed) = reseal(ring, &row.sealed, place(tenant, row.id))? {
            sqlx::query!(
                "update push_devices set sealed = $3 where tenant_id = $1 and id = $2",
                tenant.uuid(),
                row.id,
                sealed
            )
            .execute(&mut *tx)
            .await?;
            count += 1;
        }
    }
    Ok(count)
}
