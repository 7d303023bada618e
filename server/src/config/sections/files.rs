//! Files that go with messages.

use std::path::PathBuf;

use brigade_integrations::files::Clamd;

use crate::config::section::section;
use crate::config::value::Setting;

section! {
    /// Files that go with messages. Their bytes are kept in a folder; what is known of them is in the database.
    Files = "files" {
        /// The folder. With several nodes, one that all of them see. Empty: `files` in database.data. Back it up with the database.
        folder: Option<PathBuf> = Text "";
        /// Where the scanner `clamd` listens (`host:port` or `unix:/path`): each file is scanned before it can be sent. Empty: no scan.
        clamd: Option<Clamd> = Text "";
    }
}

impl Setting for Clamd {
    fn expected() -> String {
        "host:port, or unix:/path/to/its/socket".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn show(&self) -> String {
        self.to_string()
    }
}
