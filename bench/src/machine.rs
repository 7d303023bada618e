//! How steady the machine is: small probes before each run, so that a figure can be held against the noise it
//! was measured in.

use std::fs::OpenOptions;
use std::hint::black_box;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::report::{Book, median};
use crate::run::{Cores, on_core};

/// The row of the report the probes are in.
pub const SCENARIO: &str = "machine";
const SPINS: u64 = 60_000_000;
const SYNCS: usize = 60;

/// Arithmetic that neither waits nor allocates: its time differs only by what else the core does.
fn spin() -> Duration {
    let start = Instant::now();
    let mut value: u64 = 0x9E37_79B9_7F4A_7C15;
    for _ in 0..SPINS {
        value ^= value << 13;
        value ^= value >> 7;
        value ^= value << 17;
    }
    black_box(value);
    start.elapsed()
}

/// Writing 8 KiB and waiting for the disk: the floor under every commit.
fn sync_micros(folder: &Path) -> Result<Vec<f64>> {
    let path = folder.join("sync-probe");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(&path)?;
    let page = [7u8; 8192];
    let mut micros = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let start = Instant::now();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&page)?;
        file.sync_data()?;
        micros.push(start.elapsed().as_secs_f64() * 1e6);
    }
    std::fs::remove_file(path)?;
    Ok(micros)
}

/// Notes how fast each core and the disk are at this moment.
pub fn probe(book: &mut Book, cores: Cores, folder: &Path) -> Result<()> {
    for (name, core) in [("server core spin ms", cores.server), ("load core spin ms", cores.load)] {
        let time = on_core(core, || Ok(spin()))?;
        book.note(SCENARIO, "this machine", name, time.as_secs_f64() * 1e3);
    }
    book.note(SCENARIO, "this machine", "fdatasync µs", median(&sync_micros(folder)?));
    Ok(())
}
