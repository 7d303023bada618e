//! Writing, reading and forgetting notices.

use std::collections::{BTreeSet, HashMap};

use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::id::{
    AccountId, ConversationId, InvalidId, NoticeId, PermissionId, SessionId, TenantId, UserId, WebhookId,
};
use brigade_domain::notices::ports::{Notice, Subject, WhatRead};
use brigade_domain::notices::tell::{HANDED_WITH, Seen};
use brigade_domain::notices::{KEPT_DAYS, Kind, MOST, WORDS};
use brigade_domain::refusal::Fault;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{digest, news, push};
use crate::chat::read_name;
use crate::error::Error;
use crate::journal::to_bigint;
use crate::time::{DbTime, from_db, to_db};

/// A notice as it is written.
pub(super) struct Fresh {
    pub(super) user: UserId,
    pub(super) kind: Kind,
    pub(super) subject: Uuid,
    pub(super) mark: i64,
    pub(super) times: u32,
    pub(super) by: Option<Party>,
    pub(super) note: Option<i64>,
    pub(super) at: Timestamp,
}

/// Writes notices down, each of another person or kind, and returns who has news by it. What was told before is not told
/// again.
pub(super) async fn tell(tx: &mut PgConnection, tenant: TenantId, mut fresh: Vec<Fresh>) -> Result<Vec<Uuid>, Error> {
    if fresh.is_empty() {
        return Ok(Vec::new());
    }
    let muted = muted(tx, &fresh).await?;
    let is_muted =
        |each: &Fresh| muted.get(&each.user).is_some_and(|kinds| kinds.iter().any(|kind| kind == each.kind.as_str()));
    fresh.retain(|each| !is_muted(each));
    take_notes(tx, tenant, &mut fresh).await?;
    let columns = Columns::of(&fresh);
    let told = sqlx::query!(
        "insert into notices as known (tenant_id, user_id, kind, subject, id, mark, times, party, note_seq, happened_at)
         select $1, person, what, thing, name, up_to, often, who, note, moment
         from unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::bigint[], $7::integer[], $8::text[], $9::bigint[],
                     $10::timestamptz[]) as fresh (person, what, thing, name, up_to, often, who, note, moment)
         order by person
         on conflict (tenant_id, user_id, kind, subject) do update
         set mark = excluded.mark, party = excluded.party, note_seq = excluded.note_seq,
             happened_at = excluded.happened_at, read_at = null, mailed = known.mailed and known.read_at is null,
             times = case when known.read_at is null and known.kind = any ($11)
                          then least(known.times::bigint + excluded.times, 2147483647)::integer else excluded.times end
         where excluded.mark > known.mark or (known.kind = 'due' and excluded.mark <> known.mark)
         returning user_id, id",
        tenant.uuid(),
        &columns.users,
        &columns.kinds as _,
        &columns.subjects,
        &columns.ids,
        &columns.marks,
        &columns.times,
        &columns.parties as _,
        &columns.notes as _,
        &columns.moments,
        &Columns::counting() as _,
    )
    .fetch_all(&mut *tx)
    .await?;
    let (told, ids): (Vec<Uuid>, Vec<Uuid>) = told.into_iter().map(|row| (row.user_id, row.id)).unzip();
    if !told.is_empty() {
        let now = Timestamp::now();
        digest::notice(tx, tenant, &told, now).await?;
        push::notice(tx, tenant, &ids, now).await?;
    }
    Ok(told)
}

/// What a conversation is handed over with was told before, when its note was read by itself: it is one thing.
async fn take_notes(tx: &mut PgConnection, tenant: TenantId, fresh: &mut [Fresh]) -> Result<(), Error> {
    for each in fresh.iter_mut().filter(|each| each.kind == Kind::Assigned && each.note.is_none()) {
        let note = sqlx::query_scalar!(
            "delete from notices
             where tenant_id = $1 and user_id = $2 and kind = 'mentioned' and subject = $3 and party = $4
               and times = 1 and read_at is null and happened_at >= $5
             returning note_seq",
            tenant.uuid(),
            each.user.uuid(),
            each.subject,
            each.by.map(|by| by.to_string()),
            to_db(each.at - HANDED_WITH),
        )
        .fetch_optional(&mut *tx)
        .await?;
        each.note = note.flatten();
    }
    Ok(())
}

