//! docs/SCHEMA.md ends with every table, its columns and what guards it, as the migrations make them: written by
//! `cargo xtask schema`, compared by the check. What is written by hand above it is left alone.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::postgres::Throwaway;
use crate::shell::root;

const BEGIN: &str = "<!-- tables: written by `cargo xtask schema` -->";
const END: &str = "<!-- end of tables -->";

/// Tables of ours with their comments; a library's own schemas are described by the library.
const TABLES: &str = "
    select c.relname, coalesce(obj_description(c.oid, 'pg_class'), ''),
           case when c.relrowsecurity and c.relforcerowsecurity then 'row-level security, forced' else 'no row-level security' end
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and c.relname not like '\\_sqlx%'
    order by c.relname";
const COLUMNS: &str = "
    select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then '' else 'null' end,
           replace(coalesce(col_description(c.oid, a.attnum), ''), E'\\n', ' ')
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
    order by c.relname, a.attnum";
const CONSTRAINTS: &str = "
    select c.relname, k.conname, pg_get_constraintdef(k.oid)
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and k.contype <> 'n' order by c.relname, k.contype desc, k.conname";

/// Fails when the tables in the document are not those of the migrations.
pub(crate) fn check() -> Result<()> {
    let text = std::fs::read_to_string(path()).context("docs/SCHEMA.md is missing")?;
    let (_, written, _) = split(&text).context("docs/SCHEMA.md has no tables; run `cargo xtask schema`")?;
    if written.trim() == tables()?.trim() {
        return Ok(());
    }
    bail!("the tables in docs/SCHEMA.md are not those of the migrations; run `cargo xtask schema`")
}

/// Writes the tables into the document.
pub(crate) fn regenerate() -> Result<()> {
    let text = std::fs::read_to_string(path()).unwrap_or_else(|_| "# The database\n".to_owned());
    let (before, after) = match split(&text) {
        Some((before, _, after)) => (before.to_owned(), after.to_owned()),
        None => (format!("{}\n\n## Tables\n\n", text.trim_end()), "\n".to_owned()),
    };
    std::fs::write(path(), format!("{before}{BEGIN}\n\n{}\n{END}{after}", tables()?))?;
    Ok(())
}

fn path() -> PathBuf {
    root().join("docs/SCHEMA.md")
}

fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (written, after) = rest.split_once(END)?;
    Some((before, written, after))
}

fn tables() -> Result<String> {
    let database = Throwaway::start()?;
    let (tables, columns) = (database.query(TABLES)?, database.query(COLUMNS)?);
    let constraints = database.query(CONSTRAINTS)?;
    let of = |rows: &str, table: &str, line: fn(&[&str]) -> String| -> String {
        let rows = rows.lines().map(|row| row.split('\t').collect::<Vec<_>>());
        rows.filter(|row| row.first() == Some(&table)).map(|row| line(&row)).collect()
    };
    let mut text = String::new();
    for row in tables.lines() {
        let [name, comment, guard] = row.split('\t').collect::<Vec<_>>()[..] else { bail!("cannot read {row:?}") };
        text.push_str(
            &["### `", name, "`\n\n", comment, " (", guard, ")\n\n| column | type | | |\n|---|---|---|---|\n"].concat(),
        );
        text.push_str(&of(&columns, name, |row| {
            format!("| `{}` | {} | {} | {} |\n", row[1], row[2], row[3], row.get(4).unwrap_or(&"").replace('|', "\\|"))
        }));
        text.push('\n');
        text.push_str(&of(&constraints, name, |row| format!("- `{}` {}\n", row[1], row[2])));
        text.push('\n');
    }
    Ok(text)
}
