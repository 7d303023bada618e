//! What a release is made of: one `CycloneDX` document for the server's crates and one for what the pages are bundled
//! from, made by cargo-cyclonedx and npm.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::report::say;
use crate::shell::{cargo, read, root, run};
use crate::{tools, web};

/// Writes `target/sbom/brigade.cdx.json` and `target/sbom/web.cdx.json`.
pub(crate) fn write() -> Result<()> {
    if !tools::cargo_tool("cargo-cyclonedx") {
        bail!("cargo-cyclonedx is missing and could not be installed: `cargo install cargo-cyclonedx`");
    }
    tools::node()?;
    let folder = crate::shell::target().join("sbom");
    fs::create_dir_all(&folder)?;

    say("the server's crates");
    let mut cyclonedx = cargo(["cyclonedx", "--format", "json", "--quiet", "--override-filename", "brigade.cdx"]);
    run(cyclonedx.arg("--manifest-path").arg(root().join("server/Cargo.toml")))?;
    // It writes beside each manifest of the workspace; the server's has all that is shipped.
    let mut crates = Vec::new();
    for member in fs::read_dir(root())? {
        let written = member?.path().join("brigade.cdx.json");
        if written.exists() {
            if written.starts_with(root().join("server")) {
                crates = fs::read(&written)?;
            }
            fs::remove_file(&written)?;
        }
    }
    keep(&folder.join("brigade.cdx.json"), &crates)?;

    say("what the pages are made of");
    web::install(&root().join("web"))?;
    let packages = read(&mut web::npm(&["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"]))?;
    keep(&folder.join("web.cdx.json"), packages.as_bytes())
}

/// Keeps a document that names something.
fn keep(path: &Path, document: &[u8]) -> Result<()> {
    let read: Value = serde_json::from_slice(document).with_context(|| format!("{} is no JSON", path.display()))?;
    let components = read["components"].as_array().map_or(0, Vec::len);
    if read["bomFormat"] != "CycloneDX" || components == 0 {
        bail!("{} would name nothing", path.display());
    }
    fs::write(path, document)?;
    say(&format!("{}: {components} components", path.display()));
    Ok(())
}
