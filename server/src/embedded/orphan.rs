//! What an earlier server left behind: after `kill -9` its PostgreSQL may still be running, or stopping.
//!
//! PostgreSQL and each of its processes have the cluster's folder as working directory; that is how they are found,
//! whatever `postmaster.pid` says. Only called with the data folder locked, so none of them belongs to a living server.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::EmbeddedError;

const PAUSE: Duration = Duration::from_millis(10);
/// How long each way of asking gets: first a clean stop, then an immediate one (the log is replayed at the next start).
const STEPS: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(10)),
    (Signal::QUIT, Duration::from_secs(5)),
    (Signal::KILL, Duration::from_secs(5)),
];

/// Stops every process of the cluster, and removes its process file once nobody is left.
pub(crate) fn stop(cluster: &Path) -> Result<(), EmbeddedError> {
    let mut left = processes(cluster);
    for (signal, patience) in STEPS {
        if left.is_empty() {
            break;
        }
        tracing::warn!(processes = left.len(), ?signal, "stopping the PostgreSQL that an earlier server left");
        ask(cluster, &left, signal);
        let clock = Instant::now();
        while !left.is_empty() && clock.elapsed() < patience {
            std::thread::sleep(PAUSE);
            left = processes(cluster);
        }
    }
    if !left.is_empty() {
        let pids: Vec<_> = left.iter().map(|pid| pid.as_raw_nonzero().to_string()).collect();
        return Err(EmbeddedError::Orphan { pids: pids.join(", ") });
    }
    let file = cluster.join("postmaster.pid");
    match std::fs::remove_file(&file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(EmbeddedError::folder("cannot remove", file)(error))
        }
        _ => Ok(()),
    }
}

/// Asks the postmaster, which tells the others; when there is none any more, each of them.
fn ask(cluster: &Path, left: &[Pid], signal: Signal) {
    let postmaster = postmaster(cluster).filter(|pid| left.contains(pid));
    let asked = match postmaster {
        Some(pid) if signal != Signal::KILL => vec![pid],
        _ => left.to_vec(),
    };
    for pid in asked {
        // One that has just ended is what was wanted.
        let _ = kill_process(pid, signal);
    }
}

fn postmaster(cluster: &Path) -> Option<Pid> {
    let text = std::fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    Pid::from_raw(text.lines().next()?.trim().parse().ok()?)
}

/// Every process that works in the cluster's folder.
fn processes(cluster: &Path) -> Vec<Pid> {
    let Ok(all) = std::fs::read_dir("/proc") else { return Vec::new() };
    all.flatten()
        .filter(|entry| std::fs::read_link(entry.path().join("cwd")).is_ok_and(|folder| folder == cluster))
        .filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
        .collect()
}
