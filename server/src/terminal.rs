//! What is said to the person at the terminal, as opposed to the log.

use std::io::Write as _;

/// Prints a text and a line break to standard output. A closed pipe is no reason to fail.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Prints an error with everything under it to standard error.
pub(crate) fn complain(error: &anyhow::Error) {
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "brigade: {error:#}");
}
