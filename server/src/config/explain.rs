//! `config example` and `config check`: the documentation is what the code says.

use std::fmt::Write as _;

use super::section::{Form, Key};
use super::{Config, sections};

/// The default configuration with every key explained; itself a valid file.
pub fn example() -> String {
    let mut text = String::from(
        "# Brigade's configuration. Every key with its default; remove the # in front of one to change it.\n\
         # file < environment < flags: each key is also an environment variable, BRIGADE_SECTION_KEY\n\
         # (lists separated by commas), and `--set section.key=value` on the command line.\n",
    );
    for section in sections::ALL {
        write_section(&mut text, section);
    }
    text
}

fn write_section(text: &mut String, section: &super::section::Section) {
    text.push('\n');
    for line in section.doc {
        push_comment(text, line);
    }
    text.push_str(&["[", section.name, "]\n"].concat());
    for key in section.keys {
        text.push('\n');
        for line in key.doc {
            push_comment(text, line);
        }
        if let Some(alias) = key.alias {
            push_comment(text, &format!(" Also read from {alias}."));
        }
        text.push_str(&["#", key.name(), " = ", &written(key), "\n"].concat());
    }
}

fn push_comment(text: &mut String, line: &str) {
    text.push_str("# ");
    text.push_str(line.trim());
    text.push('\n');
}

fn written(key: &Key) -> String {
    match key.form {
        Form::Text => format!("{:?}", key.default),
        Form::Bare => key.default.to_owned(),
        Form::List => {
            let items = key.default.split(',').filter(|item| !item.is_empty());
            let items: Vec<_> = items.map(|item| format!("{item:?}")).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// Each value in force and where it came from.
pub fn explain(config: &Config) -> String {
    let width = |text: fn(&super::Explained) -> usize| config.explained.iter().map(text).max().unwrap_or(0);
    let key_width = width(|explained| explained.path.len());
    let value_width = width(|explained| explained.shown.chars().count()).min(48);
    let mut text = String::new();
    for super::Explained { path, shown, source } in &config.explained {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{path:key_width$}  {shown:value_width$}  {source}");
    }
    text
}
