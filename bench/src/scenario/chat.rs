//! Durable chat: rooms of members, one sender each, everything to everybody.

use std::time::Duration;

use anyhow::{Context as _, Result};

use super::{Bench, pgbench, who};
use crate::load::{Engine, Outcome, Phase, Plan, Shape};
use crate::peer::{Bare, Peer, SocketIo, Subscribe};
use crate::report::{Bound, Target, note};
use crate::run::peers::{self, Server};
use crate::run::postgres::Postgres;
use crate::run::{cpu, on_core};

/// Bytes of a message.
const BYTES: usize = 256;

/// One line of the specification.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    rooms: usize,
    members: usize,
    window: u32,
}

/// The three lines of the specification.
pub const CASES: [Case; 3] = [
    Case { rooms: 10, members: 50, window: 1 },
    Case { rooms: 10, members: 50, window: 8 },
    Case { rooms: 100, members: 5, window: 4 },
];

impl Case {
    /// `chat 10 × 50 W=8`.
    pub fn name(self) -> String {
        format!("chat {} × {} W={}", self.rooms, self.members, self.window)
    }

    const fn shape(self) -> Shape {
        Shape { rooms: self.rooms, members: self.members, bytes: BYTES }
    }
}

/// CPU time of the server and of PostgreSQL over the measured window.
#[derive(Debug, Default, Clone, Copy)]
struct Spent {
    server: Duration,
    postgres: Duration,
}

fn spent(server: u32, postgres: Option<u32>) -> Result<Spent> {
    let postgres = postgres.map_or(Ok(Duration::ZERO), cpu::of_family)?;
    Ok(Spent { server: cpu::of_process(server)?, postgres })
}

/// Runs a case on the load core and reads the server's CPU time at the edges of the measured window.
fn measure<P: Peer + Send + 'static>(bench: &Bench, server: &Server, peer: P, case: Case) -> Result<(Outcome, Spent)> {
    let (address, id) = (server.address, server.child.id());
    let postgres = bench.postgres.as_ref().map(Postgres::id);
    let plan = Plan { window: case.window, pace: None, warm_up: bench.warm_up, measured: bench.measured };
    on_core(bench.cores.load, move || {
        let mut engine = Engine::new(peer, address)?;
        engine.fill(case.shape())?;
        let mut edges = Vec::new();
        let outcome = engine.run(plan, &mut |_: Phase| edges.push(spent(id, postgres)))?;
        let [begin, end]: [Result<Spent>; 2] = edges.try_into().map_err(|_| anyhow::anyhow!("no two edges"))?;
        let (begin, end) = (begin?, end?);
        Ok((
            outcome,
            Spent {
                server: end.server.saturating_sub(begin.server),
                postgres: end.postgres.saturating_sub(begin.postgres),
            },
        ))
    })
}

fn record(bench: &mut Bench, case: Case, peer: &str, outcome: &Outcome, spent: Spent) {
    let name = case.name();
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    let micros_per = |time: Duration, count: u64| time.as_secs_f64() * 1e6 / (count.max(1) as f64);
    #[expect(clippy::cast_precision_loss, reason = "microseconds of seconds")]
    let figures = [
        ("acked/s", outcome.acked_per_second),
        ("deliveries/s", outcome.deliveries_per_second),
        ("p50 ms", outcome.p50_micros as f64 / 1e3),
        ("p99 ms", outcome.p99_micros as f64 / 1e3),
        ("server µs per delivery", micros_per(spent.server, outcome.deliveries)),
        ("server µs per acked message", micros_per(spent.server, outcome.acked)),
        ("server core busy", spent.server.as_secs_f64() / outcome.seconds),
        ("PostgreSQL µs per acked message", micros_per(spent.postgres, outcome.acked)),
        ("PostgreSQL cores busy", spent.postgres.as_secs_f64() / outcome.seconds),
        ("generator core busy", outcome.generator_busy),
        ("lost", outcome.lost as f64),
        ("doubled", outcome.doubled as f64),
        ("out of order", (outcome.out_of_order + outcome.misplaced) as f64),
    ];
    for (metric, value) in figures {
        bench.book.note(&name, peer, metric, value);
    }
    note(&format!(
        "  {name} {peer}: {:.0} acked/s, {:.0} deliveries/s, p99 {} µs",
        outcome.acked_per_second, outcome.deliveries_per_second, outcome.p99_micros
    ));
}

