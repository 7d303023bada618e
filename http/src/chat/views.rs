//! Saved views of the inbox, and how many conversations are in each list.

use std::collections::BTreeSet;

use brigade_domain::actor::Actor;
use brigade_domain::chat::due::Urgency;
use brigade_domain::chat::list::{Facet, Filter, Order, Place};
use brigade_domain::chat::triage::Priority;
use brigade_domain::chat::view::{Assigned, Criteria, Editor, KeptView, Teamed, View, ViewName, Viewer};
use brigade_domain::id::{LabelId, TenantId, ViewId};
use brigade_domain::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::envelope::{Data, Done};
use crate::guard::{Staff, StaffOrSupport};
use crate::input::{At, Body, Params};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list, create, change, remove, counts]
}

/// Which conversations.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CriteriaView {
    /// `open`, `snoozed` or `resolved`.
    #[schema(value_type = String)]
    status: Place,
    /// Only those whose customer waits, or does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waiting: Option<bool>,
    /// Only those answered by `me`, by `none` or by a person: `usr_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    assignee: Option<Assigned>,
    /// Only those given to one of `mine` (the teams that whoever looks is in), to `none` or to a team: `tea_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    team: Option<Teamed>,
    /// Only those with this label: `lbl_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    label: Option<LabelId>,
    /// Only those that are `low`, `normal`, `high` or `urgent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    priority: Option<Priority>,
    /// Only those in which an answer or the solution is due `soon` or was missed, or only those in which it was `missed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    due: Option<Urgency>,
}

impl From<CriteriaView> for Criteria {
    fn from(CriteriaView { status, waiting, assignee, team, label, priority, due }: CriteriaView) -> Self {
        Self { status, waiting, assignee, team, label, priority, due }
    }
}

impl From<Criteria> for CriteriaView {
    fn from(Criteria { status, waiting, assignee, team, label, priority, due }: Criteria) -> Self {
        Self { status, waiting, assignee, team, label, priority, due }
    }
}

/// A saved view.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ViewView {
    #[schema(value_type = String)]
    id: ViewId,
    /// How often it was changed, from 1 on.
    rev: u32,
    /// Whether the whole staff sees it; otherwise it is one's own.
    shared: bool,
    #[schema(value_type = String)]
    name: ViewName,
    criteria: CriteriaView,
    /// `newest`, `longest` (who has waited longest first), `urgent` or `due` (what is due soonest first); it counts for open ones.
    #[schema(value_type = String)]
    order: Order,
}

impl From<KeptView> for ViewView {
    fn from(KeptView { id, rev, owner, view: View { name, criteria, order } }: KeptView) -> Self {
        Self { id, rev, shared: owner.is_none(), name, criteria: criteria.into(), order }
    }
}

/// Saved views of the inbox: the staff's and my own, 30 each at most, the oldest first.
#[utoipa::path(get, path = "/v1/inbox/views", tag = "chat", responses((status = 200, body = Vec<ViewView>)))]
async fn list(who: StaffOrSupport, app: App) -> Answer<Data<Vec<ViewView>>> {
    let views = app.chat.views.list(who.tenant(), who.actor().party.user()).await?;
    Ok(Data::new(views.into_iter().map(ViewView::from).collect()))
}

/// A view to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateView {
    /// Whether the whole staff is to see it: admins decide that.
    #[serde(default)]
    shared: bool,
    /// A line of 1 to 60 characters; no two of mine, and no two of the staff's, are the same.
    name: String,
    criteria: CriteriaView,
    /// `newest` if left out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    order: Order,
}

/// Keeps a view of the inbox.
#[utoipa::path(post, path = "/v1/inbox/views", tag = "chat", request_body = CreateView,
    responses((status = 200, body = ViewView)))]
async fn create(who: Staff, app: App, Body(body): Body<CreateView>) -> Answer<Data<ViewView>> {
    let view = View { name: ViewName::parse(&body.name)?, criteria: body.criteria.into(), order: body.order };
    let owner = if body.shared { None } else { Some(who.actor().party.user().ok_or_else(keys_share)?) };
    editor(&who).may_change(owner)?;
    let id = ViewId::from_uuid(Uuid::now_v7());
    Ok(Data::new(app.chat.views.create(who.tenant(), id, owner, view, who.cause()).await?.into()))
}

/// What a view is to become.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeView {
    /// Which one was seen: when it was changed since, this is a `CONFLICT`.
    rev: u32,
    /// As when it is kept.
    name: String,
    criteria: CriteriaView,
    /// As when it is kept.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    order: Order,
}

