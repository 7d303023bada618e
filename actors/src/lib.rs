//! Live state: the one generic entity actor, the directory that finds or starts it, lists and presence.
//!
//! Nobody writes an actor by hand: a feature implements [`brigade_domain::entity::Entity`] and is registered
//! once ([`Directory::builder`]). This is the only crate that names actix.
//!
//! | want to … | use |
//! |---|---|
//! | ask an entity for something | [`Directory::submit`] (answer by callback) or [`Directory::ask`] (a future) |
//! | receive its changes | [`Directory::attach`] with a [`Subscriber`] |
//! | know who is there | [`Presence`] |
//!
//! What is absent: SQL, sockets, HTTP. The log is reached through [`brigade_domain::journal::Journal`], readers
//! through [`Subscriber`].

mod batch;
mod call;
mod directory;
mod feeds;
mod gate;
mod host;
mod presence;
mod subscriber;

pub use batch::{Batch, SharedLine};
pub use call::{Accepted, Answer, Call, Command, Replies, Reply};
pub use directory::{Directory, DirectoryBuilder, Limits, Stats};
pub use presence::Presence;
pub use subscriber::{Attach, Delivery, Resume, Subscriber, SubscriberId};
