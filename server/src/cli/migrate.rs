//! `brigade migrate`.

use super::Common;
use super::work::with_database;
use crate::terminal::print;

pub(super) fn run(common: &Common) -> anyhow::Result<()> {
    with_database(common, async |database| {
        database.migrate().await?;
        print("The database has this version's schema.");
        Ok(())
    })
}
