//! The demo's mails, where a person can see them. Exists in demo mode only.

use brigade_domain::Timestamp;
use brigade_domain::refusal::Code;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::envelope::Data;
use crate::guard::Public;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![newest]
}

/// A mail.
#[derive(Serialize, ToSchema)]
pub(crate) struct MailView {
    #[schema(value_type = String)]
    id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    to: String,
    subject: String,
    text: String,
}

/// The newest 50 mails of the demo, as text. `NOT_FOUND` outside demo mode.
#[utoipa::path(get, path = "/v1/dev/outbox", tag = "demo", responses((status = 200, body = Vec<MailView>)))]
async fn newest(_who: Public, app: App) -> Answer<Data<Vec<MailView>>> {
    if !app.config().demo {
        return Err(Code::NotFound.into());
    }
    let mails = app.identity.outbox.newest().await?;
    let view = mails.into_iter().map(|sent| MailView {
        id: sent.id,
        at: sent.at,
        to: sent.mail.to,
        subject: sent.mail.subject,
        text: sent.mail.text,
    });
    Ok(Data::new(view.collect()))
}
