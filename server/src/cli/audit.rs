//! `brigade audit verify`.

use anyhow::{Result, bail};
use brigade_domain::id::TenantId;
use brigade_store::{audit, tenants};
use clap::Subcommand;

use super::Common;
use super::work::with_database;
use crate::hex::hex;
use crate::terminal::print;

/// The record of who did what.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum Command {
    /// Recomputes the hash chain of every tenant and of the platform.
    #[command(after_help = "\
Examples:
  brigade audit verify
  brigade audit verify --tenant ten_01h455vb4pex5vsknk084sn02q

Keep the lines and ends it prints somewhere else: compared later, they show whether lines were cut off the end.")]
    Verify {
        /// Only this tenant's.
        #[arg(long, value_name = "TENANT")]
        tenant: Option<TenantId>,
    },
}

pub(super) fn run(common: &Common, command: &Command) -> Result<()> {
    let Command::Verify { tenant } = command;
    with_database(common, async |database| {
        let db = database.connect().await?;
        let tenants = if let Some(tenant) = tenant {
            vec![*tenant]
        } else {
            let tenants = tenants::list(&db).await?;
            std::iter::once(audit::PLATFORM).chain(tenants.iter().map(|tenant| tenant.id)).collect()
        };
        let mut broken = 0;
        for tenant in tenants {
            let name = if tenant == audit::PLATFORM { "platform".to_owned() } else { tenant.to_string() };
            match audit::verify(&db, tenant).await? {
                Ok(chain) => print(&format!("{name}: whole, {} lines, end {}", chain.lines, hex(&chain.end))),
                Err(audit::Broken { seq, why }) => {
                    broken += 1;
                    print(&format!("{name}: BROKEN at line {seq}: {why}"));
                }
            }
        }
        if broken > 0 {
            bail!("{broken} of the chains are broken: the audit log was changed behind Brigade's back");
        }
        Ok(())
    })
}
