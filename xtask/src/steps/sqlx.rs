//! `.sqlx`: what the checked queries were checked against, so that building needs no database. Written by compiling
//! `store/` against a throwaway PostgreSQL; the check compares that with what is committed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::postgres::Throwaway;
use crate::shell::{cargo, root, run};

const COMMITTED: &str = ".sqlx";

/// Fails when a query, or a migration it depends on, changed and `.sqlx` did not.
pub(crate) fn check() -> Result<()> {
    // The same command as the next check, which then finds everything compiled.
    let fresh = compile(super::clippy_command())?;
    let (there, wanted) = (names(&root().join(COMMITTED))?, names(&fresh.0)?);
    let mut wrong: Vec<_> = wanted.difference(&there).map(|name| format!("{name} is missing")).collect();
    wrong.extend(there.difference(&wanted).map(|name| format!("{name} belongs to no query")));
    for name in wanted.intersection(&there) {
        if std::fs::read(fresh.0.join(name))? != std::fs::read(root().join(COMMITTED).join(name))? {
            wrong.push(format!("{name} differs"));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    bail!("{COMMITTED} is not what the queries say; run `cargo xtask sqlx`:\n  {}", wrong.join("\n  "))
}

/// Writes `.sqlx` anew.
pub(crate) fn regenerate() -> Result<()> {
    let fresh = compile(cargo(["check", "-p", "brigade-store", "--all-targets"]))?;
    let committed = root().join(COMMITTED);
    std::fs::create_dir_all(&committed)?;
    let wanted = names(&fresh.0)?;
    for name in names(&committed)?.difference(&wanted) {
        std::fs::remove_file(committed.join(name))?;
    }
    for name in &wanted {
        std::fs::copy(fresh.0.join(name), committed.join(name))?;
    }
    println!("{} queries in {COMMITTED}", wanted.len());
    Ok(())
}

struct Fresh(PathBuf);

impl Drop for Fresh {
    fn drop(&mut self) {
        // In target/; cleaned with it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Compiles the queries, by `build`, with a database at hand: sqlx then writes what it learnt.
fn compile(mut build: std::process::Command) -> Result<Fresh> {
    let database = Throwaway::start()?;
    let fresh = Fresh(crate::shell::target().join(format!("sqlx-{}", std::process::id())));
    std::fs::create_dir_all(&fresh.0)?;
    // The queries are looked at only when the crate is compiled.
    let source = root().join("store/src/lib.rs");
    std::fs::File::options().append(true).open(&source)?.set_modified(std::time::SystemTime::now())?;
    build.env("DATABASE_URL", database.url()).env("SQLX_OFFLINE", "false").env("SQLX_OFFLINE_DIR", &fresh.0);
    run(&mut build)?;
    Ok(fresh)
}

fn names(folder: &Path) -> Result<BTreeSet<String>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("{} is missing", folder.display()))?;
    Ok(entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "json"))
        .collect())
}
