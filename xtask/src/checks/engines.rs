//! `cargo xtask engines [NAME …]` and `cargo xtask ci engines`: the suite against every engine that
//! there is, what is published of it in `tests/engines`, and the page that is drawn of that. A run
//! of all checks plays a part of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use crate::browser;
use crate::checks::spec;
use crate::process::say;

mod compare;
mod judge;
mod page;
mod part;
mod play;
mod report;
mod subjects;
mod table;
#[cfg(test)]
mod tests;

use judge::Problems;
use play::{Played, last, play};
use subjects::Subject;
use table::Table;

const FOLDER: &str = "tests/engines";
const TABLE: &str = "engines.json";
const PAGE: &str = "engines.html";
const REPORTS: &str = "target/engines/reports";
const SCHEMA: &str = "engines.schema.json";
const HOW_TO_MEND: &str =
    "run `cargo xtask engines`, look at what changed, and commit what it writes";

/// Plays the suite against all subjects, or those that are named, and publishes what came of it.
/// What is published of others stays.
pub(crate) fn publish(root: &Path, names: &[&str]) -> Result<String, String> {
    merge(root, names, play)
}

/// Publishes what the last runs of all subjects have reported, without another run.
pub(crate) fn publish_last(root: &Path) -> Result<String, String> {
    merge(root, &[], last)
}

fn merge(root: &Path, names: &[&str], play: Play) -> Result<String, String> {
    let folder = root.join(FOLDER);
    let published = published(&folder);
    let subjects = subjects::named(&folder, names)?;
    let subjects = match &published {
        Ok(published) => part::knowing(subjects, published, &root.join(REPORTS))?,
        Err(_) => subjects,
    };
    let (played, left_out) = run(root, &subjects, play, needs_everything())?;
    let mut table = Table::new();
    for subject in subjects::all(&folder)? {
        let name = &subject.name;
        if table.keep(&played, name) {
            continue;
        }
        let kept = published
            .as_ref()
            .is_ok_and(|before| table.keep(before, name));
        if kept && left_out.contains(name) {
            say(&format!("engines: {name} stays as it was published"));
        }
    }
    table.suite = match played.suite.is_empty() {
        true => published.map(|before| before.suite).unwrap_or_default(),
        false => played.suite,
    };
    draw(&folder, table)
}

/// Judges and draws anew what is published.
pub(crate) fn redraw(root: &Path) -> Result<String, String> {
    let folder = root.join(FOLDER);
    let table = published(&folder)?;
    draw(&folder, table)
}

fn draw(folder: &Path, mut table: Table) -> Result<String, String> {
    let problems = table.judge(&folder.join("judgements"))?;
    table.write(&folder.join(TABLE))?;
    write(&folder.join(PAGE), &page::page(&table))?;
    let unjudged = problems.unjudged.len();
    if unjudged > 0 {
        say(&format!(
            "not judged:\n  {}",
            problems.unjudged.join("\n  ")
        ));
    }
    match problems.stale.as_slice() {
        [] => Ok(format!(
            "engines: {} are on the page, {unjudged} failures are not judged; written to {FOLDER}",
            table.engines.len()
        )),
        stale => Err(format!(
            "judgements that do not fit:\n  {}",
            stale.join("\n  ")
        )),
    }
}

fn published(folder: &Path) -> Result<Table, String> {
    Table::read(&folder.join(TABLE))
}

/// How the report of a subject comes about.
type Play = fn(&Path, &Path, &Subject) -> Result<Played, String>;

/// How many subjects are played at a time. Most of a run is waiting, and no verdict hangs on the
/// processors.
const AT_A_TIME: usize = 5;

/// Whether an engine that cannot be played is an error.
fn needs_everything() -> bool {
    std::env::var_os("TALKSPACE_ALL_SOFTWARE").is_some()
}

/// Plays the suite against each, and tells which could not be played here.
fn run(
    root: &Path,
    subjects: &[Subject],
    play: Play,
    everything: bool,
) -> Result<(Table, Vec<String>), String> {
    let target = root.join(REPORTS);
    let (mut table, mut left_out, mut failed) = (Table::new(), Vec::new(), Vec::new());
    let began = Instant::now();
    for (subject, outcome) in subjects.iter().zip(play_all(root, &target, subjects, play)) {
        let name = &subject.name;
        match outcome {
            Ok(Played::Report(report, runtime)) => {
                table.add(name, &subject.language, &runtime, report);
            }
            Ok(Played::Missing(why)) if !everything => {
                say(&format!("engines: {name} is left out: {why}"));
                left_out.push(name.clone());
            }
            Ok(Played::Missing(why)) | Err(why) => failed.push(format!("{name}: {why}")),
        }
    }
    say(&format!("engines: all: {:.1?}", began.elapsed()));
    if failed.is_empty() {
        return Ok((table, left_out));
    }
    Err(format!("could not be played:\n  {}", failed.join("\n  ")))
}

