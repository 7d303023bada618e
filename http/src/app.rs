//! What handlers work with: the settings and the ports, made by `server/`.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use brigade_actors::{Directory, Presence};
use brigade_domain::identity::SessionEvents;
use brigade_domain::journal::Journal;

use crate::config::HttpConfig;
use crate::guard::Gate;
use crate::problem::Problem;
use crate::{account, chat, identity, notices, ops, pages, platform, reports, webhooks};

/// Everything the HTTP edge needs. `server/` makes one and keeps it for the life of the process.
pub struct Parts {
    /// What the guard works with, the settings among it.
    pub gate: Gate,
    /// What ended, shared with the sockets.
    pub session_events: Arc<dyn SessionEvents>,
    /// The entities: commands go here.
    pub directory: Directory,
    /// The entities' logs, to read from.
    pub journal: Arc<dyn Journal>,
    /// Who is there.
    pub presence: Arc<Presence>,
    /// Conversations: lists and older messages.
    pub chat: chat::Ports,
    /// What the staff are told.
    pub notices: notices::Ports,
    /// Accounts: lists.
    pub account: account::Ports,
    /// What other servers are told.
    pub webhooks: webhooks::Ports,
    /// What was done for customers, counted.
    pub reports: reports::Ports,
    /// Sign-in, sessions, keys, invitations.
    pub identity: identity::Ports,
    /// Copies of people's own data.
    pub copies: identity::Copies,
    /// The platform, for who operates it.
    pub platform: platform::Ports,
    /// Health of the process.
    pub health: Arc<dyn ops::Health>,
    /// The web bundles.
    pub files: Arc<dyn pages::StaticFiles>,
}

impl Parts {
    /// The settings.
    pub fn config(&self) -> &HttpConfig {
        &self.gate.config
    }
}

/// A cheap handle to [`Parts`]; an argument of handlers.
#[derive(Clone)]
pub struct App(Arc<Parts>);

impl App {
    /// Wraps the parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRequest for App {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        match req.app_data::<Self>() {
            Some(app) => ready(Ok(app.clone())),
            None => unreachable!("Routes::mount sets the App"),
        }
    }
}
