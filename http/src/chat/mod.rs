//! Conversations over HTTP: lists, state, log, older messages, commands, and what makes a visitor a client.

mod attachment;
mod blocked;
mod canned;
mod conversation;
mod draft;
mod invite;
mod list;
mod messages;
mod search;
mod views;

use std::sync::Arc;

use brigade_domain::chat::block::Blocks;
use brigade_domain::chat::canned::CannedReplies;
use brigade_domain::chat::draft::Drafts;
use brigade_domain::chat::list::Conversations;
use brigade_domain::chat::ports::Messages;
use brigade_domain::chat::search::Search;
use brigade_domain::chat::view::Views;

pub(crate) use self::attachment::disposition;
pub use self::attachment::{Uploads, mailed_file};
use crate::Routes;

/// What this feature needs of the repository layer.
#[derive(Clone)]
pub struct Ports {
    /// Lists of conversations.
    pub conversations: Arc<dyn Conversations>,
    /// Older messages.
    pub messages: Arc<dyn Messages>,
    /// What the staff have ready to say.
    pub canned: Arc<dyn CannedReplies>,
    /// Saved views of the lists.
    pub views: Arc<dyn Views>,
    /// What people have begun to write.
    pub drafts: Arc<dyn Drafts>,
    /// What was said, found.
    pub search: Arc<dyn Search>,
    /// Who is blocked.
    pub blocks: Arc<dyn Blocks>,
    /// Files that go with messages.
    pub uploads: Uploads,
}

/// The routes of this feature.
pub fn routes() -> Routes {
    Routes::new()
        .with(list::routes())
        .with(views::routes())
        .with(conversation::routes())
        .with(messages::routes())
        .with(invite::routes())
        .with(canned::routes())
        .with(draft::routes())
        .with(search::routes())
        .with(attachment::routes())
        .with(blocked::routes())
}
