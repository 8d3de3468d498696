//! `cargo xtask ci deny`: cargo-deny judges what is depended on, by `.deny.toml`.

use std::path::Path;

use crate::process::{command, run, say};
use crate::tools;

/// The version that the check was written with.
const CARGO_DENY: (&str, &str) = ("cargo-deny", "0.20.2");

/// Judges duplicates, licences and sources.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let deny = tools::cargo(root, CARGO_DENY)?;
    // A warning is an exception that nothing needs any more.
    let judge = [
        "--locked", "check", "-D", "warnings", "bans", "licenses", "sources",
    ];
    run(command(root, &deny, &judge))?;
    say(
        "deny: advisories are NOT checked: their database is on GitHub, which a check may not need;\n\
         deny: who can reach it runs: cargo deny check advisories",
    );
    Ok(())
}
