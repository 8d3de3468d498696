//! The page of the suite, on stdout, for `cargo xtask ci page`: of our two adapters, and of
//! the plain client with a fault, so that there is a failure to unfold.

use std::error::Error;
use std::io::{self, Write as _};

use talkspace_blocking::HttpTransport;
use talkspace_conformance::{Capability, Report, Selection, asynchronous, blocking};
use talkspace_hyper::HyperTransport;
use tokio::runtime::Builder;

#[path = "../crates/http1-conformance/tests/mutants/mod.rs"]
mod mutants;

use mutants::{Fault, Plain};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const CLAIMS: [Capability; 2] = [Capability::KeepAlive, Capability::Tls];

const EXPECTED: &str = "\
framing/cl/short-reset -- so that the page has a failure that is expected
request/line/origin-form -- so that the page has a line that is stale
";

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let hyper = asynchronous(
        "talkspace-hyper",
        VERSION,
        |context| {
            let builder = HyperTransport::builder().only_root_certificates_pem(context.roots_pem());
            builder.build().expect("the suite's root is a certificate")
        },
        move |task| runtime.block_on(task),
    );
    let ours = blocking("talkspace-blocking", VERSION, |context| {
        let builder = HttpTransport::builder().only_root_certificates_pem(context.roots_pem());
        builder.build().expect("the suite's root is a certificate")
    });
    let broken = http1_conformance::blocking("plain with a fault", VERSION, |context| {
        Plain::of(context, Some(Fault::TruncationIsSuccess))
    });
    let everything = Selection::everything();
    let reports = [
        hyper.claims(&CLAIMS).run(&everything)?,
        ours.claims(&CLAIMS).run(&everything)?,
        broken
            .contract()
            .claims(&[Capability::KeepAlive])
            .expected_failures(EXPECTED)
            .run(&everything)?,
    ];
    io::stdout().write_all(Report::to_html(&reports.each_ref()).as_bytes())?;
    Ok(())
}
