//! How a business words the letters that are written in its name: admins see ours, write their own and look at it as it
//! arrives before it is kept.

use std::sync::Arc;

use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::chat::transcript::letter::{Said, Transcript};
use brigade_domain::entity::EntityKey;
use brigade_domain::id::TenantId;
use brigade_domain::identity::mail::wording::{Names, Occasion, Wording, Words};
use brigade_domain::identity::mail::{Letter, Mail};
use brigade_domain::identity::ports::KeptWording;
use brigade_domain::language::Language;
use brigade_domain::refusal::Fault;
use brigade_domain::tenant::clock::Zone;
use brigade_domain::tenant::shown::Shown;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::email::link;
use crate::entity::glance;
use crate::envelope::{Data, Done};
use crate::guard::TenantAdmin;
use crate::input::{At, Body};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list, keep, remove, preview]
}

/// A subject and a text, with `{{business.name}}` and the like where something is filled in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WordingView {
    subject: String,
    text: String,
}

impl From<&Wording> for WordingView {
    fn from(wording: &Wording) -> Self {
        Self { subject: wording.subject().to_owned(), text: wording.text().to_owned() }
    }
}

/// A letter that can be worded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnLetterView {
    /// `client_invitation`, `staff_invitation` or `transcript`.
    #[schema(value_type = String)]
    occasion: Occasion,
    /// How often it was changed since ours was last used: 0 while it is.
    rev: u32,
    /// The business's own words; null while ours are used.
    own: Option<WordingView>,
    ours: WordingView,
    /// What can be filled in, such as `business.name`.
    placeholders: &'static [&'static str],
}

impl OwnLetterView {
    fn of(occasion: Occasion, kept: Option<&KeptWording>) -> Self {
        let (subject, text) = occasion.ours(Language::En);
        Self {
            occasion,
            rev: kept.map_or(0, |kept| kept.rev),
            own: kept.map(|kept| (&kept.wording).into()),
            ours: WordingView { subject: subject.to_owned(), text: text.to_owned() },
            placeholders: occasion.placeholders(),
        }
    }
}

/// The letters that can be worded, as they are worded now.
#[utoipa::path(get, path = "/v1/tenant/letters", tag = "tenant", responses((status = 200, body = Vec<OwnLetterView>)))]
async fn list(who: TenantAdmin, app: App) -> Answer<Data<Vec<OwnLetterView>>> {
    let kept = app.identity.wordings.list(who.tenant()).await?;
    let view = |occasion| OwnLetterView::of(occasion, kept.iter().find(|kept| kept.occasion == occasion));
    Ok(Data::new(Occasion::ALL.map(view).into()))
}

/// How a letter is to be worded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeepWording {
    /// Which one was seen, 0 while ours was used: when somebody else has changed it since, this is a `CONFLICT`.
    rev: u32,
    /// One line of 1 to 150 characters.
    subject: String,
    /// 1 to 4,000 characters; an empty line begins another paragraph. What is filled in is among the letter's `placeholders`, with
    /// `{{customer.first_name|friend}}` when it may be unknown. The link, how long it works and what is said for safety are ours
    /// and come after it.
    text: String,
}

/// Words a letter. Those written from now on say it; those on their way stay as they are.
#[utoipa::path(put, path = "/v1/tenant/letters/{occasion}", tag = "tenant", request_body = KeepWording,
    params(("occasion" = String, Path, description = "`client_invitation`, `staff_invitation` or `transcript`")),
    responses((status = 200, body = OwnLetterView)))]
async fn keep(
    who: TenantAdmin,
    app: App,
    At(occasion): At<Occasion>,
    Body(body): Body<KeepWording>,
) -> Answer<Data<OwnLetterView>> {
    let wording = Wording::parse(occasion, &body.subject, &body.text)?;
    let kept = app.identity.wordings.keep(who.tenant(), occasion, body.rev, wording, who.cause()).await?;
    Ok(Data::new(OwnLetterView::of(occasion, Some(&kept))))
}

/// Goes back to our words. `NOT_FOUND` when they are used already.
#[utoipa::path(delete, path = "/v1/tenant/letters/{occasion}", tag = "tenant",
    params(("occasion" = String, Path, description = "`client_invitation`, `staff_invitation` or `transcript`")),
    responses((status = 200, body = Done)))]
async fn remove(who: TenantAdmin, app: App, At(occasion): At<Occasion>) -> Answer<Data<Done>> {
    app.identity.wordings.remove(who.tenant(), occasion, who.cause()).await?;
    Ok(Data::done())
}

/// Words to be looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TryWording {
    /// As when it is kept.
    subject: String,
    /// As when it is kept.
    text: String,
}

/// A letter as it arrives.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LetterPreview {
    subject: String,
    /// For readers of text.
    text: String,
    /// For everybody else: a whole page, without scripts and pictures.
    html: String,
}

/// Shows a letter in these words as it would arrive, to somebody made up and with a link that leads nowhere. Nothing is kept or sent.
#[utoipa::path(post, path = "/v1/tenant/letters/{occasion}/preview", tag = "tenant", request_body = TryWording,
    params(("occasion" = String, Path, description = "`client_invitation`, `staff_invitation` or `transcript`")),
    responses((status = 200, body = LetterPreview)))]
async fn preview(
    who: TenantAdmin,
    app: App,
    At(occasion): At<Occasion>,
    Body(body): Body<TryWording>,
) -> Answer<Data<LetterPreview>> {
    let wording = Wording::parse(occasion, &body.subject, &body.text)?;
    let business = business(&app, who.actor(), who.tenant()).await?;
    let mail = sample(occasion, &wording, business, link(&app, "invite", "example"), who.at());
    Ok(Data::new(LetterPreview { subject: mail.subject, text: mail.text, html: mail.html }))
}

async fn business(app: &App, actor: &Arc<Actor>, tenant: TenantId) -> Answer<Shown> {
    let seen = glance(app, actor, EntityKey::new(tenant, tenant)).await?;
    Ok(Shown::read(seen.state).map_err(|error| Fault::internal("read the tenant", error))?)
}

/// Somebody made up, to whom the samples are.
const SAMPLE: &str = "Maya Okafor";

/// The letter itself, so that what is shown is what is sent.
fn sample(occasion: Occasion, wording: &Wording, business: Shown, link: String, at: Timestamp) -> Mail {
    let tenant = business.name;
    let words = wording.fill(Names { person: SAMPLE, business: tenant.as_str() });
    let letter = match occasion {
        Occasion::ClientInvitation => Letter::ClientInvitation { words, tenant, link },
        Occasion::StaffInvitation => Letter::StaffInvitation { words, tenant, link },
        Occasion::Transcript => return transcript(words, tenant, business.hours.zone().clone(), at),
    };
    letter.write("")
}

fn transcript(words: Words, tenant: String, zone: Zone, at: Timestamp) -> Mail {
    let said = |by: &str, text: &str| Said { by: Some(by.to_owned()), at, text: text.to_owned(), files: Vec::new() };
    let newest = [said(&tenant, "We do, from 9 to 12."), said(SAMPLE, "Do you deliver on Mondays?")];
    Transcript::of((Language::En, words), (tenant, zone), newest, false).write("")
}
