//! Processes on loopback: started, pinned, read and ended here. Whatever was started ends with the benchmark,
//! also when that is killed, and nothing else is touched.

pub mod brigade;
mod child;
pub mod cpu;
pub mod http;
pub mod memory;
pub mod peers;
pub mod postgres;

pub use child::{Child, Start};

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};

/// Which core does what.
#[derive(Debug, Clone, Copy)]
pub struct Cores {
    /// The server measured.
    pub server: usize,
    /// The generator.
    pub load: usize,
}

/// A loopback port nobody listens on at the moment.
pub fn free_port() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}

/// This thread, and what it starts from now on, stays on one core.
fn pin_this_thread(core: usize) -> Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).with_context(|| format!("pinning to core {core}"))
}

/// Does `work` on a thread of its own that stays on one core.
pub fn on_core<T: Send + 'static>(core: usize, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let pinned = move || pin_this_thread(core).and_then(|()| work());
    std::thread::spawn(pinned).join().map_err(|_| anyhow::anyhow!("the work on core {core} panicked"))?
}

/// As many open files as the hard limit allows, here and in what is started from here.
pub fn raise_file_limit() -> Result<u64> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    Ok(limit.maximum.unwrap_or(u64::MAX))
}

/// Where `bench/` is.
pub fn bench_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A binary built beside this one.
pub fn sibling_binary(name: &str) -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(name);
    anyhow::ensure!(path.exists(), "{} is missing: build it first (see bench/README.md)", path.display());
    Ok(path)
}
