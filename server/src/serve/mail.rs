//! Who carries mails: a mail server, or the outbox in the database, where they can be read.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use brigade_domain::identity::mail::Mail;
use brigade_domain::identity::ports::Mailer;
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::Fault;

use crate::config::Mail as Settings;

/// The mailer that is configured. In the demo letters are read at `/dev/outbox`.
pub(super) fn mailer(settings: &Settings, demo: bool) -> Result<Arc<dyn Mailer>> {
    let Some(url) = &settings.smtp_url else {
        if !demo {
            tracing::warn!("no mail server is configured (mail.smtp_url): letters stay in the outbox and reach nobody");
        }
        return Ok(Arc::new(Outbox));
    };
    let smtp = brigade_integrations::mail::Smtp::new(url.reveal(), &settings.from);
    Ok(Arc::new(smtp.context("mail.smtp_url or mail.from cannot be used")?))
}

/// Stands in for a mail server: the letter stays in the outbox, where `/dev/outbox` shows it.
struct Outbox;

impl Mailer for Outbox {
    fn send(&self, _mail: Mail) -> BoxFuture<'static, Result<(), Fault>> {
        Box::pin(async { Ok(()) })
    }
}
