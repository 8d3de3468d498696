//! The client of the example meets what RFCs require.

use std::process::ExitCode;

#[path = "../examples/plain.rs"]
mod plain;

fn main() -> ExitCode {
    plain::main()
}
