//! `cargo xtask ci page`: a browser shows the page of the conformance suite.
//!
//! A program of its own runs the suite: against our two adapters, and against
//! the reference with a fault, so that there is a failure to unfold. Chromium
//! then shows the page, on a screen and on a telephone. A script that is added
//! to a copy of the page measures it and unfolds it; its last word is what it
//! did, and whatever else the console says is a fault.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Output;

use crate::process::{command, output, say};

const BROWSER: &str = "chromium";
const MISSING: &str = "there is no chromium; on Debian: apt-get install chromium";

/// The widths that the page must be readable at, and how much of it is shown.
const WIDTHS: [u32; 2] = [1280, 400];
const HEIGHT: u32 = 3000;

/// What the script says when it is done, before how many failures it unfolded.
const LAST_WORD: &str = "failures unfolded: ";

/// Builds the page, and opens it as it is and with the script, in each view.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    chromium(root, &["--version"])?;
    let folder = root.join("target/page");
    let page = build(root, &folder)?;
    for width in WIDTHS {
        for scheme in ["light", "dark"] {
            let view = View {
                root,
                folder: &folder,
                width,
                scheme,
            };
            let unfolded = view
                .show(&page)
                .map_err(|why| format!("{width} pixels, {scheme}: {why}"))?;
            say(&format!(
                "page: {width} pixels, {scheme}: {unfolded} failures unfold"
            ));
        }
    }
    say("page: the screenshots are in target/page");
    Ok(())
}

/// How a browser shows the page.
struct View<'a> {
    root: &'a Path,
    folder: &'a Path,
    width: u32,
    scheme: &'static str,
}

impl View<'_> {
    /// Shows the page, and returns how many failures unfold.
    fn show(&self, page: &str) -> Result<usize, String> {
        let said = self.open("", page)?;
        if !said.is_empty() {
            return Err(complaint(&said));
        }
        let script = SCRIPT
            .replace("WIDTH", &self.width.to_string())
            .replace("SCHEME", self.scheme)
            .replace("LAST_WORD", LAST_WORD);
        let measured = page.replace("</body>", &format!("<script>{script}</script></body>"));
        let said = self.open("-unfolded", &measured)?;
        let unfolded = match said.as_slice() {
            [word] => word.strip_prefix(LAST_WORD),
            _ => None,
        };
        unfolded
            .and_then(|count| count.parse().ok())
            .filter(|count| *count > 0)
            .ok_or_else(|| complaint(&said))
    }

    /// Takes a screenshot of a page, and returns what the console says.
    fn open(&self, state: &str, page: &str) -> Result<Vec<String>, String> {
        let Self {
            root,
            folder,
            width,
            scheme,
        } = self;
        let file = |ending| folder.join(format!("{width}-{scheme}{state}.{ending}"));
        let (html, png) = (file("html"), file("png"));
        write(&html, page)?;
        remove(&png)?;
        let profile = folder.join("profile");
        remove(&profile)?;
        let scheme = if *scheme == "dark" { 0 } else { 1 };
        let shown = chromium(
            root,
            &[
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--hide-scrollbars",
                "--enable-logging=stderr",
                &format!("--blink-settings=preferredColorScheme={scheme}"),
                &format!("--user-data-dir={}", profile.display()),
                &format!("--window-size={width},{HEIGHT}"),
                &format!("--screenshot={}", png.display()),
                &format!("file://{}", html.display()),
            ],
        )?;
        let log = String::from_utf8_lossy(&shown.stderr);
        if !shown.status.success() || !png.is_file() {
            return Err(format!("{BROWSER} took no screenshot:\n{log}"));
        }
        Ok(console(&log))
    }
}

fn complaint(said: &[String]) -> String {
    format!("the console says:\n  {}", said.join("\n  "))
}

/// The messages of the console in a log of Chromium, whose lines look like
/// `[1:1:0101/000000.0:INFO:CONSOLE:7] "message", source: file:///a.html (7)`.
fn console(log: &str) -> Vec<String> {
    log.lines()
        .filter_map(|line| line.split_once(":CONSOLE"))
        .filter_map(|(_, rest)| rest.split_once("] "))
        .map(|(_, rest)| {
            rest.rsplit_once(", source: ")
                .map_or(rest, |(text, _)| text)
        })
        .map(|text| text.trim_matches('"').to_owned())
        .collect()
}

