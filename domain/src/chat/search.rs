//! Finding what was said: how texts become words, what is looked for, and what of a message is shown.
//!
//! Upper case, accents and the like do not count, and one wrong letter is forgiven in words of [`FORGIVEN`] letters and more.
//! `store/` keeps the words of each stretch of [`PART`] lines and finds conversations by them.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::list::{OfTeam, Place};
use crate::Timestamp;
use crate::actor::Party;
use crate::entity::Seq;
use crate::id::{LabelId, TenantId, UserId};
use crate::journal::{BoxFuture, LogLine};
use crate::json::Json;
use crate::refusal::{Fault, Refusal};

/// So many lines of a log are looked through together: all words of a question are within one such stretch.
pub const PART: u64 = 128;

/// The most characters of a question.
pub const MAX_QUESTION: usize = 200;

/// The most words of a question.
pub const MAX_WORDS: usize = 8;

/// The most characters of a word that count.
pub const MAX_WORD: usize = 40;

/// Words of so many letters and more may have one wrong, missing or superfluous letter, or two in the wrong order.
pub const FORGIVEN: usize = 4;

/// Longer words are not forgiven: nobody types them, and they would be remembered in many ways.
const FORGIVEN_UP_TO: usize = 20;

/// The most conversations of one answer.
pub const MOST: u16 = 50;

/// How much of a message is shown, in characters: before the first word that was found, and in all.
const BEFORE: usize = 40;
const SHOWN: usize = 160;

/// The words of a text as they are compared, in order.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    text.unicode_words().map(fold).filter(|word| !word.is_empty())
}

/// A word without what does not count.
fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.chars().take(MAX_WORD).map(|c| c.to_ascii_lowercase()).collect();
    }
    word.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).take(MAX_WORD).collect()
}

/// A word as it is kept: beginning with five letters of the tenant's own, so that a common word is looked for among the
/// tenant's only. Two tenants may have the same ones; who finds asks for the tenant beside.
pub fn scoped(tenant: TenantId, word: &str) -> String {
    let own = tenant.uuid().as_u128() & 0xf_ffff;
    format!("{own:05x}{word}")
}

/// Whether a wrong letter in it is forgiven.
pub fn is_forgiven(word: &str) -> bool {
    (FORGIVEN..=FORGIVEN_UP_TO).contains(&word.chars().count()) && word.chars().all(char::is_alphabetic)
}

/// The word, and what is left of it without one of its letters: two words that differ by one letter share one of these.
pub fn spellings(word: &str) -> BTreeSet<String> {
    let without = |index| word.chars().enumerate().filter(|(at, _)| *at != index).map(|(_, c)| c).collect();
    (0..word.chars().count()).map(without).chain([word.to_owned()]).collect()
}

/// Whether one is the other but for one letter that is wrong, missing or superfluous, or two that changed places.
pub fn is_near(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (short.get(same..).unwrap_or_default(), long.get(same..).unwrap_or_default());
    match (short, long) {
        ([], []) => true,
        (_, [_, rest @ ..]) if rest == short => true,
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([a, b, rest @ ..], [c, d, tail @ ..]) => (a, b) == (d, c) && rest == tail,
        _ => false,
    }
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    words: Vec<String>,
    open: bool,
}

impl Question {
    /// Reads a question: a conversation has all its words in one stretch. The last word may go on, as it is being typed,
    /// unless something comes after it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.chars().count() > MAX_QUESTION {
            return Err(Refusal::invalid("q", format!("Look for {MAX_QUESTION} characters at most.")));
        }
        let mut found = Vec::new();
        for word in words(text) {
            if !found.contains(&word) {
                found.push(word);
            }
        }
        if found.is_empty() {
            return Err(Refusal::invalid("q", "Write a word to look for."));
        }
        if found.len() > MAX_WORDS {
            return Err(Refusal::invalid("q", format!("Look for {MAX_WORDS} different words at most.")));
        }
        Ok(Self { words: found, open: text.ends_with(char::is_alphanumeric) })
    }

    /// Its words, each once.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether `word` is the last one and may go on.
    pub fn may_go_on(&self, word: &str) -> bool {
        self.open && self.words.last().is_some_and(|last| last == word)
    }
}

