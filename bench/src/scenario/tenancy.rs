//! What it takes to find out whose request it is (MAIS-TEN-07): requests that show a tenant's public key, or a person's
//! token, beside one that shows nothing.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::{Bench, who};
use crate::peer::{Subscribe, caller};
use crate::report::{Bound, Target, median, note};
use crate::run::http::Line;
use crate::run::on_core;

/// Again and again: the server remembers for a moment.
const KNOWN: &str = "tenant resolution, remembered";
/// After a pause longer than the server remembers anything.
const ANEW: &str = "tenant resolution, looked up";
const FORGOTTEN: Duration = Duration::from_millis(2_200);
const NOTHING: &str = "without: ms";
const KEY: &str = "a site's key: ms more";
const TOKEN: &str = "a person's token: ms more";
/// What the specification allows.
const LIMIT_MS: f64 = 6.0;

/// One after the other on one connection, the three kinds in turn, so that all see the same machine.
pub fn run(bench: &mut Bench) -> Result<()> {
    if !bench.wants(who::BRIGADE) {
        return Ok(());
    }
    let (core, folder, load) = (bench.cores.server, bench.folder.clone(), bench.cores.load);
    let tenant = bench.tenant()?;
    let server = tenant.serve(core, &folder)?;
    let people = tenant.peer(&server, 0, Subscribe::Nothing)?;
    let token = people.tokens.first().context("nobody has signed in")?;
    let shows = [
        ("/healthz", String::new()),
        ("/v1/site/config", format!("X-Tenant-Key: {}\r\n", tenant.public_key())),
        ("/v1/auth/me", format!("Authorization: Bearer {token}\r\n")),
    ];
    let address = server.address;
    let medians = on_core(load, move || {
        let mut line = Line::open(address)?;
        ask(&mut line, &shows, 200, Duration::ZERO)?;
        Ok([ask(&mut line, &shows, 3_000, Duration::ZERO)?, ask(&mut line, &shows, 9, FORGOTTEN)?])
    })?;
    for (scenario, [nothing, key, token]) in [KNOWN, ANEW].into_iter().zip(medians) {
        bench.book.note(scenario, who::BRIGADE, NOTHING, nothing);
        bench.book.note(scenario, who::BRIGADE, KEY, key - nothing);
        bench.book.note(scenario, who::BRIGADE, TOKEN, token - nothing);
        note(&format!(
            "  {scenario}: {nothing:.3} ms, {:.3} more with a key, {:.3} with a token",
            key - nothing,
            token - nothing
        ));
    }
    Ok(())
}

/// The median of each kind in milliseconds, over so many `rounds` with a pause before each.
fn ask(line: &mut Line, shows: &[(&str, String); 3], rounds: usize, pause: Duration) -> Result<[f64; 3]> {
    let mut took = [const { Vec::new() }; 3];
    for number in 0..rounds {
        std::thread::sleep(pause);
        // Everybody from an address of their own: limits on one address are meant for strangers.
        let from = caller(number);
        for ((path, shown), took) in shows.iter().zip(&mut took) {
            let started = Instant::now();
            line.get(path, &format!("{shown}{from}"))?;
            took.push(started.elapsed().as_secs_f64() * 1e3);
        }
    }
    Ok(took.map(|took| median(&took)))
}

/// What the specification asks.
pub fn targets() -> Vec<Target> {
    let target = |label, scenario: &str, metric| Target {
        label,
        of: (scenario.to_owned(), who::BRIGADE, metric),
        over: None,
        bound: Bound::AtMost(LIMIT_MS),
    };
    vec![
        target("tenant resolution, remembered: by a site's key, ms", KNOWN, KEY),
        target("tenant resolution, remembered: by a person's token, ms", KNOWN, TOKEN),
        target("tenant resolution, looked up: by a site's key, ms", ANEW, KEY),
        target("tenant resolution, looked up: by a person's token, ms", ANEW, TOKEN),
    ]
}