/// Changes a view of mine, or as an admin the staff's.
#[utoipa::path(put, path = "/v1/inbox/views/{id}", tag = "chat", request_body = ChangeView,
    params(("id" = String, Path, description = "`vew_…`")), responses((status = 200, body = ViewView)))]
async fn change(who: Staff, app: App, At(id): At<ViewId>, Body(body): Body<ChangeView>) -> Answer<Data<ViewView>> {
    let view = View { name: ViewName::parse(&body.name)?, criteria: body.criteria.into(), order: body.order };
    let changed = app.chat.views.change(who.tenant(), id, editor(&who), body.rev, view, who.cause()).await?;
    Ok(Data::new(changed.into()))
}

/// Removes a view of mine, or as an admin the staff's.
#[utoipa::path(delete, path = "/v1/inbox/views/{id}", tag = "chat",
    params(("id" = String, Path, description = "`vew_…`")), responses((status = 200, body = Done)))]
async fn remove(who: Staff, app: App, At(id): At<ViewId>) -> Answer<Data<Done>> {
    app.chat.views.remove(who.tenant(), id, editor(&who), who.cause()).await?;
    Ok(Data::done())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CountsQuery {
    #[serde(default)]
    team: Option<Teamed>,
    #[serde(default)]
    label: Option<LabelId>,
}

/// How many conversations there are. What is resolved grows without end and is not counted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountsView {
    open: u64,
    /// Open, and their customers wait.
    waiting: u64,
    /// Open, and answered by me.
    mine: u64,
    /// Open, and something is due soon or was missed.
    due: u64,
    snoozed: u64,
    /// Of each saved view, in their order.
    views: Vec<ViewCount>,
}

/// How many conversations a view shows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ViewCount {
    #[schema(value_type = String)]
    id: ViewId,
    /// Null when it shows what is resolved.
    count: Option<u64>,
}

/// How many conversations the lists and views of the inbox hold, of all there are.
#[utoipa::path(get, path = "/v1/inbox/counts", tag = "chat",
    params(("team" = Option<String>, Query, description = "Of the lists only those given to this team (`tea_…`), to one of `mine`, or to `none`."),
           ("label" = Option<String>, Query, description = "Of the lists only those with this label: `lbl_…`.")),
    responses((status = 200, body = CountsView)))]
async fn counts(who: StaffOrSupport, app: App, Params(query): Params<CountsQuery>) -> Answer<Data<CountsView>> {
    let facets = app.chat.conversations.facets(who.tenant()).await?;
    let views = app.chat.views.list(who.tenant(), who.actor().party.user()).await?;
    let asked = Criteria { team: query.team, label: query.label, ..Criteria::default() };
    let asks_for_teams = views.iter().map(|kept| &kept.view.criteria).chain([&asked]).any(Criteria::asks_for_teams);
    let viewer = viewer(who.actor(), who.tenant(), &app, asks_for_teams).await?;
    let every = asked.seen_by(&viewer)?;
    let mine = viewer.person.map(|me| Filter { assignee: Some(Some(me).into()), ..every.clone() });
    Ok(Data::new(CountsView {
        waiting: Filter { waiting: Some(true), ..every.clone() }.count(&facets),
        mine: mine.map_or(0, |mine| mine.count(&facets)),
        due: Filter { due: Some(Urgency::Soon), ..every.clone() }.count(&facets),
        snoozed: Filter { place: Place::Snoozed, ..every.clone() }.count(&facets),
        open: every.count(&facets),
        views: views.iter().map(|kept| ViewCount { id: kept.id, count: count(kept, &viewer, &facets) }).collect(),
    }))
}

/// Who looks, with their teams if those are asked for.
pub(super) async fn viewer(actor: &Actor, tenant: TenantId, app: &App, with_teams: bool) -> Answer<Viewer> {
    let person = actor.party.user();
    let teams = match person {
        Some(person) if with_teams => app.chat.conversations.teams_of(tenant, person).await?,
        Some(_) | None => BTreeSet::new(),
    };
    Ok(Viewer { person, teams })
}

/// What is assigned to `me`, or to a team of `mine`, is nothing when a program looks.
fn count(kept: &KeptView, viewer: &Viewer, facets: &[Facet]) -> Option<u64> {
    let criteria = &kept.view.criteria;
    (criteria.status != Place::Resolved).then(|| criteria.seen_by(viewer).map_or(0, |filter| filter.count(facets)))
}

fn editor(who: &Staff) -> Editor {
    Editor { person: who.actor().party.user(), for_all: who.actor().is_admin_of(who.tenant()) }
}

fn keys_share() -> Refusal {
    Refusal::new(Code::Forbidden, "A key has no views of its own. Set `shared` to make one for the staff.")
}
