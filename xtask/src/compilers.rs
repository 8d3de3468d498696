//! `cargo xtask ci msrv` and `cargo xtask ci wasm`: compilers other than the
//! one at hand check the crates that are published.
//!
//! They come from Debian, which keeps the oldest compiler that is supported,
//! and one with the sources of `std`. They are unpacked, not installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{command, output, run, say};
use crate::tools;

/// The crates that the promise of the oldest compiler covers. The suite needs a
/// newer one, as its own manifest says.
const PUBLISHED: [&str; 5] = [
    "talkspace-core",
    "talkspace-hyper",
    "talkspace-blocking",
    "talkspace-sandbox",
    "talkspace-cli",
];

/// Checks the published crates with the oldest compiler that they support.
pub(crate) fn msrv(root: &Path) -> Result<(), String> {
    let promised = promised(root)?;
    let library = format!("libstd-rust-web-{promised}");
    let compiler = Compiler::unpack(root, "msrv", &promised, &[&library], "libllvm19")?;
    let mut check = compiler.cargo(root, "msrv");
    check.args(["check", "--all-features"]);
    for package in PUBLISHED {
        check.args(["--package", package]);
    }
    run(check)?;
    say(&format!(
        "msrv: {} with {}",
        PUBLISHED.join(", "),
        compiler.version(root)?.trim()
    ));
    Ok(())
}

/// Checks that the core means something to a machine without an operating
/// system.
pub(crate) fn wasm(root: &Path) -> Result<(), String> {
    const VERSION: &str = "1.96";
    let parts = ["libstd-rust-web-1.96", "rust-web-src"];
    let compiler = Compiler::unpack(root, "wasm", VERSION, &parts, "libllvm22")?;
    let mut check = compiler.cargo(root, "wasm");
    check
        // No `std` is built for this target; it is checked along.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-D warnings")
        .args(["check", "--package", "talkspace-core", "--lib"])
        .args(["-Zbuild-std=std,panic_abort", "--target"])
        .arg("wasm32-unknown-unknown");
    run(check)
}

/// The `rust-version` of the workspace.
fn promised(root: &Path) -> Result<String, String> {
    let manifest = fs::read_to_string(root.join("Cargo.toml")).map_err(|e| e.to_string())?;
    manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .map(|version| version.trim_matches('"').to_owned())
        .ok_or_else(|| "Cargo.toml names no rust-version".to_owned())
}

/// An unpacked compiler.
struct Compiler {
    usr: PathBuf,
}

impl Compiler {
    /// Fetches and unpacks Debian's compiler of this version, once.
    fn unpack(
        root: &Path,
        name: &str,
        version: &str,
        parts: &[&str],
        llvm: &str,
    ) -> Result<Self, String> {
        let folder = tools::folder(root, name);
        let compiler = Self {
            usr: folder.join("usr"),
        };
        // Written last, so that an installation that broke off is done again.
        let unpacked = folder.join("unpacked");
        if fs::read_to_string(&unpacked).is_ok_and(|found| found == version) {
            return Ok(compiler);
        }
        say(&format!("{name}: fetching rustc {version} from Debian"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let full = match available(&folder, version)? {
            Some(full) => full,
            // The lists of packages are not there on a fresh machine.
            None => {
                run(command(&folder, "apt-get", &["update", "--quiet=2"]))?;
                available(&folder, version)?.ok_or_else(|| {
                    format!(
                        "Debian has no rustc-web {version} here; see `apt-cache madison rustc-web`"
                    )
                })?
            }
        };
        let mut download = command(&folder, "apt-get", &["download", "--quiet=2", llvm]);
        for part in ["rustc-web", "libstd-rust-web-dev"].iter().chain(parts) {
            download.arg(format!("{part}={full}"));
        }
        run(download)?;
        for entry in fs::read_dir(&folder).map_err(|error| error.to_string())? {
            let package = entry.map_err(|error| error.to_string())?.path();
            if package.extension().is_some_and(|ending| ending == "deb") {
                let package = package.to_string_lossy();
                run(command(&folder, "dpkg-deb", &["--extract", &package, "."]))?;
            }
        }
        fs::write(&unpacked, version).map_err(|error| error.to_string())?;
        Ok(compiler)
    }

    /// A cargo that compiles with it, into a folder of its own.
    fn cargo(&self, root: &Path, name: &str) -> Command {
        let mut cargo = self.command(root, "cargo");
        cargo
            .env("RUSTC", self.usr.join("bin/rustc"))
            .env("CARGO_TARGET_DIR", root.join("target").join(name));
        cargo
    }

    fn version(&self, root: &Path) -> Result<String, String> {
        let rustc = self.usr.join("bin/rustc");
        let mut version = self.command(root, &rustc.to_string_lossy());
        version.arg("--version");
        output(version)
    }

    fn command(&self, root: &Path, program: &str) -> Command {
        let mut command = command(root, program, &[]);
        let libraries = self.usr.join("lib");
        // Debian puts them below the name of the machine.
        let own = fs::read_dir(&libraries)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_dir());
        let paths = std::env::join_paths(own.chain([libraries.clone()]));
        command.env("LD_LIBRARY_PATH", paths.unwrap_or_default());
        // This program runs below a cargo that named a toolchain.
        command.env_remove("RUSTUP_TOOLCHAIN");
        command
    }
}

/// The full version of the package, of which the first part is given.
fn available(folder: &Path, version: &str) -> Result<Option<String>, String> {
    let listed = output(command(folder, "apt-cache", &["madison", "rustc-web"]))
        .map_err(|error| format!("{error}; this check needs Debian's packages"))?;
    Ok(find(&listed, version).map(str::to_owned))
}

/// Finds it in lines such as `rustc-web | 1.85.0+dfsg3-1~deb12u3 | http://…`.
fn find<'l>(listed: &'l str, version: &str) -> Option<&'l str> {
    listed
        .lines()
        .filter_map(|line| line.split('|').nth(1).map(str::trim))
        .find(|full| {
            full.strip_prefix(version)
                .is_some_and(|rest| rest.starts_with('.'))
        })
}

#[cfg(test)]
mod tests;
