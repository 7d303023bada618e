//! What I want to be told, how, and when not; and the one click that ends letters.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brigade_domain::id::UserId;
use brigade_domain::notices::Kind;
use brigade_domain::notices::settings::{MailWhen, Quiet, Settings};
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::tenant::clock::{WallTime, Zone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::config::HttpConfig;
use crate::envelope::{Data, Done};
use crate::guard::{Person, Public};
use crate::input::{Body, Params};
use crate::problem::Answer;
use crate::signature::{Purpose, is_genuine, sign};
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![read, keep, unsubscribe]
}

/// What I want to be told, and how.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NoticeSettings)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoticeSettingsView {
    /// How often they were changed. Who changes them says which they saw: when another page was faster, this is a `CONFLICT`.
    rev: u32,
    /// The kinds of notices that I am not told at all.
    #[schema(value_type = Vec<String>)]
    off: BTreeSet<Kind>,
    /// Those I am told, and not by mail.
    #[schema(value_type = Vec<String>)]
    unmailed: BTreeSet<Kind>,
    /// Those I am told, and not on devices on which no page is open.
    #[schema(value_type = Vec<String>)]
    unpushed: BTreeSet<Kind>,
    /// What I have not read comes by mail after I was away for `15_minutes` or an `hour`, once a day (`daily`), or `never`.
    #[schema(value_type = String)]
    mail: MailWhen,
    /// With `daily`, at which hour of my day: 0 to 23.
    mail_hour: u8,
    /// The IANA zone of my clock; null: that of the business.
    zone: Option<String>,
    /// When no mail and no push comes; what there is comes together afterwards. Over midnight when `to` is before `from`.
    quiet: Option<QuietView>,
}

/// Hours by the clock on my wall, such as `22:00` to `07:00`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = QuietHours)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuietView {
    #[schema(value_type = String)]
    from: WallTime,
    #[schema(value_type = String)]
    to: WallTime,
}

impl From<Settings> for NoticeSettingsView {
    fn from(Settings { rev, off, unmailed, unpushed, mail, mail_hour, zone, quiet }: Settings) -> Self {
        let quiet = quiet.map(|Quiet { from, to }| QuietView { from, to });
        Self { rev, off, unmailed, unpushed, mail, mail_hour, zone: zone.map(|zone| zone.as_str().to_owned()), quiet }
    }
}

impl TryFrom<NoticeSettingsView> for Settings {
    type Error = Refusal;

    fn try_from(view: NoticeSettingsView) -> Result<Self, Refusal> {
        let NoticeSettingsView { rev, off, unmailed, unpushed, mail, mail_hour, zone, quiet } = view;
        let zone = zone.map(|zone| Zone::parse("zone", &zone)).transpose()?;
        let quiet = quiet.map(|QuietView { from, to }| Quiet { from, to });
        let settings = Self { rev, off, unmailed, unpushed, mail, mail_hour, zone, quiet };
        settings.check()?;
        Ok(settings)
    }
}

/// What I want to be told, and how: the same in every business I work for.
#[utoipa::path(get, path = "/v1/notices/settings", tag = "notices", responses((status = 200, body = NoticeSettingsView)))]
async fn read(who: Person, app: App) -> Answer<Data<NoticeSettingsView>> {
    Ok(Data::new(app.notices.settings.settings(who.user()).await?.into()))
}

/// Changes it, all of it at once.
#[utoipa::path(put, path = "/v1/notices/settings", tag = "notices", request_body = NoticeSettingsView,
    responses((status = 200, body = NoticeSettingsView)))]
async fn keep(who: Person, app: App, Body(body): Body<NoticeSettingsView>) -> Answer<Data<NoticeSettingsView>> {
    let wanted = Settings::try_from(body)?;
    let kept = app.notices.settings.keep_settings(who.tenant(), who.user(), wanted, who.at()).await?;
    Ok(Data::new(kept.into()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnsubscribeQuery {
    token: String,
}

/// Ends the letters of whoever got one, without signing in: what mail programs do with `List-Unsubscribe` (RFC 8058). It does
/// that and nothing else.
#[utoipa::path(post, path = "/v1/notices/unsubscribe", tag = "notices",
    params(("token" = String, Query, description = "From the letter.")), responses((status = 200, body = Done)))]
async fn unsubscribe(who: Public, app: App, Params(query): Params<UnsubscribeQuery>) -> Answer<Data<Done>> {
    let user = user_of(app.config(), &query.token).ok_or(Refusal::of(Code::NotFound))?;
    app.notices.settings.unsubscribe(user, who.at()).await?;
    Ok(Data::done())
}

/// What ends the letters to `user` with one click: good for that, for ever, and for nothing else.
pub fn unsubscribe_link(config: &HttpConfig, user: UserId) -> String {
    let mut token = user.uuid().as_bytes().to_vec();
    token.extend(sign(config, Purpose::Unsubscribe, &[user.uuid().as_bytes()]));
    format!("{}/v1/notices/unsubscribe?token={}", config.origin(), URL_SAFE_NO_PAD.encode(token))
}

fn user_of(config: &HttpConfig, token: &str) -> Option<UserId> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (user, signature) = bytes.split_at_checked(16)?;
    let genuine = is_genuine(config, Purpose::Unsubscribe, &[user], signature);
    genuine.then(|| Uuid::from_slice(user).ok()).flatten().map(UserId::from_uuid)
}
