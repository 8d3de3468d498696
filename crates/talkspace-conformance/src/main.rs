//! The suite for a client in any language; see [`talkspace_conformance::shim`].

use std::process::ExitCode;

fn main() -> ExitCode {
    talkspace_conformance::shim::main()
}
