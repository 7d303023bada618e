//! Texts people type, parsed once at the edge into types that cannot be wrong.
//!
//! | for | use |
//! |---|---|
//! | what a person, conversation or business is called | [`DisplayName`] |
//! | a way to write to somebody | [`Email`] |
//! | any other line or paragraph with a limit | [`line()`], [`paragraph`], [`untrimmed`] |
//!
//! `parse` is the only way in from outside and names the field in its refusal. `Deserialize` trusts what it reads:
//! it is for our own log and state, which must stay readable when a limit changes.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// A single line of `1..=max` characters (Unicode scalar values) after trimming, without control characters.
pub fn line(field: &str, text: &str, max: usize) -> Result<Arc<str>, Refusal> {
    bounded(field, text.trim(), 1, max, |_| false)
}

/// Text of `min..=max` characters after trimming; of the control characters only line feed and tab.
pub fn paragraph(field: &str, text: &str, min: usize, max: usize) -> Result<Arc<str>, Refusal> {
    untrimmed(field, text.trim(), min, max)
}

/// The same with the spaces at its ends, for who goes on writing goes on where they stopped.
pub fn untrimmed(field: &str, text: &str, min: usize, max: usize) -> Result<Arc<str>, Refusal> {
    bounded(field, text, min, max, |c| matches!(c, '\n' | '\t'))
}

fn bounded(
    field: &str,
    text: &str,
    min: usize,
    max: usize,
    control_allowed: impl Fn(char) -> bool,
) -> Result<Arc<str>, Refusal> {
    let mut count = 0usize;
    for c in text.chars() {
        if c.is_control() && !control_allowed(c) {
            return Err(Refusal::invalid(
                field,
                format!("{field} holds a control character (U+{:04X}). Remove it.", c as u32),
            ));
        }
        count += 1;
    }
    if (min..=max).contains(&count) {
        return Ok(text.into());
    }
    let message = if count == 0 {
        format!("{field} is empty. Write something.")
    } else {
        format!("{field} has {count} characters; {min} to {max} are possible.")
    };
    let refusal = Refusal::invalid(field, message);
    Err(refusal.with_details(serde_json::json!({ "field": field, "min": min, "max": max, "characters": count })))
}

/// Gives a text type its reading side: `as_str`, `Display`, and `Serialize`/`Deserialize` as plain text.
macro_rules! text_type {
    ($name:ident) => {
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use text_type;

/// What a person, a conversation, an account or a business is called: 1 to 200 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisplayName(Arc<str>);
text_type!(DisplayName);

impl DisplayName {
    /// The most characters a name has.
    pub const MAX: usize = 200;

    /// Reads a name; `field` is what the refusal calls it.
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        line(field, text, Self::MAX).map(Self)
    }

    /// What somebody without a name is called.
    pub fn nameless() -> Self {
        Self("Somebody".into())
    }

    /// The same name, cut to `max` characters.
    #[must_use]
    pub fn shortened(&self, max: usize) -> Self {
        match self.0.char_indices().nth(max) {
            Some((end, _)) => Self(self.0.get(..end).unwrap_or_default().trim_end().into()),
            None => self.clone(),
        }
    }
}

/// An e-mail address as people write it, in lower case. That it receives mail is known only after verification.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(Arc<str>);
text_type!(Email);

impl fmt::Debug for Email {
    /// Without the address, so that no log line carries it by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

impl Email {
    /// The most bytes an address has (RFC 5321: a path of 256 with its brackets).
    pub const MAX: usize = 254;

    /// Reads an address: `local@domain` in ASCII, the domain with at least one dot.
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        let text = text.trim().to_ascii_lowercase();
        let valid = text.len() <= Self::MAX
            && text.rsplit_once('@').is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain));
        if valid {
            Ok(Self(text.into()))
        } else {
            Err(Refusal::invalid(field, "This is not an e-mail address. Write it like name@example.com."))
        }
    }
}

fn is_local_part(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&b);
    (1..=64).contains(&text.len())
        && text.bytes().all(allowed)
        && !text.starts_with('.')
        && !text.ends_with('.')
        && !text.contains("..")
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.contains('.') && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_trimmed_and_bounded_in_characters_not_bytes() {
        assert_eq!(DisplayName::parse("name", "  Ada  ").unwrap().as_str(), "Ada");
        assert!(DisplayName::parse("name", &"ü".repeat(200)).is_ok());
        assert!(DisplayName::parse("name", &"ü".repeat(201)).is_err());
        for text in ["", "   ", "a\nb", "a\u{0}b", "a\u{7f}"] {
            let refusal = DisplayName::parse("name", text).unwrap_err();
            assert_eq!(refusal.details.unwrap()["field"], "name", "{text:?}");
        }
        assert_eq!(DisplayName::parse("name", "Zoë Müller").unwrap().shortened(3).as_str(), "Zoë");
    }

    #[test]
    fn addresses_are_read_and_what_is_none_is_refused() {
        assert_eq!(Email::parse("email", " Ada.L+x@Example.CO.uk ").unwrap().as_str(), "ada.l+x@example.co.uk");
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@example",
            "ada@@example.com",
            "a da@example.com",
            "ada@-x.com",
            "ada@x..com",
            ".ada@x.com",
            "ada@x.com\nBcc: b@x.com",
            "ada@exämple.com",
        ] {
            assert!(Email::parse("email", text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_address_is_not_shown_in_debug_output() {
        assert!(!format!("{:?}", Email::parse("email", "ada@example.com").unwrap()).contains("ada"));
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_accepted_again_unchanged(text in "\\PC{0,220}") {
            if let Ok(name) = DisplayName::parse("name", &text) {
                prop_assert_eq!(&DisplayName::parse("name", name.as_str()).unwrap(), &name);
                prop_assert!((1..=DisplayName::MAX).contains(&name.as_str().chars().count()));
            }
        }

        #[test]
        fn no_text_makes_the_address_parser_panic(text in ".{0,80}") {
            let _ = Email::parse("email", &text);
        }
    }
}
