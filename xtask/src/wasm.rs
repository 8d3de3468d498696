//! `cargo xtask ci wasm`: the core compiles for a machine without an
//! operating system.

use std::path::Path;

use crate::compiler::Compiler;
use crate::process::run;

const TARGET: &str = "wasm32-unknown-unknown";

/// Debian has no standard library for that target, but its source.
const PACKAGES: &[&str] = &[
    "rustc-web=1.96.*",
    "libstd-rust-web-1.96",
    "libstd-rust-web-dev=1.96.*",
    "rust-web-src=1.96.*",
    "libllvm22",
];

/// Type-checks the core for WebAssembly, and the standard library before it.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let compiler = Compiler::unpack(root, "wasm", PACKAGES)?;
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
    let mut cargo = compiler.cargo(root, &core);
    // Building the standard library is not a stable thing to do.
    cargo
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-D warnings");
    run(cargo)
}
