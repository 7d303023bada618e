//! What the site chat speaks, and the letters that its visitors ask for.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// A language there are texts for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English, where nothing is said.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// Its tag, as HTML says it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// The one of this tag, in the field `language`.
    pub fn parse(tag: &str) -> Result<Self, Refusal> {
        Self::ALL.into_iter().find(|language| language.tag() == tag).ok_or_else(|| {
            let known = Self::ALL.map(Self::tag).join(" or ");
            Refusal::invalid("language", format!("There are texts in {known}. Take one of these, or leave this out."))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_its_tag_everywhere() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.tag()).unwrap(), language);
            assert_eq!(serde_json::to_value(language).unwrap(), language.tag());
        }
        for unknown in ["fr", "", "DE", "de-AT"] {
            let refusal = Language::parse(unknown).unwrap_err();
            assert!(refusal.to_string().contains("en or de"), "{refusal}");
        }
    }
}
