//! Bars, drawn as SVG.

use std::fmt::Write as _;

use super::table::figure;
use crate::html::escape;

/// One bar.
pub(super) struct Bar<'n> {
    pub(super) name: &'n str,
    pub(super) value: f64,
}

/// Bars of one kind under a title.
pub(super) struct Chart<'n> {
    pub(super) title: &'n str,
    /// What a value is of, and how many digits it has after the point.
    pub(super) unit: &'n str,
    pub(super) digits: usize,
    pub(super) bars: Vec<Bar<'n>>,
}

/// The width of a drawing that stands alone. Inside a page it is as wide as its
/// place: then lengths are shares of the width, and letters keep their size.
const WIDTH: u32 = 640;
const TOP: usize = 30;
const ROW: usize = 32;

/// Ours stand out.
const OURS: &str = "talkspace-";

/// How a drawing looks by day and by night.
pub(super) const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #1b1f26; } \
.title { font-size: 14px; font-weight: 600; } .value { fill: #57606c; } \
.bar { fill: #9aa7b5; } .ours { fill: #0b6bb0; } \
@media (prefers-color-scheme: dark) { \
text { fill: #e5e8ec; } .value { fill: #a3acb8; } .bar { fill: #55606e; } .ours { fill: #5fb2f2; } }";

impl<'n> Chart<'n> {
    /// Bars of any order, the shortest on top.
    pub(super) fn of(
        title: &'n str,
        unit: &'n str,
        digits: usize,
        bars: impl Iterator<Item = Bar<'n>>,
    ) -> Self {
        let mut bars: Vec<_> = bars.collect();
        bars.sort_by(|one, other| one.value.total_cmp(&other.value));
        Self {
            title,
            unit,
            digits,
            bars,
        }
    }

    /// The drawing as a part of a page, which has the style.
    pub(super) fn inline(&self) -> String {
        format!(
            "<svg width=\"100%\" height=\"{}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n",
            self.height(),
            escape(self.title),
            self.rows(),
        )
    }

    /// The drawing as a file of its own.
    pub(super) fn alone(&self) -> String {
        let height = self.height();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
             viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">\n<style>{STYLE}</style>\n{}</svg>\n",
            escape(self.title),
            self.rows(),
        )
    }

    fn height(&self) -> usize {
        TOP + ROW * self.bars.len()
    }

    /// The title; and for each bar its name, its value, and the bar under both.
    fn rows(&self) -> String {
        let mut rows = format!(
            "<text class=\"title\" y=\"16\">{}</text>\n",
            escape(self.title)
        );
        let longest = self.bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
        for (row, bar) in self.bars.iter().enumerate() {
            let y = TOP + ROW * row;
            let share = if longest > 0.0 {
                bar.value / longest * 100.0
            } else {
                0.0
            };
            let class = if bar.name.starts_with(OURS) {
                "bar ours"
            } else {
                "bar"
            };
            let _ = writeln!(
                rows,
                "<text y=\"{}\">{}</text>\
                 <text class=\"value\" x=\"100%\" y=\"{0}\" text-anchor=\"end\">{}</text>\
                 <rect class=\"{class}\" y=\"{}\" width=\"{share:.1}%\" height=\"7\" rx=\"2\"/>",
                y + 13,
                escape(bar.name),
                escape(format!("{} {}", figure(bar.value, self.digits), self.unit).trim_end()),
                y + 18,
            );
        }
        rows
    }
}

#[cfg(test)]
mod tests;
