//! The tables of a report as files, and the matters it is counted over.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use brigade_domain::Timestamp;
use brigade_domain::id::{LabelId, TenantId, UserId};
use brigade_domain::refusal::Fault;
use brigade_domain::reports::period::{Named, local};
use brigade_domain::reports::ports::{Clock, Place, Question, Reports, Told};
use brigade_domain::tenant::shown::Shown;
use futures_util::stream;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::csv::{Cell, MARK, line};
use super::view::{FiguresView, PersonView, ReachedView, ReportView, SaidView, SpreadView, seconds};
use super::{Asked, MOST, ReportQuery, ask};
use crate::chat::disposition;
use crate::guard::{Staff, TenantAdmin};
use crate::input::Params;
use crate::problem::Answer;
use crate::{App, Routes, routes};

/// So many matters are read at a time.
const PAGE: u16 = 2_000;

pub(super) fn routes() -> Routes {
    routes![figures, matters]
}

/// Which table.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Table {
    /// By day or week.
    Time,
    /// By hour of the week.
    Hours,
    /// By person.
    People,
    /// By label.
    Labels,
    /// By step from an enquiry to a client.
    Funnel,
}

impl Table {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Hours => "hours",
            Self::People => "people",
            Self::Labels => "labels",
            Self::Funnel => "funnel",
        }
    }
}

/// Which table of which report.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableQuery {
    table: Table,
    period: Option<Named>,
    from: Option<Date>,
    to: Option<Date>,
    person: Option<UserId>,
    label: Option<LabelId>,
    clock: Option<Clock>,
}

/// A table of a report, for spreadsheets: CSV with a line that says what is in the columns. How long something took is in seconds.
#[utoipa::path(get, path = "/v1/reports/figures.csv", tag = "reports",
    params(("table" = String, Query, description = "`time`, `hours`, `people`, `labels` or `funnel`."),
           ("period" = Option<String>, Query, description = "As of the report."),
           ("from" = Option<String>, Query, description = "As of the report."),
           ("to" = Option<String>, Query, description = "As of the report."),
           ("person" = Option<String>, Query, description = "As of the report."),
           ("label" = Option<String>, Query, description = "As of the report."),
           ("clock" = Option<String>, Query, description = "As of the report.")),
    responses((status = 200, description = "The table.", body = String, content_type = "text/csv")))]
async fn figures(who: Staff, app: App, Params(query): Params<TableQuery>) -> Answer<HttpResponse> {
    let TableQuery { table, period, from, to, person, label, clock } = query;
    let query = ReportQuery { period, from, to, person, label, clock };
    let asked = ask(&app, who.actor(), who.tenant(), who.at(), query).await?;
    let lines = match table {
        Table::Time => by_time(&figures_of(&asked, &app).await?),
        Table::Hours => by_hour(&figures_of(&asked, &app).await?),
        Table::People => by_person(&figures_of(&asked, &app).await?),
        Table::Labels => by_label(&figures_of(&asked, &app).await?),
        Table::Funnel => by_step(&asked.funnel(&app).await?),
    };
    let text: String = std::iter::once(MARK.to_owned()).chain(lines.into_iter().map(line)).collect();
    Ok(file(&asked, table.as_str()).body(text))
}

/// The report without the funnel, whose table is reckoned by itself.
async fn figures_of(asked: &Asked, app: &App) -> Answer<ReportView> {
    Ok(asked.shown(asked.report(app).await?, Vec::new()))
}

/// The matters that began in some days, one a line, in the order they began, at most 100,000: CSV, with times of the business's zone.
/// Taking them along is on the record.
#[utoipa::path(get, path = "/v1/reports/matters.csv", tag = "reports",
    params(("period" = Option<String>, Query, description = "As of the report."),
           ("from" = Option<String>, Query, description = "As of the report."),
           ("to" = Option<String>, Query, description = "As of the report."),
           ("person" = Option<String>, Query, description = "As of the report."),
           ("label" = Option<String>, Query, description = "As of the report."),
           ("clock" = Option<String>, Query, description = "As of the report.")),
    responses((status = 200, description = "The matters.", body = String, content_type = "text/csv")))]
