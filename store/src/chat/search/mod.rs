//! Finding conversations by what was said in them: the port [`Search`] over the words in PostgreSQL, which a task of its
//! own keeps up with the logs.
//!
//! | what | module |
//! |---|---|
//! | which conversations are to be looked through | [`touched`] |
//! | looking through one | [`index`] |
//! | how much of the processor that may take | [`pace`] |
//! | finding | here |
//!
//! The words follow the log some time after the commit, and cost a commit nothing but a note in memory. Under load they
//! fall behind rather than take more than their share ([`pace`]).

mod index;
mod pace;
mod touched;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use brigade_domain::chat::list::{OfTeam, Place};
use brigade_domain::chat::message::Message;
use brigade_domain::chat::search::{
    Found, Hit, MOST, Passage, Question, Search, Within, excerpt, is_forgiven, is_near, scoped, spellings, words,
};
use brigade_domain::id::{LabelId, TenantId, UserId};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::Fault;
use sqlx::PgConnection;
use uuid::Uuid;

use self::index::Stretch;
use self::pace::Pace;
pub(crate) use self::touched::Touched;
use super::list::{json, teams};
use crate::db::WeakDb;
use crate::error::{Error, unruled};
use crate::time::{DbTime, to_db};
use crate::{Db, PgJournal, tenants};

/// How often it is looked for what is to be done.
const TURN: Duration = Duration::from_millis(250);
/// For each moment of work so many moments of rest at least: a tenth of one thread is the most that looking through takes.
const REST: u32 = 9;
/// The same for what was missed, when all are compared.
const REST_CATCHING_UP: u32 = 1;
/// How often all conversations are compared, for what another server left.
const COMPARE: Duration = Duration::from_mins(10);
/// How many conversations are looked through in one turn, and asked for in one comparison.
const BATCH: usize = 64;
/// How many stretches are looked at for one answer, newest first; more, where only some of their conversations count.
const STRETCHES: i32 = 200;
const STRETCHES_WITHIN: i32 = 1_000;
/// With fewer exact answers, similar ones are added.
const ENOUGH: usize = 10;
/// The most words that one with a wrong letter can stand for.
const NEAR: usize = 12;

/// Search in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgSearch(Db);

impl PgSearch {
    /// Reads through `db` and keeps up with what `journal` commits, and with what was committed before, as long as anybody
    /// needs the database.
    pub fn start(db: Db, journal: &PgJournal) -> Self {
        db.spawn(keep_up(db.downgrade(), journal.noted().search));
        Self(db)
    }
}

/// Looks through what was written to.
async fn keep_up(db: WeakDb, touched: Touched) {
    let mut compare_at = Instant::now();
    let mut pace = Pace::new(touched.clone());
    while let Some(db) = db.upgrade() {
        let began = Instant::now();
        pace.count();
        if touched.lost_some() || began >= compare_at {
            compare_at = began + COMPARE;
            if let Err(fault) = catch_up(&db, &mut pace).await {
                tracing::warn!(error = %fault, "Comparing what can be found with what was said failed, and is tried again.");
                compare_at = began + Duration::from_secs(30);
            }
        }
        for (tenant, id) in touched.due(BATCH) {
            if !look_through(&db, tenant, id, &mut pace, REST).await {
                // Compared again later: it is behind then, and no other waits for it.
                compare_at = compare_at.min(began + Duration::from_secs(30));
            }
        }
        drop(db);
        tokio::time::sleep(TURN).await;
    }
}

/// Looks through every conversation that is behind, each once: those that go on meanwhile are touched.
async fn catch_up(db: &Db, pace: &mut Pace) -> Result<(), Fault> {
    for tenant in tenants::list(db).await? {
        let (id, mut after) = (tenant.id, Uuid::nil());
        loop {
            let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
            let read =
                db.read("compare what can be found", id, move |tx| Box::pin(index::behind(tx, id, after, limit)));
            let behind = read.await?;
            let Some(last) = behind.last() else { break };
            after = *last;
            for conversation in behind {
                look_through(db, id, conversation, pace, REST_CATCHING_UP).await;
            }
        }
    }
    Ok(())
}

