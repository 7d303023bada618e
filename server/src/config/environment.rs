//! The environment layer: `BRIGADE_SECTION_KEY`, and the well-known names some keys have beside.

use std::path::PathBuf;

use super::layers::{Layers, Source};
use super::nearest;
use super::problem::Problem;

const CONFIG_FILE: &str = "BRIGADE_CONFIG";
/// For the tests' own use; never read by the server.
const IGNORED: &str = "BRIGADE_TEST_";

/// The process's environment, as far as it is text.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn read() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The file named by the environment.
pub(crate) fn config_file(environment: &[(String, String)]) -> Option<PathBuf> {
    environment.iter().find(|(name, _)| name == CONFIG_FILE).map(|(_, value)| value.into())
}

/// Gives what the environment says. `BRIGADE_…` beats a well-known name.
pub(crate) fn apply(layers: &mut Layers, environment: Vec<(String, String)>) {
    let (own, other): (Vec<_>, Vec<_>) = environment.into_iter().partition(|(name, _)| name.starts_with("BRIGADE_"));
    for (name, text) in other {
        if let Some(key) = super::keys().find(|key| key.alias == Some(name.as_str()))
            && !text.is_empty()
        {
            layers.give(key.path, text, Source::Environment(name));
        }
    }
    for (name, text) in own {
        if name == CONFIG_FILE || name.starts_with(IGNORED) {
            continue;
        }
        match super::keys().find(|key| key.variable() == name) {
            Some(key) => layers.give(key.path, text, Source::Environment(name)),
            None => layers.problem(unknown(name)),
        }
    }
}

fn unknown(name: String) -> Problem {
    let known: Vec<String> = super::keys().map(super::Key::variable).collect();
    let nearest = nearest::nearest(&name, known.iter().map(String::as_str)).map(str::to_owned);
    Problem::Unknown { path: name.clone(), source: Source::Environment(name), nearest }
}
