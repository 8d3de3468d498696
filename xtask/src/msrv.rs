//! `cargo xtask ci msrv`: the oldest compiler that the crates promise to build
//! with builds them.

use std::path::Path;

use crate::compiler::Compiler;
use crate::process::{run, say};
use crate::workspace::{published, selected};

/// What `rust-version` says, and the packages with that compiler.
const OLDEST: &str = "1.85";
const PACKAGES: &[&str] = &[
    "rustc-web=1.85.*",
    "libstd-rust-web-1.85",
    "libstd-rust-web-dev=1.85.*",
    "libllvm19",
];

/// Type-checks the crates that promise it.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let packages = published(root)?;
    let (covered, others): (Vec<_>, Vec<_>) = packages
        .iter()
        .partition(|package| package.rust_version.as_deref() == Some(OLDEST));
    if covered.is_empty() {
        return Err(format!("no crate promises to build with {OLDEST}"));
    }
    for package in others {
        say(&format!(
            "msrv: {} is NOT checked: it asks for {}, of which there is no compiler at hand",
            package.name,
            package.rust_version.as_deref().unwrap_or("the newest")
        ));
    }
    let compiler = Compiler::unpack(root, "msrv", PACKAGES)?;
    let all = ["check", "--quiet", "--locked", "--all-features"];
    run(compiler.cargo(root, &[&all[..], &selected(covered)].concat()))
}
