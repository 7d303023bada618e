//! The letter: what was said, by whom and when, as text and as simple HTML.

use std::fmt::Write as _;

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::phrases;
use crate::Timestamp;
use crate::identity::mail::render::{escape, one_line, page, paragraph};
use crate::identity::mail::wording::Words;
use crate::identity::mail::{Line, Mail};
use crate::language::Language;
use crate::tenant::clock::Zone;

/// The most messages of a letter: the newest.
pub const MAX_MESSAGES: usize = 500;

/// The most bytes of their texts.
pub const MAX_BYTES: usize = 200_000;

/// How long the links to files work.
pub const LINK_DAYS: i64 = 7;

/// A message both sides have seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Whose; none: nobody knows any more.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What it says now.
    pub text: String,
    /// Its files, and where they are.
    pub files: Vec<Line>,
}

/// What goes into the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    /// What it begins with ([`crate::identity::mail::wording::Occasion::Transcript`]).
    pub words: Words,
    /// In which language it is.
    pub language: Language,
    /// The business.
    pub tenant: String,
    /// By whose clock.
    pub zone: Zone,
    /// Oldest first.
    pub said: Vec<Said>,
    /// Whether older messages are left out.
    pub cut: bool,
}

impl Transcript {
    /// Of `newest` messages, the newest first, as many as fit.
    pub fn of(
        (language, words): (Language, Words),
        (tenant, zone): (String, Zone),
        newest: impl IntoIterator<Item = Said>,
        more: bool,
    ) -> Self {
        let (mut said, mut bytes, mut cut) = (Vec::new(), 0, more);
        for message in newest {
            bytes += message.text.len();
            if said.len() == MAX_MESSAGES || (bytes > MAX_BYTES && !said.is_empty()) {
                cut = true;
                break;
            }
            said.push(message);
        }
        said.reverse();
        Self { words, language, tenant, zone, said, cut }
    }

    /// Writes the letter to `to`.
    pub fn write(&self, to: &str) -> Mail {
        Mail {
            to: one_line(to),
            subject: one_line(&self.words.subject),
            text: self.text(),
            html: self.html(),
            unsubscribe: None,
        }
    }

    /// The words, and after them what is ours to say.
    fn begins(&self) -> Vec<String> {
        let mut paragraphs = self.words.paragraphs();
        paragraphs.push(phrases::clock(self.language, self.zone.as_str(), self.cut));
        paragraphs
    }

    fn ends(&self) -> String {
        phrases::ending(self.language, &one_line(&self.tenant))
    }

