//! `brigade serve`.

use clap::Args;

use super::Common;
use crate::config::Flag;
use crate::serve::{self, signals};

/// What `serve` takes beside the common flags.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brigade serve --demo                         demonstration data, own database in ./var/brigade
  brigade serve --data /srv/brigade            own database in another folder
  DATABASE_URL=postgres://owner:secret@db/brigade TENANT_SECRETS_ENCRYPTION_KEY=$(cat key) brigade serve \\
      --public-url https://chat.example.org    a database server of your own, behind a TLS proxy")]
pub(super) struct Arguments {
    /// Address and port (`server.listen`).
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// The address people use (`server.public_url`).
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Make demonstration data and print its sign-ins (`demo.enabled`).
    #[arg(long)]
    demo: bool,
}

impl Arguments {
    fn flags(self) -> Vec<Flag> {
        let flag = |flag: &str, key: &str, text: Option<String>| {
            text.map(|text| Flag { flag: flag.to_owned(), key: key.to_owned(), text })
        };
        [
            flag("--listen", "server.listen", self.listen),
            flag("--public-url", "server.public_url", self.public_url),
            flag("--demo", "demo.enabled", self.demo.then(|| "true".to_owned())),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

pub(super) fn run(common: &Common, arguments: Arguments) -> anyhow::Result<()> {
    let config = common.load(arguments.flags())?;
    crate::telemetry::start_logging(&config.log)?;
    serve::run(&config, serve::announce, async {
        if let Err(error) = signals::stop().await {
            tracing::error!(%error, "signals cannot be received; stopping");
        }
    })
}
