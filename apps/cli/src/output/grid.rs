//! Rows of cells in aligned columns, by the width that characters take on a terminal.

use unicode_width::UnicodeWidthStr;

use super::paint::Tone;

/// Between two columns.
const GAP: &str = "  ";

/// A cell: its text, without colours, and how to show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
    right: bool,
}

impl Cell {
    /// Text, left-aligned.
    pub(crate) fn left(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Plain, right: false }
    }

    /// A number or sum, right-aligned.
    pub(crate) fn right(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Plain, right: true }
    }

    /// The same in a tone.
    pub(crate) fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    fn width(&self) -> usize {
        self.text.width()
    }

    /// The cell in `width` columns; `last` leaves no spaces at the line's end.
    fn padded(&self, width: usize, last: bool) -> String {
        let painted = if self.text.is_empty() { String::new() } else { self.tone.paint(&self.text) };
        let space = " ".repeat(width.saturating_sub(self.width()));
        match (self.right, last) {
            (true, _) => format!("{space}{painted}"),
            (false, true) => painted,
            (false, false) => format!("{painted}{space}"),
        }
    }
}

/// Rows under each other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grid {
    rows: Vec<Vec<Cell>>,
    indent: usize,
}

impl Grid {
    /// A grid that begins `indent` columns from the left.
    pub(crate) fn indented(indent: usize) -> Self {
        Self { rows: Vec::new(), indent }
    }

    /// A grid with a heading row.
    pub(crate) fn with_heading(names: &[&str]) -> Self {
        let mut grid = Self::default();
        grid.row(names.iter().map(|name| Cell::left(*name).tone(Tone::Heading)));
        grid
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The widths of the columns.
    pub(crate) fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        (0..columns)
            .map(|column| {
                self.rows.iter().filter_map(|row| row.get(column)).map(Cell::width).max().unwrap_or(0)
            })
            .collect()
    }

    /// All rows as lines.
    pub(crate) fn render(&self) -> String {
        self.render_with(&self.widths())
    }

    /// All rows as lines, in columns that may be wider than they need to be: so grids can be aligned with each other.
    pub(crate) fn render_with(&self, widths: &[usize]) -> String {
        let mut lines = String::new();
        for row in &self.rows {
            let filled = row.iter().rposition(|cell| !cell.text.is_empty()).map_or(0, |last| last + 1);
            let cells: Vec<_> = row
                .iter()
                .take(filled)
                .zip(widths)
                .enumerate()
                .map(|(column, (cell, width))| cell.padded(*width, column + 1 == filled))
                .collect();
            if !cells.is_empty() {
                lines.push_str(&" ".repeat(self.indent));
                lines.push_str(&cells.join(GAP));
            }
            lines.push('\n');
        }
        lines
    }
}

/// The widths that fit several grids.
pub(crate) fn common_widths<'a>(grids: impl IntoIterator<Item = &'a Grid>) -> Vec<usize> {
    let mut widths: Vec<usize> = Vec::new();
    for grid in grids {
        for (column, width) in grid.widths().into_iter().enumerate() {
            match widths.get_mut(column) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_whatever_their_characters_weigh() {
        let mut grid = Grid::indented(2);
        grid.row([Cell::left("Борщ"), Cell::right("1\u{a0}234,50\u{a0}₽")]);
        grid.row([Cell::left("日本酒"), Cell::right("5\u{a0}₽")]);
        assert_eq!(grid.render(), "  Борщ    1\u{a0}234,50\u{a0}₽\n  日本酒         5\u{a0}₽\n");
    }

    #[test]
    fn no_line_ends_in_spaces() {
        let mut grid = Grid::default();
        grid.row([Cell::left("a"), Cell::left("long"), Cell::left("")]);
        grid.row([Cell::left("b"), Cell::left("x")]);
        grid.row([Cell::left("")]);
        assert_eq!(grid.render(), "a  long\nb  x\n\n");
    }

    #[test]
    fn colours_take_no_room() {
        let mut grid = Grid::default();
        grid.row([Cell::left("aa").tone(Tone::Strong), Cell::left("|")]);
        grid.row([Cell::left("b"), Cell::left("|")]);
        let bare = anstream::adapter::strip_str(&grid.render()).to_string();
        assert_eq!(bare, "aa  |\nb   |\n");
    }

    #[test]
    fn grids_can_share_their_columns() {
        let mut first = Grid::default();
        first.row([Cell::left("a"), Cell::right("1")]);
        let mut second = Grid::default();
        second.row([Cell::left("abc"), Cell::right("100")]);
        assert_eq!(common_widths([&first, &second]), [3, 3]);
        assert_eq!(first.render_with(&[3, 3]), "a      1\n");
    }
}
