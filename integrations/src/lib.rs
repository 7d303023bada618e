//! Outside services, each behind a small trait of the domain, one file each.
//!
//! | service | trait | here |
//! |---|---|---|
//! | mail | [`brigade_domain::identity::ports::Mailer`] | [`mail::Smtp`] |

pub mod mail;
