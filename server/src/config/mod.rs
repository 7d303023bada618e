//! Configuration: file < environment < flags. The only module that reads the environment.
//!
//! Each section is one file in `sections/`; a key's doc comment is its documentation, printed by
//! `brigade config example`. A value that is wrong, or a key that does not exist, is named together with what
//! was expected and where it came from; all problems are told at once.
//!
//! | want to … | use |
//! |---|---|
//! | read the configuration | [`load`] |
//! | add a key | a field of a section in `sections/` |
//! | add a kind of value | implement [`value::Setting`] |

mod environment;
mod explain;
mod file;
mod layers;
mod nearest;
mod problem;
mod section;
mod sections;
pub mod value;

use std::path::PathBuf;

pub use explain::{example, explain};
pub use layers::{Explained, Source};
pub use problem::{Problem, Problems};
pub use section::Key;
pub use sections::{Database, Demo, Files, Format, Level, Limits, Log, Mail, Push, Redis, Security, Server, Webhooks};

use layers::Layers;

/// Everything Brigade can be told, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where and how to listen.
    pub server: Server,
    /// The database, own or given.
    pub database: Database,
    /// Redis, if any.
    pub redis: Redis,
    /// Keys.
    pub security: Security,
    /// Outgoing mail.
    pub mail: Mail,
    /// Files that go with messages.
    pub files: Files,
    /// Outgoing webhooks.
    pub webhooks: Webhooks,
    /// Notices on devices on which no page is open.
    pub push: Push,
    /// The demonstration.
    pub demo: Demo,
    /// Log lines.
    pub log: Log,
    /// Bounds.
    pub limits: Limits,
    /// Where each value came from, in the order of `config example`.
    pub explained: Vec<Explained>,
}

/// A value given on the command line: beats file and environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The flag as typed, for messages: `--listen`.
    pub flag: String,
    /// The key it sets: `server.listen`.
    pub key: String,
    /// The value as typed.
    pub text: String,
}

/// Every key of every section, in the order shown.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    sections::ALL.iter().flat_map(|section| section.keys)
}

/// Reads the file (`file`, else `$BRIGADE_CONFIG`, else `./brigade.toml` or `/etc/brigade/brigade.toml` when there),
/// then the environment, then `flags`.
pub fn load(file: Option<PathBuf>, flags: Vec<Flag>) -> Result<Config, Problems> {
    from_parts(environment::read(), file, flags)
}

/// [`load`] with a given environment, for tests.
pub fn from_parts(
    environment: Vec<(String, String)>,
    file: Option<PathBuf>,
    flags: Vec<Flag>,
) -> Result<Config, Problems> {
    let mut layers = Layers::default();
    let named = file.or_else(|| environment::config_file(&environment));
    file::read(&mut layers, named);
    environment::apply(&mut layers, environment);
    for Flag { flag, key, text } in flags {
        layers.give(&key, text, Source::Flag(flag));
    }
    let config = Config {
        server: Server::read(&mut layers),
        database: Database::read(&mut layers),
        redis: Redis::read(&mut layers),
        security: Security::read(&mut layers),
        mail: Mail::read(&mut layers),
        files: Files::read(&mut layers),
        webhooks: Webhooks::read(&mut layers),
        push: Push::read(&mut layers),
        demo: Demo::read(&mut layers),
        log: Log::read(&mut layers),
        limits: Limits::read(&mut layers),
        explained: Vec::new(),
    };
    sections::check_together(&config, &mut layers);
    let explained = layers.finish()?;
    Ok(Config { explained, ..config })
}

#[cfg(test)]
mod tests;
