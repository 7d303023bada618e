//! Two-step sign-in: a person's secret and recovery codes, and the time between password and code.

use crate::Timestamp;
use crate::id::{SessionId, TenantId, UserId};
use crate::identity::second_factor::{Digits, SecondStep, TotpSecret};
use crate::identity::{Cause, TokenHash};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};

use super::BrowserSession;

/// How a person's two-step sign-in stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactorState {
    /// Since when it is on; `None`: it is off.
    pub since: Option<Timestamp>,
    /// How many recovery codes were not used.
    pub recovery_codes: u32,
    /// Whether a business they work for asks for it.
    pub required: bool,
}

/// Keeps secrets and recovery codes. The secret is sealed, of the codes there are only hashes.
pub trait SecondFactors: Send + Sync + 'static {
    /// How it stands.
    fn state(&self, user: UserId) -> BoxFuture<'static, Result<FactorState, Fault>>;

    /// Keeps a secret that is being shown, instead of one that was shown before. It counts from [`Self::confirm`] on.
    /// [`crate::refusal::Code::Conflict`] when it is on already.
    fn prepare(&self, user: UserId, secret: TotpSecret, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Turns it on with the first code of the secret that was shown. Every session but `keep` ends.
    /// [`crate::refusal::Code::AuthInvalid`] for a wrong code, [`crate::refusal::Code::Conflict`] when no secret waits.
    fn confirm(
        &self,
        user: UserId,
        code: Digits,
        recovery_codes: Vec<TokenHash>,
        keep: SessionId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Whether this counts now, and uses it up: of two who show the same at once, one is told yes. A no is noted in the audit
    /// log.
    fn prove(&self, user: UserId, step: SecondStep, cause: Cause) -> BoxFuture<'static, Result<bool, Rejection>>;

    /// Puts new recovery codes in the place of all there were.
    fn renew_codes(
        &self,
        user: UserId,
        recovery_codes: Vec<TokenHash>,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Turns it off. Every session but `keep` ends.
    fn remove(&self, user: UserId, keep: SessionId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// An admin turns it off for somebody of the staff. Every session of theirs ends.
    /// [`crate::refusal::Code::NotFound`] when they do not work there, [`crate::refusal::Code::Conflict`] when it is off, and
    /// [`crate::refusal::Code::Forbidden`] when it protects more than this business.
    fn reset(&self, tenant: TenantId, user: UserId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;
}

/// A sign-in whose password was right.
#[derive(Debug, Clone, Copy)]
pub struct PendingSignIn {
    /// The hash of the browser's cookie.
    pub token: TokenHash,
    /// Whose password it was.
    pub user: UserId,
    /// When it is too late for the code.
    pub expires_at: Timestamp,
}

/// What the second step of a sign-in came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// The session has begun.
    SignedIn,
    /// Another code; this many more may be tried.
    Wrong(u32),
}

/// Sign-ins between password and code.
pub trait SecondSteps: Send + Sync + 'static {
    /// Begins to wait for the code.
    fn await_code(&self, pending: PendingSignIn, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Whose code is waited for under this cookie; `None`: nobody's, or it is over.
    fn pending(&self, token: TokenHash, at: Timestamp) -> BoxFuture<'static, Result<Option<UserId>, Fault>>;

    /// Tries a code, and begins the session when it is right. A try counts whatever happens to the request.
    /// [`crate::refusal::Code::TokenExpired`] when it is too late or was tried too often.
    fn finish(
        &self,
        token: TokenHash,
        step: SecondStep,
        session: BrowserSession,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Finished, Rejection>>;
}
