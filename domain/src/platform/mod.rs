//! What is shown to who operates the platform: whether its parts do well, what waits and what is stuck, figures of the
//! businesses. Nothing of what customers and businesses say to each other is in it.

pub mod ports;

use std::fmt::Write as _;
use std::str::FromStr;

use serde::Serialize;

use crate::Timestamp;
use crate::refusal::Refusal;

/// The most of an error that is shown, in characters.
const SHOWN: usize = 400;

/// How a part does. The worse is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It does what it is there for.
    Well,
    /// It does, and somebody should look at it.
    Attention,
    /// It does not.
    Down,
}

/// One part of the platform, as this node sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Which, such as `database`.
    pub name: &'static str,
    /// How it does.
    pub standing: Standing,
    /// Since when it has done so, as far as this node has seen.
    pub since: Timestamp,
    /// How long asking took, in milliseconds; `None` when nobody had to be asked.
    pub ms: Option<f64>,
    /// What there is to know, and what to do: without secrets, names and addresses.
    pub note: String,
}

/// What is looked for among the businesses: a part of a name or short name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search(String);

impl Search {
    /// Nothing but spaces looks for nothing. Refused when it is longer than any name.
    pub fn parse(text: &str) -> Result<Option<Self>, Refusal> {
        let text = text.trim();
        if text.chars().count() > 200 || text.contains('\0') {
            return Err(Refusal::invalid("search", "Look for 200 characters at most."));
        }
        Ok((!text.is_empty()).then(|| Self(text.to_lowercase())))
    }

    /// In lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which lines of the record: those of one event (`session.signed_in`), or of a family of them (`session.`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    from: String,
    to: String,
}

impl Events {
    /// The first name that is meant, in the order of bytes.
    pub fn from(&self) -> &str {
        &self.from
    }

    /// The first name behind those that are meant.
    pub fn to(&self) -> &str {
        &self.to
    }
}

impl Default for Events {
    /// All of them.
    fn default() -> Self {
        Self { from: String::new(), to: "{".to_owned() }
    }
}

impl FromStr for Events {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        if text.len() > 100 || !is_name(text) {
            let what =
                "An event is named like session.signed_in, a family of them like session. with a dot at its end.";
            return Err(Refusal::invalid("event", what));
        }
        // The dot comes first of all that names are made of: behind a name comes nothing before its name with a space.
        let to = match text.strip_suffix('.') {
            Some(family) => format!("{family}/"),
            None => format!("{text} "),
        };
        Ok(Self { from: text.to_owned(), to })
    }
}

/// What of an error of a job may be shown to somebody who must not read what customers write: what stands in quotes was
/// in the job, and an address is somebody's.
pub fn without_words(error: &str) -> String {
    let mut shown = String::new();
    let mut rest = error.trim();
    while let Some((before, quote, after)) = next_quote(rest) {
        shown.push_str(before);
        let (inside, behind) = until(after, quote);
        // What the code calls its own things is no word of anybody.
        if quote == '`' && inside.len() <= 40 && is_name(inside) {
            // Writing into a String cannot fail.
            let _ = write!(shown, "`{inside}`");
        } else {
            let _ = write!(shown, "{quote}…{quote}");
        }
        rest = behind;
    }
    shown.push_str(rest);
    let words: Vec<&str> = shown.split_whitespace().map(|word| if word.contains('@') { "…@…" } else { word }).collect();
    let shown = words.join(" ");
    match shown.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}

fn next_quote(text: &str) -> Option<(&str, char, &str)> {
    let at = text.find(['"', '`'])?;
    let quote = text[at..].chars().next()?;
    Some((&text[..at], quote, &text[at + 1..]))
}

/// What is before the end of the quotation, and what is behind it. One that does not end goes to the end.
fn until(text: &str, quote: char) -> (&str, &str) {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '\\' if !escaped => escaped = true,
            _ if letter == quote && !escaped => return (&text[..at], &text[at + 1..]),
            _ => escaped = false,
        }
    }
    (text, "")
}

/// Whether it is written as the code calls its own things.
fn is_name(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.');
    !text.is_empty() && text.bytes().all(letter)
}
