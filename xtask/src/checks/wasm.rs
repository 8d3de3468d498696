//! `cargo xtask ci wasm`: the core compiles for a machine without an
//! operating system.

use std::path::Path;

use crate::compiler::{Compiler, OLDEST};
use crate::process::run;

const TARGET: &str = "wasm32-unknown-unknown";

/// Type-checks the core for WebAssembly, and the standard library before it if there is none.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let compiler = Compiler::of(root, OLDEST, Some(TARGET))?;
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
    ];
    let mut cargo = compiler.cargo(root, "wasm", &core);
    cargo.env("RUSTFLAGS", "-D warnings");
    if !compiler.has(root, TARGET) {
        // Debian brings the source; to build that is not a stable thing to do.
        cargo
            .arg("-Zbuild-std=std,panic_abort")
            .env("RUSTC_BOOTSTRAP", "1");
    }
    run(cargo)
}
