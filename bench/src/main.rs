//! `brigade-bench`: measures Brigade and what it is compared with. See `bench/README.md`.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use brigade_bench::machine;
use brigade_bench::report::{Book, note};
use brigade_bench::run::{self, Cores, postgres};
use brigade_bench::scenario::{Bench, chat, generator, host, idle, library, pgbench, slow, tenancy};
use clap::{Parser, Subcommand};
use serde_json::json;

/// Measures Brigade and what it is compared with, on loopback, and prints medians and ratios.
#[derive(Debug, Parser)]
#[command(name = "brigade-bench", version)]
struct Arguments {
    /// What to measure.
    #[command(subcommand)]
    what: What,
    /// How many times; the report has medians.
    #[arg(long, global = true, default_value_t = 5)]
    runs: u32,
    /// Seconds measured in each part of a run.
    #[arg(long, global = true, default_value_t = 6)]
    seconds: u64,
    /// Seconds of warm-up before each.
    #[arg(long, global = true, default_value_t = 2)]
    warm_up: u64,
    /// The core of the server measured.
    #[arg(long, global = true, default_value_t = 0)]
    server_core: usize,
    /// The core of the load generator.
    #[arg(long, global = true, default_value_t = 1)]
    load_core: usize,
    /// As if the disk took so many microseconds longer for every flush, for everybody (PostgreSQL's `commit_delay`).
    #[arg(long, global = true, default_value_t = 0)]
    slower_disk: u32,
    /// Leave a peer out: brigade, bare, socketio, pgbench. May be given more than once.
    #[arg(long, global = true)]
    without: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
enum What {
    /// Everything.
    All,
    /// Durable chat beside Socket.IO, the bare stack and pgbench.
    Chat,
    /// Memory per idle signed-in socket.
    Idle,
    /// Readers that do not read.
    Slow,
    /// What it takes to find out whose request it is.
    Tenancy,
    /// A large inbox: history, lists, search.
    Library,
    /// The actor host with a journal in memory.
    Host,
    /// Only what Brigade is compared with.
    Peers,
    /// What the load generator itself can read.
    Generator,
}

impl What {
    fn has(self, part: Self) -> bool {
        self == part || self == Self::All
    }
}

fn run_once(bench: &mut Bench, what: What) -> Result<()> {
    let folder = bench.folder.clone();
    machine::probe(&mut bench.book, bench.cores, &folder)?;
    if what.has(What::Generator) {
        generator::run(bench)?;
    }
    if what.has(What::Chat) || what == What::Peers {
        if bench.wants("pgbench") {
            pgbench::run(bench)?;
        }
        chat::run(bench)?;
    }
    if what.has(What::Idle) {
        idle::run(bench)?;
    }
    if what.has(What::Slow) {
        slow::run(bench)?;
    }
    if what.has(What::Tenancy) {
        tenancy::run(bench)?;
    }
    if what.has(What::Library) {
        library::run(bench)?;
    }
    if what.has(What::Host) {
        host::throughput(bench)?;
        host::passivation(bench)?;
    }
    Ok(())
}

/// A folder of our own that goes with us.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("brigade-bench-{}", std::process::id()));
        fs::create_dir(&path).with_context(|| format!("creating {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Scratch {
    /// What the servers said goes to `bench/out/failed`, for whoever asks why.
    fn keep_logs(&self) {
        let failed = run::bench_folder().join("out/failed");
        let kept = fs::create_dir_all(&failed).and_then(|()| {
            for entry in fs::read_dir(&self.0)? {
                let path = entry?.path();
                if let (Some("log"), Some(name)) = (path.extension().and_then(|end| end.to_str()), path.file_name()) {
                    fs::copy(&path, failed.join(name))?;
                }
            }
            Ok(())
        });
        match kept {
            Ok(()) => note(&format!("the servers' logs are in {}", failed.display())),
            Err(error) => note(&format!("the servers' logs could not be kept: {error}")),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            note(&format!("{} stays: {error}", self.0.display()));
        }
    }
}

fn main() -> Result<()> {
    let mut arguments = Arguments::parse();
    if arguments.what == What::Peers {
        arguments.without.push("brigade".to_owned());
    }
    run::raise_file_limit()?;
    let scratch = Scratch::new()?;
    let mut bench = Bench {
        book: Book::default(),
        cores: Cores { server: arguments.server_core, load: arguments.load_core },
        warm_up: Duration::from_secs(arguments.warm_up),
        measured: Duration::from_secs(arguments.seconds),
        folder: scratch.0.clone(),
        slower_disk: arguments.slower_disk,
        postgres: None,
        tenant: None,
        without: arguments.without.clone(),
    };
    for targets in
        [chat::targets(), idle::targets(), slow::targets(), tenancy::targets(), library::targets(), host::targets()]
    {
        bench.book.expect(targets);
    }
    for round in 1..=arguments.runs {
        note(&format!("run {round} of {}", arguments.runs));
        run_once(&mut bench, arguments.what).inspect_err(|_| scratch.keep_logs())?;
    }
    // Before the folder it lives in.
    bench.postgres = None;
    let conditions = json!({
        "runs": arguments.runs, "seconds": arguments.seconds, "warm_up": arguments.warm_up,
        "server_core": arguments.server_core, "load_core": arguments.load_core,
        "cores": std::thread::available_parallelism()?.get(),
        "postgres": postgres::SETTINGS, "slower_disk_us": arguments.slower_disk,
    });
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    bench.book.publish(&run::bench_folder().join("out"), &format!("{now}"), &conditions)
}
