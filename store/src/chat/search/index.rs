//! Looking through conversations: their words, stretch by stretch, as the messages now are.

use std::collections::BTreeSet;

use brigade_domain::chat::message::Message;
use brigade_domain::chat::ports::fold;
use brigade_domain::chat::search::{NAMING, PART, is_forgiven, names, scoped, spellings, words};
use brigade_domain::entity::{EntityKey, Seq};
use brigade_domain::id::{ConversationId, TenantId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;
use crate::journal::log::{Line, lines};
use crate::time::{DbTime, to_db};

/// The most lines of one step; a longer log takes several.
const STEP: i64 = 2_048;
/// So many words that were first met in one conversation are remembered for who spells them wrong.
const MOST_SPELLED: i32 = 300;
/// The most bytes of words of one stretch: a text search vector holds less than a megabyte.
const MOST_BYTES: usize = 400_000;

/// Conversations of the tenant that have not been looked through to their end, in the order of their ids after `after`, at
/// most `count`.
pub(super) async fn behind(
    tx: &mut PgConnection,
    tenant: TenantId,
    after: Uuid,
    count: i64,
) -> Result<Vec<Uuid>, Error> {
    let rows = sqlx::query_scalar!(
        "select known.id from conversations known
         left join search_progress seen on seen.tenant_id = known.tenant_id and seen.conversation_id = known.id
         where known.tenant_id = $1 and known.id > $2 and seen.rev is distinct from known.rev
         order by known.id limit $3",
        tenant.uuid(),
        after,
        count,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// Looks through what is new in a conversation. Returns whether there is more.
pub(super) async fn look_through(tx: &mut PgConnection, tenant: TenantId, id: Uuid) -> Result<bool, Error> {
    let key = EntityKey::new(tenant, ConversationId::from_uuid(id));
    let Some((rev, seen)) = progress(tx, tenant, id).await? else { return Ok(false) };
    if seen.rev == rev {
        return Ok(false);
    }
    let fresh = news(tx, tenant, id, seen.rev, rev).await?;
    let up_to = if fresh.len() < usize::try_from(STEP).unwrap_or(usize::MAX) {
        rev
    } else {
        fresh.last().map_or(rev, |line| line.seq)
    };
    let mut parts: BTreeSet<i64> = fresh.iter().filter_map(News::part).collect();
    let mut names = seen.names.clone();
    if fresh.iter().any(|line| NAMING.contains(&line.kind.as_str())) {
        names = all_names(tx, tenant, id).await?;
    }
    if names != seen.names {
        parts.insert(0);
        parts.extend(all_parts(tx, tenant, id).await?);
    }
    let mut new_words = BTreeSet::new();
    for part in parts {
        new_words.extend(look_at(tx, key, part, &names).await?);
    }
    let spelled = seen.spelled + remember_spellings(tx, tenant, &new_words, MOST_SPELLED - seen.spelled).await?;
    sqlx::query!(
        "update search_progress set rev = $3, names = $4, spelled = $5 where tenant_id = $1 and conversation_id = $2",
        tenant.uuid(),
        id,
        up_to,
        &names,
        spelled,
    )
    .execute(tx)
    .await?;
    Ok(up_to < rev)
}

/// How far a conversation was looked through.
struct Progress {
    rev: i64,
    names: Vec<String>,
    spelled: i32,
}

/// Where the conversation is, and how far it was looked through; held until the transaction ends, so that two nodes take
/// turns. `None`: it is not listed.
async fn progress(tx: &mut PgConnection, tenant: TenantId, id: Uuid) -> Result<Option<(i64, Progress)>, Error> {
    sqlx::query!(
        "insert into search_progress (tenant_id, conversation_id, rev, names)
         select tenant_id, id, 0, '{}' from conversations where tenant_id = $1 and id = $2
         on conflict do nothing",
        tenant.uuid(),
        id,
    )
    .execute(&mut *tx)
    .await?;
    let seen = sqlx::query_as!(
        Progress,
        "select rev, names, spelled from search_progress where tenant_id = $1 and conversation_id = $2 for update",
        tenant.uuid(),
        id,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(seen) = seen else { return Ok(None) };
    // After the turn was waited for: what the other one saw is seen.
    let rev = sqlx::query_scalar!("select rev from conversations where tenant_id = $1 and id = $2", tenant.uuid(), id)
        .fetch_one(tx)
        .await?;
    Ok(Some((rev, seen)))
}

/// A line, as far as it says which stretch is to be looked at.
struct News {
    seq: i64,
    kind: String,
    amends: Option<i64>,
}

impl News {
    fn part(&self) -> Option<i64> {
        match self.kind.as_str() {
            "message_sent" | "note_added" => Some(part_of(self.seq)),
            "message_edited" | "message_deleted" => self.amends.map(part_of),
            _ => None,
        }
    }
}

/// The stretch that a line is in.
const fn part_of(seq: i64) -> i64 {
    (seq - 1) / PART.cast_signed()
}

/// The lines of a stretch: from the first to the last.
const fn lines_of(part: i64) -> (i64, i64) {
    (part * PART.cast_signed() + 1, (part + 1) * PART.cast_signed())
}

async fn news(tx: &mut PgConnection, tenant: TenantId, id: Uuid, after: i64, up_to: i64) -> Result<Vec<News>, Error> {
    let rows = sqlx::query_as!(
        News,
        "select seq, kind, amends from event_log
         where tenant_id = $1 and entity_id = $2 and seq > $3 and seq <= $4
         order by seq limit $5",
        tenant.uuid(),
        id,
        after,
        up_to,
        STEP,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

async fn all_parts(tx: &mut PgConnection, tenant: TenantId, id: Uuid) -> Result<Vec<i64>, Error> {
    let parts = sqlx::query_scalar!(
        "select part from search_parts where tenant_id = $1 and conversation_id = $2",
        tenant.uuid(),
        id,
    )
    .fetch_all(tx)
    .await?;
    Ok(parts)
}

async fn all_names(tx: &mut PgConnection, tenant: TenantId, id: Uuid) -> Result<Vec<String>, Error> {
    let rows = sqlx::query_as!(
        Line,
        "select seq, at, request_id, request_digest, kind, party, body from event_log
         where tenant_id = $1 and entity_id = $2 and kind = any ($3) order by seq",
        tenant.uuid(),
        id,
        &NAMING as _,
    )
    .fetch_all(tx)
    .await?;
    Ok(names(&lines(rows)?)?.into_iter().collect())
}

/// Writes down the words of a stretch, and returns them.
async fn look_at(
    tx: &mut PgConnection,
    key: EntityKey,
    part: i64,
    names: &[String],
) -> Result<BTreeSet<String>, Error> {
    let stretch = Stretch { conversation: key.entity.id, part };
    let messages = messages(tx, key.tenant, &[stretch]).await?.pop().unwrap_or_default();
    let said: Vec<&Message> = messages.iter().filter(|message| !message.deleted()).collect();
    let (tenant, id) = (key.tenant.uuid(), key.entity.id);
    let times = said.iter().map(|message| to_db(message.at));
    let (oldest, newest) = match (times.clone().min(), times.max()) {
        (Some(oldest), Some(newest)) => (oldest, newest),
        // Names are found also where nothing is said.
        _ if part == 0 && !names.is_empty() => {
            let begun = begun(tx, key).await?;
            (begun, begun)
        }
        _ => {
            sqlx::query!(
                "delete from search_parts where tenant_id = $1 and conversation_id = $2 and part = $3",
                tenant,
                id,
                part,
            )
            .execute(tx)
            .await?;
            return Ok(BTreeSet::new());
        }
    };
    let texts = said.iter().filter_map(|message| message.text.as_ref());
    let found: BTreeSet<String> = texts.flat_map(|text| words(text.as_str())).chain(names.iter().cloned()).collect();
    let mut bytes = 0;
    let kept: Vec<String> = found
        .iter()
        .map(|word| scoped(key.tenant, word))
        .take_while(|word| {
            bytes += word.len() + 2;
            bytes <= MOST_BYTES
        })
        .collect();
    sqlx::query!(
        "insert into search_parts (tenant_id, conversation_id, part, oldest_at, newest_at, words)
         values ($1, $2, $3, $4, $5, array_to_tsvector($6))
         on conflict (conversation_id, part, tenant_id) do update
         set oldest_at = excluded.oldest_at, newest_at = excluded.newest_at, words = excluded.words",
        tenant,
        id,
        part,
        oldest,
        newest,
        &kept,
    )
    .execute(tx)
    .await?;
    Ok(found)
}

/// A stretch of a conversation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub(super) conversation: Uuid,
    pub(super) part: i64,
}

/// The messages and notes of these stretches as they now are, of each in the order of the log.
pub(super) async fn messages(
    tx: &mut PgConnection,
    tenant: TenantId,
    stretches: &[Stretch],
) -> Result<Vec<Vec<Message>>, Error> {
    let ids: Vec<Uuid> = stretches.iter().map(|stretch| stretch.conversation).collect();
    let (firsts, lasts): (Vec<i64>, Vec<i64>) = stretches.iter().map(|stretch| lines_of(stretch.part)).unzip();
    let rows = sqlx::query!(
        r#"select stretch.number as "number!", line.seq as "seq!", line.at as "at!: DbTime", line.kind as "kind!",
                  line.party as "party!", line.body as "body!"
           from unnest($2::uuid[], $3::bigint[], $4::bigint[]) with ordinality as stretch (id, first, last, number)
           cross join lateral (
               select seq, at, kind, party, body from event_log
               where tenant_id = $1 and entity_id = stretch.id and seq between stretch.first and stretch.last
                 and kind in ('message_sent', 'note_added')
               union all
               select seq, at, kind, party, body from event_log
               where tenant_id = $1 and entity_id = stretch.id and amends between stretch.first and stretch.last
                 and kind in ('message_edited', 'message_deleted')
           ) line
           order by stretch.number, line.seq"#,
        tenant.uuid(),
        &ids,
        &firsts,
        &lasts,
    )
    .fetch_all(tx)
    .await?;
    let mut said: Vec<Vec<Line>> = stretches.iter().map(|_| Vec::new()).collect();
    for row in rows {
        let line = Line {
            seq: row.seq,
            at: row.at,
            request_id: None,
            request_digest: None,
            kind: row.kind,
            party: row.party,
            body: row.body,
        };
        // Ordinality begins with one.
        let number = usize::try_from(row.number - 1).unwrap_or_default();
        if let Some(lines) = said.get_mut(number) {
            lines.push(line);
        }
    }
    let folded = |(stretch, rows): (&Stretch, Vec<Line>)| {
        let key = EntityKey::new(tenant, ConversationId::from_uuid(stretch.conversation));
        Ok(fold(&key, &lines(rows)?)?)
    };
    stretches.iter().zip(said).map(folded).collect()
}

async fn begun(tx: &mut PgConnection, key: EntityKey) -> Result<DbTime, Error> {
    const FIRST: Seq = 1;
    let at = sqlx::query_scalar!(
        r#"select at as "at: DbTime" from event_log where tenant_id = $1 and entity_id = $2 and seq = $3"#,
        key.tenant.uuid(),
        key.entity.id,
        crate::journal::to_bigint(FIRST),
    )
    .fetch_one(tx)
    .await?;
    Ok(at)
}

/// Makes at most `room` words that were not met before findable for who writes them with a wrong letter; returns how many.
async fn remember_spellings(
    tx: &mut PgConnection,
    tenant: TenantId,
    found: &BTreeSet<String>,
    room: i32,
) -> Result<i32, Error> {
    let forgiven: Vec<&str> = found.iter().map(String::as_str).filter(|word| is_forgiven(word)).collect();
    if forgiven.is_empty() || room <= 0 {
        return Ok(0);
    }
    let unknown = sqlx::query_scalar!(
        r#"select fresh.word as "word!" from unnest($2::text[]) as fresh (word)
           where not exists (
               select from search_spellings known
               where known.tenant_id = $1 and known.spelling = fresh.word and known.word = fresh.word)
           limit $3"#,
        tenant.uuid(),
        &forgiven as _,
        i64::from(room),
    )
    .fetch_all(&mut *tx)
    .await?;
    let pairs: Vec<(String, &String)> =
        unknown.iter().flat_map(|word| spellings(word).into_iter().map(move |spelling| (spelling, word))).collect();
    let (spelled, spelled_of): (Vec<&str>, Vec<&str>) =
        pairs.iter().map(|(spelling, word)| (spelling.as_str(), word.as_str())).unzip();
    sqlx::query!(
        "insert into search_spellings (tenant_id, spelling, word)
         select $1, spelling, word from unnest($2::text[], $3::text[]) as fresh (spelling, word)
         order by spelling, word
         on conflict do nothing",
        tenant.uuid(),
        &spelled as _,
        &spelled_of as _,
    )
    .execute(tx)
    .await?;
    Ok(i32::try_from(unknown.len()).unwrap_or(room))
}
