//! Where the tools live that the checks need: under `target/tools`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{command, run};

/// The folder of a tool, which the tool may write to.
pub(crate) fn folder(root: &Path, name: &str) -> PathBuf {
    root.join("target/tools").join(name)
}

/// The Python with a package of this version, such as `schemathesis==4.32.5`,
/// in an environment of its own. It is installed once.
pub(crate) fn python(root: &Path, name: &str, package: &str) -> Result<String, String> {
    let folder = folder(root, name);
    let python = folder.join("bin/python").to_string_lossy().into_owned();
    // Written last, so that an installation that broke off is done again.
    let installed = folder.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|version| version == package) {
        return Ok(python);
    }
    let place = folder.to_string_lossy();
    run(command(root, "python3", &["-m", "venv", &place]))?;
    let install = ["-m", "pip", "install", "--quiet", package];
    run(command(root, &python, &install))?;
    fs::write(&installed, package).map_err(|error| format!("{}: {error}", installed.display()))?;
    Ok(python)
}

/// The command line of this workspace, built now.
pub(crate) fn talkspace(root: &Path) -> Result<String, String> {
    run(command(
        root,
        "cargo",
        &["build", "--quiet", "--package", "talkspace-cli"],
    ))?;
    // It is built into the folder that this program was built into.
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let name = format!("talkspace{}", std::env::consts::EXE_SUFFIX);
    Ok(this.with_file_name(name).to_string_lossy().into_owned())
}
