//! The checkout that is worked on: the one that the program is run in, which
//! need not be the one that it was built in.

use std::env;
use std::path::{Path, PathBuf};

/// Cargo takes a package in another checkout for the same one, and goes by the
/// times of its files: in a target folder that two checkouts share, it would
/// run one's generator on the other's spec. To name a variable that differs
/// between them makes it compile this package anew.
const _: Option<&str> = option_env!("TALKSPACE_CHECKOUT");

/// The root of the checkout: above the package that cargo runs; above the
/// current folder, where it is not cargo that runs it.
///
/// # Errors
///
/// Where that is no checkout of this workspace.
pub fn root() -> Result<PathBuf, String> {
    let start = match env::var_os("CARGO_MANIFEST_DIR") {
        Some(package) => PathBuf::from(package),
        None => env::current_dir().map_err(|error| format!("no current folder: {error}"))?,
    };
    above(&start).ok_or_else(|| {
        format!(
            "{} is in no checkout: no folder above it has xtask/Cargo.toml",
            start.display()
        )
    })
}

fn above(start: &Path) -> Option<PathBuf> {
    let mut folders = start.ancestors();
    folders
        .find(|folder| folder.join("xtask/Cargo.toml").is_file())
        .map(Path::to_owned)
}
