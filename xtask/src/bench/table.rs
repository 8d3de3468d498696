//! Figures on a terminal, in columns.

use std::io::Write as _;

use anstyle::{AnsiColor, Style};

/// Rows under a head; the first column is of words, the others are of figures.
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

/// How a row is to be read at a glance.
#[derive(Clone, Copy)]
pub(super) enum Tone {
    Head,
    Plain,
    Good,
    Bad,
}

impl Tone {
    const fn style(self) -> Style {
        match self {
            Self::Head => Style::new().bold(),
            Self::Plain => Style::new(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
        }
    }
}

impl Table {
    pub(super) fn new(head: &[&str]) -> Self {
        let head = head.iter().map(|title| (*title).to_owned()).collect();
        Self { rows: vec![head] }
    }

    pub(super) fn row(&mut self, name: &str, figures: impl IntoIterator<Item = String>) {
        let mut row = vec![name.to_owned()];
        row.extend(figures);
        self.rows.push(row);
    }

    /// Prints it; coloured where the terminal shows colours.
    pub(super) fn print(&self, tone: impl Fn(usize) -> Tone) {
        let widths = self.widths();
        let mut out = anstream::stdout().lock();
        for (index, row) in self.rows.iter().enumerate() {
            let style = match index.checked_sub(1) {
                None => Tone::Head.style(),
                Some(index) => tone(index).style(),
            };
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                line += &match column {
                    0 => format!("  {cell:<width$}"),
                    _ => format!("  {cell:>width$}"),
                };
            }
            // Nothing is left to do when the stream is closed.
            let _ = writeln!(out, "{style}{}{style:#}", line.trim_end());
        }
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        (0..columns)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells
                    .map(|cell| cell.chars().count())
                    .max()
                    .unwrap_or_default()
            })
            .collect()
    }
}

/// A figure with so many digits after the point, and its thousands apart.
pub(super) fn figure(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut apart = String::new();
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len() - index;
        if index > 0 && left % 3 == 0 && digit.is_ascii_digit() && !apart.ends_with('-') {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart + rest
}
