//! How hard a password is to guess (C08, security 3).
//!
//! zxcvbn knows the 30,000 commonest passwords, words and names; the list here is of what it overrates because it is
//! famous as a whole.

use brigade_domain::identity::Secret;
use brigade_domain::identity::password::{LONGEST, Policy, check};
use brigade_domain::refusal::{Code, Refusal};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// The score that is asked for.
const ENOUGH: u8 = 3;

/// Famous passwords and phrases, as [`plain`] writes them.
const FAMOUS: &str = include_str!("famous.txt");

/// How hard a password is to guess, and what would help.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Strength {
    /// 0 (at once) to 4 (very hard); 3 is asked for.
    score: u8,
    /// What is weak about it; empty when nothing is.
    warning: String,
    /// What would help.
    suggestions: Vec<String>,
}

/// Judges a password; `own` is what is known of the person, such as name and address.
pub(crate) fn judge(password: &str, own: &[&str]) -> Strength {
    let judged: String = password.chars().take(LONGEST).collect();
    if is_famous(&judged) {
        return Strength {
            score: 0,
            warning: "This is a well-known password.".to_owned(),
            suggestions: vec!["Choose a few words that do not belong together.".to_owned()],
        };
    }
    let known = known(own);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let estimate = zxcvbn::zxcvbn(&judged, &known);
    let feedback = estimate.feedback();
    Strength {
        score: u8::from(estimate.score()),
        warning: feedback
            .and_then(zxcvbn::feedback::Feedback::warning)
            .map(|warning| warning.to_string())
            .unwrap_or_default(),
        suggestions: feedback
            .map(|feedback| feedback.suggestions().iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
    }
}

/// Refuses a password that is too short, too long, too plain or too easy to guess.
pub fn require(password: &Secret, policy: Policy, own: &[&str]) -> Result<(), Refusal> {
    check(password.expose(), policy)?;
    let strength = judge(password.expose(), own);
    if strength.score >= ENOUGH {
        return Ok(());
    }
    let hint = strength.suggestions.first().cloned().unwrap_or_else(|| "Add a word or two.".to_owned());
    let message = format!("This password is easy to guess. {hint}");
    Err(Refusal::new(Code::InvalidInput, message).with_details(json!({
        "field": "password", "score": strength.score, "warning": strength.warning, "suggestions": strength.suggestions,
    })))
}

/// The words somebody would try first, in lower case, which is how they are compared.
fn known(own: &[&str]) -> Vec<String> {
    let parts = own.iter().flat_map(|text| text.split(['@', '.', ' ', '-', '_'])).map(str::to_lowercase);
    let wholes = own.iter().flat_map(|text| [text.to_lowercase(), plain(text)]);
    let ours = ["brigade", "balance", "kitchen"].map(str::to_owned);
    parts.chain(wholes).chain(ours).filter(|word| word.chars().count() > 2).collect()
}

fn is_famous(password: &str) -> bool {
    let plain = plain(password);
    FAMOUS.lines().any(|famous| famous == plain)
}

/// In lower case, letters and digits only: spaces and dashes make nothing safer.
fn plain(password: &str) -> String {
    password.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> bool {
        require(&Secret::new(password), Policy::default(), &["Maya Okafor", "maya.okafor@example.com"]).is_err()
    }

    #[test]
    fn common_famous_and_personal_passwords_are_refused() {
        for password in [
            "password",
            "password1",
            "12345678",
            "123456789",
            "qwertyuiop",
            "iloveyou1",
            "sunshine1",
            "football123",
            "P@ssw0rd!",
            "Passw0rd123",
            "letmein123",
            "aaaaaaaaaaaa",
            "abcdefgh1",
            "correct horse battery staple",
            "Correct-Horse-Battery-Staple",
            "mayaokafor1",
            "maya.okafor@example.com",
            "balancekitchen",
            "correcthorsebatterystaple",
            "trustno1trustno1",
            "qwerty123456",
        ] {
            assert!(refused(password), "{password} was accepted");
        }
    }

    #[test]
    fn hard_ones_are_accepted_at_any_length() {
        for password in ["teal-otter-ledger-42", "gV7!pq2Lx9", "mossy lantern drifts upstream"] {
            assert!(!refused(password), "{password} was refused");
        }
        let long: String = "wharf iguana velvet onion ".chars().cycle().take(128).collect();
        assert!(!refused(long.trim_end()));
    }

    #[test]
    fn a_refusal_says_what_would_help() {
        let refusal = require(&Secret::new("password"), Policy::default(), &[]).unwrap_err();
        let details = refusal.details.unwrap();
        assert_eq!(details["field"], "password");
        assert!(details["score"].as_u64().unwrap() < 3);
    }

    #[test]
    fn the_list_is_in_its_plain_form() {
        for line in FAMOUS.lines() {
            assert_eq!(line, plain(line));
            assert!(line.chars().count() >= 8, "{line}");
        }
    }
}
