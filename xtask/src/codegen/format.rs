//! Rust, as `cargo fmt` leaves it.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::thread;

use super::emit::File;

/// A folder for the files while they are formatted.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder left behind is no failure.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Formats the Rust files, with the settings of the workspace: one `rustfmt` for all.
pub(crate) fn format(root: &Path, mut files: Vec<File>) -> Result<Vec<File>, String> {
    let said = |path: &str, error: io::Error| format!("cannot format {path}: {error}");
    let (process, thread) = (process::id(), thread::current().id());
    let folder = Folder(env::temp_dir().join(format!("xtask-format-{process}-{thread:?}")));
    for (path, text) in &files {
        let place = folder.0.join(path);
        let made = place.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(place, text))
            .map_err(|error| said(path, error))?;
    }
    rustfmt(root, &folder.0, &files)?;
    for (path, text) in &mut files {
        *text = fs::read_to_string(folder.0.join(&*path)).map_err(|error| said(path, error))?;
    }
    Ok(files)
}

/// Has `rustfmt` go through a folder, from a module to those that it declares.
fn rustfmt(root: &Path, folder: &Path, files: &[File]) -> Result<(), String> {
    let paths = || files.iter().map(|(path, _)| Path::new(path));
    let modules = || paths().filter(|path| path.ends_with("mod.rs"));
    let is_declared = |path: &Path| {
        let mut others = modules().filter(|module| *module != path);
        others.any(|module| module.parent().is_some_and(|above| path.starts_with(above)))
    };
    let rust = paths().filter(|path| path.extension().is_some_and(|it| it == "rs"));
    let output = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root.join(".rustfmt.toml"))
        .args(
            rust.filter(|path| !is_declared(path))
                .map(|path| folder.join(path)),
        )
        .output()
        .map_err(|error| {
            let hint = "install it with: rustup component add rustfmt";
            format!("rustfmt did not start: {error}; {hint}")
        })?;
    if output.status.success() {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let errors = errors.replace(&format!("{}/", folder.display()), "");
    Err(format!(
        "rustfmt cannot format what was generated:\n{errors}"
    ))
}
