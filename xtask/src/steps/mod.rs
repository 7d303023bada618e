//! The checks of `cargo xtask test`, in the order in which they are run: what fails fast comes first.

mod boundaries;
pub(crate) mod browser;
mod deny;
pub(crate) mod sqlx;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::report::{say, time};
use crate::shell::{cargo, root, run as run_program};
use crate::{shell, tools, web};

/// One check.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    check: fn() -> Result<()>,
}

/// Every check.
pub(crate) const ALL: &[Step] = &[
    Step { name: "tools", what: "what the other checks need is installed", check: all_tools },
    Step { name: "fmt", what: "cargo fmt --check", check: fmt },
    Step {
        name: "boundaries",
        what: "who may use whom, and nothing of the world in domain/",
        check: boundaries::check,
    },
    Step { name: "web", what: "types, tokens, unit tests, build and size budgets of web/", check: web_checks },
    Step { name: "sqlx", what: ".sqlx is what the queries and migrations say", check: sqlx::check },
    Step { name: "clippy", what: "cargo clippy, warnings are errors", check: clippy },
    Step {
        name: "deny",
        what: "licences, bans and sources of the crates; advisories where reachable",
        check: deny::check,
    },
    Step { name: "tests", what: "every Rust test, with real PostgreSQL, Redis, sockets and kills", check: tests },
    Step { name: "docs", what: "cargo doc without a warning", check: docs },
    Step { name: "browser", what: "the pages in Chromium, by keyboard and with axe", check: browser::check },
];

/// Runs the checks named (none: all) and prints a summary that closes with `N passed, N failed`.
pub(crate) fn run(names: &[String], fail_fast: bool) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| ALL.iter().all(|step| step.name != name.as_str())) {
        let known: Vec<_> = ALL.iter().map(|step| step.name).collect();
        bail!("there is no check {unknown}; there are {}", known.join(", "));
    }
    let wanted = ALL.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name));
    let mut done: Vec<(&Step, Duration, Result<()>)> = Vec::new();
    for step in wanted {
        say(&format!("{}: {}", step.name, step.what));
        let clock = Instant::now();
        let outcome = (step.check)();
        if let Err(error) = &outcome {
            println!("✗ {}: {error:#}", step.name);
        }
        let failed = outcome.is_err();
        done.push((step, clock.elapsed(), outcome));
        if failed && fail_fast {
            break;
        }
    }
    summary(&done)
}

fn summary(done: &[(&Step, Duration, Result<()>)]) -> Result<()> {
    say("summary");
    for (step, took, outcome) in done {
        let mark = if outcome.is_ok() { '✓' } else { '✗' };
        println!("{mark} {:12} {:>10}", step.name, time(*took));
    }
    let failed: Vec<_> = done.iter().filter(|(_, _, outcome)| outcome.is_err()).map(|(step, ..)| step.name).collect();
    let took = done.iter().map(|(_, took, _)| *took).sum();
    println!("{} in all\n", time(took));
    println!("checks: {} passed, {} failed", done.len() - failed.len(), failed.len());
    if failed.is_empty() {
        return Ok(());
    }
    bail!("failed: {}. Run one again with `cargo xtask test {}`", failed.join(", "), failed[0])
}

fn all_tools() -> Result<()> {
    tools::postgres()?;
    tools::redis()?;
    tools::chromium()?;
    tools::node()
}

fn fmt() -> Result<()> {
    run_program(&mut cargo(["fmt", "--all", "--check"]))
}

fn clippy() -> Result<()> {
    run_program(clippy_command().env("SQLX_OFFLINE", "true"))
}

fn clippy_command() -> std::process::Command {
    cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
}

fn web_checks() -> Result<()> {
    tools::node()?;
    web::install(&root().join("web"))?;
    run_program(&mut web::npm(&["run", "--silent", "check"]))
}

/// The binary that is started, killed and shown in the browser, built together with the tests: alone it would have fewer
/// features of its dependencies, and cargo would compile most of them twice.
fn build() -> Result<()> {
    run_program(cargo(["build", "--workspace", "--bins", "--tests"]).env("SQLX_OFFLINE", "true"))
}

fn tests() -> Result<()> {
    tools::postgres()?;
    tools::redis()?;
    web::build_if_stale()?;
    build()?;
    if tools::cargo_tool("cargo-nextest") {
        let mut nextest = cargo(["nextest", "run", "--workspace", "--no-fail-fast"]);
        // Many of them wait, for a second device or for a server to come back: half as many again as there are processors keep these busy.
        let threads = std::thread::available_parallelism().map_or(2, usize::from).div_ceil(2) * 3;
        nextest.arg(format!("--test-threads={threads}"));
        return run_program(nextest.env("SQLX_OFFLINE", "true").env("CARGO_TARGET_DIR", shell::target()));
    }
    crate::report::warn("cargo-nextest cannot be installed; running the tests with cargo test, which is slower");
    run_program(cargo(["test", "--workspace", "--no-fail-fast"]).env("SQLX_OFFLINE", "true"))
}

fn docs() -> Result<()> {
    let mut doc = cargo(["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"]);
    run_program(doc.env("SQLX_OFFLINE", "true").env("RUSTDOCFLAGS", "-D warnings"))
}
