//! What is known of somebody, as they can have it: what it is made of, and how long a copy is kept.

use serde_json::Value;

use crate::Timestamp;
use crate::id::{AttachmentId, ConversationId, ExportId, TenantId};

/// The job that makes a copy; its body is `{"user", "export"}`.
pub const BUILD: &str = "own_data.build";
/// The job that takes a copy away; its body is the same.
pub const EXPIRE: &str = "own_data.expire";
/// How long a copy is kept once it is there, in seconds: 7 days.
pub const KEPT_SECONDS: i64 = 7 * 24 * 3_600;
/// How long one is waited for, in seconds: a day.
pub const WAITED_SECONDS: i64 = 24 * 3_600;
/// Seconds from one copy to the next: an hour.
pub const EVERY_SECONDS: i64 = 3_600;
/// Files go into a copy until they are so many bytes together: 1 GiB. What is left out is listed.
pub const FILE_BYTES: u64 = 1 << 30;

/// A copy that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Which.
    pub id: ExportId,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// How much of it is made, and how much that will be; (0, 0) before it is begun.
    pub steps: (u32, u32),
    /// How large it is, once it is there.
    pub bytes: Option<u64>,
    /// When it goes.
    pub expires_at: Timestamp,
}

/// One part of a copy, read page by page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Name, address and when what was set.
    Profile,
    /// Roles in businesses, and accounts.
    Memberships,
    /// Browsers and programs that are signed in, or were a few days ago.
    Sessions,
    /// The sign-in history.
    SignIns,
    /// What they want to be told, and how.
    Telling,
    /// What they were told, in one business.
    Notices(TenantId),
    /// Devices that get notifications of one business.
    Devices(TenantId),
    /// What was begun and not sent, in one business.
    Drafts(TenantId),
    /// Saved views of the inbox of one business.
    Views(TenantId),
    /// Messages and notes written for one business.
    Written(TenantId),
    /// How they said they were served, in one business.
    Feedback(TenantId),
    /// Lines of the audit log about them: of one business, or those of none.
    Audit(Option<TenantId>),
}

/// Some of a part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// As they are written into the copy.
    pub items: Vec<Value>,
    /// Where to go on; `None`: that was all.
    pub next: Option<String>,
}

/// A business the person has a place in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Business {
    /// Which.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// Whether they work for it.
    pub staff: bool,
    /// The conversations they are the customer of.
    pub conversations: Vec<ConversationId>,
}

/// A file the person gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFile {
    /// Which.
    pub id: AttachmentId,
    /// In which conversation.
    pub conversation: ConversationId,
    /// What they called it.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// When.
    pub at: Timestamp,
}
