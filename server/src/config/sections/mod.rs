//! One file per section, and what must hold between them.

mod database;
mod demo;
mod files;
mod limits;
mod log;
mod mail;
mod push;
mod redis;
mod security;
mod server;
mod webhooks;

pub use database::Database;
pub use demo::Demo;
pub use files::Files;
pub use limits::Limits;
pub use log::{Format, Level, Log};
pub use mail::Mail;
pub use push::Push;
pub use redis::Redis;
pub use security::Security;
pub use server::Server;
pub use webhooks::Webhooks;

use super::Config;
use super::layers::Layers;
use super::problem::Problem;
use super::section::Section;

/// Every section, in the order shown.
pub(crate) const ALL: &[Section] = &[
    Server::SECTION,
    Database::SECTION,
    Redis::SECTION,
    Security::SECTION,
    Mail::SECTION,
    Files::SECTION,
    Webhooks::SECTION,
    Push::SECTION,
    Demo::SECTION,
    Log::SECTION,
    Limits::SECTION,
];

/// Values that are good each on its own and wrong together.
pub(crate) fn check_together(config: &Config, layers: &mut Layers) {
    let mut wrong = |path: &'static str, message: &str| {
        let source = layers.source(path);
        layers.problem(Problem::Together { path, source, message: message.to_owned() });
    };
    let scheme = |url: &super::value::ServiceUrl, good: &[&str]| {
        url.reveal().split_once("://").is_some_and(|(scheme, _)| good.contains(&scheme))
    };
    let postgres = ["postgres", "postgresql"];
    if config.database.url.as_ref().is_some_and(|url| !scheme(url, &postgres)) {
        wrong("database.url", "expected an address that starts with postgres://");
    }
    if config.database.app_url.as_ref().is_some_and(|url| !scheme(url, &postgres)) {
        wrong("database.app_url", "expected an address that starts with postgres://");
    }
    if config.database.app_url.is_some() && config.database.url.is_none() {
        wrong("database.app_url", "is for a server of your own: set database.url (its owner) too");
    }
    if config.redis.url.as_ref().is_some_and(|url| !scheme(url, &["redis", "rediss"])) {
        wrong("redis.url", "expected an address that starts with redis:// or rediss://");
    }
    if config.mail.smtp_url.as_ref().is_some_and(|url| !scheme(url, &["smtp", "smtps"])) {
        wrong("mail.smtp_url", "expected an address that starts with smtp:// or smtps://");
    }
    let Files { folder, bucket, endpoint, access_key_id, secret_access_key, .. } = &config.files;
    if bucket.is_some() && folder.is_some() {
        wrong("files.bucket", "files are kept in a bucket or in a folder: take files.folder or files.bucket away");
    }
    if bucket.is_none() && endpoint.is_some() {
        wrong("files.endpoint", "is where a bucket is: set files.bucket too");
    }
    if bucket.is_some() && access_key_id.is_some() != secret_access_key.is_some() {
        wrong("files.access_key_id", "goes with files.secret_access_key: set both or neither");
    }
    if config.database.connections < 2 {
        wrong("database.connections", "expected 2 or more: one for requests, one for background work");
    }
    if config.server.drain > std::time::Duration::from_secs(15) {
        wrong("server.drain", "expected at most 15s: the server is to be gone 30 s after a SIGTERM");
    }
    if config.limits.frame_bytes < 1024 {
        wrong("limits.frame_bytes", "expected at least 1024");
    }
}
