//! Reports: figures over matters, worked out where these are kept.
//!
//! Days and hours are cut by the rules of zones that the whole of Brigade goes by, and come here as moments; which of them a
//! matter is in, and for how long it was open until some moment, PostgreSQL finds by halving.

mod funnel;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use brigade_domain::Timestamp;
use brigade_domain::id::{ConversationId, LabelId, TenantId, UserId};
use brigade_domain::identity::Cause;
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Fault, Refusal, Rejection};
use brigade_domain::reports::funnel::Reached;
use brigade_domain::reports::ports::{
    Clock, Figures, Kept, Moments, PersonFigures, Place, Question, Report, Reports, Said, Spread, Told,
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Db;
use crate::audit::{Line, Outcome, append};
use crate::chat::read_name;
use crate::error::Error;
use crate::journal::{natural, to_bigint, to_seq};
use crate::time::{from_db, to_db};

/// Reports in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgReports(Db);

impl PgReports {
    /// Reads through `db`.
    pub const fn new(db: Db) -> Self {
        Self(db)
    }
}

impl Reports for PgReports {
    fn since(&self, tenant: TenantId) -> BoxFuture<'static, Result<Option<Timestamp>, Fault>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.read("ask since when matters are known", tenant, move |tx| Box::pin(since(tx, tenant))).await
        })
    }

    fn report(&self, tenant: TenantId, question: Question) -> BoxFuture<'static, Result<Report, Fault>> {
        let db = self.0.clone();
        Box::pin(
            async move { db.read("make a report", tenant, move |tx| Box::pin(report(tx, tenant, question))).await },
        )
    }

    fn funnel(&self, tenant: TenantId, period: Moments) -> BoxFuture<'static, Result<Vec<Reached>, Fault>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.read("count enquiries", tenant, move |tx| Box::pin(funnel::funnel(tx, tenant, period))).await
        })
    }

    fn matters(
        &self,
        tenant: TenantId,
        question: Question,
        after: Option<Place>,
        limit: u16,
    ) -> BoxFuture<'static, Result<Vec<Told>, Fault>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.read("list matters", tenant, move |tx| Box::pin(matters(tx, tenant, question, after, limit))).await
        })
    }

    fn take_along(
        &self,
        tenant: TenantId,
        question: Question,
        most: u32,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.write("take matters along", tenant, move |tx| Box::pin(take_along(tx, tenant, question, most, cause)))
                .await
        })
    }
}

async fn since(tx: &mut PgConnection, tenant: TenantId) -> Result<Option<Timestamp>, Error> {
    let at = sqlx::query_scalar!("select min(began_at) from matters where tenant_id = $1", tenant.uuid())
        .fetch_one(tx)
        .await?;
    Ok(at.map(from_db).transpose()?)
}

/// For how long the business was open until some moment: of the stretch that began last before it, all seconds up to its end or
/// up to the moment, whichever are fewer. Moments are in seconds of the epoch.
struct Open {
    /// When each stretch begins.
    starts: Vec<f64>,
    /// The seconds before each, less its beginning: with the moment added, the seconds until then.
    bases: Vec<f64>,
    /// The seconds up to the end of each.
    tops: Vec<f64>,
}

impl Open {
    fn of(open: &[Moments]) -> Self {
        let mut all = Self { starts: Vec::new(), bases: Vec::new(), tops: Vec::new() };
        let mut sum = 0.0;
        for (start, end) in open {
            all.starts.push(epoch(*start));
            all.bases.push(sum - epoch(*start));
            sum += end.duration_since(*start).as_secs_f64();
            all.tops.push(sum);
        }
        all
    }

    fn until(&self, at: Timestamp) -> f64 {
        let begun = self.starts.partition_point(|start| *start <= epoch(at));
        let last = begun.checked_sub(1).and_then(|last| Some((self.bases.get(last)?, self.tops.get(last)?)));
        last.map_or(0.0, |(base, top)| (base + epoch(at)).min(*top))
    }

    /// Nobody can say for want of hours.
    fn between(&self, from: Timestamp, to: Option<Timestamp>) -> Option<f64> {
        let to = to.filter(|_| !self.starts.is_empty())?;
        Some(self.until(to) - self.until(from))
    }
}

fn epoch(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}

fn epochs(times: &[Timestamp]) -> Vec<f64> {
    times.iter().copied().map(epoch).collect()
}

/// Two percentiles as they come.
fn spread(both: Option<&[f64]>) -> Option<Spread> {
    match both {
        Some([median, p90]) => Some(Spread { median: *median, p90: *p90 }),
        _ => None,
    }
}

