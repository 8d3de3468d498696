//! The file that a sandbox starts from.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use talkspace_sandbox::{InvalidSeed, SandboxBuilder};

/// How much of a file is read, in bytes: a device has no end.
const ENOUGH: u64 = 1024 * 1024 * 1024;

/// What a seed file says, on top of what is there.
pub(super) fn add(builder: SandboxBuilder, file: &Path) -> Result<SandboxBuilder, String> {
    let mut text = String::new();
    let shown = file.display();
    File::open(file)
        .and_then(|file| file.take(ENOUGH).read_to_string(&mut text))
        .map_err(|error| format!("cannot read the seed file {shown}: {error}"))?;
    builder.seed_file(&text).map_err(|why| cannot(file, &why))
}

/// What is wrong with the file.
pub(super) fn cannot(file: &Path, why: &InvalidSeed) -> String {
    format!("cannot start from {}: {why}", file.display())
}
