//! Where the tools live that the checks need: under `target/tools`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::process::{command, run, say};

/// The folder of a tool, which the tool may write to.
pub(crate) fn folder(root: &Path, name: &str) -> PathBuf {
    root.join("target/tools").join(name)
}

/// Installs into a folder what this stamp names, unless that was done.
pub(crate) fn once(
    folder: &Path,
    stamp: &str,
    install: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    // Several threads may want the same one.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    // Written last, so that an installation that broke off is done again.
    let installed = folder.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|found| found == stamp) {
        return Ok(());
    }
    install()?;
    fs::write(&installed, stamp).map_err(|error| format!("{}: {error}", installed.display()))
}

/// The Python with a package of this version, such as `schemathesis==4.32.5`,
/// in an environment of its own. It is installed once.
pub(crate) fn python(root: &Path, name: &str, package: &str) -> Result<String, String> {
    let folder = folder(root, name);
    let python = folder.join("bin/python").to_string_lossy().into_owned();
    once(&folder, package, || {
        let place = folder.to_string_lossy();
        run(command(root, "python3", &["-m", "venv", &place]))?;
        let install = ["-m", "pip", "install", "--quiet", package];
        run(command(root, &python, &install))
    })?;
    Ok(python)
}

/// The program of a crate of this version, which is installed once.
pub(crate) fn cargo(root: &Path, (name, version): (&str, &str)) -> Result<String, String> {
    let folder = folder(root, name);
    once(&folder, version, || {
        say(&format!(
            "installing {name} {version}; that takes minutes, once"
        ));
        let place = folder.to_string_lossy();
        // Without optimisation: it is built for longer than it ever runs.
        let install = ["install", "--quiet", "--locked", "--debug", "--force"];
        let what = ["--root", &place, "--version", version, name];
        run(command(root, "cargo", &[&install[..], &what].concat()))
    })?;
    let program = format!("bin/{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(folder.join(program).to_string_lossy().into_owned())
}

/// The packages that there are with one of npm of this version, such as
/// `axe-core@4.14.1`. It is installed once.
pub(crate) fn npm(root: &Path, name: &str, package: &str) -> Result<PathBuf, String> {
    let folder = folder(root, name);
    once(&folder, package, || {
        let place = folder.to_string_lossy();
        let quiet = ["install", "--silent", "--no-audit", "--no-fund"];
        let what = ["--prefix", &place, package];
        run(command(root, "npm", &[&quiet[..], &what].concat()))
    })?;
    Ok(folder.join("node_modules"))
}

/// The command line of this workspace, built now.
pub(crate) fn talkspace(root: &Path) -> Result<String, String> {
    run(command(
        root,
        "cargo",
        &["build", "--quiet", "--bin", "talkspace"],
    ))?;
    // It is built into the folder that this program was built into.
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let name = format!("talkspace{}", std::env::consts::EXE_SUFFIX);
    Ok(this.with_file_name(name).to_string_lossy().into_owned())
}
