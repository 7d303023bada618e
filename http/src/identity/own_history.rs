//! My sign-in history.

use brigade_domain::Timestamp;
use brigade_domain::id::MomentId;
use brigade_domain::identity::history::{HISTORY_DAYS, Moment};
use brigade_domain::identity::ports::HistoryLine;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::envelope::Data;
use crate::guard::SignedIn;
use crate::input::Params;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![history]
}

/// Which lines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(default)]
    before: Option<MomentId>,
    #[serde(default)]
    limit: Option<u16>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HistoryLine)]
pub(crate) struct LineView {
    /// `mom_…`
    #[schema(value_type = String)]
    id: MomentId,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `signed_in`, `program_signed_in`, `password_refused`, `code_refused`, `password_changed`, `password_reset`,
    /// `second_factor_on`, `second_factor_off`, `second_factor_reset`, `recovery_codes_renewed`, `recovery_code_used` or
    /// `signed_out_everywhere`.
    #[schema(value_type = String)]
    what: Moment,
    /// What the browser or program called itself; null: whoever runs the server did it.
    device: Option<String>,
    /// The network of the address, never the whole address.
    network: Option<String>,
    /// Whether it is the sign-in that this session began with.
    current: bool,
    /// Whether a mail told me that nobody had signed in from there before.
    new_device: bool,
}

/// What happened, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryView {
    lines: Vec<LineView>,
    /// For how many days a line is kept.
    kept_days: u16,
}

/// When and from where I signed in or somebody tried to, and what changed about my password and second step; the newest first.
#[utoipa::path(get, path = "/v1/auth/history", tag = "identity",
    params(("before" = Option<String>, Query, description = "`mom_…`: lines before this one."),
           ("limit" = Option<u16>, Query, description = "1 to 100, 30 if left out.")),
    responses((status = 200, body = HistoryView)))]
async fn history(who: SignedIn, app: App, Params(page): Params<Page>) -> Answer<Data<HistoryView>> {
    let limit = page.limit.unwrap_or(30).clamp(1, 100);
    let lines = app.identity.own_history.history(who.user(), page.before, limit, who.at()).await?;
    let view = |line: HistoryLine| LineView {
        id: line.id,
        at: line.at,
        what: line.what,
        device: line.device,
        network: line.network,
        current: line.session == Some(who.who().session),
        new_device: line.new_device,
    };
    Ok(Data::new(HistoryView { lines: lines.into_iter().map(view).collect(), kept_days: HISTORY_DAYS }))
}
