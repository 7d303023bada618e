//! `brigade config check` and `brigade config example`.

use clap::Subcommand;

use super::Common;
use crate::terminal::print;

/// The configuration: explained, or an example.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Command {
    /// Checks the configuration and shows each value with where it came from.
    #[command(after_help = "Example:\n  BRIGADE_LOG_LEVEL=debug brigade config check --set server.workers=2")]
    Check,
    /// Prints the default configuration with every key explained.
    #[command(after_help = "Example:\n  brigade config example > brigade.toml")]
    Example,
}

pub(super) fn run(common: &Common, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Check => {
            let config = common.load(Vec::new())?;
            print(crate::config::explain(&config).trim_end());
        }
        Command::Example => print(crate::config::example().trim_end()),
    }
    Ok(())
}
