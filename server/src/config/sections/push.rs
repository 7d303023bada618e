//! Notices on devices on which no page is open.

use crate::config::section::section;
use crate::config::value::Network;

section! {
    /// Web Push: browsers say which push service reaches them while Brigade is closed. By default only public ones, by https.
    Push = "push" {
        /// Networks that are not public and may be push services all the same, also by http and at any port, such as
        /// `["127.0.0.0/8"]` for a stand-in on this machine. All that listens there can then be reached by the staff of every
        /// tenant. Never in production.
        allow: Vec<Network> = List "";
    }
}
