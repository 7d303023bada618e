//! What a business's own site asks for its chat, with the tenant's public key (BK-CHAT-04 to -08, C57): whether
//! somebody is there, a conversation with the token that leads back to it, and to be forgotten.
//!
//! A visitor has no session. Everything it may do hangs on that one token.

mod config;
mod form;
mod look;
mod visitor;

use crate::Routes;

pub(crate) use look::style;

/// The routes of this feature.
pub fn routes() -> Routes {
    Routes::new().with(config::routes()).with(visitor::routes()).with(form::routes())
}