fn chromium(root: &Path, arguments: &[&str]) -> Result<Output, String> {
    command(root, BROWSER, arguments)
        .output()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => MISSING.to_owned(),
            _ => format!("cannot run {BROWSER}: {error}"),
        })
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

/// Removes what an earlier run has left.
fn remove(path: &Path) -> Result<(), String> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(format!("{}: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

const MANIFEST: &str = r#"
[package]
name = "adapters"
version = "VERSION"
edition = "2024"

[dependencies]
talkspace-blocking = { path = "../../../crates/talkspace-blocking" }
talkspace-conformance = { path = "../../../crates/talkspace-conformance" }
talkspace-hyper = { path = "../../../crates/talkspace-hyper" }
tokio = { version = "1", features = ["net", "rt-multi-thread", "time"] }

[profile.dev]
debug = "line-tables-only"

[profile.dev.package."*"]
debug = false

[workspace]
"#;

const PROGRAM: &str = r#"
use talkspace_blocking::HttpTransport;
use talkspace_conformance::reference::{Fault, Plain};
use talkspace_conformance::{Capability, Report, Selection, asynchronous, blocking};
use talkspace_hyper::HyperTransport;

const CLAIMS: [Capability; 2] = [Capability::KeepAlive, Capability::Tls];

const EXPECTED: &str = "\
conc/no-cross-talk -- so that the page has a failure that is expected
request/line/origin-form -- so that the page has a line that is stale
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let hyper = asynchronous(
        "talkspace-hyper",
        env!("CARGO_PKG_VERSION"),
        |context| {
            let builder = HyperTransport::builder().root_certificates_pem(context.roots_pem());
            builder.build().unwrap()
        },
        move |task| runtime.block_on(task),
    );
    let ours = blocking("talkspace-blocking", env!("CARGO_PKG_VERSION"), |context| {
        let builder = HttpTransport::builder().root_certificates_pem(context.roots_pem());
        builder.build().unwrap()
    });
    let broken = blocking("reference with a fault", env!("CARGO_PKG_VERSION"), |context| {
        Plain::with_fault(Fault::ReencodeQuery).trusting(context.roots_pem())
    });
    let everything = Selection::everything();
    let reports = [
        hyper.claims(&CLAIMS).run(&everything)?,
        ours.claims(&CLAIMS).run(&everything)?,
        broken.claims(&CLAIMS).expected_failures(EXPECTED).run(&everything)?,
    ];
    print!("{}", Report::to_html(&reports.each_ref()));
    Ok(())
}
"#;

/// Measures the page, and unfolds all that unfolds. It runs when the page has
/// the width that is asked for, which it may get after it was loaded.
const SCRIPT: &str = r#"
const colour = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
const light = ([r, g, b]) => {
  const linear = (c) => (c / 255 <= 0.04045 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
};
const ground = (element) => {
  for (; element; element = element.parentElement) {
    const [r, g, b, a = 1] = colour(getComputedStyle(element).backgroundColor);
    if (a > 0) return [r, g, b];
  }
  return [255, 255, 255];
};
const complain = (element, what) => {
  const name = `${element.tagName.toLowerCase()}.${element.className}`;
  console.error(`${what}: ${name}: ${element.textContent.trim().slice(0, 60)}`);
};
const measure = (state) => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) {
    console.error(`${state}, the page is ${scrollWidth} wide, and scrolls sideways`);
    for (const element of document.querySelectorAll("body *")) {
      if (element.getBoundingClientRect().right > clientWidth) complain(element, "too wide");
    }
  }
};
const read = () => {
  const seen = new Set();
  for (const element of document.querySelectorAll("body *:not(script)")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [one, other] = [colour(style.color), ground(element)].map(light).sort((a, b) => b - a);
    const contrast = (one + 0.05) / (other + 0.05);
    const kind = `${element.tagName} ${element.className} ${contrast}`;
    if (seen.has(kind)) continue;
    seen.add(kind);
    if (contrast < 4.5) complain(element, `a contrast of ${contrast.toFixed(2)}`);
    if (parseFloat(style.fontSize) < 11) complain(element, `letters of ${style.fontSize}`);
  }
};
let done = false;
const run = () => {
  if (done || innerWidth !== WIDTH) return;
  done = true;
  if (!matchMedia("(prefers-color-scheme: SCHEME)").matches) console.error("it is not SCHEME");
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
  console.log(`LAST_WORD${unfolded}`);
};
addEventListener("resize", run);
run();
"#;
