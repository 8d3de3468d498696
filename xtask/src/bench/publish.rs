//! `cargo xtask numbers [FILE]` and `cargo xtask ci numbers`: the numbers that
//! are published, in `tests/bench`, and the page and the drawing made of them.

use std::fs;
use std::path::Path;

use super::numbers::Numbers;
use super::page::{drawing, page};
use crate::browser;
use crate::checks::spec;
use crate::process::say;

const FOLDER: &str = "tests/bench";
const NUMBERS: &str = "numbers.json";
const SCHEMA: &str = "numbers.schema.json";
const HOW_TO_MEND: &str = "run `cargo xtask numbers`, and commit what it writes";

/// Writes the page and the drawing beside the numbers.
pub(super) fn draw(folder: &Path, numbers: &Numbers) -> Result<(), String> {
    drawn(numbers).try_for_each(|(name, text)| {
        let file = folder.join(name);
        fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))
    })
}

/// What is made of the numbers, by file.
fn drawn(numbers: &Numbers) -> impl Iterator<Item = (&'static str, String)> {
    [
        ("numbers.html", page(numbers)),
        ("numbers.svg", drawing(numbers)),
    ]
    .into_iter()
}

/// Publishes the numbers of a file, or draws those anew that are published.
pub(crate) fn publish(root: &Path, file: Option<&str>) -> Result<String, String> {
    let folder = root.join(FOLDER);
    let published = folder.join(NUMBERS);
    let numbers = read(&file.map_or_else(|| published.clone(), |file| root.join(file)))?;
    numbers.write(&published)?;
    draw(&folder, &numbers)?;
    Ok(format!("numbers: written to {FOLDER}"))
}

/// The numbers of a whole run.
fn read(file: &Path) -> Result<Numbers, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let numbers: Numbers =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    match numbers.not_whole() {
        Some(section) => Err(format!(
            "{}: {section} was not measured in full; run `cargo xtask bench {section}`",
            file.display()
        )),
        None => Ok(numbers),
    }
}

/// What is published is whole and as the schema says; page and drawing are of
/// it; and a browser shows the page.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let folder = root.join(FOLDER);
    let published = Path::new(FOLDER);
    spec::conforms(root, &published.join(NUMBERS), &published.join(SCHEMA))?;
    let numbers = read(&folder.join(NUMBERS))?;
    for (name, text) in drawn(&numbers) {
        let file = folder.join(name);
        let kept =
            fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        if kept != text {
            return Err(format!("{name} is not of {NUMBERS}; {HOW_TO_MEND}"));
        }
    }
    let shown = root.join("target/numbers");
    for view in browser::show(root, &shown, &page(&numbers), LOOK)? {
        say(&format!("numbers: {view}"));
    }
    say("numbers: the screenshots are in target/numbers");
    Ok(())
}

/// Each bar is to be seen, in its place, and so is each line of the tables.
const LOOK: &str = r#"
  measure("as it is");
  read();
  const bars = [...document.querySelectorAll(".bar")];
  for (const bar of bars) {
    const [{ width, right }, room] = [bar, bar.ownerSVGElement].map((it) => it.getBoundingClientRect());
    const nothing = bar.getAttribute("width") === "0.0%";
    if (!nothing && width < 0.1) complain(bar.previousElementSibling, "there is no bar");
    if (right > room.right + 1) complain(bar.previousElementSibling, "the bar is too long");
  }
  for (const name of document.querySelectorAll("text:not(.value):not(.title)")) {
    const [here, value] = [name, name.nextElementSibling].map((it) => it.getBoundingClientRect());
    if (here.right + 4 > value.left) complain(name, "it runs into its value");
  }
  const rows = document.querySelectorAll("td:first-child").length;
  if (bars.length === 0 || rows === 0) console.error("nothing is drawn");
  return `${bars.length} bars and ${rows} rows show`;
"#;
