//! The two set-up commands and the chores: `cargo xtask run`, `cargo xtask test`, and what they are made of.
//!
//! | module | for |
//! |---|---|
//! | [`shell`] | running programs, and saying what was run when one fails |
//! | [`tools`] | Debian's packages, Node.js, cargo's own tools: found, or installed when we may |
//! | [`web`] | the web bundles |
//! | [`postgres`] | a throwaway database with the migrations run |
//! | [`sbom`] | what a release is made of |
//! | [`steps`] | the checks of `cargo xtask test` |

#![expect(clippy::print_stdout, reason = "a command-line program talks to its terminal")]

mod postgres;
mod report;
mod sbom;
mod shell;
mod steps;
mod tools;
mod web;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};

use shell::{cargo, program, root};

/// Brigade's chores.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Builds everything and starts the demonstration.
    Run {
        /// Build optimised.
        #[arg(long)]
        release: bool,
        /// For `brigade serve`, after `--`, such as `-- --listen 127.0.0.1:9000`.
        #[arg(last = true)]
        serve: Vec<String>,
    },
    /// Runs every check, or those named.
    Test {
        /// Names of checks; none: all.
        checks: Vec<String>,
        /// Only print the names.
        #[arg(long)]
        list: bool,
        /// Stop at the first check that fails.
        #[arg(long)]
        fail_fast: bool,
    },
    /// Runs the benchmarks and prints the figures.
    Bench {
        /// For the benchmark program, such as `chat --runs 3`; `web` for the pages, such as `web inbox`. Nothing: all of both.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Runs the fault tests in full, and asks the API for everything its document says; hours rather than minutes.
    Soak,
    /// Writes `.sqlx` anew from the queries and the migrations.
    Sqlx,
    /// Prints the OpenAPI document.
    Openapi,
    /// Writes what a release is made of (`CycloneDX`) to `target/sbom`.
    Sbom,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().chore {
        Chore::Run { release, serve } => run(release, &serve),
        Chore::Test { list: true, .. } => {
            for step in steps::ALL {
                println!("{:12} {}", step.name, step.what);
            }
            Ok(())
        }
        Chore::Test { checks, fail_fast, .. } => steps::run(&checks, fail_fast),
        Chore::Bench { arguments } => bench(&arguments),
        Chore::Soak => soak(),
        Chore::Sqlx => steps::sqlx::regenerate(),
        Chore::Openapi => openapi(),
        Chore::Sbom => sbom::write(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(release: bool, serve: &[String]) -> Result<()> {
    tools::postgres()?;
    web::build_if_stale()?;
    report::say("building the server");
    let mut build = cargo(["build", "--workspace", "--bin", "brigade"]);
    build.env("SQLX_OFFLINE", "true");
    if release {
        build.arg("--release");
    }
    shell::run(&mut build)?;
    let mut server = shell::brigade(release);
    server.args(["serve", "--demo"]).args(serve);
    // The server takes this process's place: Ctrl-C and signals reach it directly.
    let error = std::os::unix::process::CommandExt::exec(&mut server);
    bail!("cannot start {}: {error}", server.get_program().display())
}

fn bench(arguments: &[String]) -> Result<()> {
    match arguments {
        [] => server_figures(&[]).and_then(|()| page_figures(&[])),
        [part, rest @ ..] if part == "web" => page_figures(rest),
        _ => server_figures(arguments),
    }
}

/// What the pages cost the people who look at them.
fn page_figures(arguments: &[String]) -> Result<()> {
    tools::postgres()?;
    tools::chromium()?;
    web::build_if_stale()?;
    for folder in ["tests/e2e", "bench/web"] {
        web::install(&root().join(folder))?;
    }
    report::say("building the server, optimised");
    let mut build = cargo(["build", "--release", "--workspace", "--bin", "brigade"]);
    shell::run(build.env("SQLX_OFFLINE", "true"))?;
    let mut figures = program("node");
    figures.arg("run.mjs").args(arguments).current_dir(root().join("bench/web"));
    shell::run(figures.env("BRIGADE_TEST_BINARY", shell::target().join("release/brigade")))
}

fn server_figures(arguments: &[String]) -> Result<()> {
    tools::postgres()?;
    web::install(&root().join("bench/peers/socketio"))?;
    report::say("building the release binaries");
    let mut build = cargo(["build", "--release", "--workspace", "--bins", "--exclude", "xtask"]);
    shell::run(build.env("SQLX_OFFLINE", "true"))?;
    shell::run(program(shell::target().join("release/brigade-bench")).args(arguments))
}

fn soak() -> Result<()> {
    tools::postgres()?;
    tools::redis()?;
    // The whole workspace, so that nothing is compiled once more with other features.
    let mut tests = cargo(["nextest", "run", "--workspace", "--profile", "soak"]);
    tests.args(["-E", "package(brigade-tests) & test(faults::)"]);
    shell::run(tests.env("SQLX_OFFLINE", "true").env("BRIGADE_TEST_SOAK", "1"))?;
    steps::browser::schemathesis()
}

fn openapi() -> Result<()> {
    let mut program = cargo(["run", "--quiet", "--workspace", "--bin", "brigade", "--", "openapi"]);
    shell::run(program.env("SQLX_OFFLINE", "true"))
}
