//! Reports: what was done for customers in some time, as figures and as tables to take along.
//!
//! | who | sees |
//! |---|---|
//! | admins | everything, and can take the matters themselves along, which is on the record |
//! | account managers | the business and its labels, and of the people themselves |
//!
//! How long colleagues take is theirs and their admins' affair.

mod csv;
mod tables;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{LabelId, TenantId, UserId};
use brigade_domain::refusal::{Code, Fault, Refusal};
use brigade_domain::reports::period::{self, Choice, Frame, Named};
use brigade_domain::reports::ports::{Clock, Figures, Only, Question, Report, Reports};
use brigade_domain::tenant::shown::Shown;
use jiff::civil::Date;
use serde::Deserialize;

use self::view::{FiguresView, LabelFiguresView, PersonView, ReachedView, ReportView, SliceView};
use crate::entity::glance;
use crate::envelope::Data;
use crate::guard::Staff;
use crate::input::Params;
use crate::problem::Answer;
use crate::{App, Routes, routes};

/// The most matters of a file.
const MOST: u32 = 100_000;

/// What this feature needs.
#[derive(Clone)]
pub struct Ports {
    /// The figures.
    pub reports: Arc<dyn Reports>,
}

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![report].with(tables::routes())
}

/// Which time, and which matters.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReportQuery {
    period: Option<Named>,
    from: Option<Date>,
    to: Option<Date>,
    person: Option<UserId>,
    label: Option<LabelId>,
    clock: Option<Clock>,
}

/// What is asked, with all there is to know for the answer.
struct Asked {
    tenant: TenantId,
    shown: Shown,
    days: (period::Span, period::Span),
    frame: Frame,
    since: Option<Timestamp>,
    question: Question,
    /// Whose figures may be seen, of the people's; nobody: everybody's.
    own: Option<UserId>,
}

async fn ask(app: &App, actor: &Arc<Actor>, tenant: TenantId, at: Timestamp, query: ReportQuery) -> Answer<Asked> {
    let choice = Choice::parse(query.period, query.from, query.to)?;
    let own = if actor.is_admin_of(tenant) { None } else { actor.party.user() };
    if own.is_some() && query.person.is_some_and(|person| Some(person) != own) {
        return Err(Refusal::new(Code::Forbidden, "Only admins see what one of the others did.").into());
    }
    let seen = glance(app, actor, EntityKey::new(tenant, tenant)).await?;
    let shown = Shown::read(seen.state).map_err(|error| Fault::internal("read the tenant", error))?;
    let zone = shown.hours.zone().clone();
    let days = choice.spans(period::today(&zone, at))?;
    let frame = Frame::of(days.0, &zone);
    let since = app.reports.reports.since(tenant).await?;
    let (period, before) = (days.0.moments(&zone), days.1.moments(&zone));
    // Without hours there is one clock.
    let has_hours = !shown.hours.week().is_empty();
    let clock = query.clock.filter(|_| has_hours).unwrap_or(if has_hours { Clock::Open } else { Clock::Always });
    let open = since.map(|since| shown.hours.stretches(since.max(before.0.min(period.0)), at));
    let question = Question {
        period,
        before,
        clock,
        only: Only { person: query.person, label: query.label },
        slices: frame.slices.iter().map(|slice| slice.start).collect(),
        hours: frame.hours.iter().map(|hour| hour.start).collect(),
        open: open.unwrap_or_default(),
        now: at,
    };
    Ok(Asked { tenant, shown, days, frame, since, question, own })
}

impl Asked {
    async fn report(&self, app: &App) -> Answer<Report> {
        Ok(app.reports.reports.report(self.tenant, self.question.clone()).await?)
    }

    async fn funnel(&self, app: &App) -> Answer<Vec<ReachedView>> {
        let funnel = app.reports.reports.funnel(self.tenant, self.question.period).await?;
        Ok(funnel.into_iter().map(ReachedView::from).collect())
    }

    fn shown(&self, report: Report, funnel: Vec<ReachedView>) -> ReportView {
        let by_slice: BTreeMap<usize, Figures> = report.slices.into_iter().collect();
        let slice = |(index, slice): (usize, &period::Slice)| SliceView {
            days: slice.days.into(),
            figures: by_slice.get(&index).copied().unwrap_or_default().into(),
        };
        let mut hours = vec![vec![0; 24]; 7];
        for (index, number) in report.hours {
            let hour = self.frame.hours.get(index);
            let cell =
                hour.and_then(|hour| hours.get_mut(usize::from(hour.weekday) - 1)?.get_mut(usize::from(hour.hour)));
            if let Some(cell) = cell {
                *cell += number;
            }
        }
        let people = report.people.into_iter().filter(|figures| self.own.is_none() || figures.person == self.own);
        let label = |(id, figures): (Option<LabelId>, Figures)| {
            let known = id.and_then(|id| self.shown.labels.get(&id));
            let name = known.map(|label| label.name.as_str().to_owned());
            LabelFiguresView { label: id, name, color: known.map(|label| label.color), figures: figures.into() }
        };
        ReportView {
            zone: self.shown.hours.zone().as_str().to_owned(),
            days: self.days.0.into(),
            days_before: self.days.1.into(),
            grain: self.frame.grain,
            since: self.since,
            has_hours: !self.shown.hours.week().is_empty(),
            clock: self.question.clock,
            everybody: self.own.is_none(),
            most: MOST,
            figures: FiguresView::from(report.figures),
            figures_before: report.before.into(),
            slices: self.frame.slices.iter().enumerate().map(slice).collect(),
            hours,
            people: people.map(PersonView::from).collect(),
            labels: report.labels.into_iter().map(label).collect(),
            funnel,
        }
    }
}

/// What was done for the customers who came with something in some days: of all of them, by day or week, by hour of the week, by
/// person and by label, beside the days before; and how far those got that began on the site. Days are those of the business's zone. Account managers see of the people
/// themselves.
#[utoipa::path(get, path = "/v1/reports", tag = "reports",
    params(("period" = Option<String>, Query,
            description = "`last7_days`, `last28_days` (if nothing is said), `last90_days`, `this_month` or `last_month`."),
           ("from" = Option<String>, Query, description = "Instead: the first day, `2026-03-01`."),
           ("to" = Option<String>, Query, description = "The last day, at most 366 days in all."),
           ("person" = Option<String>, Query, description = "Only matters of this person: `usr_…`."),
           ("label" = Option<String>, Query, description = "Only matters with this label: `lbl_…`."),
           ("clock" = Option<String>, Query,
            description = "Which time counts: `open`, while the business is (if nothing is said and it has hours), or `always`.")),
    responses((status = 200, body = ReportView)))]
async fn report(who: Staff, app: App, Params(query): Params<ReportQuery>) -> Answer<Data<ReportView>> {
    let asked = ask(&app, who.actor(), who.tenant(), who.at(), query).await?;
    Ok(Data::new(asked.shown(asked.report(&app).await?, asked.funnel(&app).await?)))
}
