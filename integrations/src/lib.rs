//! Outside services, each behind a small trait of the domain, one file each.
//!
//! | service | trait | here |
//! |---|---|---|
//! | files | [`brigade_domain::chat::attachment::Files`], [`brigade_domain::chat::attachment::Inspector`] | [`files`] |
//! | mail | [`brigade_domain::identity::ports::Mailer`] | [`mail::Smtp`] |
//! | webhooks | [`brigade_domain::webhooks::ports::Courier`] | [`webhooks::HttpCourier`] |

pub mod files;
pub mod mail;
pub mod webhooks;
