//! Columns that line up, without borders: what does not fit the terminal may wrap.

use std::fmt::Write;

use anstyle::Style;

use super::DIM;

/// A text and how it looks.
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>, style: Style) -> Self {
        let text = text.into();
        Self { text, style }
    }

    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Style::new())
    }
}

/// Rows under a header; columns that are empty throughout are left out.
pub(crate) struct Table {
    header: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(crate) fn new(header: &[&str]) -> Self {
        Self {
            header: header.iter().map(|it| Cell::new(*it, DIM)).collect(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    pub(crate) fn render(&self) -> String {
        let widths: Vec<usize> = (0..self.header.len()).map(|it| self.width(it)).collect();
        let mut out = String::new();
        for row in std::iter::once(&self.header).chain(&self.rows) {
            let mut line = String::new();
            let mut pending = 0;
            for (cell, width) in row.iter().zip(&widths).filter(|(_, width)| **width > 0) {
                let (style, text) = (cell.style, &cell.text);
                if !text.is_empty() {
                    // Padding is written before the next text only: no blanks at line ends.
                    let _ = write!(line, "{:pending$}{style}{text}{style:#}", "");
                    pending = 0;
                }
                pending += width - text.chars().count() + 2;
            }
            let _ = writeln!(out, "  {line}");
        }
        out
    }

    /// The width of a column; 0 if no row has anything in it.
    fn width(&self, column: usize) -> usize {
        let count = |row: &Vec<Cell>| row.get(column).map_or(0, |it| it.text.chars().count());
        match self.rows.iter().map(count).max().unwrap_or(0) {
            0 => 0,
            width => width.max(count(&self.header)),
        }
    }
}
