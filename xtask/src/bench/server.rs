//! The server that all clients send to, and the cores that they share.

use std::path::Path;
use std::process::Command;

use crate::process::{Server, command};

use super::Bench;

/// A core, by its number.
pub(crate) type Core = usize;

/// The first core.
pub(crate) const FIRST: Core = 0;

/// The core of the server when it does not share the client's.
pub(crate) fn other(cores: usize) -> Core {
    1.min(cores.saturating_sub(1))
}

/// A command that stays on one core.
pub(crate) fn pinned(bench: &Bench<'_>, core: Core, program: &Path) -> Command {
    let core = core.to_string();
    let mut pinned = command(bench.root, "taskset", &["--cpu-list", &core]);
    pinned.arg(program);
    pinned
}

/// Starts the server on a core of its own, or of the client's.
pub(crate) fn start(bench: &Bench<'_>, core: Core) -> Result<Server, String> {
    let program = bench.folder().join("cargo/release/server");
    Server::start(pinned(bench, core, &program))
}
