//! What names something, however it is given: by a call, an option or a seed file.

use std::collections::BTreeSet;

use super::InvalidSeed;
use super::seeds::shown;

/// Takes a name that can be written in one line.
pub(super) fn name(what: &str, name: &str) -> Result<(), InvalidSeed> {
    let why = match name {
        "" => "is empty",
        _ if name.contains(char::is_control) => "holds a line end or another control character",
        _ => return Ok(()),
    };
    Err(InvalidSeed::said(format!("{what} {why}")))
}

/// The same of several, each of which stands there once.
pub(super) fn names<'n>(
    what: &str,
    names: impl Iterator<Item = &'n str>,
) -> Result<(), InvalidSeed> {
    let mut seen = BTreeSet::new();
    for one in names {
        name(what, one)?;
        if !seen.insert(one) {
            let one = shown(one, "that is a phone number");
            return Err(InvalidSeed::said(format!("{what} {one} is given twice")));
        }
    }
    Ok(())
}
