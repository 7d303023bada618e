//! A business lets the platform's support look, for some hours and for a reason it writes down (decision 0017).
//!
//! Who operates the platform reads no conversation (BK-FUL-10). An admin of a business may let them in: [`Terms`] say for how
//! long and what it is about. They become [`crate::actor::ActorKind::Support`] there, who sees what the staff see and changes
//! nothing: [`crate::actor::Actor::may_change`] is asked before every command, signal and request. What they do is on the
//! business's record: that they came, that they went, that they read the list of conversations, and each that they opened.

pub mod ports;

use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::id::{PermissionId, SessionId, TenantId};
use crate::refusal::Refusal;
use crate::text::{paragraph, text_type};

/// The longest permission, in hours.
pub const MOST_HOURS: u16 = 72;

/// The task that ends a permission whose time is over.
pub const END: &str = "support.end";

/// What the task is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToEnd {
    /// Which permission.
    pub permission: PermissionId,
}

/// What support is to look at: 1 to 500 characters after trimming.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct About(Arc<str>);
text_type!(About);

impl About {
    /// The most characters.
    pub const MAX: usize = 500;

    /// Reads it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        paragraph("about", text, 1, Self::MAX).map(Self)
    }
}

/// For how long support may look, and at what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    hours: u16,
    about: About,
}

impl Terms {
    /// Reads them: 1 to [`MOST_HOURS`] whole hours.
    pub fn parse(hours: u16, about: &str) -> Result<Self, Refusal> {
        if !(1..=MOST_HOURS).contains(&hours) {
            let what = format!("Support may look for 1 to {MOST_HOURS} hours. Let them in again if it takes longer.");
            return Err(Refusal::invalid("hours", what));
        }
        Ok(Self { hours, about: About::parse(about)? })
    }

    /// What it is about.
    pub const fn about(&self) -> &About {
        &self.about
    }

    /// When it is over, given now.
    pub fn until(&self, at: Timestamp) -> Timestamp {
        at.saturating_add(SignedDuration::from_hours(self.hours.into())).unwrap_or(Timestamp::MAX)
    }
}

/// That somebody's session is support's, in the business that let them look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looking {
    /// Where.
    pub tenant: TenantId,
    /// Under which permission.
    pub permission: PermissionId,
    /// Which look it is: each has a session of its own.
    pub session: SessionId,
    /// When the permission is over, if it is not ended before.
    pub until: Timestamp,
    /// Whether it has ended: by its time, by the business, because the business is suspended, or because they do not operate
    /// the platform any more. The actor has no tenant then, and nothing is open but leaving.
    pub ended: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;

    #[test]
    fn support_may_look_for_one_to_seventy_two_hours() {
        for hours in [0, 73, u16::MAX] {
            let refusal = Terms::parse(hours, "The widget stays empty").unwrap_err();
            assert_eq!(refusal.code, Code::InvalidInput, "{hours}");
            assert!(refusal.message.contains("72 hours"), "{}", refusal.message);
        }
        let at = Timestamp::UNIX_EPOCH;
        for hours in [1, 4, 24, 72] {
            let until = Terms::parse(hours, "The widget stays empty").unwrap().until(at);
            assert_eq!(until.duration_since(at), SignedDuration::from_hours(hours.into()));
        }
    }

    #[test]
    fn what_it_is_about_is_asked_for() {
        for text in ["", "  \n ", &"x".repeat(501)] {
            let refusal = Terms::parse(1, text).unwrap_err();
            assert_eq!(refusal.details.unwrap()["field"], "about", "{text:?}");
        }
        assert_eq!(Terms::parse(1, &format!(" {} ", "x".repeat(500))).unwrap().about().as_str().len(), 500);
    }
}
