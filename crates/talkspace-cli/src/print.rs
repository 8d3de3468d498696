//! Output for people and for programs.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use talkspace_core::unversioned::is_unseen;

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const CARE: Style = AnsiColor::Yellow.on_default().bold();
const FAINT: Style = Style::new().dimmed();

/// Whether the one document of this process was written.
static WRITTEN: Mutex<bool> = Mutex::new(false);

/// Something that went well.
pub(crate) fn good(text: impl Display) -> String {
    format!("{GOOD}{text}{GOOD:#}")
}

/// Something beside the point.
pub(crate) fn faint(text: impl Display) -> String {
    format!("{FAINT}{text}{FAINT:#}")
}

/// Text from elsewhere, without what would steer a terminal, or would not be
/// seen there.
pub(crate) fn printable(text: &str) -> String {
    let replace = |character| match is_unseen(character) {
        true => '\u{FFFD}',
        false => character,
    };
    text.chars().map(replace).collect()
}

/// Writes to standard output.
///
/// One that was closed (`>&-`) swallows all and is no error: before `main`,
/// Rust's runtime opens `/dev/null` in its place, for reading and writing. So do
/// Python (`subprocess.DEVNULL`) and Node (`stdio: 'ignore'`) for a command whose
/// output is not wanted, and Linux tells the two apart in nothing. An error after
/// a request was applied would make such a program send it again.
///
/// # Errors
///
/// Why it could not be written. A reader that went away is not an error.
pub(crate) fn out(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes the JSON document of this process to standard output. There is one;
/// a second is not written.
///
/// # Errors
///
/// As [`out`].
pub(crate) fn document(value: &impl Serialize) -> io::Result<()> {
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    write(value, &mut written)
}

/// Writes JSON to standard output, on one line, for a program that goes on to wait.
///
/// # Errors
///
/// As [`out`].
pub(crate) fn json_line(value: &impl Serialize) -> io::Result<()> {
    out(&(escaped(&serde_json::to_string(value)?) + "\n"))
}

/// As [`document`], for a thread that must not wait for one which is writing it.
pub(crate) fn document_if_free(value: &impl Serialize) {
    if let Ok(mut written) = WRITTEN.try_lock() {
        let _ = write(value, &mut written);
    }
}

fn write(value: &impl Serialize, written: &mut bool) -> io::Result<()> {
    if !*written {
        let text = serde_json::to_string_pretty(value)?;
        out(&(escaped(&text) + "\n"))?;
        *written = true;
    }
    Ok(())
}

/// A JSON text in which what would not be seen is escaped. It can only stand in
/// a string, where that means the same.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character != '\n' && is_unseen(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(character);
        }
    }
    text
}

/// Tells something beside the point, on standard error.
pub(crate) fn note(what: impl Display) {
    line(format!("{FAINT}{}{FAINT:#}", printable(&what.to_string())));
}

/// Says what is to be careful about, on standard error.
pub(crate) fn warning(what: impl Display) {
    line(format!(
        "{CARE}warning:{CARE:#} {}",
        printable(&what.to_string())
    ));
}

/// Says what went wrong, on standard error.
pub(crate) fn failure(what: impl Display) {
    line(format!(
        "{BAD}error:{BAD:#} {}",
        printable(&what.to_string())
    ));
}

/// Says more about what went wrong.
pub(crate) fn more(what: impl Display) {
    line(format!("  {}", printable(&what.to_string())));
}

/// Writes a line to standard error. An error of that has no place to be reported.
pub(crate) fn line(text: String) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}