/// Every case, every peer, once. A server is started anew for each case, so none inherits another's garbage.
pub fn run(bench: &mut Bench) -> Result<()> {
    for case in CASES {
        if bench.wants(who::BARE) {
            let server = peers::bare(bench.cores.server, &bench.folder)?;
            let (outcome, spent) = measure(bench, &server, Bare, case).context("bare room")?;
            record(bench, case, who::BARE, &outcome, Spent { postgres: Duration::ZERO, ..spent });
        }
        if bench.wants(who::SOCKETIO) {
            let (core, folder) = (bench.cores.server, bench.folder.clone());
            let server = peers::socketio(core, &folder, bench.postgres()?)?;
            let (outcome, spent) = measure(bench, &server, SocketIo, case).context("Socket.IO")?;
            record(bench, case, who::SOCKETIO, &outcome, spent);
        }
        if bench.wants(who::BRIGADE) {
            let (core, folder) = (bench.cores.server, bench.folder.clone());
            let tenant = bench.tenant()?;
            let server = tenant.serve(core, &folder)?;
            let peer = tenant.peer(&server, case.rooms, Subscribe::Room)?;
            let (outcome, spent) = measure(bench, &server, peer, case).context("Brigade")?;
            record(bench, case, who::BRIGADE, &outcome, spent);
        }
    }
    Ok(())
}

/// What the specification asks of these figures.
pub fn targets() -> Vec<Target> {
    let [small, batched, many] = CASES.map(Case::name);
    let ours = |case: &str, metric| (case.to_owned(), who::BRIGADE, metric);
    let theirs = |case: &str, peer, metric| Some((case.to_owned(), peer, metric));
    let target = |label, of, over, bound| Target { label, of, over, bound };
    vec![
        target(
            "100 × 5 W=4: acked/s over Socket.IO",
            ours(&many, "acked/s"),
            theirs(&many, who::SOCKETIO, "acked/s"),
            Bound::AtLeast(5.0),
        ),
        target(
            "100 × 5 W=4: acked/s over pgbench's rows/s",
            ours(&many, "acked/s"),
            theirs(pgbench::SCENARIO, who::PGBENCH, pgbench::SINGLE),
            Bound::AtLeast(1.0),
        ),
        target(
            "10 × 50 W=8: deliveries/s over Socket.IO",
            ours(&batched, "deliveries/s"),
            theirs(&batched, who::SOCKETIO, "deliveries/s"),
            Bound::AtLeast(3.0),
        ),
        target(
            "10 × 50 W=1: deliveries/s over Socket.IO",
            ours(&small, "deliveries/s"),
            theirs(&small, who::SOCKETIO, "deliveries/s"),
            Bound::AtLeast(1.5),
        ),
        target(
            "10 × 50 W=1: p99 over Socket.IO",
            ours(&small, "p99 ms"),
            theirs(&small, who::SOCKETIO, "p99 ms"),
            Bound::AtMost(0.5),
        ),
        target(
            "10 × 50 W=8: p99 over Socket.IO",
            ours(&batched, "p99 ms"),
            theirs(&batched, who::SOCKETIO, "p99 ms"),
            Bound::AtMost(0.5),
        ),
        target(
            "100 × 5 W=4: p99 over Socket.IO",
            ours(&many, "p99 ms"),
            theirs(&many, who::SOCKETIO, "p99 ms"),
            Bound::AtMost(0.5),
        ),
        target(
            "10 × 50 W=1: server CPU per delivery over bare",
            ours(&small, "server µs per delivery"),
            theirs(&small, who::BARE, "server µs per delivery"),
            Bound::AtMost(1.6),
        ),
        target(
            "10 × 50 W=8: server CPU per delivery over bare",
            ours(&batched, "server µs per delivery"),
            theirs(&batched, who::BARE, "server µs per delivery"),
            Bound::AtMost(2.5),
        ),
        target("10 × 50 W=1: lost", ours(&small, "lost"), None, Bound::AtMost(0.0)),
        target("10 × 50 W=8: lost", ours(&batched, "lost"), None, Bound::AtMost(0.0)),
        target("100 × 5 W=4: lost", ours(&many, "lost"), None, Bound::AtMost(0.0)),
        target("10 × 50 W=8: doubled", ours(&batched, "doubled"), None, Bound::AtMost(0.0)),
        target("10 × 50 W=8: out of order", ours(&batched, "out of order"), None, Bound::AtMost(0.0)),
        target("100 × 5 W=4: doubled", ours(&many, "doubled"), None, Bound::AtMost(0.0)),
        target("100 × 5 W=4: out of order", ours(&many, "out of order"), None, Bound::AtMost(0.0)),
    ]
}
