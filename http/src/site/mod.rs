//! What a business's own site asks for its chat, with the tenant's public key (BK-CHAT-04 to -08, C57): whether
//! somebody is there, a conversation with the token that leads back to it, who its visitor is, and to be forgotten.
//!
//! A visitor has no session. Everything it may do hangs on that one token.

mod config;
mod form;
mod identify;
mod look;
mod secret;
mod visitor;

use crate::Routes;

pub(crate) use look::style;

/// The routes of this feature.
pub fn routes() -> Routes {
    let visitors = Routes::new().with(visitor::routes()).with(form::routes()).with(identify::routes());
    visitors.with(config::routes()).with(secret::routes())
}
