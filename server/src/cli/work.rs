//! What commands that need the database share.

use anyhow::Result;

use super::Common;
use crate::config::Config;
use crate::database::Database;
use crate::platform::Platform;
use crate::serve;

/// Opens the database, does the work, closes what was opened.
pub(super) fn with_database<T>(common: &Common, work: impl AsyncFnOnce(&Database) -> Result<T>) -> Result<T> {
    in_database(&common.load(Vec::new())?, work)
}

/// The same with the entities, keys and settings on top; the schema is brought up to date first.
pub(super) fn with_platform<T>(common: &Common, work: impl AsyncFnOnce(Platform) -> Result<T>) -> Result<T> {
    let config = common.load(Vec::new())?;
    in_database(&config, async |database| {
        if config.database.migrate {
            database.migrate().await?;
        }
        let db = database.connect().await?;
        let outcome = work(serve::platform(&config, &db)?).await;
        db.close().await;
        outcome
    })
}

/// Entities live on actix' system, so everything runs on it.
fn in_database<T>(config: &Config, work: impl AsyncFnOnce(&Database) -> Result<T>) -> Result<T> {
    crate::telemetry::start_logging(&config.log)?;
    let database = Database::open(config)?;
    let outcome = actix_web::rt::System::new().block_on(work(&database));
    database.stop();
    outcome
}
