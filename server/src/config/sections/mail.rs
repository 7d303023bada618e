//! Outgoing mail.

use crate::config::section::section;
use crate::config::value::ServiceUrl;

section! {
    /// Outgoing mail. Without `smtp_url` mails are kept in an outbox that can be read at /dev/outbox in demo mode.
    Mail = "mail" {
        /// A mail server: `smtps://user:password@host`, or `smtp://host:port` (STARTTLS).
        smtp_url: Option<ServiceUrl> = Text "";
        /// The sender.
        from: String = Text "Brigade <brigade@localhost>";
    }
}
