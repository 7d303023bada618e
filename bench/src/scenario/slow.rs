//! Slow readers: twenty of fifty never read a byte while 2,000 messages a second arrive. What that costs the server
//! in memory, and the other thirty in latency.

use std::ops::Range;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::{Bench, who};
use crate::load::{Engine, Outcome, Phase, Plan, Shape};
use crate::peer::{Peer, SocketIo, Subscribe};
use crate::report::{Bound, Target, note};
use crate::run::memory;
use crate::run::on_core;
use crate::run::peers::{self, Server};

/// The scenario's name.
pub const SCENARIO: &str = "slow readers";
const GROWTH: &str = "memory grows by MiB";
const P99: &str = "others' p99 over a run without them";
const MEMBERS: usize = 50;
const SLOW: Range<usize> = 30..50;
const PACE: f64 = 2_000.0;
const BYTES: usize = 1024;
/// Long enough that forty megabytes are owed to each slow reader.
const MEASURED: Duration = Duration::from_secs(20);

/// What one run came to.
#[derive(Debug)]
pub struct Seen {
    outcome: Outcome,
    /// From the beginning of the measured window to the highest point in it.
    grown: u64,
    /// Slow readers the server had closed when they looked again.
    closed: u64,
}

/// Runs the room once. With `slow`, the last twenty never read.
pub fn measure<P: Peer + Send + 'static>(bench: &Bench, server: &Server, peer: P, slow: bool) -> Result<Seen> {
    let (address, id, warm_up) = (server.address, server.child.id(), bench.warm_up);
    on_core(bench.cores.load, move || {
        let mut engine = Engine::new(peer, address)?;
        // Without slow readers the room has only the thirty.
        let members = if slow { MEMBERS } else { SLOW.start };
        engine.fill(Shape { rooms: 1, members, bytes: BYTES })?;
        // Warm with everybody reading: memory before is that of a server at work.
        let warm = Plan { window: 1, pace: Some(PACE), warm_up: Duration::ZERO, measured: warm_up };
        engine.run(warm, &mut |_| ())?;
        if slow {
            engine.stall(&SLOW)?;
        }
        let plan = Plan { measured: MEASURED, ..warm };
        let mut edges = Vec::new();
        let outcome = engine.run(plan, &mut |phase| edges.push(edge(id, phase)))?;
        let [begin, end]: [Result<u64>; 2] = edges.try_into().map_err(|_| anyhow::anyhow!("no two edges"))?;
        if slow {
            engine.resume(&SLOW)?;
            engine.idle(Duration::from_secs(3))?;
        }
        Ok(Seen { outcome, grown: end?.saturating_sub(begin?), closed: engine.closed() })
    })
}

/// Resident memory at the beginning, and the most there was since at the end.
fn edge(id: u32, phase: Phase) -> Result<u64> {
    match phase {
        Phase::Begin => memory::forget_peak(id).and_then(|()| memory::of_process(id)).map(|memory| memory.rss),
        Phase::End => memory::peak(id),
    }
}

/// Notes a run with and one without slow readers.
pub fn record(bench: &mut Bench, peer: &str, with: &Seen, without: &Seen) {
    #[expect(clippy::cast_precision_loss, reason = "counts and sizes stay far below 2^52")]
    let figures = [
        (GROWTH, with.grown as f64 / f64::from(1 << 20)),
        (P99, with.outcome.p99_micros as f64 / without.outcome.p99_micros.max(1) as f64),
        ("others' p99 ms", with.outcome.p99_micros as f64 / 1e3),
        ("p99 ms without them", without.outcome.p99_micros as f64 / 1e3),
        ("memory grows by MiB without them", without.grown as f64 / f64::from(1 << 20)),
        ("messages/s", with.outcome.acked_per_second),
        ("lost to the others", with.outcome.lost as f64),
        ("slow readers closed", with.closed as f64),
    ];
    for (metric, value) in figures {
        bench.book.note(SCENARIO, peer, metric, value);
    }
    note(&format!("  {SCENARIO} {peer}: {:.1} MiB, p99 ratio {:.2}", figures[0].1, figures[1].1));
}

/// Every peer that keeps messages, once.
pub fn run(bench: &mut Bench) -> Result<()> {
    let (core, folder) = (bench.cores.server, bench.folder.clone());
    if bench.wants(who::SOCKETIO) {
        let server = peers::socketio(core, &folder, bench.postgres()?)?;
        let without = measure(bench, &server, SocketIo, false).context("Socket.IO")?;
        let with = measure(bench, &server, SocketIo, true).context("Socket.IO")?;
        record(bench, who::SOCKETIO, &with, &without);
    }
    if bench.wants(who::BRIGADE) {
        let tenant = bench.tenant()?;
        let server = tenant.serve(core, &folder)?;
        let (quiet, crowded) = (tenant.peer(&server, 1, Subscribe::Room)?, tenant.peer(&server, 1, Subscribe::Room)?);
        let without = measure(bench, &server, quiet, false).context("Brigade")?;
        let with = measure(bench, &server, crowded, true).context("Brigade")?;
        record(bench, who::BRIGADE, &with, &without);
    }
    Ok(())
}

/// What the specification asks.
pub fn targets() -> Vec<Target> {
    let target = |label, metric, bound| Target {
        label,
        of: (SCENARIO.to_owned(), who::BRIGADE, metric),
        over: None,
        bound: Bound::AtMost(bound),
    };
    vec![
        target("slow readers: memory grows by MiB", GROWTH, 40.0),
        target("slow readers: the others' p99 over a run without them", P99, 1.2),
        target("slow readers: lost to the others", "lost to the others", 0.0),
    ]
}
