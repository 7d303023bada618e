//! The command line: what can be asked of the binary, with examples.
//!
//! Every subcommand is a module with one `run`. Those that need the database get it through [`crate::database::Database::open`]:
//! the one of the running server, the one given, or the private one, started for as long as the command takes.

mod audit;
mod config;
mod migrate;
mod openapi;
mod secrets;
mod seed;
mod serve;
mod tenant;
mod user;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::config::{Config, Flag, Problems};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold());

/// Brigade: conversations with customers, live, for businesses that live on them.
#[derive(Debug, Parser)]
#[command(name = "brigade", version, styles = STYLES, max_term_width = 110, after_help = "\
Examples:
  brigade serve --demo                 try it: own database, demonstration data, sign-ins printed
  brigade serve --listen 0.0.0.0:8080  for a TLS proxy on another machine
  brigade config example > brigade.toml")]
pub(crate) struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every subcommand takes.
#[derive(Debug, Args)]
struct Common {
    /// The configuration file [default: `$BRIGADE_CONFIG`, ./brigade.toml or /etc/brigade/brigade.toml].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Sets any key of the configuration, such as --set limits.mailbox=256.
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// The folder of the private PostgreSQL (`database.data`).
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<String>,
    /// error, warn, info, debug or trace (`log.level`).
    #[arg(long, global = true, value_name = "LEVEL")]
    log_level: Option<String>,
    /// auto, json or pretty (`log.format`).
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the server.
    Serve(serve::Arguments),
    /// Brings the database to this version's schema.
    #[command(after_help = "Examples:\n  brigade migrate\n  DATABASE_URL=postgres://owner@db/brigade brigade migrate")]
    Migrate,
    /// Businesses on the platform.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// People who sign in.
    #[command(subcommand)]
    User(user::Command),
    /// Example data.
    #[command(subcommand)]
    Seed(seed::Command),
    /// The record of who did what.
    #[command(subcommand)]
    Audit(audit::Command),
    /// What is kept encrypted.
    #[command(subcommand)]
    Secrets(secrets::Command),
    /// The configuration: explained, or an example.
    #[command(subcommand)]
    Config(config::Command),
    /// Prints the OpenAPI document.
    Openapi,
    /// Prints the completions of a shell.
    #[command(after_help = "Example:\n  brigade completions bash > /etc/bash_completion.d/brigade")]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Prints the version.
    Version,
}

/// A role in a tenant, or of the whole platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum RoleName {
    /// A customer.
    Client,
    /// Answers customers.
    AccountManager,
    /// Manages the tenant.
    Admin,
    /// Operates the platform.
    SuperAdmin,
}

impl Common {
    /// The flags as configuration; `more` are those of the subcommand.
    fn load(&self, more: Vec<Flag>) -> Result<Config, Problems> {
        let flag = |flag: &str, key: &str, value: &Option<String>| {
            value.as_ref().map(|text| Flag { flag: flag.to_owned(), key: key.to_owned(), text: text.clone() })
        };
        let named = [
            flag("--data", "database.data", &self.data),
            flag("--log-level", "log.level", &self.log_level),
            flag("--log-format", "log.format", &self.log_format),
        ];
        let set = self.set.iter().map(|pair| {
            let (key, text) = pair.split_once('=').unwrap_or((pair, ""));
            Flag { flag: "--set".to_owned(), key: key.trim().to_owned(), text: text.trim().to_owned() }
        });
        crate::config::load(self.config.clone(), set.chain(named.into_iter().flatten()).chain(more).collect())
    }
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let Cli { common, command } = Cli::parse();
    let outcome = match command {
        Command::Serve(arguments) => serve::run(&common, arguments),
        Command::Migrate => migrate::run(&common),
        Command::Tenant(command) => tenant::run(&common, command),
        Command::User(command) => user::run(&common, command),
        Command::Seed(command) => seed::run(&common, command),
        Command::Audit(command) => audit::run(&common, &command),
        Command::Secrets(command) => secrets::run(&common, &command),
        Command::Config(command) => config::run(&common, command),
        Command::Openapi => openapi::run(),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "brigade", &mut std::io::stdout());
            Ok(())
        }
        Command::Version => {
            crate::terminal::print(&format!("brigade {}", env!("CARGO_PKG_VERSION")));
            Ok(())
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            crate::terminal::complain(&error);
            ExitCode::FAILURE
        }
    }
}