/// A part of a report, as it comes.
struct Part {
    about: String,
    place: Option<i32>,
    id: Option<Uuid>,
    name: Option<String>,
    matters: i64,
    answered: i64,
    resolved: i64,
    messages: i64,
    first: Option<Vec<f64>>,
    whole: Option<Vec<f64>>,
    answer_met: i64,
    answer_missed: i64,
    end_met: i64,
    end_missed: i64,
    asked: i64,
    rated: i64,
    good: i64,
}

/// The matters of some time are read once, and counted in all ways there are. Sorting them for percentiles is the dear part
/// of it, so one clock is asked for and not both.
macro_rules! parts {
    ($tx:expr, $tenant:expr, $moments:expr, $question:expr, $open:expr, $slices:expr, $sets:tt, $others:tt) => {
        parts!($tx, $tenant, $moments, $question, $open, $slices, $sets, $others,
            r#"count(*) as "matters!", count(*) filter (where answered) as "answered!",
               count(*) filter (where resolved) as "resolved!", coalesce(sum(messages), 0)::bigint as "messages!",
               percentile_cont(array[0.5, 0.9]) within group (order by first) as first,
               percentile_cont(array[0.5, 0.9]) within group (order by whole) as whole,
               count(*) filter (where answer_met) as "answer_met!", count(*) filter (where answer_missed) as "answer_missed!",
               count(*) filter (where end_met) as "end_met!", count(*) filter (where end_missed) as "end_missed!",
               count(*) filter (where asked) as "asked!", count(score) as "rated!", count(*) filter (where score >= 4) as "good!""#)
    };
    ($tx:expr, $tenant:expr, $moments:expr, $question:expr, $open:expr, $slices:expr, $sets:tt, $others:tt, $columns:tt) => {{
        let (from, until): Moments = $moments;
        let (question, open): (&Question, &Open) = ($question, $open);
        sqlx::query_as!(
            Part,
            r#"with told as materialized (
                   select slice, hour, labels, assignee, answered_by, resolved_by, messages, answered is not null as answered,
                          resolved is not null as resolved,
                          case when answered is null then null when $8::boolean
                               then coalesce(least(($10::float8[])[at_answer] + answered, ($11::float8[])[at_answer]), 0) - opened
                               else answered - began end as first,
                          case when resolved is null then null when $8::boolean
                               then coalesce(least(($10::float8[])[at_end] + resolved, ($11::float8[])[at_end]), 0) - opened
                               else resolved - began end as whole,
                          answer_met, answer_missed, end_met, end_missed, asked, score
                   from (
                       select *, width_bucket(began, $6::float8[]) as slice, width_bucket(began, $7::float8[]) as hour,
                              width_bucket(answered, $9::float8[]) as at_answer, width_bucket(resolved, $9::float8[]) as at_end,
                              coalesce(least(($10::float8[])[width_bucket(began, $9::float8[])] + began, ($11::float8[])[width_bucket(began, $9::float8[])]), 0) as opened
                       from (
                           select labels, assignee, answered_by, resolved_by, messages, date_part('epoch', began_at) as began,
                                  date_part('epoch', answered_at) as answered, date_part('epoch', resolved_at) as resolved,
                                  answered_at <= answer_due as answer_met,
                                  coalesce(answered_at, $12::timestamptz) > answer_due as answer_missed,
                                  resolved_at <= resolution_due as end_met,
                                  coalesce(resolved_at, $12::timestamptz) > resolution_due as end_missed,
                                  said.talk is not null as asked, said.score
                           from matters
                           left join (select conversation_id as talk, resolved_seq, score from feedback where tenant_id = $1) said
                               on said.talk = matters.conversation_id and said.resolved_seq = matters.rev
                           where tenant_id = $1 and began_at >= $2 and began_at < $3
                             and ($4::uuid is null or assignee = $4) and ($5::uuid is null or labels @> array[$5])
                           -- Each is worked out once.
                           offset 0
                       ) seconds
                       offset 0
                   ) places
               )
               select case when grouping(slice) = 1 then 'whole' else 'slice' end as "about!", slice as place, null::uuid as id,
                      null::text as name, "# + $columns + " from told group by grouping sets (" + $sets + ")" + $others,
            $tenant.uuid(),
            to_db(from),
            to_db(until),
            question.only.person.map(UserId::uuid),
            question.only.label.map(LabelId::uuid),
            $slices,
            &epochs(&question.hours),
            question.clock == Clock::Open,
            &open.starts,
            &open.bases,
            &open.tops,
            to_db(question.now),
        )
        .fetch_all(&mut *$tx)
        .await?
    }};
}