/// Looks through a conversation to its end, resting after each step. Returns whether it could; it is tried again when all
/// are compared.
async fn look_through(db: &Db, tenant: TenantId, id: Uuid, pace: &mut Pace, rest: u32) -> bool {
    loop {
        let began = Instant::now();
        let step =
            db.write("look through a conversation", tenant, move |tx| Box::pin(index::look_through(tx, tenant, id)));
        let more = step.await;
        pace.rest(began.elapsed(), rest).await;
        match more {
            Ok(true) => {}
            Ok(false) => return true,
            Err(error) => {
                let error = unruled(error, "look through a conversation");
                tracing::warn!(conversation = %id, error = %error, "What was said could not be made findable, and is tried again.");
                return false;
            }
        }
    }
}

impl Search for PgSearch {
    fn search(
        &self,
        tenant: TenantId,
        question: Question,
        within: Within,
        limit: u16,
    ) -> BoxFuture<'static, Result<Found, Fault>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.read("search", tenant, move |tx| {
                Box::pin(async move { search(tx, tenant, &question, &within, usize::from(limit.clamp(1, MOST))).await })
            })
            .await
        })
    }
}

/// A word of the question, and what it may stand for.
struct Term {
    word: String,
    may_go_on: bool,
    near: Vec<String>,
}

impl Term {
    fn takes(&self, word: &str) -> bool {
        word == self.word
            || (self.may_go_on && word.starts_with(&self.word))
            || self.near.iter().any(|near| near == word)
    }
}

/// Where something was found.
struct Spot {
    stretch: Stretch,
    listing: String,
    similar: bool,
}

async fn search(
    tx: &mut PgConnection,
    tenant: TenantId,
    question: &Question,
    within: &Within,
    limit: usize,
) -> Result<Found, Error> {
    let term = |word: &String| Term { word: word.clone(), may_go_on: question.may_go_on(word), near: Vec::new() };
    let mut terms: Vec<Term> = question.words().iter().map(term).collect();
    let mut places = find(tx, tenant, &terms, within, limit + 1).await?;
    if places.len() < limit.min(ENOUGH) && forgive(tx, tenant, &mut terms).await? {
        let known: HashSet<Uuid> = places.iter().map(|place| place.stretch.conversation).collect();
        let similar = find(tx, tenant, &terms, within, limit + 1).await?;
        let similar = similar.into_iter().filter(|place| !known.contains(&place.stretch.conversation));
        places.extend(similar.map(|place| Spot { similar: true, ..place }));
    }
    let more = places.len() > limit;
    places.truncate(limit);
    let stretches: Vec<Stretch> = places.iter().map(|place| place.stretch).collect();
    let said = index::messages(tx, tenant, &stretches).await?;
    let hit = |(place, messages): (Spot, Vec<Message>)| {
        let passage = passage(&messages, &terms);
        Ok(Hit { listing: json(place.listing)?, passage, similar: place.similar })
    };
    let hits = places.into_iter().zip(said).map(hit).collect::<Result<_, Error>>()?;
    Ok(Found { hits, more })
}

/// Adds the words that are there and differ by one letter. Returns whether there are any.
async fn forgive(tx: &mut PgConnection, tenant: TenantId, terms: &mut [Term]) -> Result<bool, Error> {
    let mut any = false;
    for term in terms.iter_mut().filter(|term| is_forgiven(&term.word)) {
        let spelled: Vec<String> = spellings(&term.word).into_iter().collect();
        let mut near = sqlx::query_scalar!(
            "select distinct word from search_spellings where tenant_id = $1 and spelling = any ($2)",
            tenant.uuid(),
            &spelled,
        )
        .fetch_all(&mut *tx)
        .await?;
        near.retain(|word| *word != term.word && is_near(word, &term.word));
        near.truncate(NEAR);
        any |= !near.is_empty();
        term.near = near;
    }
    Ok(any)
}

