//! Programs that a distribution brings.

use std::env;
use std::io::Write as _;
use std::path::PathBuf;

/// Set where all of them must be there.
const REQUIRED: &str = "TALKSPACE_ALL_SOFTWARE";

/// The path of a program, or `None` where it is not installed, which is told.
///
/// # Panics
///
/// When it is not installed and must be.
#[must_use]
pub fn find(program: &str, package: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Servers are where not every user looks for them.
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let found = folders
        .map(|folder| folder.join(program))
        .find(|path| path.is_file());
    if found.is_none() {
        let told = format!("{program} is not installed: apt-get install {package}");
        assert!(env::var_os(REQUIRED).is_none(), "{told}");
        // Past the capture of a test that passes.
        let _ = writeln!(std::io::stderr(), "\nNOT TESTED: {told}");
    }
    found
}
