//! `brigade seed demo`.

use anyhow::Result;
use clap::Subcommand;

use super::Common;
use super::work::with_platform;
use crate::demo;
use crate::serve::uploads;
use crate::terminal::print;

/// Example data.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Command {
    /// Makes the demonstration's tenants, people and conversations; what is there already stays as it is.
    #[command(after_help = "Example:\n  brigade seed demo && brigade serve")]
    Demo,
}

pub(super) fn run(common: &Common, command: Command) -> Result<()> {
    let Command::Demo = command;
    let config = common.load(Vec::new())?;
    let origins = demo::origins(&config, config.server.listen);
    with_platform(common, async move |platform| {
        let uploads = uploads(&config, &platform.db)?;
        let sign_ins = demo::seed(&platform, &uploads, &config.database.data, &origins).await?;
        for person in &sign_ins.people {
            print(&format!("{:32} {:22} {}", person.email, person.password, person.what));
        }
        Ok(())
    })
}