/// The columns of notices, as arrays.
#[derive(Default)]
struct Columns {
    users: Vec<Uuid>,
    kinds: Vec<&'static str>,
    subjects: Vec<Uuid>,
    ids: Vec<Uuid>,
    marks: Vec<i64>,
    times: Vec<i32>,
    parties: Vec<Option<String>>,
    notes: Vec<Option<i64>>,
    moments: Vec<DbTime>,
}

impl Columns {
    fn of(fresh: &[Fresh]) -> Self {
        let mut columns = Self::default();
        for each in fresh {
            columns.users.push(each.user.uuid());
            columns.kinds.push(each.kind.as_str());
            columns.subjects.push(each.subject);
            columns.ids.push(Uuid::now_v7());
            columns.marks.push(each.mark);
            columns.times.push(i32::try_from(each.times).unwrap_or(i32::MAX));
            columns.parties.push(each.by.map(|by| by.to_string()));
            columns.notes.push(each.note);
            columns.moments.push(to_db(each.at));
        }
        columns
    }

    /// The kinds of which what happens again is counted.
    fn counting() -> Vec<&'static str> {
        Kind::ALL.iter().filter(|kind| kind.counts_up()).map(|kind| kind.as_str()).collect()
    }
}

/// What those who are told do not want to be told.
async fn muted(tx: &mut PgConnection, fresh: &[Fresh]) -> Result<HashMap<UserId, Vec<String>>, Error> {
    let users: Vec<Uuid> = fresh.iter().map(|each| each.user.uuid()).collect();
    let rows = sqlx::query!(
        "select user_id, muted from notice_settings where user_id = any ($1) and cardinality(muted) > 0",
        &users
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId::from_uuid(row.user_id), row.muted)).collect())
}

/// Somebody has seen a conversation up to here. Returns whether anything of it was unread.
pub(super) async fn seen(
    tx: &mut PgConnection,
    tenant: TenantId,
    conversation: Uuid,
    user: UserId,
    seen: Seen,
) -> Result<bool, Error> {
    let read = sqlx::query!(
        "update notices set read_at = $5
         where tenant_id = $1 and subject = $2 and user_id = $3 and read_at is null
           and case kind when 'due' then happened_at <= $5 else mark <= $4 end",
        tenant.uuid(),
        conversation,
        user.uuid(),
        to_bigint(seen.up_to),
        to_db(seen.at),
    )
    .execute(tx)
    .await?;
    Ok(read.rows_affected() > 0)
}

/// Takes away what nobody need be told any more of a conversation as it stands now: it is somebody's, or for the people of `team`.
/// Returns whom that concerns.
pub(super) async fn forget(
    tx: &mut PgConnection,
    tenant: TenantId,
    conversation: Uuid,
    assignee: Option<UserId>,
    to_be_had: bool,
    team: Option<&BTreeSet<UserId>>,
    due: bool,
) -> Result<Vec<Uuid>, Error> {
    let team: Option<Vec<Uuid>> = team.map(|team| team.iter().map(|user| user.uuid()).collect());
    let gone = sqlx::query_scalar!(
        "delete from notices
         where tenant_id = $1 and subject = $2 and read_at is null
           and (kind = 'waiting' and (not $4 or user_id <> all ($6::uuid[]))
                or kind in ('assigned', 'answered', 'due') and user_id is distinct from $3
                or kind = 'due' and not $5)
         returning user_id",
        tenant.uuid(),
        conversation,
        assignee.map(UserId::uuid),
        to_be_had,
        due,
        team as _,
    )
    .fetch_all(tx)
    .await?;
    Ok(gone)
}

struct Record {
    id: Uuid,
    kind: String,
    subject: Uuid,
    times: i32,
    party: Option<String>,
    happened_at: DbTime,
    read: bool,
    name: String,
    words: Option<String>,
    due_at: Option<DbTime>,
    until: Option<DbTime>,
    conversation: Option<Uuid>,
    permission: Option<Uuid>,
}

