//! Starting the servers Brigade is compared with.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use rustix::process::Signal;

use super::postgres::Postgres;
use super::{Child, Start, bench_folder, free_port, sibling_binary};

const READY: Duration = Duration::from_secs(20);

/// The table the peers insert into; pgbench's is the same, with another name.
pub const TABLE: &str = "(id bigserial primary key, room text not null, sender text not null, \
     body text not null, at timestamptz not null default now())";

/// A running server and where it listens.
#[derive(Debug)]
pub struct Server {
    /// Its process.
    pub child: Child,
    /// Its address.
    pub address: SocketAddr,
}

/// The actix-ws room without any logic.
pub fn bare(core: usize, logs: &Path) -> Result<Server> {
    let address = free_port()?;
    let line = vec![sibling_binary("bare-room")?.display().to_string(), address.to_string()];
    let mut child = Start::new("bare-room", line, logs).on_core(core).spawn(logs)?;
    child.wait_for(address, READY)?;
    Ok(Server { child, address })
}

/// Socket.IO 4.8 that inserts every message before it emits.
pub fn socketio(core: usize, logs: &Path, postgres: &Postgres) -> Result<Server> {
    let folder = bench_folder().join("peers/socketio");
    if !folder.join("node_modules/socket.io").exists() {
        Start::new("npm ci", ["npm", "ci", "--no-audit", "--no-fund"].map(Into::into).into(), &folder).output()?;
    }
    postgres.sql(postgres.database(), &format!("drop table if exists messages; create table messages {TABLE}"))?;
    let address = free_port()?;
    let line = ["node", "--expose-gc", "server.js", &address.port().to_string()].map(Into::into).into();
    let mut child = Start::new("socketio", line, &folder)
        .on_core(core)
        .with("NODE_ENV", "production")
        .with("PGHOST", postgres.socket_folder().display().to_string())
        .with("PGUSER", postgres.user())
        .with("PGDATABASE", postgres.database())
        .spawn(logs)?;
    child.wait_for(address, READY)?;
    Ok(Server { child, address })
}

/// Asks Node.js to collect its garbage, so that memory is what is held and not what was.
pub fn collect_garbage(server: &Server) -> Result<()> {
    for _ in 0..3 {
        server.child.signal(Signal::USR2)?;
        std::thread::sleep(Duration::from_millis(500));
    }
    Ok(())
}
