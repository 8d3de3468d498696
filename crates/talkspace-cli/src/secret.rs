//! What must not be seen comes from a file or from the environment, never from
//! an argument: every process can see those.

use std::env::{self, VarError};
use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What Windows puts before a text.
const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// How much of a file is read, in bytes: no secret is as long, and a device has
/// no end.
const ENOUGH: u64 = 64 * 1024;

/// Reads a file that holds one secret; `-` is standard input.
pub(crate) fn from_file(what: &str, file: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = match file.as_os_str() == "-" {
        true => std::io::stdin().take(ENOUGH).read_to_end(&mut bytes),
        false => File::open(file).and_then(|file| file.take(ENOUGH).read_to_end(&mut bytes)),
    };
    let shown = file.display();
    let failed = |why: &dyn Display| format!("cannot read the {what} from {shown}: {why}");
    read.map_err(|error| failed(&error))?;
    let text = match utf_16(&bytes) {
        Some(why) => return Err(failed(&why)),
        None => String::from_utf8(bytes).map_err(|_| failed(&"it is not UTF-8"))?,
    };
    one(what, &text).map_err(|why| format!("{why} in {shown}"))
}

/// What is wrong with a file that is UTF-16, by its byte order mark.
pub(crate) fn utf_16(bytes: &[u8]) -> Option<&'static str> {
    let is_one = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    is_one.then_some("it is UTF-16, as PowerShell saves files; save it as UTF-8")
}

/// Reads a variable that holds a secret, if it is set. An empty one counts as one that
/// is not, as for the variables of options.
pub(crate) fn from_variable(what: &str, name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => one(what, &text)
            .map(Some)
            .map_err(|why| format!("{why} in {name}")),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("the {what} in {name} is not UTF-8")),
    }
}

/// The text without what editors and shells put around it.
fn one(what: &str, text: &str) -> Result<String, String> {
    let text = text.trim_start_matches(BYTE_ORDER_MARK).trim();
    match text.lines().count() {
        0 => Err(format!("there is no {what}")),
        1 => Ok(text.to_owned()),
        _ => Err(format!(
            "there is more than one line, and so no single {what},"
        )),
    }
}