    fn zoned(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.rules().unwrap_or(TimeZone::UTC))
    }

    /// What a message begins with, and before the first of a day, which.
    fn heads(&self) -> impl Iterator<Item = (Option<String>, String, &Said)> {
        let mut day = None;
        self.said.iter().map(move |said| {
            let at = self.zoned(said.at);
            let new_day = day.replace(at.date()) != Some(at.date());
            let date = new_day.then(|| phrases::day(self.language, &at));
            let by = said.by.as_deref().unwrap_or(phrases::somebody(self.language));
            (date, format!("{} {}", at.strftime("%H:%M"), one_line(by)), said)
        })
    }

    fn text(&self) -> String {
        let mut text = format!("{}\n", self.begins().join("\n\n"));
        for (date, head, said) in self.heads() {
            if let Some(date) = date {
                let _written = write!(text, "\n{date}\n");
            }
            let _written = write!(text, "\n{head}:\n");
            // Set in, so that no line of a message reads like the head of another.
            for line in said.text.lines() {
                let _written = writeln!(text, "    {line}");
            }
            for file in &said.files {
                let _written = writeln!(text, "    [{}] {}", one_line(&file.text), file.link);
            }
        }
        let _written = write!(text, "\n{}\n", self.ends());
        text
    }

    fn html(&self) -> String {
        let mut said = String::new();
        for (date, head, message) in self.heads() {
            if let Some(date) = date {
                let _written =
                    write!(said, "<h2 style=\"margin:24px 0 8px;font-size:16px;color:#5b6660\">{}</h2>", escape(&date));
            }
            let _written = write!(
                said,
                "<p style=\"margin:16px 0 4px;font-weight:bold\" dir=\"auto\">{}</p>\
                 <div style=\"margin:0;padding:0 0 0 12px;border-left:3px solid #c9d3cd;white-space:pre-wrap;overflow-wrap:anywhere\" dir=\"auto\">{}</div>",
                escape(&head),
                escape(&message.text)
            );
            for file in &message.files {
                let _written = write!(
                    said,
                    "<p style=\"margin:4px 0 0 15px\"><a href=\"{}\" style=\"color:#1f5f4a\">{}</a></p>",
                    escape(&file.link),
                    escape(&file.text)
                );
            }
        }
        let inside = format!(
            "{}{said}<p style=\"margin:32px 0 0;color:#5b6660\">{}</p>",
            self.begins().iter().map(|text| paragraph(text)).collect::<String>(),
            escape(&self.ends())
        );
        page(self.language, &self.words.subject, 620, &inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::mail::wording::{Names, Occasion, Wording};
    use proptest::prelude::*;

    const TENANT: &str = "Balance <Kitchen>";

    fn said(by: &str, at: &str, text: &str) -> Said {
        Said { by: Some(by.to_owned()), at: at.parse().unwrap(), text: text.to_owned(), files: Vec::new() }
    }

    fn of(newest: Vec<Said>) -> Transcript {
        spoken(Language::En, newest)
    }

    fn spoken(language: Language, newest: Vec<Said>) -> Transcript {
        let words = Words::of((Occasion::Transcript, language), None, Names { person: "", business: TENANT }).unwrap();
        let zone = Zone::parse("zone", "Europe/Berlin").unwrap();
        Transcript::of((language, words), (TENANT.to_owned(), zone), newest, false)
    }

    #[test]
    fn a_letter_is_in_one_language_but_for_what_people_wrote() {
        let newest = vec![
            Said { by: None, ..said("", "2026-03-02T23:30:00Z", "Gern.") },
            said("Visitor 4F2A", "2026-03-01T09:00:00Z", "Do you cater?"),
        ];
        let mail = Transcript { cut: true, ..spoken(Language::De, newest) }.write("mia@example.com");
        assert_eq!(mail.subject, "Ihre Unterhaltung mit Balance <Kitchen>");
        for form in [&mail.text, &mail.html] {
            for said in [
                "Sonntag, 1. März 2026",
                "Dienstag, 3. März 2026",
                "00:30 Jemand",
                "Die Uhrzeiten sind die von Europe/Berlin.",
                "fehlt.",
                "gelten 7 Tage",
            ] {
                assert!(form.contains(said), "{said} in {form}");
            }
            for english in ["Times", "Links to", "Hello", "March", "Monday"] {
                assert!(!form.contains(english), "{english} in {form}");
            }
        }
        assert!(mail.html.starts_with("<!doctype html><html lang=\"de\">"), "{}", mail.html);
    }

    #[test]
    fn own_words_come_before_what_is_ours_to_say() {
        let text = "Thank you for talking to {{business.name}}.\n\n00:00 Ada:\n<script>";
        let wording = Wording::parse(Occasion::Transcript, "{{business.name}}: the copy", text).unwrap();
        let words = wording.fill(Names { person: "", business: TENANT });
        let mail = Transcript { words, ..of(vec![said("Mia", "2026-03-02T09:00:00Z", "Hi")]) }.write("mia@example.com");
        assert_eq!(mail.subject, "Balance <Kitchen>: the copy");
        assert!(mail.text.starts_with("Thank you for talking to Balance <Kitchen>."), "{}", mail.text);
        assert!(!mail.html.contains("<script>") && mail.html.contains("00:00 Ada:<br>&lt;script&gt;"), "{}", mail.html);
        for ours in ["Times are those of Europe/Berlin.", "10:00 Mia", "is sent once", "you need not do anything"] {
            assert!(mail.text.contains(ours) && mail.html.contains(ours), "{ours} in {}", mail.text);
        }
    }

    #[test]
    fn a_letter_says_who_said_what_when_by_the_clock_of_the_business() {
        let file = Line { text: "menu.pdf".to_owned(), link: "https://b.example/v1/files/x".to_owned() };
        let newest = vec![
            Said { files: vec![file], ..said("Ada", "2026-03-02T23:30:00Z", "Here.\nمرحبا 🙏") },
            said("Visitor 4F2A", "2026-03-02T09:00:00Z", "Do you cater?"),
        ];
        let mail = of(newest).write("mia@example.com");
        assert_eq!(mail.subject, "Your conversation with Balance <Kitchen>");
        let expected = "Monday, 2 March 2026\n\n10:00 Visitor 4F2A:\n    Do you cater?\n\nTuesday, 3 March 2026\n\n00:30 Ada:\n    Here.\n    مرحبا 🙏\n    [menu.pdf] https://b.example/v1/files/x\n";
        assert!(mail.text.contains(expected), "{}", mail.text);
        assert!(
            mail.html.contains("Balance &lt;Kitchen&gt;")
                && mail.html.contains("href=\"https://b.example/v1/files/x\"")
        );
        assert!(mail.text.contains("Europe/Berlin"));
    }

    #[test]
    fn nobody_speaks_for_somebody_else() {
        let newest =
            vec![said("Mallory\n10:01 Ada", "2026-03-02T09:00:00Z", "Hi\n10:01 Ada:\n<script>alert(1)</script>")];
        let mail = of(newest).write("mia@example.com\nBcc: x@example.com");
        assert!(!mail.to.contains('\n') && !mail.html.contains("<script>"));
        assert!(!mail.text.lines().any(|line| line.starts_with("10:01 Ada")), "{}", mail.text);
    }

    proptest! {
        /// The newest are in it, in order, within bounds, and it says when something is not.
        #[test]
        fn the_newest_are_in_it(lengths in prop::collection::vec(0usize..4_000, 1..700)) {
            let newest: Vec<Said> =
                lengths.iter().enumerate().map(|(n, length)| Said { by: Some(n.to_string()), ..said("", "2026-03-02T09:00:00Z", &"a".repeat(*length)) }).collect();
            let all = newest.len();
            let transcript = of(newest);
            let kept = transcript.said.len();
            prop_assert!((1..=MAX_MESSAGES).contains(&kept));
            prop_assert_eq!(transcript.cut, kept < all);
            prop_assert_eq!(transcript.write("x@example.com").text.contains("left out"), kept < all);
            let names: Vec<String> = transcript.said.iter().filter_map(|said| said.by.clone()).collect();
            let expected: Vec<String> = (0..kept).rev().map(|n| n.to_string()).collect();
            prop_assert_eq!(names, expected);
            let bytes: usize = transcript.said.iter().map(|said| said.text.len()).sum();
            prop_assert!(bytes <= MAX_BYTES || kept == 1);
        }
    }
}
