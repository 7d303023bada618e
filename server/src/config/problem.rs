//! What is wrong with a configuration, told so that it can be put right.

use std::fmt;

use super::layers::Source;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// There is no such key.
    Unknown {
        /// As given.
        path: String,
        /// Where.
        source: Source,
        /// The nearest key there is.
        nearest: Option<String>,
    },
    /// The value cannot be read.
    Wrong {
        /// Which key.
        path: &'static str,
        /// As given.
        text: String,
        /// Where.
        source: Source,
        /// What it should look like.
        expected: String,
    },
    /// Values that do not go together.
    Together {
        /// The key to change.
        path: &'static str,
        /// Where its value came from.
        source: Source,
        /// What is wrong and what to do.
        message: String,
    },
    /// The file cannot be read or is not TOML.
    File {
        /// Which file, and the line when known.
        place: String,
        /// What is wrong.
        message: String,
    },
}

/// Keys whose wrong value must not be repeated in a message.
const SECRET_WORDS: [&str; 4] = ["secret", "password", "url", "key"];

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { path, source, nearest } => {
                write!(f, "{path} ({source}): there is no such key")?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean {nearest}?"),
                    None => Ok(()),
                }
            }
            Self::Wrong { path, text, source, expected } => {
                if SECRET_WORDS.iter().any(|word| path.contains(word)) {
                    write!(f, "{path} ({source}): expected {expected}; what is there is not repeated here")
                } else {
                    write!(f, "{path} = {text:?} ({source}): expected {expected}")
                }
            }
            Self::Together { path, source, message } => write!(f, "{path} ({source}): {message}"),
            Self::File { place, message } => write!(f, "{place}: {message}"),
        }
    }
}

/// Everything that is wrong, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        writeln!(f, "The configuration has {count} problem{}:", if count == 1 { "" } else { "s" })?;
        for problem in &self.0 {
            writeln!(f, "  {problem}")?;
        }
        write!(f, "`brigade config example` prints every key with its default.")
    }
}

impl std::error::Error for Problems {}
