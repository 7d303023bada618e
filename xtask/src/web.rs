//! The web bundles: built when a source is newer than what was built last.

use std::path::Path;
use std::time::SystemTime;

use anyhow::Result;

use crate::report::say;
use crate::shell::{program, root, run};
use crate::tools;

/// Installs what `package-lock.json` in `folder` names, unless that was done since it changed.
pub(crate) fn install(folder: &Path) -> Result<()> {
    let modified = |name: &str| folder.join(name).metadata().and_then(|data| data.modified()).ok();
    let (lock, done) = (modified("package-lock.json"), modified("node_modules/.package-lock.json"));
    if lock.is_none() || done.is_some_and(|done| Some(done) >= lock) {
        return Ok(());
    }
    tools::node()?;
    say(&format!("npm ci in {}", folder.strip_prefix(root()).unwrap_or(folder).display()));
    let mut npm = program("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder);
    // Browsers are Debian's; nothing may be downloaded beside the packages.
    run(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
}

/// Builds `web/dist` when it is missing or older than a source.
pub(crate) fn build_if_stale() -> Result<()> {
    let web = root().join("web");
    let sources = ["src", "scripts", "package-lock.json", "tsconfig.json"].map(|name| newest(&web.join(name)));
    // The build writes every bundle anew, so the newest file says when that was.
    let built = newest(&web.join("dist"));
    if built.is_some() && sources.iter().flatten().all(|source| Some(*source) <= built) {
        return Ok(());
    }
    tools::node()?;
    install(&web)?;
    say("building the web bundles");
    run(npm(&["run", "--silent", "build"]).current_dir(&web))
}

/// npm in `web/`.
pub(crate) fn npm(arguments: &[&str]) -> std::process::Command {
    let mut npm = program("npm");
    npm.args(arguments).current_dir(root().join("web"));
    npm
}

fn newest(path: &Path) -> Option<SystemTime> {
    let data = path.metadata().ok()?;
    if data.is_file() {
        return data.modified().ok();
    }
    std::fs::read_dir(path).ok()?.flatten().filter_map(|entry| newest(&entry.path())).max()
}
