//! From generated text to files: compared, written where they differ, and
//! removed where nothing generates them any more.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};

use super::emit::{FOLDERS, File, PREAMBLE};

#[cfg(test)]
mod tests;

/// How many lines into a file the mark of a generated one stands: below its
/// first paragraph.
const HEAD: usize = 12;

/// A file that is not as it would be generated.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The path below the workspace.
    pub(crate) path: String,
    /// What is said of it, which begins with the path.
    pub(crate) said: String,
}

/// The files below `root` that are not as they would be generated.
pub(crate) fn compare(root: &Path, files: &[File]) -> Result<Vec<Difference>, String> {
    let mut differences = Vec::new();
    let mut add = |path: &str, said: String| {
        let (path, said) = (path.to_owned(), format!("{path}{said}"));
        differences.push(Difference { path, said });
    };
    for (path, expected) in files {
        match fs::read(root.join(path)) {
            Ok(actual) if actual == expected.as_bytes() => {}
            Ok(actual) => add(
                path,
                first_line(expected, &String::from_utf8_lossy(&actual)),
            ),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                add(path, " is missing".to_owned());
            }
            Err(error) => return Err(said(path, &error)),
        }
    }
    for path in stale(root, files)? {
        add(&path, " is there, and nothing generates it".to_owned());
    }
    Ok(differences)
}

/// The first line that differs, counted from one.
fn first_line(expected: &str, actual: &str) -> String {
    // With their ends, so that one that lacks its end differs too.
    let lines = |text| str::split(text, '\n').map(Some).chain(iter::once(None));
    let mut both = (1..).zip(lines(expected).zip(lines(actual)));
    let Some((number, lines)) = both.find(|(_, (expected, actual))| expected != actual) else {
        return " has bytes that are no text".to_owned();
    };
    let show = |line: Option<&str>| match line {
        Some(line) => format!("`{line}`"),
        None => "the end of the file".to_owned(),
    };
    let (expected, actual) = (show(lines.0), show(lines.1));
    format!(":{number} differs\n  expected: {expected}\n  actual:   {actual}")
}

/// Writes what differs and removes what is stale. Each file is whole at every moment,
/// and nothing is replaced before all of them are written.
pub(crate) fn apply(root: &Path, files: &[File], differences: &[Difference]) -> Result<(), String> {
    let text_of = |path: &str| files.iter().find(|(other, _)| other == path);
    let (new, stale): (Vec<_>, Vec<_>) = differences
        .iter()
        .map(|difference| (difference.path.as_str(), text_of(&difference.path)))
        .partition(|(_, text)| text.is_some());
    for (path, text) in &new {
        let beside = beside(&root.join(path));
        let folder = beside.parent().map_or(Ok(()), fs::create_dir_all);
        let text = text.map_or("", |(_, text)| text);
        let written = folder.and_then(|()| fs::write(&beside, text));
        written.map_err(|error| said(path, &error))?;
    }
    for (path, _) in new {
        let place = root.join(path);
        let renamed = fs::rename(beside(&place), place);
        renamed.map_err(|error| said(path, &error))?;
    }
    for (path, _) in stale {
        let place = root.join(path);
        match fs::remove_file(&place) {
            // It was a file that is whole now.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed.map_err(|error| said(path, &error))?,
        }
        // A folder that lost its last file goes too; one that did not, stays.
        let _ = place.parent().map(fs::remove_dir);
    }
    Ok(())
}

/// Where a file is until it is whole.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(NEW);
    PathBuf::from(name)
}

/// The end of the name of a file that is not whole yet.
const NEW: &str = ".new";

fn said(path: &str, error: &io::Error) -> String {
    format!("{path}: {error}")
}

/// The files that say of themselves that they are generated, and that nothing generates; and
/// those of a run that was interrupted.
fn stale(root: &Path, files: &[File]) -> Result<Vec<String>, String> {
    let wanted: BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    let mut stale = Vec::new();
    for folder in FOLDERS {
        for path in files_below(root, folder).map_err(|error| said(folder, &error))? {
            let is_stale = path.ends_with(NEW) || is_generated(&root.join(&path));
            if !wanted.contains(path.as_str()) && is_stale {
                stale.push(path);
            }
        }
    }
    Ok(stale)
}

/// Whether the file begins as generated ones do. One that cannot be read does not.
pub(super) fn is_generated(path: &Path) -> bool {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.lines().take(HEAD).any(|line| line.contains(PREAMBLE))
}

/// The paths of all files in a folder, below the workspace and in order.
fn files_below(root: &Path, folder: &str) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(root.join(folder)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            paths.extend(files_below(root, &path)?);
        } else {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
