//! Copies of what is known of somebody: asked for by them, made by a worker.

use uuid::Uuid;

use crate::Timestamp;
use crate::id::{AttachmentId, ConversationId, ExportId, TenantId, UserId};
use crate::identity::Cause;
use crate::identity::own_data::{Business, Export, OwnFile, Page, Section};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};

/// Copies, as their owner sees them.
pub trait Exports: Send + Sync + 'static {
    /// Asks for one, and enqueues the making of it. [`crate::refusal::Code::RateLimited`] while one is being made and
    /// within an hour of the last.
    fn request(&self, user: UserId, id: ExportId, cause: Cause) -> BoxFuture<'static, Result<Export, Rejection>>;

    /// Those that are not over, the newest first.
    fn exports(&self, user: UserId, at: Timestamp) -> BoxFuture<'static, Result<Vec<Export>, Fault>>;

    /// Notes that one is being saved; answers under which id its bytes are kept, and how many they are.
    /// [`crate::refusal::Code::NotFound`] when it is not theirs, not ready or over.
    fn open(&self, user: UserId, id: ExportId, cause: Cause) -> BoxFuture<'static, Result<(Uuid, u64), Rejection>>;
}

/// Making copies. May be done again at any time: each attempt keeps its bytes under an id of its own, and of several only
/// the one that finishes while it is the newest counts.
pub trait ExportWork: Send + Sync + 'static {
    /// Begins an attempt; answers the one before it, whose bytes nobody needs any more. `None`: there is nothing to make.
    fn begin(
        &self,
        user: UserId,
        id: ExportId,
        build: Uuid,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<Option<Option<Uuid>>, Fault>>;

    /// Notes how far it is; false when another attempt has begun.
    fn progress(&self, user: UserId, build: Uuid, steps: (u32, u32)) -> BoxFuture<'static, Result<bool, Fault>>;

    /// It is there: from now on it can be saved, and its owner gets a letter. False when another attempt has begun.
    fn finish(&self, user: UserId, build: Uuid, bytes: u64, at: Timestamp) -> BoxFuture<'static, Result<bool, Fault>>;

    /// When it is over: answers the attempt whose bytes are to be taken away.
    fn over(&self, user: UserId, id: ExportId, at: Timestamp) -> BoxFuture<'static, Result<Option<Uuid>, Fault>>;

    /// Forgets one that is over, after its bytes.
    fn forget(&self, user: UserId, id: ExportId, at: Timestamp) -> BoxFuture<'static, Result<(), Fault>>;
}

/// What is known of somebody, page by page.
pub trait OwnData: Send + Sync + 'static {
    /// The businesses they have a place in.
    fn businesses(&self, user: UserId) -> BoxFuture<'static, Result<Vec<Business>, Fault>>;

    /// What each party of a conversation is called, for customers.
    fn names(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
    ) -> BoxFuture<'static, Result<Vec<(String, String)>, Fault>>;

    /// A page of a part, after the one that said so.
    fn section(&self, user: UserId, section: Section, after: Option<String>)
    -> BoxFuture<'static, Result<Page, Fault>>;

    /// Files they gave in a business, by their ids, those after `after`.
    fn files(
        &self,
        user: UserId,
        tenant: TenantId,
        after: Option<AttachmentId>,
    ) -> BoxFuture<'static, Result<Vec<OwnFile>, Fault>>;
}
