//! A person's own sign-in history.

use crate::Timestamp;
use crate::id::{MomentId, SessionId, UserId};
use crate::identity::history::Moment;
use crate::journal::BoxFuture;
use crate::refusal::Fault;

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// Which.
    pub id: MomentId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Moment,
    /// What the browser or program called itself; `None`: the operator did it.
    pub device: Option<String>,
    /// The network of the address.
    pub network: Option<String>,
    /// The session that began.
    pub session: Option<SessionId>,
    /// Whether a letter went out because nobody had signed in from there before.
    pub new_device: bool,
}

/// When and from where somebody signed in, and what changed about how they do. Whatever writes a line of it does so in the
/// transaction of what it is about.
pub trait OwnHistory: Send + Sync + 'static {
    /// The newest `limit` lines of the last 90 days, or those older than `before`, the newest first.
    fn history(
        &self,
        user: UserId,
        before: Option<MomentId>,
        limit: u16,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<Vec<HistoryLine>, Fault>>;
}
