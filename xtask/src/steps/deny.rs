//! Licences, bans and sources of every crate, by cargo-deny; known vulnerabilities where its database can be reached.

use anyhow::{Result, bail};

use crate::report::warn;
use crate::shell::{cargo, run, succeeds};
use crate::tools;

pub(crate) fn check() -> Result<()> {
    if !tools::cargo_tool("cargo-deny") {
        bail!("cargo-deny is missing and cannot be installed: licences, bans and sources are NOT checked");
    }
    run(&mut cargo(["deny", "--all-features", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))?;
    if succeeds(&mut cargo(["deny", "fetch", "db"])) {
        return run(&mut cargo(["deny", "check", "advisories"]));
    }
    warn("ADVISORIES ARE NOT CHECKED: the RustSec database cannot be fetched from here.");
    warn("Run `cargo deny check advisories` on a machine that reaches it before a release.");
    check_floors()
}

/// Until advisories can be checked: the versions below which a known hole is open. Crates to be avoided altogether are
/// banned in deny.toml.
const FLOORS: &[(&str, [u32; 3])] = &[
    ("actix-http", [3, 13, 1]),
    ("actix-files", [0, 6, 10]),
    ("h2", [0, 4, 16]),
    ("rustls-webpki", [0, 103, 13]),
    ("tokio", [1, 44, 2]),
    ("tracing-subscriber", [0, 3, 20]),
    ("bcrypt", [0, 19, 2]),
    ("time", [0, 3, 47]),
    ("bytes", [1, 11, 1]),
];
fn check_floors() -> Result<()> {
    let lock = std::fs::read_to_string(crate::shell::root().join("Cargo.lock"))?;
    let mut wrong = Vec::new();
    for (name, version) in packages(&lock) {
        if let Some((_, floor)) = FLOORS.iter().find(|(floored, _)| *floored == name)
            && parts(version) < *floor
        {
            wrong.push(format!("{name} {version} is below {floor:?}"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { bail!("known holes:\n  {}", wrong.join("\n  ")) }
}

fn packages(lock: &str) -> impl Iterator<Item = (&str, &str)> {
    lock.split("[[package]]").skip(1).filter_map(|package| {
        let field = |name: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.trim_start_matches(" = ").trim_matches('"'))
        };
        Some((field("name")?, field("version")?))
    })
}

fn parts(version: &str) -> [u32; 3] {
    let mut numbers = version.split(['.', '-', '+']).map(|part| part.parse().unwrap_or(0));
    std::array::from_fn(|_| numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_is_read() {
        let lock = "version = 4\n\n[[package]]\nname = \"h2\"\nversion = \"0.4.9\"\n\n[[package]]\nname = \"time\"\nversion = \"0.3.47\"\n";
        let found: Vec<_> = packages(lock).collect();
        assert_eq!(found, [("h2", "0.4.9"), ("time", "0.3.47")]);
        assert!(parts("0.4.9") < [0, 4, 16]);
    }
}
