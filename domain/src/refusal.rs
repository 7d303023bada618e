//! How Brigade says no, and how it says that something broke.
//!
//! A [`Refusal`] is an answer: a rule said no, the person is told what to do next, nothing is logged
//! as an error. A [`Fault`] is ours: logged once where it is handled, shown as an opaque code.
//! [`Code::row`] is the one table from code to HTTP status to text (C45, BK-GUARD-22 to -25).

use std::borrow::Cow;
use std::time::Duration;

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:literal, $text:literal;)*) => {
        /// Every code an answer can carry, over HTTP and over the socket alike.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The one table: name on the wire, HTTP status, what the person is told.
            pub const fn row(self) -> (&'static str, u16, &'static str) {
                match self { $(Self::$variant => ($name, $status, $text),)* }
            }
        }
    };
}

codes! {
    /// There is no valid session (BK-GUARD-22).
    AuthRequired = "AUTH_REQUIRED", 401, "Sign in to continue.";
    /// The credentials are wrong (BK-GUARD-23).
    AuthInvalid = "AUTH_INVALID", 401, "That did not match. Check it and try again.";
    /// The password is right, and this person has two-step sign-in: the code is needed as well.
    SecondFactorRequired = "SECOND_FACTOR_REQUIRED", 401, "Enter the code of your authenticator app as well.";
    /// Signed in, in a business that asks for two-step sign-in, without having it: nothing but its set-up is open.
    SecondFactorSetupRequired = "SECOND_FACTOR_SETUP_REQUIRED", 403,
        "This business asks for two-step sign-in. Set it up to go on.";
    /// Signed in, and not allowed (BK-GUARD-24).
    Forbidden = "FORBIDDEN", 403, "You may not do this. Ask an admin of your team.";
    /// Support was let in to look, and this would change something.
    SupportMayOnlyLook = "SUPPORT_MAY_ONLY_LOOK", 403, "Support may look, not change. Ask the business to do it.";
    /// The business has let support in to look, and this is not part of it.
    SupportClosed = "SUPPORT_CLOSED", 403, "This stays closed to support. Leave the business to go on.";
    /// The business does not let support look any more.
    SupportEnded = "SUPPORT_ENDED", 403, "This business does not let support look any more. Leave it to go on.";
    /// No tenant key was sent (MAIS-TEN-04).
    TenantKeyRequired = "TENANT_KEY_REQUIRED", 401, "Send the tenant's key in the X-Tenant-Key header.";
    /// The tenant key is malformed or unknown (MAIS-TEN-05).
    InvalidTenantKey = "INVALID_TENANT_KEY", 401, "This tenant key is not valid. Copy it again from the settings page.";
    /// The tenant is suspended (MAIS-TEN-06).
    TenantInactive = "TENANT_INACTIVE", 403, "This business is not active at the moment.";
    /// The cross-site request check failed.
    CsrfFailed = "CSRF_FAILED", 403, "This page is out of date. Reload it and try again.";
    /// The page's origin is not on the list.
    OriginRefused = "ORIGIN_REFUSED", 403, "This site is not on the list of allowed sites.";
    /// Nothing there, or nothing this actor may know of.
    NotFound = "NOT_FOUND", 404, "There is nothing here, or it is not yours to see.";
    /// The method does not exist on this path.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", 405, "This address does not take that method.";
    /// The input has the wrong shape; `details` names the field.
    InvalidInput = "INVALID_INPUT", 400, "Something in the request is not as it should be.";
    /// The command is not known by this entity.
    UnknownCommand = "UNKNOWN_COMMAND", 400, "This command is not known here.";
    /// The request or frame is larger than allowed; `details.limit` says the limit in bytes.
    TooLarge = "TOO_LARGE", 413, "This is too large.";
    /// The content type is not accepted.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", 415, "Send application/json.";
    /// The state does not allow it; the message says why.
    Conflict = "CONFLICT", 409, "This is not possible at the moment.";
    /// The slot or date is taken.
    BookingConflict = "BOOKING_CONFLICT", 409, "This has just been taken. Choose another.";
    /// A one-time token was used before or its time is over.
    TokenExpired = "TOKEN_EXPIRED", 410, "This link was used already or is too old. Ask for a new one.";
    /// The age rule of the tenant is not met.
    InvalidAge = "INVALID_AGE", 403, "You are not old enough for this.";
    /// The same key was used for something else.
    IdempotencyMismatch = "IDEMPOTENCY_MISMATCH", 422, "This id was already used for something else. Use a new one.";
    /// Too many of these in a time; `retry_after` says when.
    RateLimited = "RATE_LIMITED", 429, "That was a bit much at once. Wait a moment and try again.";
    /// The plan's quota is used up.
    QuotaExceeded = "QUOTA_EXCEEDED", 429, "The quota of this plan is used up.";
    /// More work is waiting than can be done in time; nothing was done.
    Overloaded = "OVERLOADED", 503, "Very busy right now. Nothing was lost; try again in a moment.";
    /// A part Brigade needs is away; it is not known to have been done, the same id may be sent again.
    Unavailable = "UNAVAILABLE", 503, "We cannot reach our database. Try again in a moment; nothing is sent twice.";
    /// The server is stopping; another one or the next start will answer.
    Draining = "DRAINING", 503, "This server is restarting. You will be reconnected.";
    /// Something broke on our side.
    Internal = "INTERNAL", 500, "Something broke on our side. It has been noted; try again.";
}

