//! A line for each request.

use anstyle::{AnsiColor, Style};
use talkspace_sandbox::Served;

const FAINT: Style = Style::new().dimmed();

/// The line, with colours for a person. Without them it is the request's own
/// `Display`.
pub(super) fn line(served: &Served) -> String {
    let color = match served.status {
        ..400 => AnsiColor::Green,
        400..500 => AnsiColor::Yellow,
        _ => AnsiColor::Red,
    };
    let status = color.on_default();
    let text = served.to_string();
    let code = format!(" {} ", served.status);
    match text.split_once(&code) {
        Some((request, rest)) => format!("{request}{status}{code}{status:#}{FAINT}{rest}{FAINT:#}"),
        None => text,
    }
}