async fn matters(who: TenantAdmin, app: App, Params(query): Params<ReportQuery>) -> Answer<HttpResponse> {
    let (tenant, cause) = (who.tenant(), who.cause());
    let asked = ask(&app, who.actor(), tenant, who.at(), query).await?;
    let reports = Arc::clone(&app.reports.reports);
    reports.take_along(tenant, asked.question.clone(), MOST, cause).await?;
    let mut answer = file(&asked, "matters");
    let pages = Pages { reports, tenant, question: asked.question, shown: asked.shown, after: None, begun: false };
    Ok(answer.streaming(Box::pin(stream::try_unfold(Some(pages), next))))
}

/// A name that says whose it is, what it is and of which time.
fn file(asked: &Asked, what: &str) -> actix_web::HttpResponseBuilder {
    let name = format!("{} {what} {} to {}.csv", asked.shown.slug, asked.days.0.from, asked.days.0.to);
    let mut answer = HttpResponse::Ok();
    answer.content_type("text/csv; charset=utf-8").insert_header((header::CONTENT_DISPOSITION, disposition(&name)));
    answer
}

fn by_time(report: &ReportView) -> Vec<Vec<Cell>> {
    let head = [Cell::text("from"), Cell::text("to")].into_iter().chain(figure_names(report.clock)).collect();
    let rows = report.slices.iter().map(|slice| {
        let days = [Cell::text(slice.days.from.to_string()), Cell::text(slice.days.to.to_string())];
        days.into_iter().chain(figure_cells(&slice.figures)).collect()
    });
    std::iter::once(head).chain(rows).collect()
}

fn by_hour(report: &ReportView) -> Vec<Vec<Cell>> {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let hours = (0..24).map(|hour| Cell::text(format!("{hour:02}:00")));
    let head = std::iter::once(Cell::text("weekday")).chain(hours).collect();
    let rows = DAYS.iter().zip(&report.hours).map(|(day, hours)| {
        std::iter::once(Cell::text(*day)).chain(hours.iter().map(|number| Cell::Number(*number))).collect()
    });
    std::iter::once(head).chain(rows).collect()
}

fn by_person(report: &ReportView) -> Vec<Vec<Cell>> {
    let mut head = ["person", "name", "matters", "first_answers"].map(Cell::text).to_vec();
    head.extend(spread_names("first_answer", report.clock));
    head.push(Cell::text("resolved"));
    head.extend(spread_names("resolution", report.clock));
    head.extend(SAID.map(Cell::text));
    let row = |person: &PersonView| {
        let id = person.person.map(|id| id.to_string());
        let name = person.name.clone();
        let mut row = vec![Cell::from(id), Cell::from(name), person.matters.into(), person.answered.into()];
        row.extend(spread_cells(person.first));
        row.push(person.resolved.into());
        row.extend(spread_cells(person.resolution));
        row.extend(said_cells(person.feedback));
        row
    };
    std::iter::once(head).chain(report.people.iter().map(row)).collect()
}

fn by_label(report: &ReportView) -> Vec<Vec<Cell>> {
    let head = [Cell::text("label"), Cell::text("name")].into_iter().chain(figure_names(report.clock)).collect();
    let rows = report.labels.iter().map(|label| {
        let names = [Cell::from(label.label.map(|id| id.to_string())), Cell::from(label.name.clone())];
        names.into_iter().chain(figure_cells(&label.figures)).collect()
    });
    std::iter::once(head).chain(rows).collect()
}

fn by_step(funnel: &[ReachedView]) -> Vec<Vec<Cell>> {
    let head = ["step", "number", "chat", "enquiry_form", "access_form", "median_seconds"].map(Cell::text).to_vec();
    let row = |reached: &ReachedView| {
        let ReachedView { step, number, chat, enquiry, access, median } = reached;
        let mut row = vec![Cell::text(step.as_str())];
        row.extend([number, chat, enquiry, access].map(|number| Cell::from(*number)));
        row.push((*median).into());
        row
    };
    std::iter::once(head).chain(funnel.iter().map(row)).collect()
}

/// Says in the name which time counted.
fn spread_names(what: &str, clock: Clock) -> Vec<Cell> {
    let counted = match clock {
        Clock::Open => "open_seconds",
        Clock::Always => "seconds",
    };
    ["median", "p90"].iter().map(|which| Cell::text(format!("{what}_{which}_{counted}"))).collect()
}

