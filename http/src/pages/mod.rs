//! The web bundles: pages with a nonce, files that may be kept for ever, the widget's frame.

use std::borrow::Cow;

use crate::Routes;

/// One file of the web bundles.
#[derive(Debug, Clone)]
pub struct StaticFile {
    /// Its content.
    pub content: Cow<'static, [u8]>,
    /// Changes with the content; without quotes.
    pub etag: String,
}

/// The web bundles (`web/dist`). Implemented by `server/`, which embeds them.
pub trait StaticFiles: Send + Sync + 'static {
    /// The file at `path` below the root, such as `assets/inbox-3f2a.js`.
    fn get(&self, path: &str) -> Option<StaticFile>;
}

/// The routes of the pages.
pub fn routes() -> Routes {
    Routes::new()
}
