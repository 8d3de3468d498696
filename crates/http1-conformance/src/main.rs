//! The suite for a client in any language; see [`http1_conformance::shim`].

use std::process::ExitCode;

fn main() -> ExitCode {
    http1_conformance::shim::main()
}
