//! `brigade tenant create|list|suspend|resume`.

use anyhow::Result;
use brigade_store::tenants;
use clap::Subcommand;

use super::Common;
use super::work::with_platform;
use crate::platform::{NewTenant, told};
use crate::terminal::print;

/// Businesses on the platform.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Makes a tenant and its public key.
    #[command(after_help = "\
Example:
  brigade tenant create --name \"Balance Kitchen\" --slug balance-kitchen --zone Europe/London \\
      --origin https://balance-kitchen.example")]
    Create {
        /// What it is called.
        #[arg(long)]
        name: String,
        /// Its short name: lower-case letters, digits and hyphens, unique on the platform.
        #[arg(long)]
        slug: String,
        /// Its time zone, for opening hours.
        #[arg(long, default_value = "UTC")]
        zone: String,
        /// A site that may embed its chat; can be repeated.
        #[arg(long = "origin", value_name = "URL")]
        origins: Vec<String>,
    },
    /// Lists the tenants.
    List,
    /// Suspends a tenant: nobody acts in it until it is resumed. Sockets close within seconds.
    #[command(after_help = "Example:\n  brigade tenant suspend balance-kitchen")]
    Suspend {
        /// Its short name or id.
        tenant: String,
    },
    /// Takes a suspension back.
    #[command(after_help = "Example:\n  brigade tenant resume balance-kitchen")]
    Resume {
        /// Its short name or id.
        tenant: String,
    },
}

pub(super) fn run(common: &Common, command: Command) -> Result<()> {
    with_platform(common, async move |platform| match command {
        Command::Create { name, slug, zone, origins } => {
            let (id, key) = platform.create_tenant(&NewTenant { name, slug, zone, origins }).await?;
            print(&format!("tenant      {id}\npublic key  {key}"));
            Ok(())
        }
        Command::List => {
            for tenant in tenants::list(&platform.db).await? {
                let status = if tenant.active { "active" } else { "suspended" };
                print(&format!("{}  {:24} {:10} {}", tenant.id, tenant.slug, status, tenant.name));
            }
            Ok(())
        }
        Command::Suspend { tenant } => set_active(&platform, &tenant, false).await,
        Command::Resume { tenant } => set_active(&platform, &tenant, true).await,
    })
}

async fn set_active(platform: &crate::platform::Platform, tenant: &str, active: bool) -> Result<()> {
    let tenant = platform.tenant(tenant).await?;
    tenants::set_active(&platform.db, tenant.id, active).await.map_err(told)?;
    print(&format!("{} is {}", tenant.slug, if active { "active" } else { "suspended" }));
    Ok(())
}
