//! Files that go with messages: where their bytes are kept, and how they are looked at.
//!
//! | want to … | use |
//! |---|---|
//! | keep bytes in a folder | [`FileStore::folder`] |
//! | keep them in a bucket of S3, or of what speaks like it | [`FileStore::bucket`] |
//! | know what a file is, and show it small | [`Inspection`] |
//! | have it scanned for what is harmful | [`Clamd`], given to [`Inspection`] |

mod bucket;
mod clamd;
mod client;
mod inspection;
mod picture;
mod store;

pub use bucket::{Bucket, InvalidBucket};
pub use clamd::{Clamd, InvalidScanner};
pub use inspection::Inspection;
pub use store::{FileStore, InvalidFolder};
