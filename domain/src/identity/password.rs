//! What a password must be (C08, security 1 to 3), so far as it can be told without estimating its strength.

use crate::refusal::Refusal;

/// The fewest characters.
pub const SHORTEST: usize = 8;
/// The most characters. None of them is ever cut off.
pub const LONGEST: usize = 128;

/// What a tenant asks beyond length and strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// Whether an upper-case letter, a digit and a special character are asked for; off unless the tenant wants it.
    pub composition: bool,
}

/// Refuses a password of the wrong length or, where the tenant asks for it, composition.
pub fn check(password: &str, policy: Policy) -> Result<(), Refusal> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Refusal::invalid("password", format!("Use at least {SHORTEST} characters.")));
    }
    if length > LONGEST {
        return Err(Refusal::invalid("password", format!("Use at most {LONGEST} characters.")));
    }
    let has = |class: fn(char) -> bool| password.chars().any(class);
    let composed =
        has(char::is_uppercase) && has(char::is_numeric) && has(|c| !c.is_alphanumeric() && !c.is_whitespace());
    if policy.composition && !composed {
        return Err(Refusal::invalid(
            "password",
            "Use at least one upper-case letter, one digit and one special character.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_characters_and_nothing_is_cut_off() {
        let free = Policy::default();
        assert!(check("pässwörd", free).is_ok());
        assert!(check("pässwör", free).is_err());
        assert!(check(&"ß".repeat(128), free).is_ok());
        assert!(check(&"ß".repeat(129), free).is_err());
    }

    #[test]
    fn composition_is_asked_only_of_those_who_want_it() {
        let strict = Policy { composition: true };
        assert!(check("correct horse battery", Policy::default()).is_ok());
        for lacking in ["correct horse battery", "Correct horse battery", "Correct horse battery 1"] {
            assert!(check(lacking, strict).is_err(), "{lacking}");
        }
        assert!(check("Correct-horse battery 1", strict).is_ok());
    }
}
