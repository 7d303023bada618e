//! The layers of values on top of each other, and where each came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::nearest;
use super::problem::{Problem, Problems};
use super::section::Key;
use super::value::Setting;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nobody said anything.
    Default,
    /// A line of a file.
    File(PathBuf, usize),
    /// An environment variable.
    Environment(String),
    /// A flag.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{} line {line}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// A key with the value in force, as text that hides secrets, and its source.
#[derive(Debug, Clone)]
pub struct Explained {
    /// `section.name`.
    pub path: &'static str,
    /// The value, secrets hidden.
    pub shown: String,
    /// Where it came from.
    pub source: Source,
}

/// What was given so far. A later layer replaces an earlier one.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    given: BTreeMap<String, (String, Source)>,
    explained: Vec<Explained>,
    problems: Vec<Problem>,
}

impl Layers {
    /// Gives `path` a value. An unknown path is a problem that names the nearest one.
    pub(crate) fn give(&mut self, path: &str, text: String, source: Source) {
        if super::keys().any(|key| key.path == path) {
            self.given.insert(path.to_owned(), (text, source));
        } else {
            let known = super::keys().map(|key| key.path);
            let nearest = nearest::nearest(path, known).map(str::to_owned);
            self.problem(Problem::Unknown { path: path.to_owned(), source, nearest });
        }
    }

    pub(crate) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Where the value of a key that was read came from.
    pub(crate) fn source(&self, path: &str) -> Source {
        let found = self.explained.iter().find(|explained| explained.path == path);
        found.map_or(Source::Default, |explained| explained.source.clone())
    }

    /// The value in force of the next key of a section.
    #[expect(clippy::expect_used, reason = "start-up: every default is read by a test")]
    pub(crate) fn take<T: Setting>(&mut self, key: Option<&'static Key>) -> T {
        let key = key.expect("a section has as many keys as fields");
        let default = || T::parse(key.default).expect("every default is readable");
        let (value, source) = match self.given.remove(key.path) {
            None => (default(), Source::Default),
            Some((text, source)) => {
                let Some(value) = T::parse(&text) else {
                    let expected = T::expected();
                    self.problem(Problem::Wrong { path: key.path, text, source, expected });
                    return default();
                };
                (value, source)
            }
        };
        self.explained.push(Explained { path: key.path, shown: value.show(), source });
        value
    }

    pub(crate) fn finish(self) -> Result<Vec<Explained>, Problems> {
        if self.problems.is_empty() { Ok(self.explained) } else { Err(Problems(self.problems)) }
    }
}