/// By label and hour, and what people did: who has matters, who answered first and who resolved them can be three people, and
/// each gets their part of it.
macro_rules! of_the_period {
    ($tx:expr, $tenant:expr, $question:expr, $open:expr, $slices:expr) => {
        parts!($tx, $tenant, $question.period, $question, $open, $slices, "(), (slice)",
            r#" union all
               select 'label', null, label, null, count(*), count(*) filter (where answered),
                      count(*) filter (where resolved), coalesce(sum(messages), 0)::bigint,
                      percentile_cont(array[0.5, 0.9]) within group (order by first),
                      percentile_cont(array[0.5, 0.9]) within group (order by whole),
                      count(*) filter (where answer_met), count(*) filter (where answer_missed),
                      count(*) filter (where end_met), count(*) filter (where end_missed),
                      count(*) filter (where asked), count(score), count(*) filter (where score >= 4)
               from (
                   select *, unnest(case when labels = '{}' then array[null::uuid] else labels end) as label from told
               ) labelled group by label
               union all
               select 'hour', hour, null, null, count(*), 0, 0, 0, null, null, 0, 0, 0, 0, 0, 0, 0 from told group by hour
               union all
               select part, null, who, person.name, number, 0, 0, 0, took, null, 0, 0, 0, 0, asked, rated, good
               from (
                   select 'has' as part, assignee as who, count(*) as number, null::float8[] as took,
                          count(*) filter (where asked) as asked, count(score) as rated, count(*) filter (where score >= 4) as good
                   from told group by assignee
                   union all
                   select 'answered', answered_by, count(*), percentile_cont(array[0.5, 0.9]) within group (order by first), 0, 0, 0
                   from told where answered group by answered_by
                   union all
                   select 'resolved', resolved_by, count(*), percentile_cont(array[0.5, 0.9]) within group (order by whole), 0, 0, 0
                   from told where resolved group by resolved_by
               ) did left join users person on person.id = who"#)
    };
}

impl Part {
    fn figures(&self) -> Figures {
        Figures {
            matters: natural(self.matters),
            answered: natural(self.answered),
            resolved: natural(self.resolved),
            messages: natural(self.messages),
            first: spread(self.first.as_deref()),
            resolution: spread(self.whole.as_deref()),
            answers_kept: Kept { met: natural(self.answer_met), missed: natural(self.answer_missed) },
            resolutions_kept: Kept { met: natural(self.end_met), missed: natural(self.end_missed) },
            feedback: self.said(),
        }
    }

    fn said(&self) -> Said {
        Said { asked: natural(self.asked), rated: natural(self.rated), good: natural(self.good) }
    }

    /// Places are counted from 1.
    fn index(&self) -> usize {
        self.place.and_then(|place| usize::try_from(place - 1).ok()).unwrap_or(0)
    }
}

async fn report(tx: &mut PgConnection, tenant: TenantId, question: Question) -> Result<Report, Error> {
    // Compiling such a query takes longer than running it; and it sorts what it has read.
    sqlx::query!("set local jit = off").execute(&mut *tx).await?;
    sqlx::query!("set local work_mem = '32MB'").execute(&mut *tx).await?;
    let open = Open::of(&question.open);
    let (starts, start_before) = (epochs(&question.slices), [epoch(question.before.0)]);
    let mut report = Report::default();
    let mut people: BTreeMap<Option<Uuid>, PersonFigures> = BTreeMap::new();
    for part in of_the_period!(tx, tenant, &question, &open, &starts) {
        match part.about.as_str() {
            "whole" => report.figures = part.figures(),
            "slice" => report.slices.push((part.index(), part.figures())),
            "label" => report.labels.push((part.id.map(LabelId::from_uuid), part.figures())),
            "hour" => report.hours.push((part.index(), natural(part.matters))),
            _ => did(&mut people, &part),
        }
    }
    let before = parts!(tx, tenant, question.before, &question, &open, &start_before, "(slice)", "");
    report.before = before.first().map(Part::figures).unwrap_or_default();
    report.labels.sort_by_key(|(label, figures)| (label.is_none(), Reverse(figures.matters), *label));
    report.people = people.into_values().collect();
    report.people.sort_by_key(|did| {
        (did.person.is_none(), Reverse(did.matters), Reverse(did.answered), Reverse(did.resolved), did.person)
    });
    Ok(report)
}

/// What somebody did, added to what else they did.
fn did(people: &mut BTreeMap<Option<Uuid>, PersonFigures>, part: &Part) {
    let nothing = || PersonFigures {
        person: part.id.map(UserId::from_uuid),
        name: part.name.clone(),
        matters: 0,
        answered: 0,
        first: None,
        resolved: 0,
        resolution: None,
        feedback: Said::default(),
    };
    let (person, number) = (people.entry(part.id).or_insert_with(nothing), natural(part.matters));
    match part.about.as_str() {
        "has" => (person.matters, person.feedback) = (number, part.said()),
        "answered" => (person.answered, person.first) = (number, spread(part.first.as_deref())),
        _ => (person.resolved, person.resolution) = (number, spread(part.first.as_deref())),
    }
}

async fn matters(
    tx: &mut PgConnection,
    tenant: TenantId,
    question: Question,
    after: Option<Place>,
    limit: u16,
) -> Result<Vec<Told>, Error> {
    let open = Open::of(&question.open);
    let rows = sqlx::query!(
        r#"select told.conversation_id, told.seq, told.kind, told.began_at, told.answered_at, told.resolved_at, told.labels,
                  told.messages, told.answer_due, told.resolution_due, said.score as "score?",
                  answerer.name as "answerer?", resolver.name as "resolver?", assignee.name as "assignee?"
           from (
               select * from matters
               where tenant_id = $1 and began_at >= $2 and began_at < $3
                 and ($4::uuid is null or assignee = $4) and ($5::uuid is null or labels @> array[$5])
                 and ($6::timestamptz is null or (began_at, conversation_id, seq) > ($6, $7, $8))
               order by began_at, conversation_id, seq limit $9
           ) told
           left join feedback said on said.tenant_id = $1 and said.conversation_id = told.conversation_id and said.resolved_seq = told.rev
           left join users answerer on answerer.id = told.answered_by
           left join users resolver on resolver.id = told.resolved_by
           left join users assignee on assignee.id = told.assignee
           order by told.began_at, told.conversation_id, told.seq"#,
        tenant.uuid(),
        to_db(question.period.0),
        to_db(question.period.1),
        question.only.person.map(UserId::uuid),
        question.only.label.map(LabelId::uuid),
        after.map(|(at, _, _)| to_db(at)),
        after.map(|(_, conversation, _)| conversation.uuid()),
        after.map(|(_, _, seq)| to_bigint(seq)),
        i64::from(limit),
    )
    .fetch_all(tx)
    .await?;
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let began_at = from_db(row.began_at)?;
        let (answered_at, resolved_at) =
            (row.answered_at.map(from_db).transpose()?, row.resolved_at.map(from_db).transpose()?);
        told.push(Told {
            conversation: ConversationId::from_uuid(row.conversation_id),
            seq: to_seq(row.seq),
            kind: read_name(row.kind, "read what a matter is of")?,
            began_at,
            answered_at,
            answered_by: row.answerer,
            resolved_at,
            resolved_by: row.resolver,
            assignee: row.assignee,
            labels: row.labels.into_iter().map(LabelId::from_uuid).collect(),
            messages: row.messages.map(|messages| natural(i64::from(messages))),
            first_open: open.between(began_at, answered_at),
            resolution_open: open.between(began_at, resolved_at),
            answer_due: row.answer_due.map(from_db).transpose()?,
            resolution_due: row.resolution_due.map(from_db).transpose()?,
            score: row.score.and_then(|score| u8::try_from(score).ok()),
        });
    }
    Ok(told)
}

async fn take_along(
    tx: &mut PgConnection,
    tenant: TenantId,
    question: Question,
    most: u32,
    cause: Cause,
) -> Result<(), Error> {
    let number = sqlx::query_scalar!(
        r#"select count(*) as "count!" from matters
           where tenant_id = $1 and began_at >= $2 and began_at < $3
             and ($4::uuid is null or assignee = $4) and ($5::uuid is null or labels @> array[$5])"#,
        tenant.uuid(),
        to_db(question.period.0),
        to_db(question.period.1),
        question.only.person.map(UserId::uuid),
        question.only.label.map(LabelId::uuid),
    )
    .fetch_one(&mut *tx)
    .await?;
    if number > i64::from(most) {
        let text = format!("These are {number} matters, and a file has {most} at most. Choose a shorter period.");
        return Err(Refusal::invalid("to", text).into());
    }
    let details = json!({
        "from": question.period.0, "until": question.period.1, "person": question.only.person,
        "label": question.only.label, "matters": number,
    });
    let line = Line::of("report.exported", Outcome::Succeeded, &cause, details);
    append(tx, tenant, &[line]).await
}
