//! What the numbers were measured on. No names of hosts, people or folders.

use std::fs;
use std::path::Path;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::process::{command, output};

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Machine {
    pub(crate) cpu: String,
    pub(crate) architecture: String,
    pub(crate) cores: usize,
    pub(crate) memory_mib: u64,
    pub(crate) kernel: String,
    pub(crate) libc: String,
    pub(crate) rustc: String,
    pub(crate) valgrind: String,
}

/// What can be found out; what cannot is empty.
pub(crate) fn describe(root: &Path) -> Result<Machine, String> {
    let said = |program: &str, arguments: &[&str]| {
        let said = output(command(root, program, arguments)).unwrap_or_default();
        said.trim().to_owned()
    };
    Ok(Machine {
        cpu: field("/proc/cpuinfo", "model name").unwrap_or_default(),
        architecture: std::env::consts::ARCH.to_owned(),
        cores: thread::available_parallelism()
            .map_err(|error| error.to_string())?
            .get(),
        memory_mib: field("/proc/meminfo", "MemTotal")
            .and_then(|size| size.trim_end_matches(" kB").parse::<u64>().ok())
            .unwrap_or_default()
            / 1024,
        kernel: said("uname", &["-sr"]),
        libc: said("getconf", &["GNU_LIBC_VERSION"]),
        rustc: said("rustc", &["--version"]),
        valgrind: said("valgrind", &["--version"]),
    })
}

/// The value after a name and a colon.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start().strip_prefix(':')?.trim().to_owned())
}
