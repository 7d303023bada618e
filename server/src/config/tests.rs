//! What the configuration promises: three layers, and messages that help.

use std::io::Write as _;

use super::*;

fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn file(text: &str) -> (PathBuf, TemporaryFile) {
    let path = std::env::temp_dir().join(format!("brigade-config-{}.toml", uuid::Uuid::now_v7()));
    std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
    (path.clone(), TemporaryFile(path))
}

struct TemporaryFile(PathBuf);
impl Drop for TemporaryFile {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

fn flag(key: &str, text: &str) -> Flag {
    Flag { flag: "--set".to_owned(), key: key.to_owned(), text: text.to_owned() }
}

fn problems(text: &str) -> String {
    let (path, _file) = file(text);
    from_parts(Vec::new(), Some(path), Vec::new()).unwrap_err().to_string()
}

#[test]
fn file_gives_way_to_environment_and_environment_to_flags() {
    let (path, _file) = file("[server]\nworkers = 3\nlisten = \"127.0.0.1:1\"\n[log]\nlevel = \"warn\"\n");
    let environment = environment(&[("BRIGADE_SERVER_WORKERS", "4"), ("BRIGADE_SERVER_LISTEN", "127.0.0.1:2")]);
    let config = from_parts(environment, Some(path.clone()), vec![flag("server.listen", "127.0.0.1:3")]).unwrap();
    assert_eq!(config.server.listen.port(), 3);
    assert_eq!(config.server.workers, 4);
    let source = |key: &str| config.explained.iter().find(|explained| explained.path == key).unwrap().source.clone();
    assert_eq!(source("server.listen"), Source::Flag("--set".to_owned()));
    assert_eq!(source("server.workers"), Source::Environment("BRIGADE_SERVER_WORKERS".to_owned()));
    assert_eq!(source("log.level"), Source::File(path, 5));
    assert_eq!(source("demo.enabled"), Source::Default);
}

#[test]
fn the_example_is_a_valid_file_with_every_default() {
    let example = example();
    let uncommented: String = example
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let (path, _file) = file(&uncommented);
    let config = from_parts(Vec::new(), Some(path), Vec::new()).unwrap();
    let default = from_parts(Vec::new(), None, Vec::new()).unwrap();
    assert_eq!(config.explained.len(), keys().count());
    for (from_file, plain) in config.explained.iter().zip(&default.explained) {
        assert_eq!((from_file.path, &from_file.shown), (plain.path, &plain.shown));
        assert!(matches!(from_file.source, Source::File(..)), "{} is missing in the example", from_file.path);
    }
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_the_nearest_one() {
    let text = problems("[server]\n\nlisen = \"127.0.0.1:1\"\n");
    assert!(
        text.contains("server.lisen") && text.contains("line 3") && text.contains("did you mean server.listen?"),
        "{text}"
    );
    let error = from_parts(environment(&[("BRIGADE_SERVER_WORKER", "1")]), None, Vec::new()).unwrap_err().to_string();
    assert!(error.contains("did you mean BRIGADE_SERVER_WORKERS?"), "{error}");
    let error = from_parts(Vec::new(), None, vec![flag("colour", "red")]).unwrap_err().to_string();
    assert!(error.contains("colour (flag --set): there is no such key"), "{error}");
}

#[test]
fn every_wrong_value_is_told_at_once_with_what_was_expected() {
    let text = problems("[server]\nlisten = 8080\nworkers = \"many\"\n[log]\nlevel = \"loud\"\n");
    for part in [
        "3 problems",
        "server.listen = \"8080\"",
        "an address and port such as 127.0.0.1:8080",
        "server.workers = \"many\"",
        "one of error, warn, info, debug, trace",
        "line 5",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn what_is_not_toml_or_not_there_is_said_so() {
    assert!(problems("[server\n").contains("line 1"));
    let error = from_parts(Vec::new(), Some("/nowhere/brigade.toml".into()), Vec::new()).unwrap_err().to_string();
    assert!(error.contains("/nowhere/brigade.toml: cannot be read"), "{error}");
}

#[test]
fn secrets_are_never_shown() {
    let key = "ab".repeat(32);
    let environment = environment(&[
        ("TENANT_SECRETS_ENCRYPTION_KEY", key.as_str()),
        ("DATABASE_URL", "postgres://owner:hunter2@db.example.org/brigade"),
    ]);
    let config = from_parts(environment, None, Vec::new()).unwrap();
    let shown = explain(&config);
    assert!(shown.contains("postgres://owner:***@db.example.org/brigade"), "{shown}");
    assert!(!shown.contains("hunter2") && !shown.contains(&key), "{shown}");
    assert_eq!(config.security.secrets_key.unwrap().to_hex(), key);
    let wrong = from_parts(vec![("TENANT_SECRETS_ENCRYPTION_KEY".to_owned(), "hunter2".to_owned())], None, Vec::new());
    let wrong = wrong.unwrap_err().to_string();
    assert!(wrong.contains("64 hexadecimal digits") && !wrong.contains("hunter2"), "{wrong}");
}

#[test]
fn values_that_do_not_go_together_are_told() {
    let text = problems("[database]\napp_url = \"postgres://app@db/brigade\"\n");
    assert!(text.contains("database.app_url") && text.contains("set database.url"), "{text}");
    let text = problems("[redis]\nurl = \"postgres://db/brigade\"\n");
    assert!(text.contains("redis.url") && text.contains("redis://"), "{text}");
}
