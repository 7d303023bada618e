//! What a business writes about itself, parsed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::text::text_type;

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
}