/// Somebody's own, newest first.
pub(super) async fn list(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<Vec<Notice>, Error> {
    let rows = sqlx::query_as!(
        Record,
        r#"select told.id, told.kind, told.subject, told.times, told.party, told.happened_at,
                  told.read_at is not null as "read!",
                  coalesce(case told.kind
                      when 'entrusted' then (select name from accounts where tenant_id = $1 and id = told.subject)
                      when 'webhook_off' then (select url from webhook_endpoints where tenant_id = $1 and id = told.subject)
                      when 'support_came' then (select name from users where id = look.user_id)
                      else chat.listing::jsonb ->> 'name' end, '') as "name!",
                  -- The newest words, unless they are an answer.
                  case when told.kind in ('answered', 'waiting')
                        and (chat.waiting_since is not null or chat.listing::jsonb ->> 'preview_by' = told.party)
                      then left(chat.listing::jsonb ->> 'preview', $4)
                  when words.seq is not null then
                      case when exists (
                          select from event_log gone where gone.tenant_id = $1 and gone.entity_id = told.subject
                            and gone.amends = words.seq and gone.kind = 'message_deleted') then null
                      else left(coalesce(
                          (select edited.body::jsonb ->> 'text' from event_log edited
                           where edited.tenant_id = $1 and edited.entity_id = told.subject
                             and edited.amends = words.seq and edited.kind = 'message_edited'
                           order by edited.seq desc limit 1),
                          (select line.body::jsonb ->> 'text' from event_log line
                           where line.tenant_id = $1 and line.entity_id = told.subject and line.seq = words.seq)), $4) end
                  when told.kind = 'support_came' then left(permission.about, $4)
                  end as words,
                  case when told.kind = 'due' then chat.due_at end as due_at,
                  coalesce(permission.ended_at, permission.until) as until,
                  case when told.kind = 'entrusted' then (
                      select id from conversations where tenant_id = $1 and account_id = told.subject order by id desc limit 1
                  ) end as conversation,
                  permission.id as "permission?"
           from notices told
           cross join lateral (
               select coalesce(told.note_seq, case when told.kind in ('answered', 'waiting') then told.mark end) as seq
           ) words
           left join conversations chat on chat.tenant_id = $1 and chat.id = told.subject
           left join support_looks look on told.kind = 'support_came' and look.tenant_id = $1 and look.session_id = told.subject
           left join support_permissions permission on permission.tenant_id = $1 and permission.id = look.permission_id
           where told.tenant_id = $1 and told.user_id = $2
           order by told.happened_at desc, told.id desc limit $3"#,
        tenant.uuid(),
        user.uuid(),
        i64::from(MOST),
        i32::from(WORDS),
    )
    .fetch_all(&mut *tx)
    .await?;
    let parties: Vec<Option<Party>> =
        rows.iter().map(|row| row.party.as_deref().map(party).transpose()).collect::<Result<_, _>>()?;
    let names = names(tx, &parties).await?;
    rows.into_iter()
        .zip(parties)
        .map(|(row, by)| row.notice(by.map(|by| (by, by.user().and_then(|user| names.get(&user).cloned())))))
        .collect()
}

fn party(text: &str) -> Result<Party, Error> {
    Ok(text.parse().map_err(|error: InvalidId| Fault::internal("read who somebody was told of", error))?)
}

async fn names(tx: &mut PgConnection, parties: &[Option<Party>]) -> Result<HashMap<UserId, String>, Error> {
    let ids: Vec<Uuid> = parties.iter().flatten().filter_map(|party| party.user()).map(UserId::uuid).collect();
    let rows = sqlx::query!("select id, name from users where id = any ($1)", &ids).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|row| (UserId::from_uuid(row.id), row.name)).collect())
}

