//! The server's life: bind, start the database, wire, serve, drain, stop.
//!
//! | step | module |
//! |---|---|
//! | put the crates together | [`wire`] |
//! | what the worker does | [`tasks`] |
//! | who is given what waits | `routing` |
//! | carry webhooks | [`postman`] |
//! | tell the staff what concerns them | [`notices`] |
//! | … on devices on which no page is open | [`push`] |
//! | how the process is | [`health`] |
//! | how the platform does | [`parts`] |
//! | go away without losing anything | [`drain`] |

mod announce;
mod blocks;
pub(crate) mod drain;
mod feedback;
mod files;
mod health;
pub(crate) mod live;
mod mail;
mod notices;
mod parts;
mod postman;
mod push;
mod routing;
mod schedule;
pub(crate) mod signals;
mod support;
mod targets;
pub(crate) mod tasks;
mod teams;
mod transcripts;
mod upkeep;
mod wire;

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use anyhow::{Context as _, Result};
use brigade_store::jobs::Worker;

use crate::config::Config;
use crate::database::Database;
use crate::demo::SignIns;
use wire::Node;

pub use wire::Handles;
pub(crate) use wire::{platform, uploads};

/// How long what is under way in the background may take once the server goes away.
const CLOSE: Duration = Duration::from_secs(3);

/// How long the HTTP workers may take to start.
const START: Duration = Duration::from_secs(10);

/// A server that serves.
pub struct Up<'a> {
    /// Where it listens.
    pub address: SocketAddr,
    /// The address people use.
    pub url: String,
    /// How long the start took.
    pub took: Duration,
    /// The demonstration's sign-ins, in demo mode.
    pub demo: Option<&'a SignIns>,
    /// For tests that look inside.
    pub handles: &'a Handles,
}

/// Serves until `stop` ends, then drains. `up` is called once requests are welcome.
///
/// # Errors
/// When it cannot start; everything that was started is stopped again.
pub fn run(config: &Config, up: impl FnOnce(&Up<'_>), stop: impl Future<Output = ()>) -> Result<()> {
    let clock = Instant::now();
    let listener = bind(config.server.listen)?;
    let database = Database::start(config)?;
    if let Some(embedded) = database.embedded() {
        tracing::info!(
            database.made_ms = embedded.timing.made.map(|took| took.as_millis()),
            database.cleared_ms = embedded.timing.cleared.as_millis(),
            database.ready_ms = embedded.timing.ready.as_millis(),
            "the private PostgreSQL runs"
        );
    }
    let outcome = actix_web::rt::System::new().block_on(serve(config, listener, &database, clock, up, stop));
    database.stop();
    outcome
}

/// Before anything is started: the likeliest mistake is a port that is taken.
fn bind(address: SocketAddr) -> Result<TcpListener> {
    let advice = || match address.port() {
        port @ 1..1024 => {
            format!("cannot listen on {address}: ports below 1024 ({port}) are for root. Choose another with --listen")
        }
        _ => {
            format!("cannot listen on {address}. Choose another address with --listen, such as --listen 127.0.0.1:8081")
        }
    };
    let listener = TcpListener::bind(address).with_context(advice)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn serve(
    config: &Config,
    listener: TcpListener,
    database: &Database,
    clock: Instant,
    up: impl FnOnce(&Up<'_>),
    stop: impl Future<Output = ()>,
) -> Result<()> {
    let mut stop = std::pin::pin!(stop);
    // Asked once before anything else, so that it listens from here on: a signal during the start counts.
    let stopped = tokio::select! {
        biased;
        () = &mut stop => true,
        () = std::future::ready(()) => false,
    };
    if config.database.migrate {
        database.migrate().await.context("the schema cannot be brought up to date")?;
    }
    let address = listener.local_addr()?;
    let node = wire::node(config, database, address, clock).await?;
    let server = node.http(config, listener)?;
    let handle = server.handle();
    let mut server = actix_web::rt::spawn(server);
    has_threads(&node).await?;
    let worker = node.worker(config)?;
    node.carry_webhooks();
    let demo = demo(config, &node, address).await?;
    node.pulse.is_up();
    let url = wire::origins(config, address).swap_remove(0);
    up(&Up { address, url, took: clock.elapsed(), demo: demo.as_ref(), handles: &node.handles });
    let outcome = tokio::select! {
        () = stop, if !stopped => Ok(()),
        () = std::future::ready(()), if stopped => Ok(()),
        ended = &mut server => Err(anyhow::anyhow!("the HTTP server ended by itself: {ended:?}")),
    };
    let clock = Instant::now();
    go_away(config, &node, &handle, worker).await;
    tracing::info!(drain.ms = clock.elapsed().as_millis(), "the server has stopped");
    outcome
}

/// The HTTP workers start on threads of their own, and entities live there: before the first has, nothing can be asked.
async fn has_threads(node: &Node) -> Result<()> {
    let started = async {
        while node.handles.directory.threads() == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(START, started).await.context("no HTTP worker has started")
}

async fn demo(config: &Config, node: &Node, address: SocketAddr) -> Result<Option<SignIns>> {
    if !config.demo.enabled {
        return Ok(None);
    }
    let origins = crate::demo::origins(config, address);
    let seeded = crate::demo::seed(&node.handles.platform, &node.uploads, &config.database.data, &origins).await;
    let sign_ins = seeded.context("the demonstration cannot be made")?;
    node.files.show_site_key(sign_ins.site_key.clone());
    Ok(Some(sign_ins))
}

/// `/readyz` fails from here on; sockets are told to come back, requests finish, jobs finish, connections close.
async fn go_away(config: &Config, node: &Node, handle: &ServerHandle, worker: Worker) {
    let limit = config.server.drain;
    node.traffic.drain();
    let sockets = async {
        node.hub.drain(limit).await;
        // Nobody new comes in while the last requests finish.
        handle.pause().await;
        if !node.traffic.finished(limit).await {
            tracing::warn!(requests = node.traffic.running(), "some requests did not finish in time and are cut");
        }
    };
    tokio::join!(sockets, worker.stop());
    handle.stop(false).await;
    if tokio::time::timeout(CLOSE, node.db.close()).await.is_err() {
        tracing::warn!("the database connections did not close in time");
    }
}

pub use announce::announce;
