//! Tables for other programs: RFC 4180, UTF-8 with a byte order mark so that spreadsheets read it as that, and no text that a
//! spreadsheet would take for a formula.

/// What spreadsheets know the encoding by.
pub(super) const MARK: &str = "\u{feff}";

/// What is in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// What somebody wrote.
    Text(String),
    /// A number that is not below zero.
    Number(u64),
    /// Nothing.
    Empty,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::Empty, Into::into)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// One line of a table, with its end.
pub(super) fn line(cells: impl IntoIterator<Item = Cell>) -> String {
    let cells: Vec<String> = cells.into_iter().map(written).collect();
    cells.join(",") + "\r\n"
}

fn written(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) => quoted(harmless(text)),
    }
}

/// Text that begins like a formula begins with an apostrophe instead, which spreadsheets do not show.
fn harmless(text: String) -> String {
    let begins =
        text.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if begins { format!("'{text}") } else { text }
}

fn quoted(text: String) -> String {
    let plain = !text.contains([',', '"', '\r', '\n', ';', '\t']) && text.trim() == text;
    if plain { text } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_read_back_whatever_is_in_them() {
        let cells =
            [Cell::text("a"), Cell::Number(7), Cell::Empty, Cell::text("say \"hi\", twice\nor so"), Cell::text(" x ")];
        assert_eq!(line(cells), "a,7,,\"say \"\"hi\"\", twice\nor so\",\" x \"\r\n");
        assert_eq!(line([Cell::text("قهوة ☕"), Cell::text("")]), "قهوة ☕,\r\n");
    }

    #[test]
    fn nothing_is_a_formula() {
        for text in ["=1+1", "+49 30 1", "-2", "@SUM(A1)", "\t=1", "\r=1", " =cmd|' /C calc'!A0", "＝1"] {
            let written = line([Cell::text(text)]);
            assert!(written.trim_start_matches('"').starts_with('\''), "{text:?}: {written:?}");
        }
        assert_eq!(
            line([Cell::text("2026-01-01T00:00:00+01:00"), Cell::text("a=b")]),
            "2026-01-01T00:00:00+01:00,a=b\r\n"
        );
    }
}
