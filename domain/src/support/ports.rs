//! What support's looking needs of the repository layer.

use super::{Looking, Terms};
use crate::Timestamp;
use crate::id::{ConversationId, PermissionId, TenantId, UserId};
use crate::identity::Cause;
use crate::identity::ports::BrowserSession;
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};

/// How many permissions that have ended are shown.
pub const SHOWN: i64 = 5;

/// Somebody, as they are called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
}

/// That somebody of support looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Who.
    pub by: Named,
    /// From when.
    pub began_at: Timestamp,
    /// Until when; `None` while they do.
    pub left_at: Option<Timestamp>,
    /// How many conversations they opened.
    pub opened: u64,
}

/// Why a permission is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Its time was over.
    ByTime,
    /// Somebody ended it before.
    By(Named),
}

/// A permission to look, as the business sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Which.
    pub id: PermissionId,
    /// What it is about.
    pub about: String,
    /// Who gave it.
    pub given_by: Named,
    /// When.
    pub given_at: Timestamp,
    /// Until when at the latest.
    pub until: Timestamp,
    /// When and why it was over; `None` while it runs.
    pub ended: Option<(Timestamp, Ended)>,
    /// Who looked, the last first, at most 50.
    pub looks: Vec<Look>,
}

/// A business that lets support look, as support sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Which.
    pub tenant: TenantId,
    /// What people call it.
    pub name: String,
    /// Its short name.
    pub slug: String,
    /// What it is about.
    pub about: String,
    /// Since when.
    pub given_at: Timestamp,
    /// Until when at the latest.
    pub until: Timestamp,
}

/// Permissions for support to look.
pub trait Permissions: Send + Sync + 'static {
    /// Lets support look. Refused with [`crate::refusal::Code::Conflict`] while another permission runs.
    fn let_in(&self, tenant: TenantId, terms: Terms, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Ends the running permission, and everybody's looking with it. [`crate::refusal::Code::NotFound`] when it is not the
    /// one that runs.
    fn end(
        &self,
        tenant: TenantId,
        permission: PermissionId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Ends a permission whose time is over at `at`. Nothing, when it is not or was ended before.
    fn expire(
        &self,
        tenant: TenantId,
        permission: PermissionId,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<(), Fault>>;

    /// The one that runs, if one does, and the last [`SHOWN`] that have ended, the newest first.
    fn list(&self, tenant: TenantId, at: Timestamp) -> BoxFuture<'static, Result<Vec<Permission>, Fault>>;
}

/// The same from support's side.
pub trait Looks: Send + Sync + 'static {
    /// The businesses that let support look at this moment, by short name.
    fn invitations(&self, at: Timestamp) -> BoxFuture<'static, Result<Vec<Invitation>, Fault>>;

    /// Looks into `session.tenant`, under a new cookie. [`crate::refusal::Code::SupportEnded`] when it does not let support
    /// look, and [`crate::refusal::Code::Conflict`] for who does not use two-step sign-in.
    fn look_in(&self, session: BrowserSession, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Goes, under a new cookie: `session.replaces` is the one that looked.
    fn leave(&self, session: BrowserSession, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;
}

/// Notes what support reads. Asked before it is read, by whatever shows it.
pub trait Openings: Send + Sync + 'static {
    /// Support opens a conversation; noted once for each look. Nothing when there is none of that id in the business.
    fn opened(
        &self,
        looking: Looking,
        conversation: ConversationId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Fault>>;

    /// Support reads the list of conversations, with the beginnings of what was said in them; noted once for each look.
    fn listed(&self, looking: Looking, cause: Cause) -> BoxFuture<'static, Result<(), Fault>>;
}
