//! Tokens that come by mail and work once.

use crate::Timestamp;
use crate::id::UserId;
use crate::identity::mail::Letter;
use crate::identity::{Cause, Secret, TokenHash};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};
use crate::text::Email;

/// What a one-time token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Says that the mail reached its address (24 hours).
    VerifyEmail,
    /// Sets a new password (10 minutes, security 8).
    ResetPassword,
}

impl Purpose {
    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
        }
    }

    /// How long it works, in seconds.
    pub const fn lifetime_seconds(self) -> i64 {
        match self {
            Self::VerifyEmail => 24 * 3_600,
            Self::ResetPassword => 600,
        }
    }
}

/// Whose password was reset.
#[derive(Debug, Clone, Copy)]
pub struct ResetDone {
    /// Who.
    pub user: UserId,
}

/// Issues and redeems one-time tokens.
pub trait OneTimeTokens: Send + Sync + 'static {
    /// Keeps a token and puts the letter that carries it into the outbox, together. Earlier ones for the same purpose
    /// stop working.
    fn issue(
        &self,
        user: UserId,
        purpose: Purpose,
        token: TokenHash,
        letter: Letter,
        to: Email,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Redeems a verification token. [`crate::refusal::Code::TokenExpired`] when it is unknown, used or over.
    fn verify_email(&self, token: TokenHash, cause: Cause) -> BoxFuture<'static, Result<UserId, Rejection>>;

    /// Whose reset token this is, without using it: for the password's rules.
    fn peek_reset(&self, token: TokenHash, at: Timestamp) -> BoxFuture<'static, Result<Option<UserId>, Fault>>;

    /// Redeems a reset token: the password is set, the address counts as verified, every session ends.
    /// [`crate::refusal::Code::TokenExpired`] when it is unknown, used or over.
    fn reset_password(
        &self,
        token: TokenHash,
        hash: Secret,
        cause: Cause,
    ) -> BoxFuture<'static, Result<ResetDone, Rejection>>;
}
