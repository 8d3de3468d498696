//! `cargo xtask costs` and `cargo xtask ci costs`: what the core and the engines cost is
//! written down, so that a change that makes it dearer is seen.
//!
//! Counted are the codec of the operations in [`PINNED`], the text of a form,
//! and a whole request over a transport in memory; and over a socket, with each
//! engine, a request, one over TLS, its handshakes, and a chunk of a body.
//! Allocations are exact where they are written down. Instructions may differ by
//! [`TOLERANCE`]; and since a compiler, a C library or a processor's kind can
//! move them further, they are judged only where they were written down.

use std::fmt::{self, Write as _};
use std::fs;
use std::path::{Path, PathBuf};

use crate::bench::{Cost, Counted, Counter, FORM, Machine};
use crate::bench::{build_programs, count_engines, describe_machine};
use crate::process::say;
use crate::workspace::tree;

#[cfg(test)]
mod tests;

/// The operations whose codec is counted.
const PINNED: [&str; 3] = ["createTalkspace", "listTalkspaces", "getTalkspace"];
/// How far instructions may be off, either way, in per cent.
const TOLERANCE: u64 = 2;

const HEAD: &str = "\
# What the core and the engines cost: instructions, allocations and bytes for each time.
# Written by `cargo xtask costs`, checked by `cargo xtask ci costs`.";
const HOW_TO_BLESS: &str =
    "if this is meant, run `cargo xtask costs`, and commit tests/bench/costs.txt with the reason";

/// Counts, and writes the counts down.
pub(crate) fn write(root: &Path) -> Result<String, String> {
    let counted = count(root)?;
    let file = file(root);
    fs::write(&file, counted.to_string())
        .map_err(|error| format!("{}: {error}", file.display()))?;
    Ok("costs: written to tests/bench/costs.txt".to_owned())
}

/// Counts, and compares with what is written down.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let file = file(root);
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let pinned = Costs::parse(&text).ok_or("costs.txt cannot be read; write it anew")?;
    same_versions(root)?;
    let counted = count(root)?;
    if pinned.place != counted.place {
        say(&format!(
            "costs: instructions are not judged: they were counted on {}, and this is {}",
            pinned.place, counted.place
        ));
    }
    let changes = changes(&pinned, &counted);
    if changes.is_empty() {
        return Ok(());
    }
    Err(format!("\n  {}\n{HOW_TO_BLESS}", changes.join("\n  ")))
}

fn file(root: &Path) -> PathBuf {
    root.join("tests/bench/costs.txt")
}

/// What is counted is what is shipped: the benchmark's lock file has every
/// version that the project's own has.
fn same_versions(root: &Path) -> Result<(), String> {
    let bench = tree(&root.join("tests/bench"), "engines")?;
    for package in ["talkspace-core", "talkspace-hyper", "talkspace-blocking"] {
        if let Some(missing) = tree(root, package)?.difference(&bench).next() {
            return Err(format!(
                "{package} depends on {missing}, which tests/bench/Cargo.lock has in another version"
            ));
        }
    }
    Ok(())
}

fn count(root: &Path) -> Result<Costs, String> {
    let program = build_programs(root, &["costs"])?.join("costs");
    let codec = PINNED
        .iter()
        .flat_map(|operation| [vec!["encode", operation], vec!["decode", operation]]);
    let others = [FORM.to_vec(), vec!["send"], vec!["send-blocking"]];
    let rows = codec.chain(others).map(|what| {
        let cost = Counter::WHOLE.count(root, &program, &what)?;
        Ok((what.join(" "), Counts::of(cost, true)))
    });
    let mut rows = rows.collect::<Result<Vec<_>, String>>()?;
    let engines = count_engines(root)?.into_iter();
    rows.extend(engines.map(
        |Counted {
             what,
             cost,
             allocates_exactly,
         }| (what, Counts::of(cost, allocates_exactly)),
    ));
    Ok(Costs {
        place: place(&describe_machine(root)?),
        rows,
    })
}

/// Where the same program has the same counts.
fn place(machine: &Machine) -> String {
    // "rustc 1.95.0 (59807616e 2026-04-14)" → "rustc 1.95.0"
    let rustc: Vec<&str> = machine.rustc.split(' ').take(2).collect();
    format!(
        "{}, {}, {}, {}",
        machine.architecture,
        rustc.join(" "),
        machine.libc,
        machine.valgrind
    )
}

/// Counts of one repetition, as whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counts {
    instructions: u64,
    /// Allocations and their bytes, where they are the same in every run.
    allocations: Option<(u64, u64)>,
}

impl Counts {
    fn of(cost: Cost, allocates_exactly: bool) -> Self {
        let whole = |value: f64| value.round() as u64;
        let allocations = (whole(cost.allocations), whole(cost.bytes));
        Self {
            instructions: whole(cost.instructions),
            allocations: allocates_exactly.then_some(allocations),
        }
    }
}

/// What is written down, or was counted now.
#[derive(Debug, PartialEq, Eq)]
struct Costs {
    place: String,
    rows: Vec<(String, Counts)>,
}

impl Costs {
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        let place = lines.next()?.strip_prefix("on ")?.to_owned();
        let rows = lines.map(|line| {
            let (what, counts) = line.split_once("  ")?;
            let mut counts = counts.split_whitespace().map(str::parse);
            let mut next = || counts.next()?.ok();
            let counts = Counts {
                instructions: next()?,
                allocations: next().zip(next()),
            };
            Some((what.to_owned(), counts))
        });
        let rows = rows.collect::<Option<_>>()?;
        Some(Self { place, rows })
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}\non {}", self.place)?;
        for (what, counts) in &self.rows {
            write!(f, "{what:<38} {:>7}", counts.instructions)?;
            if let Some((allocations, bytes)) = counts.allocations {
                write!(f, " {allocations:>4} {bytes:>6}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// What changed, a line for each.
fn changes(pinned: &Costs, counted: &Costs) -> Vec<String> {
    let same_place = pinned.place == counted.place;
    let mut changes = Vec::new();
    for (what, now) in &counted.rows {
        let Some((_, then)) = pinned.rows.iter().find(|(name, _)| name == what) else {
            changes.push(format!("{what}: is not written down"));
            continue;
        };
        let mut change = String::new();
        let difference = now.instructions.abs_diff(then.instructions);
        if same_place && difference * 100 > then.instructions * TOLERANCE {
            let share = now.instructions as f64 / then.instructions as f64 - 1.0;
            let _ = write!(
                change,
                " {} → {} instructions ({:+.1} %)",
                then.instructions,
                now.instructions,
                share * 100.0
            );
        }
        let (was, is) = (then.allocations, now.allocations);
        if was.is_some() != is.is_some() {
            change.push_str(" allocations are written down for one alone");
        }
        for ((was_count, was_bytes), (count, bytes)) in was.into_iter().zip(is) {
            if was_count != count {
                let _ = write!(change, " {was_count} → {count} allocations");
            }
            // How much comes in one read differs, and so does a buffer, once in a thousand times.
            if was_bytes.abs_diff(bytes) * 1000 > was_bytes {
                let _ = write!(change, " {was_bytes} → {bytes} bytes");
            }
        }
        if !change.is_empty() {
            changes.push(format!("{what}:{change}"));
        }
    }
    let gone = pinned
        .rows
        .iter()
        .filter(|(name, _)| !counted.rows.iter().any(|(what, _)| what == name));
    changes.extend(gone.map(|(what, _)| format!("{what}: is no longer counted")));
    changes
}