/// What came of each subject, in their order.
fn play_all(
    root: &Path,
    target: &Path,
    subjects: &[Subject],
    play: Play,
) -> Vec<Result<Played, String>> {
    let next = AtomicUsize::new(0);
    let outcomes: Vec<_> = subjects.iter().map(|_| OnceLock::new()).collect();
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some((subject, outcome)) = subjects.get(number).zip(outcomes.get(number))
                    else {
                        break;
                    };
                    let start = Instant::now();
                    let played = play(root, target, subject);
                    let (name, took) = (&subject.name, start.elapsed());
                    match &played {
                        Ok(Played::Report(..)) => say(&format!("engines: {name}: {took:.1?}")),
                        Ok(Played::Missing(_)) => {}
                        Err(why) => say(&format!("engines: {name}: {why}")),
                    }
                    let _ = outcome.set(played);
                }
            });
        }
    });
    let unplayed = || Err("it was not played".to_owned());
    outcomes
        .into_iter()
        .map(|outcome| outcome.into_inner().unwrap_or_else(unplayed))
        .collect()
}

/// What is published is judged, as the schema says and drawn as it is; a browser shows it; and every
/// subject does today what is published of it.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let published = shown(root)?;
    let subjects = subjects::all(&root.join(FOLDER))?;
    let subjects = part::knowing(subjects, &published, &root.join(REPORTS))?;
    let (table, left_out) = run(root, &subjects, play, needs_everything())?;
    if !left_out.is_empty() {
        say(&format!("engines: not compared: {}", left_out.join(", ")));
    }
    compared(root, subjects, &published, table)
}

/// The same of one engine of each language, of those that are here.
pub(crate) fn check_part(root: &Path) -> Result<(), String> {
    let mut published = shown(root)?;
    let subjects = part::of(subjects::all(&root.join(FOLDER))?);
    let subjects = part::knowing(subjects, &published, &root.join(REPORTS))?;
    let (mut table, _) = run(root, &subjects, play, false)?;
    published.comparable(&mut table);
    if table.engines.is_empty() {
        return Err("no engine could be compared".to_owned());
    }
    compared(root, subjects, &published, table)
}

fn shown(root: &Path) -> Result<Table, String> {
    let folder = root.join(FOLDER);
    let file = |name| Path::new(FOLDER).join(name);
    spec::conforms(root, &file(TABLE), &file(SCHEMA))?;
    let mut published = published(&folder)?;
    let problems = published.judge(&folder.join("judgements"))?;
    problems.are_none()?;
    drawn(&folder, &published)?;
    let pictures = root.join("target/engines/page");
    for view in browser::show(root, &pictures, &page::page(&published), page::LOOK)? {
        say(&format!("engines: {view}"));
    }
    say("engines: the screenshots are in target/engines/page");
    Ok(published)
}

fn compared(
    root: &Path,
    subjects: Vec<Subject>,
    published: &Table,
    mut table: Table,
) -> Result<(), String> {
    let flaky = table.judge(&root.join(FOLDER).join("judgements"))?.flaky;
    let mut differences = compare::compare(published, &table, &flaky);
    // What an engine does at times is a race of its own, and no change of the suite, whose own
    // tests are not repeated. A change of the suite is there each time.
    let again = |subject: &Subject| {
        differences
            .changed
            .keys()
            .any(|(name, _)| *name == subject.name)
    };
    let again: Vec<_> = subjects.into_iter().filter(again).collect();
    if !again.is_empty() {
        let (second, _) = run(root, &again, play, false)?;
        differences.confirm(&compare::compare(published, &second, &flaky));
    }
    for told in &differences.told {
        say(&format!("engines: {told}"));
    }
    if differences.changed.is_empty() {
        return Ok(());
    }
    let changed: Vec<_> = differences.changed.into_values().collect();
    Err(format!(
        "verdicts changed; {HOW_TO_MEND}\n  {}",
        changed.join("\n  ")
    ))
}

/// Whether the files are what is made of the table, judgements included.
fn drawn(folder: &Path, table: &Table) -> Result<(), String> {
    if published(folder)? != *table {
        return Err(format!(
            "the judgements are not in {TABLE}; run `cargo xtask engines --judge`"
        ));
    }
    let file: PathBuf = folder.join(PAGE);
    let kept = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    match kept == page::page(table) {
        true => Ok(()),
        false => Err(format!(
            "{PAGE} is not of {TABLE}; run `cargo xtask engines --judge`"
        )),
    }
}

impl Problems {
    fn are_none(&self) -> Result<(), String> {
        let unjudged = self
            .unjudged
            .iter()
            .map(|failure| format!("{failure} is not judged"));
        let problems: Vec<_> = self.stale.iter().cloned().chain(unjudged).collect();
        match problems.as_slice() {
            [] => Ok(()),
            problems => Err(format!("\n  {}", problems.join("\n  "))),
        }
    }
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}
