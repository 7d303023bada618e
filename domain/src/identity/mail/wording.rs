//! Letters in a business's own words.
//!
//! An admin may word three [`Occasion`]s: a [`Wording`] is a subject and a text with places to fill in, and
//! [`Wording::fill`] makes the [`Words`] that go into a letter. Until one is worded, ours stands ([`Occasion::ours`]).
//! Words say how we greet and what it is about. The link, how long it works and what to do with a letter that was not
//! expected are the letter's own and stay, whatever the words are.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::render::one_line;
use crate::chat::text::MessageText;
use crate::language::Language;
use crate::refusal::{Fault, Refusal};
use crate::template::{Placeholders, Template, first_name};
use crate::text::{line, paragraph};

/// What a letter that can be worded is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// A visitor is offered an account.
    ClientInvitation,
    /// Somebody is asked to work for the business.
    StaffInvitation,
    /// Somebody gets what was said in a chat.
    Transcript,
}

impl Occasion {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 3] = [Self::ClientInvitation, Self::StaffInvitation, Self::Transcript];

    /// Its name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientInvitation => "client_invitation",
            Self::StaffInvitation => "staff_invitation",
            Self::Transcript => "transcript",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.as_str() == name)
    }

    /// What can be filled in. A transcript goes to an address of which nobody has said whose it is.
    pub const fn placeholders(self) -> Placeholders {
        match self {
            Self::ClientInvitation => &["customer.name", "customer.first_name", "business.name"],
            Self::StaffInvitation => &["person.name", "person.first_name", "business.name"],
            Self::Transcript => &["business.name"],
        }
    }

    /// Our own subject and text. Of who does not ask for their letter in the chat no language is known: theirs is English.
    pub const fn ours(self, language: Language) -> (&'static str, &'static str) {
        match (self, language) {
            (Self::Transcript, Language::De) => (
                "Ihre Unterhaltung mit {{business.name}}",
                "Guten Tag,\n\ndas wurde in Ihrer Unterhaltung mit {{business.name}} geschrieben.",
            ),
            _ => self.in_english(),
        }
    }

    const fn in_english(self) -> (&'static str, &'static str) {
        match self {
            Self::ClientInvitation => (
                "Your account with {{business.name}}",
                "Hello {{customer.name}},\n\n{{business.name}} has opened an account for you. Your conversation goes on there, with \
                 everything that was said so far.",
            ),
            Self::StaffInvitation => (
                "{{business.name}} invites you to the team",
                "Hello {{person.name}},\n\n{{business.name}} would like you to work with them.",
            ),
            Self::Transcript => (
                "Your conversation with {{business.name}}",
                "Hello,\n\nThis is what was said in your conversation with {{business.name}}.",
            ),
        }
    }
}

/// Who is named in a letter.
#[derive(Debug, Clone, Copy)]
pub struct Names<'n> {
    /// To whom it is; empty when that is not known.
    pub person: &'n str,
    /// From whom it is.
    pub business: &'n str,
}

/// How a letter is worded: one line and a text, with places to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    subject: Template,
    text: Template,
}

impl Wording {
    /// The most characters a subject has.
    pub const SUBJECT_MAX: usize = 150;

    /// The most characters a text has.
    pub const TEXT_MAX: usize = MessageText::MAX;

    /// Reads a wording for `occasion`: what would be filled in must be something there is.
    pub fn parse(occasion: Occasion, subject: &str, text: &str) -> Result<Self, Refusal> {
        let template = |field: &str, text: Arc<str>| {
            Template::parse(text, occasion.placeholders()).map_err(|mistake| mistake.in_field(field))
        };
        Ok(Self {
            subject: template("subject", line("subject", subject, Self::SUBJECT_MAX)?)?,
            text: template("text", paragraph("text", text, 1, Self::TEXT_MAX)?)?,
        })
    }

    /// The subject as it was written.
    pub fn subject(&self) -> &str {
        self.subject.as_str()
    }

    /// The text as it was written.
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// The words of a letter that names these.
    pub fn fill(&self, names: Names<'_>) -> Words {
        // What would begin another line is not in a name, so that nobody's name adds a paragraph.
        let (person, business) = (one_line(names.person), one_line(names.business));
        let value = |place: &str| match place {
            "business.name" => business.as_str(),
            "customer.first_name" | "person.first_name" => first_name(&person),
            _ => person.as_str(),
        };
        Words { subject: self.subject.fill(value), text: self.text.fill(value) }
    }
}

/// What a letter says in somebody's own words, with the names in it. Text, never HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// One line.
    pub subject: String,
    /// Paragraphs, with an empty line between them.
    pub text: String,
}

impl Words {
    /// Of the own wording, which is in whatever language it is, or ours where there is none.
    pub fn of(
        (occasion, language): (Occasion, Language),
        own: Option<&Wording>,
        names: Names<'_>,
    ) -> Result<Self, Fault> {
        if let Some(wording) = own {
            return Ok(wording.fill(names));
        }
        let (subject, text) = occasion.ours(language);
        let ours = Wording::parse(occasion, subject, text);
        Ok(ours.map_err(|refusal| Fault::internal("read our own wording of a letter", refusal))?.fill(names))
    }

