//! The oldest compiler that is promised to be enough, out of Debian's archive.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{command, output, run, say};
use crate::tools;

/// What `rust-version` says in most of the crates.
pub(crate) const OLDEST: &str = "1.85";

/// The packages with that compiler, and with the source of its standard library.
const PACKAGES: &[&str] = &[
    "rustc-web=1.85.*",
    "libstd-rust-web-1.85",
    "libstd-rust-web-dev=1.85.*",
    "rust-web-src=1.85.*",
    "libllvm19",
];
const NEEDED: &str = "this check takes its compiler from the archive of Debian 12 (bookworm), \
                      with apt-get and dpkg, and cannot do without";

/// A compiler in a folder of its own; the system stays as it is.
pub(crate) struct Compiler {
    folder: PathBuf,
}

impl Compiler {
    /// Unpacks the compiler, unless that was done.
    pub(crate) fn oldest(root: &Path) -> Result<Self, String> {
        let folder = tools::folder(root, "compiler");
        tools::once(&folder, &PACKAGES.join(" "), || {
            fetch(&folder, PACKAGES).map_err(|why| format!("{why}; {NEEDED}"))
        })?;
        Ok(Self { folder })
    }

    /// Cargo with this compiler. What a check builds is in a folder of its own.
    pub(crate) fn cargo(&self, root: &Path, check: &str, arguments: &[&str]) -> Command {
        let usr = self.folder.join("usr");
        let lib = usr.join("lib");
        // Of LLVM and of the standard library.
        let libraries = [lib.join(format!("{}-linux-gnu", env::consts::ARCH)), lib];
        let libraries = libraries.map(PathBuf::into_os_string);
        let mut cargo = command(root, "cargo", arguments);
        cargo
            .env("RUSTC", usr.join("bin/rustc"))
            .env("LD_LIBRARY_PATH", libraries.join(OsStr::new(":")))
            .env("CARGO_TARGET_DIR", tools::folder(root, check));
        cargo
    }
}

fn fetch(folder: &Path, packages: &[&str]) -> Result<(), String> {
    let archives = folder.join("archives");
    fs::create_dir_all(&archives).map_err(|error| format!("{}: {error}", archives.display()))?;
    say(&format!("fetching {}", packages.join(", ")));
    // The user that apt would fetch as may not write to this folder.
    let as_myself = ["-qq", "-o", "APT::Sandbox::User=root", "download"];
    let download = || {
        output(command(
            &archives,
            "apt-get",
            &[&as_myself, packages].concat(),
        ))
    };
    if download().is_err() {
        // A clean machine knows of no package, and an old one of old versions.
        run(command(&archives, "apt-get", &["update", "-qq"]))?;
        download()?;
    }
    let found = fs::read_dir(&archives).map_err(|error| error.to_string())?;
    for archive in found {
        let archive = archive.map_err(|error| error.to_string())?.path();
        let (archive, folder_) = (archive.to_string_lossy(), folder.to_string_lossy());
        let unpack = ["-x", &*archive, &*folder_];
        run(command(folder, "dpkg", &unpack))?;
    }
    fs::remove_dir_all(&archives).map_err(|error| error.to_string())
}
