//! What people write into a conversation, parsed: messages, emoji, the page they were on.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::text::{paragraph, text_type};

/// The text of a message: 1 to 4,000 characters (Unicode scalar values) after trimming; of the control characters
/// only line feed and tab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageText(Arc<str>);
text_type!(MessageText);

impl MessageText {
    /// The most characters a message has.
    pub const MAX: usize = 4_000;

    /// Reads a message.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        paragraph("text", text, 1, Self::MAX).map(Self)
    }

    /// Reads what goes with files, which may be nothing.
    pub fn parse_or_empty(text: &str) -> Result<Self, Refusal> {
        paragraph("text", text, 0, Self::MAX).map(Self)
    }
}

/// One emoji, possibly made of several characters (skin tones, families, flags, keycaps).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Emoji(Arc<str>);
text_type!(Emoji);

impl Emoji {
    /// The most bytes an emoji has.
    pub const MAX_BYTES: usize = 32;

    /// Reads an emoji: only characters emoji are made of, and at least one that is a picture or a keycap.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let valid = (1..=Self::MAX_BYTES).contains(&text.len())
            && text.chars().all(|c| is_picture(c) || is_joint(c))
            && text.chars().any(is_picture);
        if valid { Ok(Self(text.into())) } else { Err(Refusal::invalid("emoji", "This is not an emoji. Choose one.")) }
    }
}

/// The blocks that emoji pictures are in (Unicode 16), and the combining keycap.
const fn is_picture(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{20e3}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// What joins and colours pictures: joiner, variation selectors, tags, and the base of a keycap.
const fn is_joint(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{e0020}'..='\u{e007f}' | '0'..='9' | '#' | '*')
}

/// The address of the page a visitor wrote from: `http://` or `https://`, at most 2,048 bytes. Shown to staff as a
/// link, so nothing else is let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageUrl(Arc<str>);
text_type!(PageUrl);

impl PageUrl {
    /// The most bytes an address has.
    pub const MAX_BYTES: usize = 2_048;

    /// Reads the address of a page.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let has_host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#']));
        let plain = text.chars().all(|c| !c.is_control() && !c.is_whitespace());
        if has_host && plain && text.len() <= Self::MAX_BYTES {
            Ok(Self(text.into()))
        } else {
            Err(Refusal::invalid(
                "page",
                "This is not the address of a page. It starts with https:// and has at most 2,048 bytes.",
            ))
        }
    }

    /// Its path: what follows the host, up to `?` or `#`. `/` when there is none.
    pub fn path(&self) -> &str {
        let rest = self.0.split_once("//").map_or("", |(_, rest)| rest);
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        rest.find('/').map_or("/", |at| &rest[at..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_is_counted_in_characters_after_trimming() {
        assert_eq!(MessageText::parse("  hello\n\tthere \n").unwrap().as_str(), "hello\n\tthere");
        assert!(MessageText::parse(&"🦀".repeat(4_000)).is_ok());
        assert!(MessageText::parse(&format!("  {}  ", "a".repeat(4_000))).is_ok());
        for text in [&"a".repeat(4_001), "", " \n ", "a\u{0}b", "a\rb", "a\u{1b}[31mb", "a\u{85}b"] {
            assert!(MessageText::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn emoji_are_told_from_text() {
        for text in ["👍", "❤️", "👩🏽‍🍳", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇩🇪", "1️⃣", "#️⃣", "✅", "🅰️", "ℹ️", "©"]
        {
            assert!(Emoji::parse(text).is_ok(), "{text}");
        }
        for text in ["", "a", "ok", "👍a", "é", "中", "1", "#", " ", "👍 ", "\u{200d}", "<b>", &"👍".repeat(9)]
        {
            assert!(Emoji::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn only_web_pages_are_pages() {
        assert!(PageUrl::parse("https://example.com/menu?week=3#top").is_ok());
        assert!(PageUrl::parse("http://localhost:8080").is_ok());
        for text in [
            "",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "data:text/html,x",
            "https://a b",
            "//x",
            "https://a\nb",
        ] {
            assert!(PageUrl::parse(text).is_err(), "{text:?}");
        }
        assert!(PageUrl::parse(&format!("https://{}", "a".repeat(2_041))).is_err());
    }

    proptest! {
        #[test]
        fn parsing_is_stable(text in "[\\PC\n\t ]{0,60}") {
            if let Ok(parsed) = MessageText::parse(&text) {
                prop_assert_eq!(&MessageText::parse(parsed.as_str()).unwrap(), &parsed);
            }
            let _ = Emoji::parse(&text);
            let _ = PageUrl::parse(&text);
        }
    }
}
