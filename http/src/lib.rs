//! HTTP: the guard around every route, the one error table, the envelope, and per feature its handlers.
//!
//! A feature is a module with `pub fn routes() -> Routes`; [`all_routes`] lists them. There is no other way to mount a
//! handler: [`route::Routes`] takes only handlers whose first argument is an authority that [`guard`] alone can
//! make, and the OpenAPI document is made from the same list, so nothing is mounted unguarded or undescribed.
//!
//! ```text
//! request ─▶ guard::frame (request id, address, limits, CORS) ─▶ guard::admit (credential → actor, permission, CSRF)
//!         ─▶ handler ─▶ envelope ─▶ guard::frame (errors normalised, security headers, log line) ─▶ answer
//! ```
//!
//! | want to … | use |
//! |---|---|
//! | add a route | `#[utoipa::path(…)]` on the handler, [`routes!`] in the feature's `routes()` |
//! | say who may call it | the first argument: [`guard::Public`], [`guard::SignedIn`], [`guard::Staff`] … |
//! | read the request | [`input::Body`], [`input::Params`], [`input::At`] |
//! | answer | [`envelope::Data`]; no: return a [`brigade_domain::refusal::Refusal`] with `?` |

pub mod account;
pub mod app;
pub mod chat;
pub mod config;
pub mod entity;
pub mod envelope;
pub mod guard;
pub mod identity;
pub mod input;
pub mod notices;
pub mod openapi;
pub mod ops;
mod packing;
pub mod pages;
pub mod platform;
pub mod problem;
pub mod reports;
pub mod route;
mod signature;
pub mod site;
pub mod tenant;
pub mod webhooks;

#[doc(hidden)]
pub use pastey;

pub use app::{App, Parts};
pub use config::HttpConfig;
pub use route::Routes;

/// Every route of the server, in the order of the document. `extra` are those of other crates, such as the socket.
pub fn all_routes(extra: Routes) -> Routes {
    Routes::new()
        .with(identity::routes())
        .with(tenant::routes())
        .with(webhooks::routes())
        .with(reports::routes())
        .with(chat::routes())
        .with(notices::routes())
        .with(account::routes())
        .with(site::routes())
        .with(ops::routes())
        .with(platform::routes())
        .with(openapi::routes())
        .with(extra)
        .with(pages::routes())
}
