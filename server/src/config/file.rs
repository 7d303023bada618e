//! The file layer: TOML with one table per section.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::layers::{Layers, Source};
use super::problem::Problem;

const USUAL: [&str; 2] = ["brigade.toml", "/etc/brigade/brigade.toml"];

/// Reads the named file, or the first of the usual ones that is there.
pub(crate) fn read(layers: &mut Layers, named: Option<PathBuf>) {
    let usual = || USUAL.iter().map(PathBuf::from).find(|path| path.exists());
    let Some(path) = named.or_else(usual) else { return };
    match std::fs::read_to_string(&path) {
        Ok(text) => apply(layers, &path, &text),
        Err(error) => {
            let place = path.display().to_string();
            layers.problem(Problem::File { place, message: format!("cannot be read: {error}") });
        }
    }
}

fn apply(layers: &mut Layers, path: &Path, text: &str) {
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let line = line_of(text, error.span().unwrap_or(0..0));
            let place = format!("{} line {line}", path.display());
            layers.problem(Problem::File { place, message: error.message().to_owned() });
            return;
        }
    };
    for (section, value) in table.get_ref() {
        let at = |span| Source::File(path.to_owned(), line_of(text, span));
        match value.get_ref() {
            DeValue::Table(keys) => {
                for (name, value) in keys {
                    let key = format!("{}.{}", section.get_ref(), name.get_ref());
                    layers.give(&key, written(value.get_ref()), at(name.span()));
                }
            }
            other => layers.give(section.get_ref(), written(other), at(section.span())),
        }
    }
}

/// A TOML value as the text a [`super::value::Setting`] reads.
fn written(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| written(item.get_ref())).collect();
            items.join(",")
        }
        DeValue::Table(_) => "(a table)".to_owned(),
    }
}

fn line_of(text: &str, span: Range<usize>) -> usize {
    text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
}
