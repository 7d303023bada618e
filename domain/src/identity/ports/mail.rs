//! Sending mail. Letters wait encrypted in the outbox, written in the transaction that caused them.

use uuid::Uuid;

use crate::Timestamp;
use crate::identity::mail::Mail;
use crate::journal::BoxFuture;
use crate::refusal::Fault;

/// Hands a mail to the outside, or to what stands in for it.
pub trait Mailer: Send + Sync + 'static {
    /// Sends it. [`Fault::Unavailable`]: worth trying again.
    fn send(&self, mail: Mail) -> BoxFuture<'static, Result<(), Fault>>;
}

/// The letters that wait: what the worker of `mail.send` works on.
pub trait MailQueue: Send + Sync + 'static {
    /// The letter, opened; `None` when it was sent already.
    fn open(&self, id: Uuid) -> BoxFuture<'static, Result<Option<Mail>, Fault>>;

    /// It was sent. The letter is erased, unless `keep` says that the outbox page shows it.
    fn sent(&self, id: Uuid, at: Timestamp, keep: bool) -> BoxFuture<'static, Result<(), Fault>>;
}

/// A mail as the outbox page shows it.
#[derive(Debug, Clone)]
pub struct SentMail {
    /// Which.
    pub id: Uuid,
    /// When it was written.
    pub at: Timestamp,
    /// The mail.
    pub mail: Mail,
}

/// The outbox page of the demo.
pub trait Outbox: Send + Sync + 'static {
    /// The newest 50 mails that are kept.
    fn newest(&self) -> BoxFuture<'static, Result<Vec<SentMail>, Fault>>;
}
