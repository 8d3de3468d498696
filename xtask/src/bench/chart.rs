//! Bars, drawn as SVG.

use std::fmt::Write as _;

use super::table::figure;

/// One bar.
pub(super) struct Bar<'n> {
    pub(super) name: &'n str,
    pub(super) value: f64,
}

/// Bars of one kind under a title, the shortest first in no case: the order is
/// the caller's.
pub(super) struct Chart<'n> {
    pub(super) title: &'n str,
    /// What a value is of, and how many digits it has after the point.
    pub(super) unit: &'n str,
    pub(super) digits: usize,
    pub(super) bars: Vec<Bar<'n>>,
}

/// In the units of the drawing, which is as wide as its page lets it be.
const WIDTH: f64 = 640.0;
const NAMES: f64 = 170.0;
const VALUES: f64 = 110.0;
const ROW: f64 = 24.0;
const TOP: f64 = 30.0;

/// Ours stand out.
const OURS: &str = "talkspace-";

/// How a drawing looks by day and by night.
pub(super) const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #1b1f26; } \
.title { font-weight: 600; } .value { fill: #57606c; } \
.bar { fill: #9aa7b5; } .ours { fill: #0b6bb0; } \
@media (prefers-color-scheme: dark) { \
text { fill: #e5e8ec; } .value { fill: #a3acb8; } .bar { fill: #55606e; } .ours { fill: #5fb2f2; } }";

impl Chart<'_> {
    /// The drawing. It brings its style along when it stands alone.
    pub(super) fn svg(&self, stands_alone: bool) -> String {
        let height = TOP + ROW * self.bars.len() as f64 + 4.0;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">\n",
            escape(self.title)
        );
        if stands_alone {
            let _ = writeln!(svg, "<style>{STYLE}</style>");
        }
        let _ = writeln!(
            svg,
            "<text class=\"title\" x=\"0\" y=\"16\">{}</text>",
            escape(self.title)
        );
        let longest = self.bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
        let room = WIDTH - NAMES - VALUES;
        for (row, bar) in self.bars.iter().enumerate() {
            let y = TOP + ROW * row as f64;
            let length = if longest > 0.0 {
                bar.value / longest * room
            } else {
                0.0
            };
            let class = if bar.name.starts_with(OURS) {
                "bar ours"
            } else {
                "bar"
            };
            let _ = writeln!(
                svg,
                "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>\
                 <rect class=\"{class}\" x=\"{NAMES}\" y=\"{:.0}\" width=\"{length:.1}\" height=\"{:.0}\" rx=\"2\"/>\
                 <text class=\"value\" x=\"{:.1}\" y=\"{:.0}\">{} {}</text>",
                NAMES - 8.0,
                y + 15.0,
                escape(bar.name),
                y + 3.0,
                ROW - 8.0,
                NAMES + length + 6.0,
                y + 15.0,
                figure(bar.value, self.digits),
                escape(self.unit),
            );
        }
        svg + "</svg>\n"
    }
}

/// Text as text of a document.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