fn spread_cells(spread: Option<SpreadView>) -> [Cell; 2] {
    [spread.map(|spread| spread.median).into(), spread.map(|spread| spread.p90).into()]
}

/// How many customers were asked how they were served, said so, and said good or very good.
const SAID: [&str; 3] = ["asked", "rated", "rated_good"];

fn said_cells(said: SaidView) -> [Cell; 3] {
    [said.asked, said.rated, said.good].map(Cell::from)
}

fn figure_names(clock: Clock) -> Vec<Cell> {
    let mut names = ["matters", "answered", "resolved", "customer_messages_of_resolved"].map(Cell::text).to_vec();
    names.extend(spread_names("first_answer", clock));
    names.extend(spread_names("resolution", clock));
    names.extend(["answers_in_time", "answers_late", "resolutions_in_time", "resolutions_late"].map(Cell::text));
    names.extend(SAID.map(Cell::text));
    names
}

fn figure_cells(figures: &FiguresView) -> Vec<Cell> {
    let mut cells: Vec<Cell> =
        [figures.matters, figures.answered, figures.resolved, figures.messages].map(Cell::from).to_vec();
    cells.extend(spread_cells(figures.first));
    cells.extend(spread_cells(figures.resolution));
    let (answers, resolutions) = (figures.answers_kept, figures.resolutions_kept);
    cells.extend([answers.met, answers.missed, resolutions.met, resolutions.missed].map(Cell::from));
    cells.extend(said_cells(figures.feedback));
    cells
}

/// Matters, page by page: a slow reader holds no more than one.
struct Pages {
    reports: Arc<dyn Reports>,
    tenant: TenantId,
    question: Question,
    shown: Shown,
    after: Option<Place>,
    begun: bool,
}

async fn next(pages: Option<Pages>) -> Result<Option<(web::Bytes, Option<Pages>)>, Fault> {
    let Some(mut pages) = pages else { return Ok(None) };
    let told = pages.reports.matters(pages.tenant, pages.question.clone(), pages.after, PAGE).await?;
    let mut text = String::new();
    if !pages.begun {
        text = MARK.to_owned() + &line(MATTER.map(Cell::text));
        pages.begun = true;
    }
    for matter in &told {
        text += &line(matter_cells(&pages.shown, matter));
    }
    pages.after = told.last().map(|last| (last.began_at, last.conversation, last.seq));
    let more = told.len() == usize::from(PAGE);
    if text.is_empty() {
        return Ok(None);
    }
    Ok(Some((web::Bytes::from(text), more.then_some(pages))))
}

const MATTER: [&str; 18] = [
    "conversation",
    "message",
    "kind",
    "began_at",
    "first_answer_at",
    "first_answer_by",
    "first_answer_seconds",
    "first_answer_open_seconds",
    "first_answer_due_at",
    "resolved_at",
    "resolved_by",
    "resolution_seconds",
    "resolution_open_seconds",
    "resolution_due_at",
    "person",
    "labels",
    "customer_messages",
    "score",
];

fn matter_cells(shown: &Shown, matter: &Told) -> [Cell; 18] {
    let at = |at: Option<Timestamp>| Cell::from(at.map(|at| local(shown.hours.zone(), at)));
    let took =
        |end: Option<Timestamp>| Cell::from(end.map(|end| seconds(end.duration_since(matter.began_at).as_secs_f64())));
    let open = |took: Option<f64>| Cell::from(took.map(seconds));
    let label =
        |id: &LabelId| shown.labels.get(id).map_or_else(|| id.to_string(), |label| label.name.as_str().to_owned());
    [
        Cell::text(matter.conversation.to_string()),
        matter.seq.into(),
        Cell::text(matter.kind.as_str()),
        at(Some(matter.began_at)),
        at(matter.answered_at),
        matter.answered_by.clone().into(),
        took(matter.answered_at),
        open(matter.first_open),
        at(matter.answer_due),
        at(matter.resolved_at),
        matter.resolved_by.clone().into(),
        took(matter.resolved_at),
        open(matter.resolution_open),
        at(matter.resolution_due),
        matter.assignee.clone().into(),
        Cell::text(matter.labels.iter().map(label).collect::<Vec<_>>().join(", ")),
        matter.messages.into(),
        matter.score.map(u64::from).into(),
    ]
}