/// Where is looked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Within {
    /// Only in conversations that stand here.
    pub place: Option<Place>,
    /// Only in those with this label.
    pub label: Option<LabelId>,
    /// Only in those this person answers.
    pub assignee: Option<UserId>,
    /// Only in those given to one of these teams, or to none.
    pub team: Option<OfTeam>,
    /// Only what was said since then.
    pub since: Option<Timestamp>,
    /// Only what was said before.
    pub until: Option<Timestamp>,
}

/// A piece of a message: in a row they are its text, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The characters.
    pub text: String,
    /// Whether that is what was looked for.
    pub hit: bool,
}

/// A message in which something was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// Which message.
    pub seq: Seq,
    /// Who wrote it.
    pub by: Party,
    /// When.
    pub at: Timestamp,
    /// Whether it is a note.
    pub note: bool,
    /// What it says there.
    pub pieces: Vec<Piece>,
}

/// A conversation in which something was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The inbox's line about it.
    pub listing: Json,
    /// The newest message with the most of what was looked for; `None` when that is in the names only.
    pub passage: Option<Passage>,
    /// Found only because a wrong letter was forgiven.
    pub similar: bool,
}

/// What was found, what was said last first; after it what is similar.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The conversations.
    pub hits: Vec<Hit>,
    /// There is more than is shown.
    pub more: bool,
}

/// Finds conversations of a tenant for its staff.
pub trait Search: Send + Sync + 'static {
    /// At most `limit` (1 to [`MOST`]) conversations. What was said within the last second may be missing.
    fn search(
        &self,
        tenant: TenantId,
        question: Question,
        within: Within,
        limit: u16,
    ) -> BoxFuture<'static, Result<Found, Fault>>;
}

/// What is shown of `text`: around the first word that `is_hit` takes for one that was looked for. `None` without any.
pub fn excerpt(text: &str, is_hit: impl Fn(&str) -> bool) -> Option<Vec<Piece>> {
    let hits: Vec<_> = text.unicode_word_indices().filter(|(_, word)| is_hit(&fold(word))).collect();
    let first = hits.first()?.0;
    let before: Vec<usize> = text[..first].char_indices().map(|(at, _)| at).collect();
    let from = before.len().checked_sub(BEFORE).and_then(|at| before.get(at)).copied().unwrap_or(0);
    let to = text[from..].char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| from + at);
    let mut pieces = Vec::new();
    let mut push = |text: &str, hit| {
        if !text.is_empty() {
            pieces.push(Piece { text: text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(), hit });
        }
    };
    push(if from > 0 { "…" } else { "" }, false);
    let mut at = from;
    for (start, word) in hits.into_iter().filter(|(start, word)| start + word.len() <= to) {
        push(&text[at..start], false);
        push(word, true);
        at = start + word.len();
    }
    push(&text[at..to], false);
    push(if to < text.len() { "…" } else { "" }, false);
    Some(pieces)
}

/// The kinds of events that name somebody, or the conversation.
pub const NAMING: [&str; 6] = ["opened", "joined", "contact_left", "identified", "invited", "handed_over"];

