//! `cargo xtask ci msrv`: the oldest compiler that the crates promise to build
//! with builds them.

use std::path::Path;

use crate::compiler::{Compiler, OLDEST};
use crate::process::{run, say};
use crate::workspace::{published, selected};

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
        let asks = package.rust_version.as_deref().unwrap_or("the newest");
        say(&format!(
            "msrv: {} is NOT checked: it asks for {asks}, of which there is no compiler at hand",
            package.name
        ));
    }
    let compiler = Compiler::oldest(root)?;
    let all = ["check", "--quiet", "--locked", "--all-features"];
    let all = [&all[..], &selected(covered)].concat();
    run(compiler.cargo(root, "msrv", &all))
}
