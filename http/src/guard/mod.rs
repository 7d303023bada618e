//! The guard: what every request passes before a handler sees it (BK-GUARD-01 to -31).
//!
//! Two parts. [`frame()`] is around everything, also around what does not exist: request id, client address, flood
//! limit, CORS, and on the way out normalised errors, security headers and the log line. [`admit()`] is around each
//! handler: credential → actor, rate limit, permission, CSRF. Its result is an *authority*, the first argument of the
//! handler. Authorities can be made nowhere else, so a handler that can be called without permission does not compile.

mod address;
mod admit;
mod authority;
mod context;
pub(crate) mod cookie;
mod cors;
pub(crate) mod csrf;
mod frame;
mod gate;
mod headers;
pub(crate) mod limit;
mod normalise;
mod packed;
pub(crate) mod security_event;
#[cfg(test)]
mod tests;

pub(crate) use address::counted;
pub use authority::{
    Access, AdminOrSupport, AdminPerson, Anybody, Authority, Enrolling, Leaving, Operator, Participant,
    ParticipantOrSupport, Person, Public, SignedIn, SiteKey, Staff, StaffOrSupport, SuperAdmin, TenantAdmin, Visit,
};
pub use context::Context;
pub use gate::Gate;
pub use headers::PagePolicy;
pub use limit::Limit;

pub(crate) use admit::admit;
pub(crate) use frame::frame;
pub(crate) use headers::ForOtherSites;
