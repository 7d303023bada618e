//! `brigade secrets rotate`.

use anyhow::Result;
use brigade_store::identity::Rotated;
use clap::Subcommand;

use super::Common;
use super::work::with_platform;
use crate::platform::told;
use crate::terminal::print;

/// What is kept encrypted.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Encrypts everything again with the newest key, so that an older one can be taken away.
    #[command(after_help = "\
Example, with a new key:
  1. security.secrets_key = the new one, security.previous_secrets_keys = the one so far; restart every node
  2. brigade secrets rotate
  3. take the old one out of security.previous_secrets_keys")]
    Rotate,
}

pub(super) fn run(common: &Common, command: &Command) -> Result<()> {
    let Command::Rotate = command;
    with_platform(common, async move |platform| {
        let Rotated { keys, letters, second_factors, webhooks, identity_secrets, push } =
            platform.identity.rotate_secrets().await.map_err(told)?;
        print(&format!(
            "encrypted again: {keys} secret keys, {letters} letters, {second_factors} second factors, {webhooks} webhooks, \
             {identity_secrets} identity secrets, {push} keys and devices of push"
        ));
        Ok(())
    })
}
