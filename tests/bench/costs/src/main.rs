//! The core alone, without a socket: what is run under valgrind.
//!
//! ```text
//! costs operations            lists the operations that have no upload
//! costs encode OPERATION N    writes a request, N times
//! costs decode OPERATION N    decodes the spec's example response, N times
//! costs form createTalkspace N    writes the text of its form and nothing else, N times
//! costs send N                sends N requests over a transport in memory
//! costs send-blocking N       the same with the blocking client
//! ```

mod codec;
// Form encoders are compared with it alone. It is private to the core, and needs
// nothing else of it.
#[path = "../../../../crates/talkspace-core/src/codec/form.rs"]
mod form;
mod memory;
mod requests;

use std::env;
use std::io::{self, Write as _};

use bench::Outcome;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments.as_slice() {
        ["operations"] => writeln!(io::stdout(), "{}", requests::operations().join("\n"))?,
        ["encode", operation, times] => {
            requests::with(operation, &mut codec::Encode(times.parse()?))?;
        }
        ["decode", operation, times] => {
            requests::with(operation, &mut codec::Decode(times.parse()?))?;
        }
        ["form", "createTalkspace", times] => codec::form(times.parse()?)?,
        ["send", times] => memory::send(times.parse()?)?,
        ["send-blocking", times] => memory::send_blocking(times.parse()?)?,
        _ => return Err("the commands are in the source".into()),
    }
    Ok(())
}