    /// Each with the lines it has.
    pub(crate) fn paragraphs(&self) -> Vec<String> {
        let lines: Vec<&str> = self.text.lines().collect();
        let parts = lines.split(|line| line.trim().is_empty());
        parts.filter(|lines| !lines.is_empty()).map(|lines| lines.join("\n")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::mail::Letter;

    const NAMES: Names<'_> = Names { person: "Maya Okafor", business: "Balance Kitchen" };

    fn parse(subject: &str, text: &str) -> Result<Wording, Refusal> {
        Wording::parse(Occasion::ClientInvitation, subject, text)
    }

    #[test]
    fn ours_can_be_filled_in_and_says_both_names_or_the_business() {
        for occasion in Occasion::ALL {
            for language in Language::ALL {
                let words = Words::of((occasion, language), None, NAMES).unwrap();
                assert!(words.subject.contains("Balance Kitchen") && !words.subject.contains("{{"), "{words:?}");
                assert!(words.text.contains("Balance Kitchen"), "{words:?}");
                assert!(words.text.starts_with("Hello") || language == Language::De, "{words:?}");
                assert_eq!(words.text.contains("Maya Okafor"), occasion != Occasion::Transcript);
            }
            assert_eq!(Occasion::named(occasion.as_str()), Some(occasion));
            assert_eq!(serde_json::to_value(occasion).unwrap(), occasion.as_str());
            // Whatever can be named has a value.
            for place in occasion.placeholders() {
                let wording = Wording::parse(occasion, "x", &format!("{{{{{place}|nothing}}}}")).unwrap();
                assert_ne!(wording.fill(NAMES).text, "nothing", "{place}");
            }
        }
        assert_eq!(Occasion::named("reset_password"), None);
    }

    #[test]
    fn a_wording_has_its_limits() {
        assert!(parse(&"ü".repeat(150), &"ü".repeat(4_000)).is_ok());
        for (subject, text, field) in [
            ("", "x", "subject"),
            (" ", "x", "subject"),
            ("x", " \n ", "text"),
            (&*"x".repeat(151), "x", "subject"),
            ("x", &*"x".repeat(4_001), "text"),
            ("a\nBcc: all@example.com", "x", "subject"),
            ("a\rb", "x", "subject"),
            ("x", "a\u{0}b", "text"),
            ("Hi {{person.name}}", "x", "subject"),
            ("x", "{{link}}", "text"),
            ("x", "{{customer.name", "text"),
        ] {
            let refusal = parse(subject, text).unwrap_err();
            assert_eq!(refusal.details.unwrap()["field"], field, "{subject:?} {text:?}");
        }
        let refusal = parse("x", "{{link}}").unwrap_err();
        assert_eq!(
            refusal.message,
            "There is no {{link}}. Choose of customer.name, customer.first_name, business.name."
        );
    }

    #[test]
    fn no_name_adds_a_line_or_a_place_to_fill_in() {
        let names = Names { person: "A\r\nBcc: x\n\n{{business.name}} B", business: "Kitchen" };
        let words = parse("{{customer.name}}", "{{customer.first_name}}\n{{customer.name}}").unwrap().fill(names);
        assert!(!words.subject.contains(['\r', '\n']), "{}", words.subject);
        assert!(words.text.starts_with("A\n") && words.text.contains("{{business.name}}"), "{}", words.text);
        assert_eq!(words.paragraphs().len(), 1);
    }

    #[test]
    fn an_empty_line_divides_paragraphs() {
        let words = parse("x", "One\nand one\n\n \n\nTwo\n").unwrap().fill(NAMES);
        assert_eq!(words.paragraphs(), ["One\nand one", "Two"]);
    }

    #[test]
    fn own_words_are_text_and_leave_what_is_ours() {
        let subject = "<b>{{customer.first_name}}</b> \u{1f957}";
        let text = "\u{0645}\u{0631}\u{062d}\u{0628}\u{0627} {{customer.name|friend}}<script>alert(1)</script>\nSecond line\n\n<a href=\"https://x.example\">{{business.name}}</a>";
        let wording = Wording::parse(Occasion::ClientInvitation, subject, text).unwrap();
        let names = Names { person: "M\"a'ya \u{202e}<i>", business: "A & B" };
        let letter = Letter::ClientInvitation {
            words: wording.fill(names),
            tenant: "A & B".into(),
            link: "https://brigade.example/invite#token=abc".into(),
        };
        let mail = letter.write("maya@example.com");
        assert_eq!(mail.subject, "<b>M\"a'ya</b> \u{1f957}");
        for tag in ["<script", "<b>", "<i>", "<a href=\"https://x.example", "Hello"] {
            assert!(!mail.html.contains(tag), "{tag} in {}", mail.html);
        }
        assert!(mail.html.contains("&lt;/script&gt;<br>Second line</p>"), "{}", mail.html);
        assert!(mail.text.contains("\nSecond line\n\n<a href"), "{}", mail.text);
        for ours in ["The link works for 7 days.", "#token=abc", "Open your account", "If you do not know them"] {
            assert!(mail.text.contains(ours) && mail.html.contains(ours), "{ours} in {}", mail.text);
        }
        assert!(mail.html.contains("This invitation is from A &amp; B."), "{}", mail.html);
    }
}
