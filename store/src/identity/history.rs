//! A person's own sign-in history: written in the transaction of what it tells of, read by its person alone.

use brigade_domain::Timestamp;
use brigade_domain::id::{MomentId, SessionId, UserId};
use brigade_domain::identity::Cause;
use brigade_domain::identity::history::{DEVICE_LETTERS_A_DAY, HISTORY_DAYS, Moment, device_words, network};
use brigade_domain::identity::mail::Letter;
use brigade_domain::identity::ports::{HistoryLine, OwnHistory};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::Fault;
use sqlx::PgConnection;
use uuid::Uuid;

use super::deletion::take_back;
use super::keyring::KeyRing;
use super::mail::{Envelope, post};
use super::{Identity, scope};
use crate::error::Error;
use crate::time::{from_db, to_db};

impl OwnHistory for Identity {
    fn history(
        &self,
        user: UserId,
        before: Option<MomentId>,
        limit: u16,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<Vec<HistoryLine>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_read("read a sign-in history", move |tx| Box::pin(page(tx, user, before, limit, at))).await
        })
    }
}

/// Writes a line about something that began no session.
pub(super) async fn note(tx: &mut PgConnection, user: UserId, what: Moment, cause: &Cause) -> Result<(), Error> {
    insert(tx, user, what, cause, None, false).await
}

/// Somebody signed in: writes the line, and a letter when the device is new. What they had asked to be deleted stays; answers
/// whether they had.
pub(super) async fn note_sign_in(
    tx: &mut PgConnection,
    ring: &KeyRing,
    (user, session): (UserId, SessionId),
    what: Moment,
    known_device: bool,
    cause: &Cause,
) -> Result<bool, Error> {
    let taken_back = take_back(tx, ring, user, cause.at).await?;
    scope::be(tx, user).await?;
    let told = if known_device { false } else { tell(tx, ring, user, cause).await? };
    insert(tx, user, what, cause, Some(session), told).await?;
    Ok(taken_back)
}

/// Whether a program that calls itself so has signed in as this person before.
pub(super) async fn knows_program(tx: &mut PgConnection, user: UserId, device: &str) -> Result<bool, Error> {
    scope::be(tx, user).await?;
    let known = sqlx::query_scalar!(
        r#"select exists (select from sign_in_history where user_id = $1 and what = $2 and device = $3) as "known!""#,
        user.uuid(),
        Moment::ProgramSignedIn.as_str(),
        device
    );
    Ok(known.fetch_one(tx).await?)
}

async fn tell(tx: &mut PgConnection, ring: &KeyRing, user: UserId, cause: &Cause) -> Result<bool, Error> {
    let person = sqlx::query!(
        r#"select name, email,
                  (select count(*) from sign_in_history
                   where user_id = $1 and new_device and at > $2::timestamptz - interval '1 day') as "letters!"
           from users where id = $1"#,
        user.uuid(),
        to_db(cause.at)
    )
    .fetch_one(&mut *tx)
    .await?;
    if person.letters >= DEVICE_LETTERS_A_DAY {
        return Ok(false);
    }
    let letter = Letter::NewDevice {
        name: person.name,
        device: device_words(cause.device.as_deref().unwrap_or_default()),
        network: cause.ip.map(network),
        at: cause.at,
    };
    post(tx, ring, &Envelope::new(&letter, &person.email, cause.at)).await?;
    Ok(true)
}

async fn insert(
    tx: &mut PgConnection,
    user: UserId,
    what: Moment,
    cause: &Cause,
    session: Option<SessionId>,
    new_device: bool,
) -> Result<(), Error> {
    scope::be(tx, user).await?;
    sqlx::query!(
        "insert into sign_in_history (id, user_id, at, what, device, network, session_id, new_device)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        Uuid::now_v7(),
        user.uuid(),
        to_db(cause.at),
        what.as_str(),
        cause.device.as_deref(),
        cause.ip.map(network),
        session.map(SessionId::uuid),
        new_device
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn page(
    tx: &mut PgConnection,
    user: UserId,
    before: Option<MomentId>,
    limit: u16,
    at: Timestamp,
) -> Result<Vec<HistoryLine>, Error> {
    scope::be(tx, user).await?;
    let rows = sqlx::query!(
        "select id, at, what, device, network, session_id, new_device from sign_in_history
         where user_id = $1 and ($2::uuid is null or id < $2) and at > $3::timestamptz - make_interval(days => $4)
         order by id desc limit $5",
        user.uuid(),
        before.map(MomentId::uuid),
        to_db(at),
        i32::from(HISTORY_DAYS),
        i64::from(limit)
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(HistoryLine {
                id: MomentId::from_uuid(row.id),
                at: from_db(row.at)?,
                what: Moment::named(&row.what)
                    .ok_or(Fault::Internal { what: "read a line of a sign-in history", source: None })?,
                device: row.device,
                network: row.network,
                session: row.session_id.map(SessionId::from_uuid),
                new_device: row.new_device,
            })
        })
        .collect()
}

/// Takes away what is over; answers how much it was.
pub(super) async fn expire(tx: &mut PgConnection, at: Timestamp) -> Result<u64, Error> {
    let gone = sqlx::query!(
        "delete from sign_in_history where at < $1::timestamptz - make_interval(days => $2)",
        to_db(at),
        i32::from(HISTORY_DAYS)
    );
    Ok(gone.execute(tx).await?.rows_affected())
}
