//! Commands a second on one and on two arbiters. Each answer sends the next command from the thread it arrives on,
//! so no core is spent on asking.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_rt::{Arbiter, System};
use anyhow::{Result, ensure};
use brigade_actors::{Answer, Command, Directory, Replies};
use brigade_domain::actor::Actor;
use hdrhistogram::Histogram;
use parking_lot::Mutex;
use uuid::Uuid;

use super::entity::Sum;
use super::journal::{Heads, InMemory, NoLists};
use super::{TENANT, command, key};
use crate::scenario::Bench;

/// The scenario's name.
pub(super) const SCENARIO: &str = "actor host";
/// Entities in use at the same time.
const ENTITIES: usize = 64;
/// Commands kept unanswered at each.
const WINDOW: usize = 8;

/// Whoever asks one entity, again and again.
struct Asker {
    number: usize,
    actor: Arc<Actor>,
    directory: Directory,
    stop: Arc<AtomicBool>,
    next: AtomicU64,
    seen: Mutex<Seen>,
}

struct Seen {
    /// When each command that is unanswered was sent.
    sent: Vec<(Uuid, Instant)>,
    answered: u64,
    refused: u64,
    latency: Histogram<u64>,
}

impl Asker {
    fn ask(self: &Arc<Self>) {
        let command: Command = command(&self.actor, self.number, self.next.fetch_add(1, Ordering::Relaxed));
        self.seen.lock().sent.push((command.request.id, Instant::now()));
        self.directory.submit(key(self.number), command, Arc::new(Line(Arc::clone(self))));
    }
}

/// The asker as the host knows it.
struct Line(Arc<Asker>);

impl Replies for Line {
    fn reply(&self, id: Uuid, answer: Answer) {
        let mut seen = self.0.seen.lock();
        if let Some(at) = seen.sent.iter().position(|(sent, _)| *sent == id) {
            let (_, sent) = seen.sent.swap_remove(at);
            let nanos = u64::try_from(sent.elapsed().as_nanos()).unwrap_or(u64::MAX);
            seen.latency.saturating_record(nanos);
        }
        seen.answered += 1;
        seen.refused += u64::from(answer.is_err());
        drop(seen);
        if !self.0.stop.load(Ordering::Relaxed) {
            self.0.ask();
        }
    }
}

fn askers(directory: &Directory, stop: &Arc<AtomicBool>) -> Result<Vec<Arc<Asker>>> {
    let actor = Arc::new(Actor::system(TENANT));
    (0..ENTITIES)
        .map(|number| {
            let latency = Histogram::new_with_bounds(1, 60_000_000_000, 3)?;
            let seen = Seen { sent: Vec::new(), answered: 0, refused: 0, latency };
            Ok(Arc::new(Asker {
                number,
                actor: Arc::clone(&actor),
                directory: directory.clone(),
                stop: Arc::clone(stop),
                next: AtomicU64::new(1),
                seen: Mutex::new(seen),
            }))
        })
        .collect()
}

/// Answered and refused so far, and the latencies since the last call.
fn collect(askers: &[Arc<Asker>]) -> Result<(u64, u64, Histogram<u64>)> {
    let mut latency = Histogram::new_with_bounds(1, 60_000_000_000, 3)?;
    let (mut answered, mut refused) = (0, 0);
    for asker in askers {
        let mut seen = asker.seen.lock();
        answered += seen.answered;
        refused += seen.refused;
        latency.add(&seen.latency)?;
        seen.latency.reset();
    }
    Ok((answered, refused, latency))
}

fn measure(arbiters: usize, warm_up: Duration, measured: Duration) -> Result<(f64, f64)> {
    // Arbiters belong to a system; this one has nothing else to do.
    let _system = System::new();
    let threads: Vec<Arbiter> = (0..arbiters).map(|_| Arbiter::new()).collect();
    let heads = Heads::new();
    let journal = Arc::new(InMemory(Arc::clone(&heads)));
    let directory = Directory::builder().entity::<Sum>().build(journal, Arc::new(NoLists));
    for thread in &threads {
        directory.add_arbiter(thread.handle());
    }
    let stop = Arc::new(AtomicBool::new(false));
    let askers = askers(&directory, &stop)?;
    for asker in &askers {
        for _ in 0..WINDOW {
            asker.ask();
        }
    }
    std::thread::sleep(warm_up);
    let (before, _, _) = collect(&askers)?;
    let start = Instant::now();
    std::thread::sleep(measured);
    let (after, _, latency) = collect(&askers)?;
    let seconds = start.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    while directory.waiting() > 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    for thread in threads {
        thread.stop();
        thread.join().map_err(|_| anyhow::anyhow!("an arbiter panicked"))?;
    }
    let (answered, refused, _) = collect(&askers)?;
    ensure!(refused == 0, "{refused} commands were refused");
    ensure!(answered == heads.committed(), "{answered} answers and {} commits", heads.committed());
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    Ok(((after - before) as f64 / seconds, latency.value_at_quantile(0.99) as f64 / 1e3))
}

/// Notes commands a second and their 99th percentile on one and on two arbiters.
pub fn run(bench: &mut Bench) -> Result<()> {
    for (arbiters, peer) in [(1, "one arbiter"), (2, "two arbiters")] {
        let (rate, p99) = measure(arbiters, bench.warm_up, bench.measured)?;
        bench.book.note(SCENARIO, peer, "commands/s", rate);
        bench.book.note(SCENARIO, peer, "p99 µs", p99);
    }
    Ok(())
}
