//! Texts in which names are filled in: `{{customer.first_name}}`, or `{{customer.first_name|friend}}` with what is said
//! when it is not known.
//!
//! A [`Template`] names only what there is where it is used: [`Template::parse`] says what is wrong otherwise. What is
//! filled in is text and is not read again, so a name that looks like a place to fill in stays what it is.

use std::ops::Range;
use std::sync::Arc;

use crate::refusal::Refusal;

/// What is said where a name is not known and nothing else is written for that case.
pub const NAMELESS: &str = "there";

/// What may be filled in somewhere.
pub type Placeholders = &'static [&'static str];

/// A text with places to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    text: Arc<str>,
    pieces: Arc<[Piece]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// As it is written.
    Said(Range<usize>),
    /// To be filled in, and what is said when that is not known.
    Place { name: &'static str, otherwise: Option<Range<usize>> },
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// A `{{` without the `}}` after it.
    NotClosed,
    /// There is nothing of this name.
    Unknown {
        /// What is named.
        name: Box<str>,
        /// What could be.
        known: Placeholders,
    },
}

impl Mistake {
    /// What the person is told who wrote it into `field`.
    pub fn in_field(self, field: &str) -> Refusal {
        match self {
            Self::NotClosed => Refusal::invalid(field, "A {{ has no }} after it. Close it, or write one brace."),
            Self::Unknown { name, known } => {
                let message = format!("There is no {{{{{name}}}}}. Choose of {}.", known.join(", "));
                let details = serde_json::json!({ "field": field, "placeholder": name, "known": known });
                Refusal::invalid(field, message).with_details(details)
            }
        }
    }
}

impl Template {
    /// Reads a text that may name what is `known`.
    pub fn parse(text: Arc<str>, known: Placeholders) -> Result<Self, Mistake> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while let Some(open) = find(&text, at, "{{") {
            let inside = open + 2;
            let close = find(&text, inside, "}}").ok_or(Mistake::NotClosed)?;
            let bar = find(&text, inside, "|").filter(|bar| *bar < close);
            let written = text.get(inside..bar.unwrap_or(close)).unwrap_or_default().trim();
            let Some(name) = known.iter().find(|name| **name == written) else {
                return Err(Mistake::Unknown { name: written.into(), known });
            };
            pieces.extend([Piece::Said(at..open), Piece::Place { name, otherwise: bar.map(|bar| bar + 1..close) }]);
            at = close + 2;
        }
        pieces.push(Piece::Said(at..text.len()));
        Ok(Self { text, pieces: pieces.into() })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text with what `value` says of each name; an empty one is one that is not known.
    pub fn fill<'v>(&self, value: impl Fn(&str) -> &'v str) -> String {
        let part = |range: &Range<usize>| self.text.get(range.clone()).unwrap_or_default();
        let mut filled = String::with_capacity(self.text.len());
        for piece in &*self.pieces {
            filled.push_str(match piece {
                Piece::Said(range) => part(range),
                Piece::Place { name, otherwise } => match value(name) {
                    "" => otherwise.as_ref().map_or(NAMELESS, |range| part(range).trim()),
                    value => value,
                },
            });
        }
        filled
    }
}

fn find(text: &str, from: usize, what: &str) -> Option<usize> {
    text.get(from..)?.find(what).map(|at| from + at)
}

/// What somebody is called among friends: the first word of their name.
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KNOWN: Placeholders = &["name", "business"];

    fn filled(text: &str, name: &str) -> String {
        Template::parse(text.into(), KNOWN).unwrap().fill(|place| if place == "name" { name } else { "Kitchen" })
    }

    #[test]
    fn what_is_known_is_filled_in_once() {
        assert_eq!(filled("Hi {{name}}, {{ business }}. {{name}}", "Ada"), "Hi Ada, Kitchen. Ada");
        assert_eq!(filled("{{name}}", "{{business}} {{x"), "{{business}} {{x");
        assert_eq!(filled("{ } }} مرحبا {{name}} 🙏", "<b>Ada</b>"), "{ } }} مرحبا <b>Ada</b> 🙏");
    }

    #[test]
    fn what_is_not_known_is_said_otherwise() {
        assert_eq!(filled("Hi {{name|dear guest}}, {{name| }}, {{name}}.", ""), "Hi dear guest, , there.");
        assert_eq!(filled("Hi {{name|dear guest}} | {{name}}", "Ada"), "Hi Ada | Ada");
    }

    #[test]
    fn a_mistake_says_what_there_is() {
        for (text, name) in
            [("{{x}} {{name}}", "x"), ("{{name}} {{ x |y}}", "x"), ("{{}}", ""), ("{{{name}}}", "{name")]
        {
            let mistake = Template::parse(text.into(), KNOWN).unwrap_err();
            assert_eq!(mistake, Mistake::Unknown { name: name.into(), known: KNOWN }, "{text}");
        }
        assert_eq!(Template::parse("{{name}} {{name".into(), KNOWN), Err(Mistake::NotClosed));
        let refusal = Mistake::Unknown { name: "x".into(), known: KNOWN }.in_field("subject");
        assert_eq!(refusal.message, "There is no {{x}}. Choose of name, business.");
        let details = serde_json::json!({ "field": "subject", "placeholder": "x", "known": ["name", "business"] });
        assert_eq!(refusal.details, Some(details));
    }

    #[test]
    fn the_first_word_of_a_name_is_the_first_name() {
        assert_eq!((first_name(" Ada  Lovelace"), first_name("Ada"), first_name(" ")), ("Ada", "Ada", ""));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_text_without_places_stays(text in "[a{}| é🙏\n]{0,40}", name in "\\PC{0,8}") {
            if let Ok(template) = Template::parse(text.as_str().into(), KNOWN) {
                prop_assert_eq!(template.as_str(), &text);
                let filled = template.fill(|_| &name);
                if !text.contains("{{") {
                    prop_assert_eq!(filled, text);
                }
            }
        }
    }
}
