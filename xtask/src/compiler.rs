//! Compilers other than the one at hand, out of Debian's archive.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{command, output, run, say};
use crate::tools;

const NEEDED: &str = "this check takes its compiler from the archive of Debian 12 (bookworm), \
                      with apt-get and dpkg, and cannot do without";

/// A compiler in a folder of its own; the system stays as it is.
pub(crate) struct Compiler {
    folder: PathBuf,
}

impl Compiler {
    /// Unpacks these packages, once. Their versions may end in `*`.
    pub(crate) fn unpack(root: &Path, name: &str, packages: &[&str]) -> Result<Self, String> {
        let folder = tools::folder(root, name);
        tools::once(&folder, &packages.join(" "), || {
            fetch(&folder, packages).map_err(|why| format!("{why}; {NEEDED}"))
        })?;
        Ok(Self { folder })
    }

    /// Cargo with this compiler, which builds into a folder of its own.
    pub(crate) fn cargo(&self, root: &Path, arguments: &[&str]) -> Command {
        let usr = self.folder.join("usr");
        let libraries = [
            usr.join("lib")
                .join(format!("{}-linux-gnu", std::env::consts::ARCH)),
            usr.join("lib"),
        ];
        let mut cargo = command(root, "cargo", arguments);
        cargo
            .env("RUSTC", usr.join("bin/rustc"))
            .env(
                "LD_LIBRARY_PATH",
                libraries.map(PathBuf::into_os_string).join(OsStr::new(":")),
            )
            .env("CARGO_TARGET_DIR", self.folder.join("target"));
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
