//! What an idle socket costs: memory of the server's process per socket, at five thousand.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::{Bench, who};
use crate::load::{Engine, Plan, Shape};
use crate::peer::{Bare, Peer, SocketIo, Subscribe};
use crate::report::{Bound, Target, note};
use crate::run::memory::{self, Memory};
use crate::run::on_core;
use crate::run::peers::{self, Server};

/// Sockets that have done nothing but sign in (or join).
const FRESH: &str = "idle, 5,000 sockets";
/// The same sockets after messages have gone through each.
const USED: &str = "idle after use, 5,000 sockets";
/// Resident memory per socket.
const METRIC: &str = "RSS KiB per socket";
/// Members of a room, where sockets are in rooms.
const MEMBERS: usize = 50;
/// Opened first and not counted: lazily made tables, pools and code pages are not the sockets'.
const WARM_ROOMS: usize = 4;
const ROOMS: usize = 100;
/// Allocators and collectors give back what the opening took.
const SETTLE: Duration = Duration::from_secs(3);

/// One message a room at a time for as long as this, between the two readings.
const USE: Plan = Plan { window: 1, pace: None, warm_up: Duration::ZERO, measured: Duration::from_secs(2) };
const BYTES: usize = 256;

/// The server's memory before the sockets, with them, and (`talk`) when messages have gone through them.
#[derive(Debug)]
pub struct Seen {
    before: Memory,
    fresh: Memory,
    used: Option<Memory>,
}

/// Opens the sockets and reads the server's memory. `tidy` makes it give back what it can.
pub fn measure<P: Peer + Send + 'static>(
    bench: &Bench,
    server: &Server,
    peer: P,
    talk: bool,
    tidy: &dyn Fn(&Server) -> Result<()>,
) -> Result<Seen> {
    let (address, core) = (server.address, bench.cores.load);
    let open = |mut engine: Engine<P>, rooms| {
        on_core(core, move || {
            engine.fill(Shape { rooms, members: MEMBERS, bytes: BYTES })?;
            engine.idle(SETTLE)?;
            Ok(engine)
        })
    };
    let engine = open(Engine::new(peer, address)?, WARM_ROOMS)?;
    let read = || tidy(server).and_then(|()| memory::of_process(server.child.id()));
    let before = read()?;
    let mut engine = open(engine, WARM_ROOMS + ROOMS)?;
    let fresh = read()?;
    let mut used = None;
    if talk {
        engine = on_core(core, move || {
            let outcome = engine.run(USE, &mut |_| ())?;
            ensure!(outcome.acked > 0 && outcome.lost == 0, "the sockets were not used: {outcome:?}");
            engine.idle(SETTLE)?;
            Ok(engine)
        })?;
        used = Some(read()?);
    }
    ensure!(engine.closed() == 0, "{} idle sockets were closed by the server", engine.closed());
    Ok(Seen { before, fresh, used })
}

/// Notes what a socket costs.
pub fn record(bench: &mut Bench, peer: &str, seen: &Seen) {
    for (scenario, after) in [(FRESH, Some(seen.fresh)), (USED, seen.used)] {
        let Some(after) = after else { continue };
        #[expect(clippy::cast_precision_loss, reason = "sizes stay far below 2^52")]
        let kib_each = |before: u64, after: u64| (after as f64 - before as f64) / 1024.0 / (ROOMS * MEMBERS) as f64;
        let resident = kib_each(seen.before.rss, after.rss);
        bench.book.note(scenario, peer, METRIC, resident);
        bench.book.note(scenario, peer, "PSS KiB per socket", kib_each(seen.before.pss, after.pss));
        bench.book.note(scenario, peer, "private KiB per socket", kib_each(seen.before.private, after.private));
        note(&format!("  {scenario} {peer}: {resident:.1} KiB each"));
    }
}

/// Every peer, once.
pub fn run(bench: &mut Bench) -> Result<()> {
    let (core, folder) = (bench.cores.server, bench.folder.clone());
    if bench.wants(who::BARE) {
        let server = peers::bare(core, &folder)?;
        let memory = measure(bench, &server, Bare, true, &|_| Ok(())).context("bare room")?;
        record(bench, who::BARE, &memory);
    }
    if bench.wants(who::SOCKETIO) {
        let server = peers::socketio(core, &folder, bench.postgres()?)?;
        let memory = measure(bench, &server, SocketIo, true, &peers::collect_garbage).context("Socket.IO")?;
        record(bench, who::SOCKETIO, &memory);
    }
    if bench.wants(who::BRIGADE) {
        let tenant = bench.tenant()?;
        let server = tenant.serve(core, &folder)?;
        let peer = tenant.peer(&server, 0, Subscribe::Nothing)?;
        let memory = measure(bench, &server, peer, false, &|_| Ok(())).context("Brigade")?;
        record(bench, who::BRIGADE, &memory);
    }
    if bench.wants(who::BRIGADE) {
        let tenant = bench.tenant()?;
        let server = tenant.serve(core, &folder)?;
        let peer = tenant.peer(&server, WARM_ROOMS + ROOMS, Subscribe::Room)?;
        let memory = measure(bench, &server, peer, true, &|_| Ok(())).context("Brigade")?;
        record(bench, who::BRIGADE_SUBSCRIBED, &memory);
    }
    Ok(())
}

/// What the specification asks.
pub fn targets() -> Vec<Target> {
    let target = |label, scenario: &str, over, bound| {
        let of = |peer| (scenario.to_owned(), peer, METRIC);
        // Who only signed in is not used; who is used has subscribed.
        let ours = if scenario == FRESH { who::BRIGADE } else { who::BRIGADE_SUBSCRIBED };
        Target { label, of: of(ours), over: Some(of(over)), bound: Bound::AtMost(bound) }
    };
    vec![
        target("idle: memory per socket over bare", FRESH, who::BARE, 1.1),
        target("idle: memory per socket over Socket.IO (the aim)", FRESH, who::SOCKETIO, 1.0),
        target("idle after use: memory per socket over bare", USED, who::BARE, 1.1),
        target("idle after use: memory per socket over Socket.IO (the aim)", USED, who::SOCKETIO, 1.0),
    ]
}
