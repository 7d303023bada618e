//! A hundred thousand entities come into memory, are left alone and leave it, again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_rt::{Arbiter, System};
use anyhow::{Result, ensure};
use brigade_actors::{Answer, Directory, Limits, Replies};
use brigade_domain::actor::Actor;
use uuid::Uuid;

use super::entity::Sum;
use super::journal::{Heads, InMemory, NoLists};
use super::throughput::SCENARIO;
use super::{TENANT, command, key};
use crate::report::{Bound, Target};
use crate::run::memory;
use crate::scenario::Bench;

const PEER: &str = "100,000 entities";
const GROWTH: &str = "memory kept after passivation, bytes per entity and cycle";
const ENTITIES: usize = 100_000;
/// After the first, which fills allocators and the journal.
const CYCLES: u32 = 4;
/// Commands on their way at the same time: below the host's bound.
const UNDER_WAY: usize = 4_096;
const IDLE_AFTER: Duration = Duration::from_secs(2);
const LIMIT: Duration = Duration::from_mins(1);

#[derive(Default)]
struct Answered {
    all: AtomicU64,
    refused: AtomicU64,
}

impl Replies for Answered {
    fn reply(&self, _id: Uuid, answer: Answer) {
        self.refused.fetch_add(u64::from(answer.is_err()), Ordering::Relaxed);
        self.all.fetch_add(1, Ordering::Relaxed);
    }
}

/// One command to each entity; returns when all are answered.
fn touch_all(directory: &Directory, actor: &Arc<Actor>, cycle: u64) -> Result<()> {
    let answered = Arc::new(Answered::default());
    for number in 0..ENTITIES {
        while directory.waiting() >= UNDER_WAY {
            std::thread::sleep(Duration::from_micros(100));
        }
        directory.submit(key(number), command(actor, number, cycle), Arc::<Answered>::clone(&answered));
    }
    wait("answers", || answered.all.load(Ordering::Relaxed) == ENTITIES as u64)?;
    let refused = answered.refused.load(Ordering::Relaxed);
    ensure!(refused == 0, "{refused} commands were refused");
    Ok(())
}

fn wait(what: &str, mut done: impl FnMut() -> bool) -> Result<()> {
    let start = Instant::now();
    while !done() {
        ensure!(start.elapsed() < LIMIT, "still waiting for {what} after {LIMIT:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// Notes what an entity in memory costs and what is left when it has gone.
pub fn run(bench: &mut Bench) -> Result<()> {
    let _system = System::new();
    let thread = Arbiter::new();
    let limits = Limits { idle_after: IDLE_AFTER, ..Limits::default() };
    let journal = Arc::new(InMemory(Heads::new()));
    let directory = Directory::builder().entity::<Sum>().limits(limits).build(journal, Arc::new(NoLists));
    directory.add_arbiter(thread.handle());
    let actor = Arc::new(Actor::system(TENANT));
    let own = std::process::id();
    let resident = || memory::of_process(own).map(|memory| memory.rss);
    let empty = resident()?;
    let (mut first, mut last, mut full) = (0, 0, 0);
    for cycle in 0..=CYCLES {
        touch_all(&directory, &actor, u64::from(cycle) + 1)?;
        full = full.max(resident()?);
        wait("entities to leave memory", || directory.stats().entities() == 0)?;
        last = resident()?;
        if cycle == 0 {
            first = last;
        }
    }
    thread.stop();
    thread.join().map_err(|_| anyhow::anyhow!("the arbiter panicked"))?;
    #[expect(clippy::cast_precision_loss, reason = "sizes stay far below 2^52")]
    let each = |from: u64, to: u64| (to as f64 - from as f64) / ENTITIES as f64;
    bench.book.note(SCENARIO, PEER, "memory in use, bytes per entity", each(empty, full));
    bench.book.note(SCENARIO, PEER, "memory left after the first cycle, bytes per entity", each(empty, first));
    bench.book.note(SCENARIO, PEER, GROWTH, each(first, last) / f64::from(CYCLES));
    Ok(())
}

/// What the specification asks: no growth. Sixteen bytes are within what an allocator's pages come and go by.
pub fn targets() -> Vec<Target> {
    let of = (SCENARIO.to_owned(), PEER, GROWTH);
    vec![Target {
        label: "actor host: bytes an entity leaves behind each time",
        of,
        over: None,
        bound: Bound::AtMost(16.0),
    }]
}
