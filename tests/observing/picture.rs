//! The picture in the manual: what is traced of one request with two retries, in
//! virtual time.

use std::fmt::Write;
use std::time::Duration;
use std::{env, fs};

use crate::capture::Item;
use crate::spans::traced;

const PICTURE: &str = "crates/talkspace-core/src/manual/observing/trace.svg";

const WIDTH: usize = 860;
const ROW: usize = 24;
/// Where the bars begin and end.
const BARS: (f64, f64) = (320.0, 790.0);
/// How many letters of a field line there is room for.
const LETTERS: usize = 118;

/// Letters have the colour of the page that it is shown in; these names keep its
/// style apart from that of the page.
const STYLE: &str = "\
.trace text { font: 13px system-ui, sans-serif; fill: currentColor; } \
.trace .fields { font: 11px ui-monospace, monospace; opacity: 0.75; } \
.trace .request { fill: #8796a5; } .trace .ok { fill: #2f8f5b; } .trace .error { fill: #c2452d; }";

/// The picture of what was traced.
pub(crate) fn picture() -> String {
    draw(&traced())
}

fn draw(items: &[Item]) -> String {
    let whole = items.iter().filter_map(|item| item.end).max().unwrap();
    let at = |time: Duration| {
        let share = time.as_secs_f64() / whole.as_secs_f64();
        BARS.0 + share * (BARS.1 - BARS.0)
    };
    let mut rows = String::new();
    let mut y = 8;
    // What a transport traces is up to the transport.
    let shown = items
        .iter()
        .filter(|item| !item.to_string().contains("what a transport traces"));
    for item in shown {
        let depth = if item.parent.is_some() { 16 } else { 4 };
        if item.is_event {
            let message = item.field("message").unwrap_or_default();
            let rest = fields(item).join("  ");
            let time = item.begin.as_secs_f64() * 1000.0;
            let _ = writeln!(
                rows,
                "<text class=\"fields\" x=\"{depth}\" y=\"{}\">· {time:.1} ms  {}  {}</text>",
                y + 12,
                escaped(message),
                escaped(&rest)
            );
            y += ROW;
            continue;
        }
        let name = item.field("otel.name").unwrap_or(item.name);
        let end = item.end.unwrap();
        let (from, to) = (at(item.begin), at(end));
        let class = match (item.name, item.field("error.type")) {
            ("request", None) => "request",
            (_, None) => "ok",
            (_, Some(_)) => "error",
        };
        let took = (end - item.begin).as_secs_f64() * 1000.0;
        let _ = write!(
            rows,
            "<text x=\"{depth}\" y=\"{base}\">{name}</text>\n\
             <rect class=\"{class}\" x=\"{from:.1}\" y=\"{top}\" width=\"{width:.1}\" height=\"14\"/>\n\
             <text class=\"fields\" x=\"{right:.1}\" y=\"{base}\">{took:.1} ms</text>\n",
            name = escaped(name),
            base = y + 13,
            top = y + 2,
            width = (to - from).max(2.0),
            right = to + 6.0,
        );
        y += ROW;
        for line in lines(&fields(item)) {
            let _ = writeln!(
                rows,
                "<text class=\"fields\" x=\"{}\" y=\"{}\">{}</text>",
                depth + 8,
                y + 8,
                escaped(&line)
            );
            y += 16;
        }
        y += 6;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"trace\" width=\"{WIDTH}\" height=\"{y}\" \
         viewBox=\"0 0 {WIDTH} {y}\" role=\"img\" \
         aria-label=\"The spans of one request with two retries\">\n\
         <style>{STYLE}</style>\n{rows}</svg>\n"
    )
}

/// What is not said by the name.
fn fields(item: &Item) -> Vec<String> {
    let fields = item.fields.iter();
    let rest = fields.filter(|(name, _)| !matches!(*name, "otel.name" | "message"));
    rest.map(|(name, value)| format!("{name}={value}"))
        .collect()
}

/// As many fields in a line as fit.
fn lines(fields: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for field in fields {
        match lines.last_mut() {
            Some(line) if line.len() + 2 + field.len() <= LETTERS => {
                line.push_str("  ");
                line.push_str(field);
            }
            _ => lines.push(field.clone()),
        }
    }
    lines
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;")
}

#[test]
fn the_picture_in_the_manual_is_what_is_traced() {
    let picture = picture();
    assert!(!picture.contains("\n\n"), "it is one block of the page");
    let path = talkspace_tests::root().join(PICTURE);
    if env::var_os("TALKSPACE_BLESS").is_some() {
        fs::write(&path, &picture).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == picture,
        "{PICTURE} is out of date; set TALKSPACE_BLESS=1"
    );
}
