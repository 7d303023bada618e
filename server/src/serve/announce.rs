//! What `brigade serve` prints when it serves.

use std::fmt::Write as _;

use super::Up;
use super::files;
use crate::terminal::print;

/// Tells the person at the terminal where to go and how to sign in.
pub fn announce(up: &Up<'_>) {
    let url = &up.url;
    let mut text = format!("\n  Brigade serves at http://{} (started in {:.2} s)\n", up.address, up.took.as_secs_f32());
    if !files::are_there() {
        text.push_str("\n  The pages are not built: run `cargo xtask run`, or `npm run build` in web/.\n");
    }
    if let Some(demo) = up.demo {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "\n  Try it in two windows:\n");
        for (what, path) in [
            ("the site of Balance Kitchen, with the chat", "/"),
            ("the staff's inbox", "/inbox"),
            ("the client's page", "/chat"),
            ("the settings", "/settings"),
            ("the platform, for who operates it", "/platform"),
            ("every mail that was sent", "/dev/outbox"),
            ("the chat and the page around it", "/dev/widget"),
            ("the API", "/docs"),
        ] {
            let _ = writeln!(text, "    {url}{path:12} {what}");
        }
        let _ = writeln!(text, "\n  Sign in at {url}/sign-in as\n");
        for person in &demo.people {
            let _ = writeln!(text, "    {:32} {:22} {}", person.email, person.password, person.what);
        }
        let _ = writeln!(text, "\n  The passwords stay the same for this data folder. Stop with Ctrl-C.");
    }
    print(&text);
}