impl Code {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }
    /// The HTTP status.
    pub const fn status(self) -> u16 {
        self.row().1
    }
    /// The text shown when nothing more exact is known.
    pub const fn text(self) -> &'static str {
        self.row().2
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A typed no: which rule, what to do next, and for a field which one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}: {message}", code.as_str())]
pub struct Refusal {
    /// Which row of the table.
    pub code: Code,
    /// What the person reads: says what to do next.
    pub message: Cow<'static, str>,
    /// Machine-readable particulars: `field`, `limit`, `state` …
    pub details: Option<serde_json::Value>,
    /// When trying again makes sense.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// The table's own text.
    pub const fn of(code: Code) -> Self {
        Self { code, message: Cow::Borrowed(code.text()), details: None, retry_after: None }
    }

    /// A code with a more exact text.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), details: None, retry_after: None }
    }

    /// The input field `field` is wrong; the message says what is expected.
    pub fn invalid(field: &str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidInput, message).with_details(serde_json::json!({ "field": field }))
    }

    /// Adds particulars.
    #[must_use]
    pub fn with_details(mut self, details: serde_json::Value) -> Self {
        self.details = Some(details);
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self::of(code)
    }
}

/// Something broke. Logged once where it is handled; the outside sees only the code.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A part we need cannot be reached at the moment (database, Redis): trying again makes sense.
    #[error("{what} is unavailable")]
    Unavailable {
        /// Which part.
        what: &'static str,
        /// What the part said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// A defect or a broken promise of ours.
    #[error("{what}")]
    Internal {
        /// What was being done.
        what: &'static str,
        /// The error underneath.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

impl Fault {
    /// A part that cannot be reached.
    pub fn unavailable(what: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable { what, source: Some(source.into()) }
    }
    /// A defect with its cause.
    pub fn internal(what: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal { what, source: Some(source.into()) }
    }
    /// What the outside sees.
    pub fn code(&self) -> Code {
        match self {
            Self::Unavailable { .. } => Code::Unavailable,
            Self::Internal { .. } => Code::Internal,
        }
    }
}

/// Either kind of no. What use-cases return.
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something broke.
    #[error(transparent)]
    Broken(#[from] Fault),
}

impl From<Code> for Rejection {
    fn from(code: Code) -> Self {
        Self::Refused(Refusal::of(code))
    }
}

impl Rejection {
    /// The answer to show: a refusal as it is, a fault as its opaque code.
    pub fn into_refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Broken(fault) => {
                let refusal = Refusal::of(fault.code());
                match fault {
                    Fault::Unavailable { .. } => refusal.retry_after(Duration::from_secs(2)),
                    Fault::Internal { .. } => refusal,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_name_and_an_error_status() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(Code::ALL.iter().all(|code| (400..600).contains(&code.status())));
    }
}
