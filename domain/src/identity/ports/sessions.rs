//! Sessions of browsers (a cookie) and of programs (an access token and a refresh token that rotates).

use crate::Timestamp;
use crate::id::{SessionId, TenantId, UserId};
use crate::identity::{Cause, TokenHash};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};

/// What a person recognises a session by: the browser's own description, at most 200 characters.
pub type DeviceLabel = Box<str>;

/// How a browser's session comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// Somebody signs in.
    SignIn {
        /// From a browser that has signed in with this address before, or whose owner has just read their mail.
        known_device: bool,
    },
    /// The same person goes on in the same browser, under another cookie.
    Again,
}

/// A browser's session to be made.
#[derive(Debug, Clone)]
pub struct BrowserSession {
    /// Its id, made at the edge.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// Which tenant they act in; `None`: the one they acted in last, or any they have.
    pub tenant: Option<TenantId>,
    /// The hash of the cookie.
    pub token: TokenHash,
    /// Where it is.
    pub device: DeviceLabel,
    /// How it comes about.
    pub begun: Begun,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// How long it lasts without a request, in seconds.
    pub idle_seconds: i32,
    /// The session the browser had before: it ends (rotation, security 11).
    pub replaces: Option<SessionId>,
}

/// A program's session to be made: one family of refresh tokens.
#[derive(Debug, Clone)]
pub struct ProgramSession {
    /// Its id, made at the edge.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// What it runs on.
    pub device: DeviceLabel,
    /// The first pair of tokens.
    pub first: Rotation,
    /// When the family ends at the latest.
    pub expires_at: Timestamp,
}

/// A pair of tokens to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    /// The hash of the access token.
    pub access: TokenHash,
    /// When the access token ends.
    pub access_expires_at: Timestamp,
    /// The hash of the refresh token.
    pub refresh: TokenHash,
    /// When the refresh token ends.
    pub refresh_expires_at: Timestamp,
}

/// Begins, changes and ends sessions.
pub trait Sessions: Send + Sync + 'static {
    /// Begins a browser's session.
    fn begin(&self, session: BrowserSession, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Begins a program's session.
    fn begin_program(&self, session: ProgramSession, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Trades a refresh token for a new pair. One that was traded before ends its whole family (C03):
    /// [`crate::refusal::Code::AuthInvalid`].
    fn refresh(&self, old: TokenHash, new: Rotation, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Ends the family of a refresh token, if there is one.
    fn end_program(&self, refresh: TokenHash, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Ends one session, whoever's it is.
    fn end(&self, session: SessionId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Ends every session of a person.
    fn end_all(&self, user: UserId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Acts in another tenant from now on, under a new cookie. Refuses with
    /// [`crate::refusal::Code::NotFound`] when the person has no role there.
    fn switch_tenant(&self, session: BrowserSession, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;
}

/// One of a person's own sessions, as they see it.
#[derive(Debug, Clone)]
pub struct OwnSession {
    /// Which.
    pub id: SessionId,
    /// Whether it is a program's.
    pub program: bool,
    /// Where it is.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A person's own sessions.
pub trait OwnSessions: Send + Sync + 'static {
    /// Those that have not ended, the last used first.
    fn list(&self, user: UserId, at: Timestamp) -> BoxFuture<'static, Result<Vec<OwnSession>, Fault>>;

    /// Ends one of them; [`crate::refusal::Code::NotFound`] when it is not theirs.
    fn end_own(&self, user: UserId, session: SessionId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;
}
