//! A copy of the workspace, in which what is the same stays as old as it was.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use xtask::codegen;

/// Whatever cargo needs to build it. What `.cargo` sets holds below it, too, and its flags would be there twice.
const WORKSPACE: [&str; 8] = [
    ".rustfmt.toml",
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "crates",
    "spec",
    "tests",
    "xtask",
];

/// Copies the workspace, but for what is generated, and for the spec; and removes what it
/// has no more.
pub(super) fn workspace(from: &Path, to: &Path) -> Result<(), String> {
    let said = |path: &Path, error: io::Error| format!("{}: {error}", path.display());
    let copy = || -> io::Result<()> {
        let mut kept = BTreeSet::new();
        for name in WORKSPACE {
            for path in files_below(from, &from.join(name))? {
                kept.insert(path.clone());
                write(&to.join(&path), &fs::read(from.join(&path))?)?;
            }
        }
        for path in files_below(to, to)? {
            if !kept.contains(&path) {
                fs::remove_file(to.join(path))?;
            }
        }
        Ok(())
    };
    fs::create_dir_all(to)
        .and_then(|()| copy())
        .map_err(|error| said(to, error))
}

/// Writes a file, unless it is so already: cargo goes by its time.
pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|found| found == content) {
        return Ok(());
    }
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, content)
}

/// The files in a folder that are neither built nor generated, nor the spec.
fn files_below(root: &Path, path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        let path = path.strip_prefix(root).unwrap_or(path).to_owned();
        return Ok(vec![path]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        let is_passed_over = path.ends_with("target")
            || path.ends_with("spec/openapi.yaml")
            || codegen::is_generated(&path);
        if !is_passed_over {
            files.extend(files_below(root, &path)?);
        }
    }
    Ok(files)
}
