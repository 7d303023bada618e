//! People, sessions, keys: shapes and rules of identity. No I/O here either.
//!
//! | want to … | use |
//! |---|---|
//! | turn a cookie, bearer, key or visitor's token into an [`crate::actor::Actor`] | [`ports::Authenticator`] |
//! | hear that a session ended or rights changed | [`ports::SessionEvents`] |

pub mod ports;

pub use ports::{Authenticated, Authenticator, Credential, SessionEvent, SessionEvents};
