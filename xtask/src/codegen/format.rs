//! Rust, as `cargo fmt` leaves it.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use super::emit::File;

/// Formats the Rust files, with the settings of the workspace.
pub(crate) fn format(root: &Path, files: Vec<File>) -> Result<Vec<File>, String> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let chunk = files.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let running: Vec<_> = files
            .chunks(chunk)
            .map(|files| scope.spawn(move || format_all(root, files)))
            .collect();
        let mut formatted = Vec::new();
        for thread in running {
            let files = thread
                .join()
                .map_err(|_| "formatting broke off".to_owned())?;
            formatted.extend(files?);
        }
        Ok(formatted)
    })
}

fn format_all(root: &Path, files: &[File]) -> Result<Vec<File>, String> {
    files
        .iter()
        .map(|(path, text)| {
            let text = if path.ends_with(".rs") {
                rustfmt(root, text).map_err(|error| format!("{path}: {error}"))?
            } else {
                text.clone()
            };
            Ok((path.clone(), text))
        })
        .collect()
}

/// What `rustfmt` makes of the text.
fn rustfmt(root: &Path, text: &str) -> Result<String, String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root.join(".rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| {
            let hint = "install it with: rustup component add rustfmt";
            format!("rustfmt did not start: {error}; {hint}")
        })?;
    // Dropping the pipe ends the input. rustfmt reads all of it before it writes.
    let written = child
        .stdin
        .take()
        .map_or(Ok(()), |mut input| input.write_all(text.as_bytes()));
    let output = child
        .wait_with_output()
        .map_err(|error| format!("rustfmt was lost: {error}"))?;
    written.map_err(|error: io::Error| format!("rustfmt did not read: {error}"))?;
    if output.status.success() {
        String::from_utf8(output.stdout)
            .map_err(|_| "rustfmt wrote something else than UTF-8".to_owned())
    } else {
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "rustfmt cannot format what was generated:\n{errors}"
        ))
    }
}
