//! What a process holds in memory.

use std::fs;

use anyhow::{Context as _, Result};
use serde::Serialize;

/// Resident memory, in bytes.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Memory {
    /// Everything resident.
    pub rss: u64,
    /// Shared pages counted in part.
    pub pss: u64,
    /// Pages nobody else has.
    pub private: u64,
}

/// What `pid` holds now.
pub fn of_process(pid: u32) -> Result<Memory> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let field = |name: &str| -> Result<u64> {
        let line = text.lines().find(|line| line.starts_with(name)).with_context(|| format!("no {name}"))?;
        let kib: u64 = line.split_ascii_whitespace().nth(1).context("no number")?.parse()?;
        Ok(kib * 1024)
    };
    Ok(Memory {
        rss: field("Rss:")?,
        pss: field("Pss:")?,
        private: field("Private_Clean:")? + field("Private_Dirty:")?,
    })
}

/// Makes the kernel forget the highest resident size so far.
pub fn forget_peak(pid: u32) -> Result<()> {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").context("resetting the peak of resident memory")
}

/// The highest resident size since the start or [`forget_peak`], in bytes.
pub fn peak(pid: u32) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:")).context("no VmHWM")?;
    let kib: u64 = line.split_ascii_whitespace().nth(1).context("no number")?.parse()?;
    Ok(kib * 1024)
}
