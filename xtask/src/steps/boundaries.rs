//! Who may use whom (docs/ARCHITECTURE.md), read from cargo's own metadata; and that `domain/` holds no I/O, no clock
//! and no randomness, read from its source. The Rust toolchain of this workplace has no wasm32 target to build it for.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::shell::{cargo, read, root};

/// Which of our crates each may use, beside what is said below of the crates of others.
const MAY_USE: &[(&str, &[&str])] = &[
    ("brigade-domain", &[]),
    ("brigade-store", &["brigade-domain"]),
    ("brigade-actors", &["brigade-domain"]),
    ("brigade-integrations", &["brigade-domain"]),
    ("brigade-ws", &["brigade-domain", "brigade-actors"]),
    ("brigade-http", &["brigade-domain", "brigade-actors"]),
];
/// Crates of others that only one of ours may name. `bench/` compares the bare stack and is no part of the server.
const ONLY: &[(&str, &[&str])] = &[
    ("actix", &["brigade-actors", "brigade-bench"]),
    ("sqlx", &["brigade-store"]),
    ("graphile_worker", &["brigade-store"]),
    ("redis", &["brigade-store"]),
    // The WebSocket handshake is in it.
    ("actix-http", &["brigade-ws"]),
    ("actix-ws", &["brigade-ws", "brigade-bench"]),
    ("lettre", &["brigade-integrations"]),
    ("hyper", &["brigade-integrations"]),
];
/// All that the rules may be written with.
const RULES_USE: &[&str] = &[
    // The codes of two-step sign-in, as RFC 6238 makes them.
    "hmac",
    "jiff",
    "serde",
    "serde_json",
    "sha1",
    "sha2",
    "smallvec",
    "subtle",
    "thiserror",
    "unicode-normalization",
    "unicode-segmentation",
    "url",
    "uuid",
];
/// Words that mean the world outside: input and output, the clock, randomness.
const WORLD: &[&str] = &[
    "std::fs",
    "std::net",
    "std::time",
    "std::thread",
    "std::env",
    "std::process",
    "std::io",
    "std::os",
    "tokio",
    "Timestamp::now",
    "Zoned::now",
    "Instant",
    "SystemTime",
    "now_v7",
    "new_v4",
    "Uuid::now",
    "println!",
    "eprintln!",
];

/// Of those modules, what is a plain value: a number of seconds is not a clock, an address is not a connection.
const PLAIN_VALUES: &[&str] = &["std::time::Duration", "std::net::IpAddr"];

pub(crate) fn check() -> Result<()> {
    let mut wrong = Vec::new();
    for (package, dependencies) in direct_dependencies()? {
        check_package(&package, &dependencies, &mut wrong);
    }
    check_rules(&root().join("domain/src"), &mut wrong)?;
    if wrong.is_empty() {
        return Ok(());
    }
    bail!("the boundaries are crossed:\n  {}", wrong.join("\n  "))
}

/// Each package of the workspace with what its manifest names, without what only its tests use.
fn direct_dependencies() -> Result<Vec<(String, Vec<String>)>> {
    let text = read(&mut cargo(["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&text)?;
    let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    Ok(packages
        .iter()
        .map(|package| {
            let all = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
            (name(package), all.iter().filter(|dependency| dependency["kind"].is_null()).map(name).collect())
        })
        .collect())
}

fn check_package(package: &str, dependencies: &[String], wrong: &mut Vec<String>) {
    for dependency in dependencies {
        let mut refuse = |why: &str| wrong.push(format!("{package} names {dependency}: {why}"));
        if let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == package)
            && dependency.starts_with("brigade-")
            && !allowed.contains(&dependency.as_str())
        {
            refuse("it may not use that crate of ours");
        }
        if let Some((_, users)) = ONLY.iter().find(|(name, _)| name == dependency)
            && !users.contains(&package)
        {
            refuse(&format!("only {} may", users[0]));
        }
        if package == "brigade-domain" && !RULES_USE.contains(&dependency.as_str()) {
            refuse("the rules are written without it");
        }
    }
}

fn check_rules(folder: &Path, wrong: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            check_rules(&path, wrong)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test(&path) {
            check_source(&path, wrong)?;
        }
    }
    Ok(())
}

fn is_test(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem.to_string_lossy().contains("tests"))
        || path.components().any(|part| part.as_os_str() == "tests")
}

fn check_source(path: &Path, wrong: &mut Vec<String>) -> Result<()> {
    let text = std::fs::read_to_string(path)?;
    // Tests are at the end of a file and may do as they like; comments may name what the code may not use.
    for (number, line) in text.lines().enumerate().take_while(|(_, line)| line.trim() != "#[cfg(test)]") {
        let code = line.split("//").next().unwrap_or_default();
        for word in WORLD.iter().filter(|word| names(code, word)) {
            wrong.push(format!("{} line {}: {word} has no place in the rules", path.display(), number + 1));
        }
    }
    Ok(())
}

/// Whether `code` has `word` as a word of its own; a `use std::{fs, …}` counts.
fn names(code: &str, word: &str) -> bool {
    if let Some(module) = word.strip_prefix("std::")
        && let Some(list) = code.split("std::{").nth(1)
        && list.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == module)
    {
        return true;
    }
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let plain = PLAIN_VALUES.iter().any(|value| code[at..].starts_with(value));
        let part_of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !plain && !part_of_word(before) && !part_of_word(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crossed_boundary_is_named() {
        let mut wrong = Vec::new();
        check_package("brigade-http", &["brigade-store".to_owned(), "sqlx".to_owned(), "serde".to_owned()], &mut wrong);
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        check_package("brigade-domain", &["rand".to_owned()], &mut wrong);
        assert_eq!(wrong.len(), 3, "{wrong:?}");
    }

    #[test]
    fn the_world_is_recognised_and_durations_are_not() {
        assert!(names("let now = Timestamp::now();", "Timestamp::now"));
        assert!(names("use std::{fmt, fs};", "std::fs"));
        assert!(names("use std::time::Instant;", "std::time"));
        assert!(!names("use std::time::Duration;", "std::time"));
        assert!(!names("struct InstantPot;", "Instant"));
    }
}
