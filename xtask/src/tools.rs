//! The programs that are not Rust's: found, or installed when this is root on a Debian machine, or named.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::report::say;
use crate::shell::{cargo, program, read, run, succeeds};

/// PostgreSQL 15 or later.
pub(crate) fn postgres() -> Result<()> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|mut versions| {
        versions.any(|version| version.is_ok_and(|version| version.path().join("bin/postgres").exists()))
    });
    if installed || succeeds(program("postgres").arg("--version")) {
        return Ok(());
    }
    debian("postgresql", &["postgresql-15", "postgresql"])
}

/// Redis, for the tests of what is shared between nodes.
pub(crate) fn redis() -> Result<()> {
    if succeeds(program("redis-server").arg("--version")) {
        return Ok(());
    }
    debian("redis-server", &["redis-server"])
}

/// A browser, for the tests of the pages.
pub(crate) fn chromium() -> Result<()> {
    if Path::new("/usr/bin/chromium").exists() {
        return Ok(());
    }
    debian("chromium", &["chromium"])
}

/// Installs the first of `packages` that there is.
fn debian(what: &str, packages: &[&str]) -> Result<()> {
    let by_hand = format!("install it with `apt-get install {}` and try again", packages[0]);
    if !succeeds(program("sh").args(["-c", "test \"$(id -u)\" = 0 && command -v apt-get"])) {
        bail!("{what} is missing, and only root can install it: {by_hand}");
    }
    say(&format!("installing {what} (Debian package)"));
    run(program("apt-get").args(["update", "-qq"])).context("apt-get cannot read its lists")?;
    let there = |package: &&&str| succeeds(program("apt-cache").args(["show", package]));
    let package = packages
        .iter()
        .find(there)
        .with_context(|| format!("{what} is not among Debian's packages here; {by_hand}"))?;
    let mut install = program("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "-y", "-qq", "--no-install-recommends", package]);
    run(&mut install).with_context(|| format!("{what} could not be installed; {by_hand}"))
}

/// Python with its environments, for what is installed from `PyPI`.
pub(crate) fn python() -> Result<()> {
    if succeeds(program("python3").args(["-c", "import venv, ensurepip, sys; sys.exit(sys.version_info < (3, 10))"])) {
        return Ok(());
    }
    debian("python3", &["python3-venv"])
}

/// Node.js 20.19 or later, with npm.
pub(crate) fn node() -> Result<()> {
    let version =
        read(program("node").arg("--version")).context("Node.js is missing: install Node.js 20.19 or later")?;
    let mut numbers = version.trim_start_matches('v').split('.').map(|text| text.parse().unwrap_or(0_u32));
    if (numbers.next(), numbers.next()) < (Some(20), Some(19)) {
        bail!("Node.js {} is too old: install 20.19 or later", version.trim());
    }
    read(program("npm").arg("--version")).context("npm is missing: install it beside Node.js")?;
    Ok(())
}

/// A program that cargo installs; whether it is there now.
pub(crate) fn cargo_tool(name: &str) -> bool {
    let subcommand = name.trim_start_matches("cargo-");
    if succeeds(cargo([subcommand, "--version"]).arg("--offline")) || succeeds(&mut cargo([subcommand, "--version"])) {
        return true;
    }
    say(&format!("installing {name} from crates.io"));
    // Unoptimised and without what a debugger needs: it is built in a third of the time and runs for seconds.
    let mut install = cargo(["install", "--locked", "--debug", name]);
    run(install.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0")).is_ok()
}
