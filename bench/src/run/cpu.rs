//! CPU time as the kernel counts it.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// User and system time of a process, and those of its children that have ended.
#[derive(Debug, Clone, Copy, Default)]
struct Times {
    parent: u32,
    own: u64,
    ended_children: u64,
}

fn times(pid: u32) -> Result<Times> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may hold anything; the fields behind it are numbers.
    let fields = text.rsplit_once(')').context("no name in /proc/…/stat")?.1;
    let field = |index: usize| fields.split_ascii_whitespace().nth(index).context("a short /proc/…/stat");
    let sum = |a: usize, b: usize| -> Result<u64> { Ok(field(a)?.parse::<u64>()? + field(b)?.parse::<u64>()?) };
    Ok(Times { parent: field(1)?.parse()?, own: sum(11, 12)?, ended_children: sum(13, 14)? })
}

#[expect(clippy::cast_precision_loss, reason = "ticks stay far below 2^52")]
fn ticks(count: u64) -> Duration {
    Duration::from_secs_f64(count as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// CPU time of one process so far.
pub fn of_process(pid: u32) -> Result<Duration> {
    Ok(ticks(times(pid)?.own))
}

/// CPU time of a process and its children, living and ended.
pub fn of_family(pid: u32) -> Result<Duration> {
    let head = times(pid)?;
    let mut sum = head.own + head.ended_children;
    for entry in fs::read_dir("/proc")? {
        let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // A process that ended since the folder was listed is in its parent's count.
        if let Ok(child) = times(id)
            && child.parent == pid
        {
            sum += child.own + child.ended_children;
        }
    }
    Ok(ticks(sum))
}

/// CPU time of this thread so far, in nanoseconds.
pub fn this_thread() -> Result<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = text.split_ascii_whitespace().next().context("an empty schedstat")?.parse()?;
    Ok(Duration::from_nanos(nanos))
}
