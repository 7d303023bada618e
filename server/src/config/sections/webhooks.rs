//! Outgoing webhooks.

use crate::config::section::section;
use crate::config::value::Network;

section! {
    /// Outgoing webhooks: businesses say where they are told what happens. By default only public servers, by https.
    Webhooks = "webhooks" {
        /// Networks that are not public and may be told all the same, also by http and at any port, such as `["10.1.2.0/24"]`.
        /// All that listens there can then be reached by the admins of every tenant. Never the network of this server's own.
        allow: Vec<Network> = List "";
    }
}
