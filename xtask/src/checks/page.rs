//! `cargo xtask ci page`: a browser shows the page of the conformance suite.
//!
//! A program of its own runs the suite: against our two adapters, and against
//! the reference with a fault, so that there is a failure to unfold.

use std::fs;
use std::path::Path;

use crate::browser;
use crate::process::{command, output, say};

/// Builds the page, and unfolds its failures in every view.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let folder = root.join("target/page");
    let page = build(root, &folder)?;
    for view in browser::show(root, &folder, &page, UNFOLD)? {
        say(&format!("page: {view}"));
    }
    say("page: the screenshots are in target/page");
    Ok(())
}

/// Runs the suite, and returns its page.
fn build(root: &Path, folder: &Path) -> Result<String, String> {
    let program = folder.join("adapters");
    let source = program.join("src");
    fs::create_dir_all(&source).map_err(|error| format!("{}: {error}", source.display()))?;
    let manifest = MANIFEST.replace("VERSION", env!("CARGO_PKG_VERSION"));
    write(&program.join("Cargo.toml"), &manifest)?;
    write(&source.join("main.rs"), PROGRAM)?;
    // The versions of the workspace, whose builds it then shares.
    let lock = program.join("Cargo.lock");
    fs::copy(root.join("Cargo.lock"), &lock)
        .map_err(|error| format!("{}: {error}", lock.display()))?;
    let target = root.join("target");
    let mut cargo = command(root, "cargo", &["run", "--quiet", "--manifest-path"]);
    cargo.arg(program.join("Cargo.toml"));
    cargo.arg("--target-dir").arg(&target);
    output(cargo)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

const MANIFEST: &str = r#"
[package]
name = "adapters"
version = "VERSION"
edition = "2024"

[dependencies]
bytes = "1"
form_urlencoded = "1"
http = "1"
http1-conformance = { path = "../../../crates/http1-conformance" }
talkspace-blocking = { path = "../../../crates/talkspace-blocking" }
talkspace-conformance = { path = "../../../crates/talkspace-conformance" }
talkspace-hyper = { path = "../../../crates/talkspace-hyper" }
percent-encoding = "2"
rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }
tokio = { version = "1", features = ["net", "rt-multi-thread", "time"] }

[profile.dev]
debug = "line-tables-only"

[profile.dev.package."*"]
debug = false

[workspace]
"#;

const PROGRAM: &str = r#"
#[path = "../../../../crates/http1-conformance/tests/mutants/mod.rs"]
mod mutants;

use mutants::{Fault, Plain};
use talkspace_blocking::HttpTransport;
use talkspace_conformance::{Capability, Report, Selection, asynchronous, blocking};
use talkspace_hyper::HyperTransport;

const CLAIMS: [Capability; 2] = [Capability::KeepAlive, Capability::Tls];

const EXPECTED: &str = "\
framing/cl/short-reset -- so that the page has a failure that is expected
request/line/origin-form -- so that the page has a line that is stale
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let hyper = asynchronous(
        "talkspace-hyper",
        env!("CARGO_PKG_VERSION"),
        |context| {
            let builder = HyperTransport::builder().only_root_certificates_pem(context.roots_pem());
            builder.build().unwrap()
        },
        move |task| runtime.block_on(task),
    );
    let ours = blocking("talkspace-blocking", env!("CARGO_PKG_VERSION"), |context| {
        let builder = HttpTransport::builder().only_root_certificates_pem(context.roots_pem());
        builder.build().unwrap()
    });
    let broken = http1_conformance::blocking("plain with a fault", env!("CARGO_PKG_VERSION"), |context| {
        Plain::of(context, Some(Fault::TruncationIsSuccess))
    });
    let everything = Selection::everything();
    let reports = [
        hyper.claims(&CLAIMS).run(&everything)?,
        ours.claims(&CLAIMS).run(&everything)?,
        broken.contract().claims(&[Capability::KeepAlive]).expected_failures(EXPECTED).run(&everything)?,
    ];
    print!("{}", Report::to_html(&reports.each_ref()));
    Ok(())
}
"#;

/// Unfolds all that unfolds, and measures before and after.
const UNFOLD: &str = r#"
  measure("folded");
  let unfolded = 0;
  for (const details of document.querySelectorAll("details")) {
    const inner = details.lastElementChild;
    const shows = () => details.open && inner.checkVisibility() && inner.offsetHeight > 0;
    if (shows()) complain(details, "it is unfolded already");
    details.querySelector("summary").click();
    if (!shows()) complain(details, "it does not unfold");
    else if (inner.matches("pre") && inner.textContent.includes("peer 1")) unfolded += 1;
    if (inner.matches("pre") && inner.scrollWidth > inner.clientWidth) {
      complain(inner, "the transcript scrolls sideways");
    }
  }
  measure("unfolded");
  read();
  if (unfolded === 0) console.error("no failure unfolds");
  return `${unfolded} failures unfold`;
"#;
