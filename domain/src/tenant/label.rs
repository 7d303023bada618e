//! Labels: what a tenant's conversations are about, in the tenant's own words.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::text::{line, text_type};

/// The most labels of a tenant.
pub const MAX_LABELS: usize = 100;

/// What a label is called: 1 to 40 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LabelName(Arc<str>);
text_type!(LabelName);

impl LabelName {
    /// The most characters a name has.
    pub const MAX: usize = 40;

    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        line("name", text, Self::MAX).map(Self)
    }

    /// Whether people would take the two for one.
    pub fn reads_like(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

/// The colour of a label: a name, so that each theme shows it with enough contrast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "a colour says itself")]
pub enum Color {
    Gray,
    Red,
    Orange,
    Yellow,
    Green,
    Teal,
    Blue,
    Purple,
}

/// A label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// What it is called; no two of a tenant are called the same.
    pub name: LabelName,
    /// Its colour.
    pub color: Color,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_line() {
        assert!(LabelName::parse(&"é".repeat(40)).is_ok());
        for text in ["", "  ", "two\nlines", &"a".repeat(41)] {
            assert_eq!(LabelName::parse(text).unwrap_err().details.unwrap()["field"], "name", "{text:?}");
        }
    }

    #[test]
    fn names_differ_by_more_than_case() {
        let name = |text| LabelName::parse(text).unwrap();
        assert!(name("Größe").reads_like(&name(" GRÖßE ")));
        assert!(!name("Size").reads_like(&name("Sizes")));
    }
}
