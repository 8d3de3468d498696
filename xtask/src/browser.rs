//! A page as Chromium shows it, on a screen and on a telephone, by day and by
//! night.
//!
//! A script that is added to a copy of the page measures it; its last word is
//! what it did, and whatever else the console says is a fault.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use crate::process::command;

const BROWSER: &str = "chromium";
const MISSING: &str = "there is no chromium; on Debian: apt-get install chromium";

/// The widths that a page must be readable at, and how much of it is shown.
const WIDTHS: [u32; 2] = [1280, 400];
const HEIGHT: u32 = 3000;

/// Without a screen, and without a word to anybody.
pub(crate) const ALONE: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    // A page of many links is visited faster than a person would.
    "--disable-ipc-flooding-protection",
];

/// How long a page may take.
const TIMEOUT: Duration = Duration::from_secs(120);

/// What the script says when it is done, before what it did.
const LAST_WORD: &str = "done: ";

/// Shows a page in every view, as it is and with a script, and returns what the
/// script did in each. Screenshots are left in the folder.
///
/// The script is the body of a function, which returns what it did. It may call
/// `measure(state)`, which complains when the page scrolls sideways, `read()`,
/// which complains about text that is hard to read, and `complain(element, what)`.
pub(crate) fn show(
    root: &Path,
    folder: &Path,
    page: &str,
    script: &str,
) -> Result<Vec<String>, String> {
    installed(root)?;
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut did = Vec::new();
    for width in WIDTHS {
        for scheme in ["light", "dark"] {
            let view = View {
                root,
                folder,
                width,
                scheme,
            };
            let name = format!("{width} pixels, {scheme}");
            let done = view
                .show(page, script)
                .map_err(|why| format!("{name}: {why}"))?;
            did.push(format!("{name}: {done}"));
        }
    }
    Ok(did)
}

/// Fails if it is not installed.
pub(crate) fn installed(root: &Path) -> Result<(), String> {
    chromium(root, &["--version"]).map(drop)
}

/// How a browser shows the page.
struct View<'a> {
    root: &'a Path,
    folder: &'a Path,
    width: u32,
    scheme: &'static str,
}

impl View<'_> {
    /// Shows the page, and returns what the script did.
    fn show(&self, page: &str, script: &str) -> Result<String, String> {
        let said = self.open("", page)?;
        if !said.is_empty() {
            return Err(complaint(&said));
        }
        let script = MEASURE
            .replace("WIDTH", &self.width.to_string())
            .replace("SCHEME", self.scheme)
            .replace("LAST_WORD", LAST_WORD)
            .replace("SCRIPT", script);
        let measured = page.replace("</body>", &format!("<script>{script}</script></body>"));
        let said = self.open("-measured", &measured)?;
        let did = match said.as_slice() {
            [word] => word.strip_prefix(LAST_WORD),
            _ => None,
        };
        did.map(str::to_owned).ok_or_else(|| complaint(&said))
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
        let view = [
            "--hide-scrollbars",
            "--enable-logging=stderr",
            &format!("--blink-settings=preferredColorScheme={scheme}"),
            &format!("--user-data-dir={}", profile.display()),
            &format!("--window-size={width},{HEIGHT}"),
            &format!("--screenshot={}", png.display()),
            &format!("file://{}", html.display()),
        ];
        let shown = chromium(root, &[&ALONE[..], &view].concat())?;
        let log = String::from_utf8_lossy(&shown.stderr);
        if !shown.status.success() || !png.is_file() {
            return Err(format!("{BROWSER} took no screenshot:\n{log}"));
        }
        Ok(console(&log))
    }
}

/// Has a browser visit a page of a server of ours, until that says that it is done.
/// Every name leads to this machine.
pub(crate) fn visit(
    root: &Path,
    folder: &Path,
    url: &str,
    done: &Receiver<String>,
) -> Result<String, String> {
    installed(root)?;
    let profile = folder.join("profile");
    remove(&profile)?;
    let visit = [
        "--host-resolver-rules=MAP * 127.0.0.1",
        // It stays until it is ended.
        "--remote-debugging-port=0",
        &format!("--user-data-dir={}", profile.display()),
        url,
    ];
    let mut browser = command(root, BROWSER, &[&ALONE[..], &visit].concat())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot run {BROWSER}: {error}"))?;
    let word = done.recv_timeout(TIMEOUT);
    // It may have ended by itself.
    let _ = browser.kill();
    let _ = browser.wait();
    word.map_err(|_| format!("{BROWSER} did not come to the end of {url}"))
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

/// It runs when the page has the width that is asked for, which it may get after
/// it was loaded.
const MEASURE: &str = r#"
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
  const name = `${element.tagName.toLowerCase()}.${element.getAttribute("class")}`;
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
    const ink = element instanceof SVGElement ? style.fill : style.color;
    const [one, other] = [colour(ink), ground(element)].map(light).sort((a, b) => b - a);
    const contrast = (one + 0.05) / (other + 0.05);
    const kind = `${element.tagName} ${element.getAttribute("class")} ${contrast}`;
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
  const did = (() => {
SCRIPT
  })();
  console.log(`LAST_WORD${did}`);
};
addEventListener("resize", run);
run();
"#;
