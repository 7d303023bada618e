//! The demonstration.

use crate::config::section::section;

section! {
    /// The demonstration: a meal-prep business with staff, customers and conversations.
    Demo = "demo" {
        /// Make the demonstration's data at start, print its sign-ins and show mails at /dev/outbox. Not for production.
        enabled: bool = Bare "false";
    }
}
