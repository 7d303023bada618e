//! Deleting oneself: asked for, taken back by signing in, done two weeks later.

use uuid::Uuid;

use crate::Timestamp;
use crate::id::UserId;
use crate::identity::Cause;
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};

/// The job that deletes somebody; its body is `{"user"}`.
pub const DELETE: &str = "account.delete";
/// How long it can be taken back, in seconds: 14 days.
pub const DELETION_SECONDS: i64 = 14 * 24 * 3_600;

/// What stands in the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Businesses that would be left without an admin.
    pub last_admin_of: Vec<String>,
    /// They operate the platform: the command line alone ends that.
    pub operator: bool,
}

/// Deleting oneself.
pub trait Deletions: Send + Sync + 'static {
    /// What stands in the way.
    fn outlook(&self, user: UserId) -> BoxFuture<'static, Result<Outlook, Fault>>;

    /// Asks for it: every session ends, a letter says until when signing in takes it back; answers that time.
    /// [`crate::refusal::Code::Conflict`] when something stands in the way.
    fn ask(&self, user: UserId, cause: Cause) -> BoxFuture<'static, Result<Timestamp, Rejection>>;
}

/// The worker's part. May be done again at any time.
pub trait DeletionWork: Send + Sync + 'static {
    /// The attempts at copies whose bytes are to be taken away first; `None` when it is not due, or was taken back.
    fn due(&self, user: UserId, at: Timestamp) -> BoxFuture<'static, Result<Option<Vec<Uuid>>, Fault>>;

    /// Deletes what is theirs, if it is due; false when it is not, or was taken back.
    fn delete(&self, user: UserId, at: Timestamp) -> BoxFuture<'static, Result<bool, Fault>>;
}
