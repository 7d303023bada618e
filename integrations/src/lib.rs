//! Outside services, each behind a small trait of the domain, one file each.
//!
//! | service | trait | here |
//! |---|---|---|
//! | files | [`brigade_domain::chat::attachment::Files`], [`brigade_domain::chat::attachment::Inspector`] | [`files`] |
//! | mail | [`brigade_domain::identity::ports::Mailer`] | [`mail::Smtp`] |
//! | push services | [`brigade_domain::notices::push::PushCourier`] | [`push::WebPush`] |
//! | webhooks | [`brigade_domain::webhooks::ports::Courier`] | [`webhooks::HttpCourier`] |

mod caller;
pub mod files;
pub mod mail;
pub mod push;
mod tls;
pub mod webhooks;
