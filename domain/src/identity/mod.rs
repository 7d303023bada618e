//! People, sessions, keys: shapes and rules of identity. No I/O here either.
//!
//! | want to … | use |
//! |---|---|
//! | turn a cookie, bearer, key or visitor's token into an [`crate::actor::Actor`] | [`ports::Authenticator`] |
//! | hear that a session ended or rights changed | [`ports::SessionEvents`] |
//! | read a site's origin, a tenant's key | [`Origin`], [`TenantKey`] |
//! | keep a secret out of logs and the database | [`Secret`], [`TokenHash`] |
//! | say who caused a change, for the audit log | [`Cause`] |
//! | write a mail | [`mail::Letter`] |
//! | have a business word a letter | [`mail::wording`] |
//! | make or check a code of two-step sign-in | [`second_factor`] |
//! | say what happened in somebody's sign-in history | [`history::Moment`] |

mod cause;
pub mod history;
mod key;
pub mod mail;
mod origin;
pub mod own_data;
pub mod password;
pub mod ports;
pub mod second_factor;
mod secret;

pub use cause::Cause;
pub use key::{KeyKind, KeyMode, RANDOM_CHARACTERS, TenantKey};
pub use origin::Origin;
pub use ports::{Authenticated, Authenticator, Credential, SessionEvent, SessionEvents, SiteKeys, SiteTenant};

pub use secret::{Secret, TokenHash};