impl Record {
    fn notice(self, by: Option<(Party, Option<String>)>) -> Result<Notice, Error> {
        let kind: Kind = read_name(self.kind, "read what somebody was told")?;
        let subject = match kind {
            Kind::Entrusted => {
                Subject::Account(AccountId::from_uuid(self.subject), self.conversation.map(ConversationId::from_uuid))
            }
            Kind::WebhookOff => Subject::Webhook(WebhookId::from_uuid(self.subject)),
            Kind::SupportCame => {
                let broken = || Fault::Internal { what: "find what support was let in for", source: None };
                Subject::Support(PermissionId::from_uuid(self.permission.ok_or_else(broken)?))
            }
            Kind::Assigned
            | Kind::Mentioned
            | Kind::Answered
            | Kind::Waiting
            | Kind::Due
            | Kind::Accepted
            | Kind::HeldBack => Subject::Conversation(ConversationId::from_uuid(self.subject)),
        };
        Ok(Notice {
            id: NoticeId::from_uuid(self.id),
            kind,
            subject,
            name: self.name,
            times: self.times.unsigned_abs(),
            by,
            words: self.words.filter(|words| !words.is_empty()),
            due_at: self.due_at.map(from_db).transpose()?,
            until: self.until.map(from_db).transpose()?,
            at: from_db(self.happened_at)?,
            read: self.read,
        })
    }
}

/// Notes that somebody has read what had happened by `until`, and says so to their other devices.
pub(super) async fn read(
    tx: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
    what: &WhatRead,
    until: Timestamp,
    at: Timestamp,
) -> Result<(), Error> {
    let ids: Option<Vec<Uuid>> = match what {
        WhatRead::Some(ids) => Some(ids.iter().map(|id| id.uuid()).collect()),
        WhatRead::All | WhatRead::Conversation(_) => None,
    };
    let conversation = match what {
        WhatRead::Conversation(conversation) => Some(conversation.uuid()),
        WhatRead::All | WhatRead::Some(_) => None,
    };
    let read = sqlx::query!(
        "update notices set read_at = $4
         where tenant_id = $1 and user_id = $2 and read_at is null and happened_at <= $3
           and ($5::uuid[] is null or id = any ($5)) and ($6::uuid is null or subject = $6)",
        tenant.uuid(),
        user.uuid(),
        to_db(until),
        to_db(at),
        ids.as_deref(),
        conversation,
    )
    .execute(&mut *tx)
    .await?;
    if read.rows_affected() > 0 {
        news::say(tx, tenant, &[user.uuid()]).await?;
    }
    Ok(())
}

/// Tells the admins that a webhook was switched off.
pub(crate) async fn webhook_off(
    tx: &mut PgConnection,
    tenant: TenantId,
    webhook: WebhookId,
    at: Timestamp,
) -> Result<(), Error> {
    tell_admins(tx, tenant, Kind::WebhookOff, webhook.uuid(), None, at).await
}

/// Tells the admins that somebody of support has begun to look, in this session.
pub(crate) async fn support_came(
    tx: &mut PgConnection,
    tenant: TenantId,
    look: SessionId,
    who: UserId,
    at: Timestamp,
) -> Result<(), Error> {
    tell_admins(tx, tenant, Kind::SupportCame, look.uuid(), Some(who), at).await
}

/// Tells the admins something that is in no log; not who did it themselves.
async fn tell_admins(
    tx: &mut PgConnection,
    tenant: TenantId,
    kind: Kind,
    subject: Uuid,
    by: Option<UserId>,
    at: Timestamp,
) -> Result<(), Error> {
    let admins = sqlx::query_scalar!(
        "select user_id from memberships where tenant_id = $1 and role = 'admin' and user_id is distinct from $2",
        tenant.uuid(),
        by.map(UserId::uuid),
    )
    .fetch_all(&mut *tx)
    .await?;
    let (mark, by) = (at.as_microsecond(), by.map(Party::User));
    let told = |admin| Fresh { user: UserId::from_uuid(admin), kind, subject, mark, times: 1, by, note: None, at };
    let told = tell(tx, tenant, admins.into_iter().map(told).collect()).await?;
    news::say(tx, tenant, &told).await
}

/// Takes away what is older than [`KEPT_DAYS`] as of `at`. Returns how many there were.
pub(crate) async fn expire(tx: &mut PgConnection, tenant: TenantId, at: Timestamp) -> Result<u64, Error> {
    let gone = sqlx::query!(
        "delete from notices where tenant_id = $1 and happened_at < $2::timestamptz - make_interval(days => $3)",
        tenant.uuid(),
        to_db(at),
        KEPT_DAYS,
    )
    .execute(tx)
    .await?;
    Ok(gone.rows_affected())
}
