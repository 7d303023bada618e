//! The browser tests: Playwright (playwright-core) drives Debian's Chromium against a demonstration of its own.

use anyhow::Result;

use crate::shell::{program, root, run};
use crate::{tools, web};

pub(crate) fn check() -> Result<()> {
    tools::chromium()?;
    npm("test")
}

/// Every operation of the OpenAPI document, asked for what it takes and what it does not. Minutes: for the soak.
pub(crate) fn schemathesis() -> Result<()> {
    tools::python()?;
    npm("schemathesis")
}

fn npm(script: &str) -> Result<()> {
    tools::postgres()?;
    web::build_if_stale()?;
    let folder = root().join("tests/e2e");
    web::install(&folder)?;
    super::build()?;
    let mut tests = program("npm");
    tests.args(["run", "--silent", script]).current_dir(folder);
    run(tests.env("BRIGADE_TEST_BINARY", crate::shell::target().join("debug/brigade")))
}
