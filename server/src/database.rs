//! Which PostgreSQL this process uses: one that is given, the private one, or the private one of a server that runs.

use std::path::Path;

use anyhow::{Context as _, Result};
use brigade_store::{Db, Settings};

use crate::config::Config;
use crate::embedded::folder::{self, DataFolder};
use crate::embedded::{Embedded, EmbeddedError, Options, cluster};

/// The private cluster holds one database, the one `initdb` makes.
const PRIVATE: &str = "postgres";
/// The most connections that commit the changes of entities, and of all connections the share: each but the first is
/// opened when those before do not keep up.
const LANES: u32 = 4;

/// A PostgreSQL that can be reached, and what was started for it.
#[derive(Debug)]
pub struct Database {
    /// As the owner, who runs migrations.
    owner: String,
    /// As the application, when that is a user of its own.
    app: Option<String>,
    connections: u32,
    embedded: Option<Embedded>,
}

impl Database {
    /// For the server: nobody else may use the private one's folder.
    pub fn start(config: &Config) -> Result<Self> {
        Ok(match given(config) {
            Some(given) => given,
            None => private(config, Embedded::start(&options(config))?),
        })
    }

    /// For a command: the private one of the running server, or started for as long as the command takes.
    pub fn open(config: &Config) -> Result<Self> {
        if let Some(given) = given(config) {
            return Ok(given);
        }
        match DataFolder::lock(&config.database.data) {
            Ok(folder) => Ok(private(config, Embedded::start_in(folder, &options(config))?)),
            Err(EmbeddedError::InUse { folder, pid }) => {
                let owner = folder::running(&folder, cluster::SUPERUSER, PRIVATE).with_context(|| {
                    format!("the server (process {pid}) is starting or stopping; try again in a moment")
                })?;
                Ok(Self { owner, app: None, connections: config.database.connections, embedded: None })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Brings the schema up to date.
    pub async fn migrate(&self) -> Result<()> {
        migrate(&self.owner).await
    }

    /// Connects as the application.
    pub async fn connect(&self) -> Result<Db> {
        let url = self.app.as_ref().unwrap_or(&self.owner);
        let lanes = (self.connections / LANES).clamp(1, LANES);
        let settings = Settings {
            app_login: self.app.is_some(),
            pool: self.connections.saturating_sub(lanes).max(1),
            lanes: usize::try_from(lanes)?,
            ..Settings::new(url.parse().context("the address of the database")?)
        };
        Ok(Db::connect(settings).await?)
    }

    /// The private PostgreSQL, when it is one.
    pub const fn embedded(&self) -> Option<&Embedded> {
        self.embedded.as_ref()
    }

    /// The folder in which keys are kept: that of the private PostgreSQL.
    pub fn folder(&self) -> Option<&Path> {
        self.embedded.as_ref().map(|embedded| embedded.folder().path())
    }

    /// Stops what was started. Blocks.
    pub fn stop(self) {
        if let Some(embedded) = self.embedded {
            embedded.stop();
        }
    }
}

/// Brings the schema of the database at `url` up to date.
pub async fn migrate(url: &str) -> Result<()> {
    Ok(brigade_store::migrate(url.parse().context("the address of the database")?).await?)
}

fn given(config: &Config) -> Option<Database> {
    config.database.url.as_ref().map(|url| Database {
        owner: url.reveal().to_owned(),
        app: config.database.app_url.as_ref().map(|url| url.reveal().to_owned()),
        connections: config.database.connections,
        embedded: None,
    })
}

fn private(config: &Config, embedded: Embedded) -> Database {
    Database {
        owner: embedded.url(PRIVATE),
        app: None,
        connections: config.database.connections,
        embedded: Some(embedded),
    }
}

fn options(config: &Config) -> Options {
    Options {
        data: config.database.data.clone(),
        programs: config.database.programs.clone(),
        run_as: config.database.run_as.clone(),
        connections: config.database.connections,
    }
}
