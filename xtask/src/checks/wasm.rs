//! `cargo xtask ci wasm`: the core compiles for a machine without an
//! operating system.

use std::path::Path;

use crate::compiler::Compiler;
use crate::process::run;

const TARGET: &str = "wasm32-unknown-unknown";

/// Type-checks the core for WebAssembly, and the standard library before it.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let compiler = Compiler::oldest(root)?;
    let core = [
        "check",
        "--quiet",
        "--locked",
        "--package",
        "talkspace-core",
        "--lib",
        "--all-features",
        "--target",
        TARGET,
        "-Zbuild-std=std,panic_abort",
    ];
    let mut cargo = compiler.cargo(root, "wasm", &core);
    // There is no standard library for that target at hand, but its source,
    // and to build that is not a stable thing to do.
    cargo
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-D warnings");
    run(cargo)
}
