//! Finding conversations by what was said in them.

use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::chat::list::Place;
use brigade_domain::chat::search::{Found, Hit, MOST, Passage, Piece, Question, Within};
use brigade_domain::chat::view::Teamed;
use brigade_domain::id::{LabelId, UserId};
use brigade_domain::json::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::views::viewer;
use crate::envelope::Data;
use crate::guard::{Limit, Staff};
use crate::input::{Params, page_size};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![; Limit::Search => search]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    q: String,
    #[serde(default)]
    status: Option<Place>,
    #[serde(default)]
    label: Option<LabelId>,
    #[serde(default)]
    assignee: Option<UserId>,
    #[serde(default)]
    team: Option<Teamed>,
    #[serde(default)]
    since: Option<Timestamp>,
    #[serde(default)]
    until: Option<Timestamp>,
    #[serde(default)]
    limit: Option<u16>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundView {
    /// What was said last first; after it what is similar.
    hits: Vec<HitView>,
    /// Whether there is more than is shown.
    more: bool,
}

/// A conversation in which something was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitView {
    /// An inbox item, as in the topic `tenant:…/inbox`.
    #[schema(value_type = Object)]
    conversation: Json,
    /// The newest message with the most of what was looked for; null when that is in the names only.
    passage: Option<PassageView>,
    /// Found only because a wrong letter was forgiven.
    similar: bool,
}

/// A message in which something was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PassageView {
    seq: u64,
    #[schema(value_type = String)]
    by: Party,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Whether it is an internal note.
    note: bool,
    /// Its text around what was found, piece by piece.
    pieces: Vec<PieceView>,
}

/// A piece of a text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PieceView {
    text: String,
    /// Whether that is what was looked for.
    hit: bool,
}

impl From<Found> for FoundView {
    fn from(Found { hits, more }: Found) -> Self {
        let hit = |Hit { listing, passage, similar }| HitView {
            conversation: listing,
            passage: passage.map(PassageView::from),
            similar,
        };
        Self { hits: hits.into_iter().map(hit).collect(), more }
    }
}

impl From<Passage> for PassageView {
    fn from(Passage { seq, by, at, note, pieces }: Passage) -> Self {
        let pieces = pieces.into_iter().map(|Piece { text, hit }| PieceView { text, hit }).collect();
        Self { seq, by, at, note, pieces }
    }
}

/// Conversations of my tenant in which all the words were said or named, notes included. Upper case and accents do not count;
/// one wrong letter is forgiven in words of four letters and more. What was just said is found within some seconds.
#[utoipa::path(get, path = "/v1/search", tag = "chat",
    params(("q" = String, Query, description = "1 to 8 words, 200 characters at most. The last one may go on."),
           ("status" = Option<String>, Query, description = "Only those that are `open`, `snoozed` or `resolved`."),
           ("label" = Option<String>, Query, description = "Only those with this label: `lbl_…`."),
           ("assignee" = Option<String>, Query, description = "Only those this person answers: `usr_…`."),
           ("team" = Option<String>, Query, description = "Only those given to this team (`tea_…`), to one of `mine`, or to `none`."),
           ("since" = Option<String>, Query, description = "Only where something was said since then."),
           ("until" = Option<String>, Query, description = "Only where something was said before."),
           ("limit" = Option<u16>, Query, description = "1 to 50, 20 if left out.")),
    responses((status = 200, body = FoundView)))]
async fn search(who: Staff, app: App, Params(query): Params<SearchQuery>) -> Answer<Data<FoundView>> {
    let limit = page_size(query.limit, 20, MOST, "An answer", "conversations")?;
    let question = Question::parse(&query.q)?;
    let SearchQuery { status, label, assignee, team, since, until, .. } = query;
    let viewer = viewer(who.actor(), who.tenant(), &app, team == Some(Teamed::Mine)).await?;
    let team = team.map(|teamed| teamed.seen_by(&viewer)).transpose()?;
    let within = Within { place: status, label, assignee, team, since, until };
    Ok(Data::new(app.chat.search.search(who.tenant(), question, within, limit).await?.into()))
}
