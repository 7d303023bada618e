//! The database: Brigade's own, or one that is given.

use std::path::PathBuf;

use crate::config::section::section;
use crate::config::value::ServiceUrl;

section! {
    /// PostgreSQL 15 or later. Without `url` Brigade starts a private one of its own in `data`.
    Database = "database" {
        /// A server of your own. This user runs migrations; requests run as the role `brigade_app`.
        url: Option<ServiceUrl> = Text "", alias "DATABASE_URL";
        /// The address to use for requests, as a user that is a member of `brigade_app`. Empty: url, switched to that role.
        app_url: Option<ServiceUrl> = Text "";
        /// The folder of the private PostgreSQL and of the keys Brigade makes for itself. Back it up.
        data: PathBuf = Text "var/brigade";
        /// Where PostgreSQL's programs are. Empty: the newest in /usr/lib/postgresql, then PATH.
        programs: Option<PathBuf> = Text "";
        /// The user who runs the private PostgreSQL when Brigade runs as root. Empty: postgres, or else one is made.
        run_as: Option<String> = Text "";
        /// Whether `serve` brings the schema up to date at its start. false: run `brigade migrate` yourself, before it.
        migrate: bool = Bare "true";
        /// Connections at most.
        connections: u32 = Bare "16";
    }
}
