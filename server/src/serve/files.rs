//! The web bundles. A release build carries them inside; a development build reads them from `web/dist`.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use brigade_http::pages::{StaticFile, StaticFiles};
use rust_embed::RustEmbed;

use crate::hex::hex;

/// What `npm run build` made.
#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Bundles;

/// The web bundles as the pages want them. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files {
    site_key: Arc<OnceLock<String>>,
}

impl Files {
    /// The public key that the demonstration's site shows from now on.
    pub(crate) fn show_site_key(&self, key: String) {
        // Set once a process, after the demonstration was made.
        let _ = self.site_key.set(key);
    }
}

impl StaticFiles for Files {
    fn get(&self, path: &str) -> Option<StaticFile> {
        let file = Bundles::get(path)?;
        let hash = file.metadata.sha256_hash();
        let etag = hex(&hash[..16]);
        Some(StaticFile { content: Cow::Owned(file.data.into_owned()), etag })
    }

    fn site_key(&self) -> Option<String> {
        self.site_key.get().cloned()
    }
}

/// Whether there are any: a server built before the bundles has no pages.
pub(crate) fn are_there() -> bool {
    Bundles::iter().next().is_some()
}
