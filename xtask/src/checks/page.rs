//! `cargo xtask ci page`: a browser shows the page of the conformance suite.
//!
//! `tests/page.rs` runs the suite, and prints the page.

use std::path::Path;

use crate::browser;
use crate::process::{command, output, say};

/// Builds the page, and unfolds its failures in every view.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let folder = root.join("target/page");
    let page = build(root)?;
    for view in browser::show(root, &folder, &page, UNFOLD)? {
        say(&format!("page: {view}"));
    }
    say("page: the screenshots are in target/page");
    Ok(())
}

/// Runs the suite, and returns its page.
fn build(root: &Path) -> Result<String, String> {
    let test = ["test", "--quiet", "--workspace", "--test", "page"];
    output(command(root, "cargo", &test))
}

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
