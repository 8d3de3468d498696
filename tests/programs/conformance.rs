//! The example of `talkspace-conformance`, which is in its guide too.

use std::process::{ExitCode, Termination};

use talkspace_conformance::{Selection, blocking};
use talkspace_sandbox::Sandbox;

use crate::program::run;

#[path = "../../crates/talkspace-conformance/examples/own_transport.rs"]
mod example;

pub(crate) fn own_transport() -> ExitCode {
    example::main().report()
}

pub(crate) fn it_creates() {
    let server = Sandbox::start().unwrap();
    let told = run("own_transport", &[], &server);
    assert!(told.starts_with("created "), "{told}");
    assert_eq!(server.sandbox().rings("eta"), 1);
}

/// And no further: these two are what the guide has come next.
pub(crate) fn it_goes_as_far_as_the_guide_says() {
    let suite = blocking("sockets", "0.1.0", |_context| example::Sockets);
    let report = suite.run(&Selection::matching("request/line/")).unwrap();
    assert_eq!(report.exit_code(), 0, "{report}");
    let next = Selection::exactly(["framing/cl/short-close", "framing/chunked/basic"]);
    let report = suite.run(&next).unwrap();
    assert!(
        report.to_string().contains("the kind is Closed"),
        "{report}"
    );
}
