//! The oldest compilers that are promised to be enough: rustup's, or out of Debian's archive.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{command, output, run, say};
use crate::tools;

/// What `rust-version` says in most of the crates, and what Debian has.
pub(crate) const OLDEST: &str = "1.85";

/// The packages with that compiler, and with the source of its standard library.
const PACKAGES: &[&str] = &[
    "rustc-web=1.85.*",
    "libstd-rust-web-1.85",
    "libstd-rust-web-dev=1.85.*",
    "rust-web-src=1.85.*",
    "libllvm19",
];
const NEEDED: &str = "this check takes its compiler from rustup, or from the archive of Debian 12 \
                      (bookworm) with apt-get and dpkg, and cannot do without";

/// A compiler beside the one that is used here.
pub(crate) struct Compiler {
    rustc: PathBuf,
    /// Where its libraries are, if it does not find them itself.
    libraries: Vec<PathBuf>,
}

impl Compiler {
    /// The compiler of a version, which is installed unless it is there, with the standard
    /// library for a target.
    pub(crate) fn of(root: &Path, version: &str, target: Option<&str>) -> Result<Self, String> {
        match Self::of_rustup(root, version, target) {
            Err(why) if version == OLDEST => {
                say(&format!("no compiler of rustup: {}", why.trim_end()));
                Self::of_debian(root)
            }
            compiler => compiler,
        }
    }

    fn of_rustup(root: &Path, version: &str, target: Option<&str>) -> Result<Self, String> {
        let which = ["which", "--toolchain", version, "rustc"];
        let compiler = || {
            let rustc = output(command(root, "rustup", &which))?;
            Ok::<_, String>(Self {
                rustc: rustc.trim_end().into(),
                libraries: Vec::new(),
            })
        };
        let is_whole = |compiler: &Self| target.is_none_or(|target| compiler.has(root, target));
        if let Some(compiler) = compiler().ok().filter(is_whole) {
            return Ok(compiler);
        }
        let install = ["toolchain", "install", version, "--profile", "minimal"];
        let target: Vec<_> = target
            .iter()
            .flat_map(|target| ["--target", *target])
            .collect();
        output(command(root, "rustup", &[&install[..], &target].concat()))?;
        compiler()
    }

    /// Unpacks the compiler into a folder of its own, unless that was done.
    fn of_debian(root: &Path) -> Result<Self, String> {
        let folder = tools::folder(root, "compiler");
        tools::once(&folder, &PACKAGES.join(" "), || {
            fetch(&folder, PACKAGES).map_err(|why| format!("{why}; {NEEDED}"))
        })?;
        let usr = folder.join("usr");
        let lib = usr.join("lib");
        Ok(Self {
            rustc: usr.join("bin/rustc"),
            // Of LLVM and of the standard library.
            libraries: vec![lib.join(format!("{}-linux-gnu", env::consts::ARCH)), lib],
        })
    }

    /// Whether it has a standard library for a target.
    pub(crate) fn has(&self, root: &Path, target: &str) -> bool {
        let print = ["--print", "target-libdir", "--target", target];
        let mut rustc = command(root, &self.rustc.to_string_lossy(), &print);
        self.with_libraries(&mut rustc);
        output(rustc).is_ok_and(|folder| Path::new(folder.trim_end()).is_dir())
    }

    /// Cargo with this compiler. What a check builds is in a folder of its own.
    pub(crate) fn cargo(&self, root: &Path, check: &str, arguments: &[&str]) -> Command {
        let mut cargo = command(root, "cargo", arguments);
        self.with_libraries(&mut cargo);
        cargo
            .env("RUSTC", &self.rustc)
            .env("CARGO_TARGET_DIR", tools::folder(root, check));
        cargo
    }

    fn with_libraries(&self, command: &mut Command) {
        if !self.libraries.is_empty() {
            let libraries: Vec<_> = self.libraries.iter().map(|path| path.as_os_str()).collect();
            command.env("LD_LIBRARY_PATH", libraries.join(OsStr::new(":")));
        }
    }
}

/// What the compiler that is used here compiles for.
pub(crate) fn host(root: &Path) -> Result<String, String> {
    let host = output(command(root, "rustc", &["--print", "host-tuple"]))?;
    Ok(host.trim_end().to_owned())
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