/// The names that these lines give, as words: of the conversation, of who takes part, and how the customer can be reached.
pub fn names(lines: &[LogLine]) -> Result<BTreeSet<String>, Fault> {
    let mut found = BTreeSet::new();
    for line in lines.iter().filter(|line| NAMING.contains(&&*line.kind)) {
        let body: serde_json::Value = serde_json::from_str(&line.body)
            .map_err(|error| Fault::internal("read the names in a conversation's log", error))?;
        for field in ["name", "email"] {
            found.extend(words(body[field].as_str().unwrap_or_default()));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Vec<String> {
        words(text).collect()
    }

    #[test]
    fn what_does_not_count_does_not_count() {
        assert_eq!(of("Crème BRÛLÉE, très-bon!"), ["creme", "brulee", "tres", "bon"]);
        assert_eq!(of("mia@example.com o'clock 3.5"), ["mia", "example.com", "o'clock", "3.5"]);
        assert_eq!(of("شُكْرًا ｆｕｌｌ"), ["شكرا", "full"]);
        assert_eq!(of("🎉 — …"), Vec::<String>::new());
        assert_eq!(of(&"a".repeat(90))[0].len(), MAX_WORD);
    }

    #[test]
    fn a_question_has_words_and_not_too_many() {
        let question = Question::parse("Wedding cake wedding").unwrap();
        assert_eq!(question.words(), ["wedding", "cake"]);
        assert!(question.may_go_on("cake") && !question.may_go_on("wedding"));
        assert!(!Question::parse("cake ").unwrap().may_go_on("cake"));
        for wrong in ["", " 🎉 ", &"x".repeat(201), "a b c d e f g h i"] {
            assert_eq!(Question::parse(wrong).unwrap_err().details.unwrap()["field"], "q", "{wrong:?}");
        }
    }

    #[test]
    fn one_letter_is_forgiven() {
        for (one, other) in [
            ("delivery", "delivry"),
            ("delivery", "deliivery"),
            ("delivery", "delivety"),
            ("delivery", "dleivery"),
            ("delivery", "delivery"),
        ] {
            assert!(is_near(one, other), "{one} {other}");
            assert!(!spellings(one).is_disjoint(&spellings(other)), "{one} {other}");
        }
        for (one, other) in [("delivery", "dlivry"), ("card", "crad?"), ("abcd", "dcba"), ("delivery", "deliveries")] {
            assert!(!is_near(one, other), "{one} {other}");
        }
        assert!(is_forgiven("cake") && !is_forgiven("tea") && !is_forgiven("ab12") && !is_forgiven(&"x".repeat(21)));
    }

    #[test]
    fn a_message_is_shown_around_what_was_found() {
        let hit = |word: &str| word == "cake";
        let shown = |text: &str| {
            excerpt(text, hit).map(|pieces| {
                pieces
                    .iter()
                    .map(|piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() })
                    .collect::<String>()
            })
        };
        assert_eq!(shown("A Cake, a cäke\nand tea").unwrap(), "A [Cake], a [cäke] and tea");
        assert_eq!(shown("no such thing"), None);
        let long = shown(&format!("{} cake {}", "é".repeat(300), "🎂".repeat(300))).unwrap();
        assert!(long.starts_with("…éé") && long.ends_with("🎂…") && long.contains("[cake]"), "{long}");
        assert_eq!(long.chars().count(), SHOWN + 4, "two ellipses and two brackets");
    }

    proptest! {
        #[test]
        fn words_that_are_near_share_a_spelling(word in "[a-d]{4,8}", at in 0usize..8, letter in "[a-d]", how in 0u8..4) {
            let mut letters: Vec<char> = word.chars().collect();
            let at = at.min(letters.len() - 1);
            match how {
                0 => drop(letters.remove(at)),
                1 => letters.insert(at, letter.chars().next().unwrap()),
                2 => letters[at] = letter.chars().next().unwrap(),
                _ => letters.swap(at, (at + 1) % word.len().max(1)),
            }
            let other: String = letters.iter().collect();
            // Swapping the last with the first is no neighbours' swap.
            prop_assume!(how < 3 || at + 1 < word.len());
            prop_assert!(is_near(&word, &other) && is_near(&other, &word), "{word} {other}");
            prop_assert!(!spellings(&word).is_disjoint(&spellings(&other)), "{word} {other}");
        }

        #[test]
        fn the_pieces_are_the_text(text in "[ a-cé🎂\n]{0,400}") {
            if let Some(pieces) = excerpt(&text, |word| word.starts_with('a')) {
                let shown: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
                let plain = text.replace('\n', " ");
                prop_assert!(plain.contains(shown.trim_matches('…')), "{shown}");
                prop_assert!(pieces.iter().any(|piece| piece.hit));
                prop_assert!(shown.chars().count() <= SHOWN + 2);
            }
        }
    }
}
