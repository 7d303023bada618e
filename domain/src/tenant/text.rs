//! What a business writes about itself, parsed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::text::{paragraph, text_type};

/// A tenant's name in addresses: 2 to 63 lower-case letters, digits and inner hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slug(Arc<str>);
text_type!(Slug);

impl Slug {
    /// Reads a slug.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let valid = (2..=63).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if valid {
            Ok(Self(text.into()))
        } else {
            let expected = "A slug has 2 to 63 lower-case letters, digits and hyphens, and no hyphen at either end.";
            Err(Refusal::invalid("slug", expected))
        }
    }
}

/// What the site chat says first, with somebody there and with nobody. Empty: nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    online: Arc<str>,
    offline: Arc<str>,
}

impl Greeting {
    /// The most characters of each.
    pub const MAX: usize = 500;

    /// Reads both texts.
    pub fn parse(online: &str, offline: &str) -> Result<Self, Refusal> {
        let read = |field, text| paragraph(field, text, 0, Self::MAX);
        Ok(Self { online: read("online", online)?, offline: read("offline", offline)? })
    }

    /// With somebody there.
    pub fn online(&self) -> &str {
        &self.online
    }

    /// With nobody there.
    pub fn offline(&self) -> &str {
        &self.offline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_fit_into_addresses() {
        assert!(Slug::parse("balance-kitchen-2").is_ok());
        for text in ["", "a", "-ab", "ab-", "Ab", "a_b", "a b", "ä-b", &"a".repeat(64)] {
            assert!(Slug::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_greeting_may_be_empty_and_is_bounded() {
        assert_eq!(Greeting::parse(" ", "").unwrap(), Greeting::default());
        assert!(Greeting::parse("", &"é".repeat(500)).is_ok());
        assert!(Greeting::parse(&"é".repeat(501), "").is_err());
        assert!(Greeting::parse("a\u{7}", "").is_err());
    }
}
