//! The command line says what is wrong and what to do.

use crate::support::{Folder, brigade, text};

#[test]
fn a_wrong_configuration_is_told_in_full_and_nothing_starts() {
    let folder = Folder::new();
    let file = folder.path().join("brigade.toml");
    std::fs::write(&file, "[server]\nlisten = \"nowhere\"\n[limits]\nmailbocks = 5\n").unwrap();
    let output =
        brigade(&["serve", "--config", file.to_str().unwrap()]).env("BRIGADE_LOG_LEVEL", "loud").output().unwrap();
    assert!(!output.status.success());
    let said = text(&output);
    for part in [
        "3 problems",
        "server.listen = \"nowhere\"",
        "expected an address and port such as 127.0.0.1:8080",
        "line 4",
        "did you mean limits.mailbox?",
        "BRIGADE_LOG_LEVEL",
        "one of error, warn, info, debug, trace",
    ] {
        assert!(said.contains(part), "{part:?} is not in:\n{said}");
    }
}

#[test]
fn config_check_says_where_each_value_comes_from() {
    let output =
        brigade(&["config", "check", "--set", "server.workers=3"]).env("BRIGADE_LOG_LEVEL", "debug").output().unwrap();
    assert!(output.status.success());
    let said = text(&output);
    let line =
        |key: &str| said.lines().find(|line| line.starts_with(key)).unwrap_or_else(|| panic!("no {key} in {said}"));
    assert!(line("server.workers").contains('3') && line("server.workers").ends_with("flag --set"));
    assert!(line("log.level").contains("debug") && line("log.level").ends_with("environment BRIGADE_LOG_LEVEL"));
    assert!(line("server.listen").ends_with("default"));
}

#[test]
fn the_example_is_accepted_as_it_is() {
    let folder = Folder::new();
    let file = folder.path().join("brigade.toml");
    let example = brigade(&["config", "example"]).output().unwrap();
    std::fs::write(&file, example.stdout).unwrap();
    let check = brigade(&["config", "check", "--config", file.to_str().unwrap()]).output().unwrap();
    assert!(check.status.success(), "{}", text(&check));
}

#[test]
fn help_has_examples_and_shells_have_completions() {
    for arguments in
        [&["--help"][..], &["serve", "--help"], &["tenant", "create", "--help"], &["user", "create", "--help"]]
    {
        let output = brigade(arguments).output().unwrap();
        assert!(output.status.success() && text(&output).contains("Example"), "{arguments:?}: {}", text(&output));
    }
    let bash = brigade(&["completions", "bash"]).output().unwrap();
    assert!(text(&bash).contains("_brigade()"));
    let version = brigade(&["version"]).output().unwrap();
    assert_eq!(text(&version).trim(), format!("brigade {}", env!("CARGO_PKG_VERSION")));
}
