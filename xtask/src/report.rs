//! What the person at the terminal sees.

use std::time::Duration;

/// What is being done now.
pub(crate) fn say(what: &str) {
    println!("\n── {what}");
}

/// Something that could not be checked here and must not be taken for checked.
pub(crate) fn warn(what: &str) {
    println!("!! {what}");
}

/// `1 m 05 s`, `4.2 s`.
pub(crate) fn time(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds >= 60 {
        format!("{} m {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", duration.as_secs_f32())
    }
}