/// The newest stretches with all the terms, one of each conversation.
async fn find(
    tx: &mut PgConnection,
    tenant: TenantId,
    terms: &[Term],
    within: &Within,
    limit: usize,
) -> Result<Vec<Spot>, Error> {
    let narrowed =
        within.place.is_some() || within.label.is_some() || within.assignee.is_some() || within.team.is_some();
    let rows = sqlx::query!(
        r#"select found.conversation_id as "conversation!", found.part as "part!", known.listing as "listing!"
           from brigade_search($2::text::tsquery, coalesce($3::timestamptz, '-infinity'),
                               coalesce($4::timestamptz, 'infinity'), $5) found
           -- "offset 0": each is looked up by its key, whatever the planner thinks of the table.
           cross join lateral (
               select listing, status, labels, assignee, team from conversations
               where tenant_id = $1 and id = found.conversation_id
               offset 0
           ) known
           where ($6::text is null or known.status = $6)
             and ($7::uuid is null or known.labels @> array[$7])
             and ($8::uuid is null or known.assignee = $8)
             and ($9::uuid[] is null
                  or (known.team = any ($9) and (select teams from tenants where id = $1) ? known.team::text))
             and (not $10 or known.team is null or not (select teams from tenants where id = $1) ? known.team::text)
           order by found.newest_at desc, found.conversation_id"#,
        tenant.uuid(),
        wanted(tenant, terms),
        within.since.map(to_db) as Option<DbTime>,
        within.until.map(to_db) as Option<DbTime>,
        if narrowed { STRETCHES_WITHIN } else { STRETCHES },
        within.place.map(Place::as_str),
        within.label.map(LabelId::uuid),
        within.assignee.map(UserId::uuid),
        teams(within.team.as_ref()) as _,
        within.team == Some(OfTeam::None),
    )
    .fetch_all(tx)
    .await?;
    let mut seen = HashSet::new();
    let each = rows.into_iter().filter(|row| seen.insert(row.conversation));
    Ok(each
        .take(limit)
        .map(|row| Spot {
            stretch: Stretch { conversation: row.conversation, part: row.part },
            listing: row.listing,
            similar: false,
        })
        .collect())
}

/// The terms in the language of PostgreSQL's text search.
fn wanted(tenant: TenantId, terms: &[Term]) -> String {
    let quoted = |word: &str| format!("'{}'", scoped(tenant, word).replace('\\', "\\\\").replace('\'', "''"));
    let mut text = String::new();
    for (index, term) in terms.iter().enumerate() {
        let and = if index > 0 { " & " } else { "" };
        let on = if term.may_go_on { ":*" } else { "" };
        // Writing to a string does not fail.
        let _ = write!(text, "{and}({}{on}", quoted(&term.word));
        for near in &term.near {
            let _ = write!(text, " | {}", quoted(near));
        }
        text.push(')');
    }
    text
}

/// The newest of the messages with the most of what was looked for.
fn passage(messages: &[Message], terms: &[Term]) -> Option<Passage> {
    let texts = messages.iter().rev().filter_map(|message| Some((message, message.text.as_ref()?.as_str())));
    let scored = texts.map(|(message, text)| {
        let said: HashSet<String> = words(text).collect();
        (terms.iter().filter(|term| said.iter().any(|word| term.takes(word))).count(), message, text)
    });
    // Of equals the first: the newest.
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    let (_, message, text) = best;
    let pieces = excerpt(text, |word| terms.iter().any(|term| term.takes(word)))?;
    Some(Passage { seq: message.seq, by: message.by, at: message.at, note: message.note, pieces })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_quoted() {
        let tenant = TenantId::from_uuid(Uuid::from_u128(0xabcde));
        let term = |word: &str, may_go_on, near: &[&str]| Term {
            word: word.to_owned(),
            may_go_on,
            near: near.iter().map(|near| (*near).to_owned()).collect(),
        };
        let terms = [term("don't", false, &["won't"]), term("a\\b", true, &[])];
        assert_eq!(wanted(tenant, &terms), r"('abcdedon''t' | 'abcdewon''t') & ('abcdea\\b':*)");
    }
}
