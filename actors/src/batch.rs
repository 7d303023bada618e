//! Log entries on their way to readers: rendered at most once per audience, whatever the number of readers.

use std::sync::{Arc, OnceLock};

use brigade_domain::actor::Party;
use brigade_domain::entity::{Audience, Seq};
use brigade_domain::journal::LogLine;
use bytes::Bytes;

/// A line of a batch with who may see it.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) line: LogLine,
    pub(crate) visible: [bool; Audience::ALL.len()],
}

/// One or more consecutive entries of one topic.
#[derive(Debug)]
pub struct Batch {
    topic: Arc<str>,
    lines: Vec<Shown>,
    rendered: [OnceLock<Bytes>; Audience::ALL.len()],
}

impl Batch {
    pub(crate) fn new(topic: Arc<str>, lines: Vec<Shown>) -> Self {
        Self { topic, lines, rendered: Default::default() }
    }

    /// The topic's text.
    pub fn topic(&self) -> &Arc<str> {
        &self.topic
    }

    /// The entries, each with whether `audience` may see it.
    pub fn lines(&self, audience: Audience) -> impl Iterator<Item = (&LogLine, bool)> {
        self.lines.iter().map(move |shown| (&shown.line, shown.visible[audience.index()]))
    }

    /// The position of the last entry.
    pub fn last_seq(&self) -> Seq {
        self.lines.last().map_or(0, |shown| shown.line.seq)
    }

    /// The bytes for `audience`, made by `render` the first time.
    pub fn rendered(&self, audience: Audience, render: impl FnOnce(&Self) -> Bytes) -> Bytes {
        self.rendered[audience.index()].get_or_init(|| render(self)).clone()
    }
}

/// A single line for many readers that is not part of a log: a list line or a signal.
#[derive(Debug)]
pub struct SharedLine {
    /// The topic's text.
    pub topic: Arc<str>,
    /// A list line's key, or a signal's type.
    pub kind: Arc<str>,
    /// The revision of a list line; 0 for a signal.
    pub rev: Seq,
    /// JSON text.
    pub body: Box<str>,
    /// Who sent a signal.
    pub by: Option<Party>,
    rendered: OnceLock<Bytes>,
}

impl SharedLine {
    pub(crate) fn new(topic: Arc<str>, kind: Arc<str>, rev: Seq, body: Box<str>, by: Option<Party>) -> Self {
        Self { topic, kind, rev, body, by, rendered: OnceLock::new() }
    }

    /// The bytes, made by `render` the first time.
    pub fn rendered(&self, render: impl FnOnce(&Self) -> Bytes) -> Bytes {
        self.rendered.get_or_init(|| render(self)).clone()
    }
}
