//! `cargo xtask ci [--fast | CHECK …]`: everything that is checked, one name for each.
//! `.github/CONTRIBUTING.md` lists them with the time that each takes.

use std::env;
use std::fs::{self, File};
use std::io;
use std::iter;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use xtask::codegen::{self, Mode};

use crate::bench;
use crate::checks::{api, bounds, clients, costs, deny, dependencies, engines, features, fuzz};
use crate::checks::{hostile, msrv, pack, page, rustdoc, signatures, sites, sound, spec};
use crate::checks::{switchboard, tester, tidy, wasm};
use crate::process::{command, run, say};

#[cfg(test)]
mod tests;

/// A check, by the name that runs it alone.
///
/// What is built of the workspace is named by target, not by package: the features are then those of
/// the whole, and nothing is built a second time with fewer.
struct Check {
    name: &'static str,
    place: Place,
    what: &'static str,
    run: fn(&Path) -> Result<(), String>,
}

/// What a check may run beside when all do.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// It builds where the tests are built, or installs what others here install: these run one after the other.
    Here,
    /// It does so in folders of its own: it may run beside any other.
    Apart,
    /// So does it, but in a folder that the one above it has, too: it runs after that.
    After,
}

const CHECKS: &[Check] = &[
    Check {
        name: "tests",
        place: Place::Here,
        what: "every test passes",
        // The README's own command, which tells of every failure.
        run: |root| cargo(root, &["test", "--workspace", "--no-fail-fast"]),
    },
    Check {
        name: "fmt",
        place: Place::Here,
        what: "the code is formatted",
        run: |root| {
            cargo(root, &["fmt", "--all", "--check"])?;
            cargo(&root.join("tests/bench"), &["fmt", "--all", "--check"])?;
            cargo(&root.join("tests/engines"), &["fmt", "--all", "--check"])
        },
    },
    Check {
        name: "codegen",
        place: Place::Here,
        what: "the generated code is what the spec says",
        run: |root| {
            let said = codegen::run(root, Mode::Check)?;
            say(&said);
            Ok(())
        },
    },
    Check {
        name: "checkout",
        place: Place::Here,
        what: "a checkout is checked with what it holds, and not with another's",
        run: |root| cargo(root, &["test", "--workspace", "--test", "built"]),
    },
    Check {
        name: "tidy",
        place: Place::Here,
        what: "the rules of the house hold",
        run: tidy::check,
    },
    Check {
        name: "clippy",
        place: Place::Here,
        what: "no lint speaks, in any target",
        run: |root| {
            let all = ["clippy", "--workspace", "--all-targets", "--all-features"];
            cargo(root, &[&all[..], &["--", "-D", "warnings"]].concat())
        },
    },
    Check {
        name: "units",
        place: Place::Here,
        what: "the tests inside the crates pass, but for those of the suite",
        run: |root| {
            let units = ["test", "--quiet", "--workspace", "--lib", "--bins"];
            let suite = ["http1-conformance", "talkspace-conformance"];
            let without = suite.iter().flat_map(|suite| ["--exclude", suite]);
            let units: Vec<_> = units.into_iter().chain(without).collect();
            cargo(root, &units)
        },
    },
    Check {
        name: "features",
        place: Place::Here,
        what: "no lint speaks in a crate alone, whatever its features",
        run: features::check,
    },
    Check {
        name: "signatures",
        place: Place::Apart,
        what: "what is public names nobody else's types",
        run: signatures::check,
    },
    Check {
        name: "api",
        place: Place::After,
        what: "what is public is what is written down, and the changelog says what changed",
        run: api::check,
    },
    Check {
        name: "docsrs",
        place: Place::After,
        what: "the documentation builds as docs.rs builds it",
        run: rustdoc::check,
    },
    Check {
        name: "dependencies",
        place: Place::Here,
        what: "each crate pulls in what is listed, and no more",
        run: dependencies::check,
    },
    Check {
        name: "deny",
        place: Place::Apart,
        what: "licences, sources and versions are as agreed",
        run: deny::check,
    },
    Check {
        name: "bounds",
        place: Place::Apart,
        what: "the oldest versions that the manifests allow are enough",
        run: bounds::check,
    },
    Check {
        name: "msrv",
        place: Place::Apart,
        what: "the oldest compiler that is promised is enough",
        run: msrv::check,
    },
    Check {
        name: "wasm",
        place: Place::After,
        what: "the core compiles for WebAssembly",
        run: wasm::check,
    },
    Check {
        name: "pack",
        place: Place::Apart,
        what: "each crate is built and tested from its tarball, as strangers get it",
        run: pack::check,
    },
    Check {
        name: "bench",
        place: Place::Apart,
        what: "no lint speaks in the benchmark, but for its peers, which take long to build",
        run: |root| {
            let all = [
                "clippy",
                "--locked",
                "--target-dir=../../target/bench/cargo",
                "--all-targets",
                "--package=bench",
                "--package=costs",
                "--package=engines",
                "--package=sandbox",
                "--package=server",
            ];
            let folder = root.join("tests/bench");
            cargo(&folder, &[&all[..], &["--", "-D", "warnings"]].concat())
        },
    },
    Check {
        name: "adapters",
        place: Place::Apart,
        // `pack` tests those that are published, `engines` judges what the others do.
        what: "no lint speaks in the adapters for other engines",
        run: |root| {
            let all = [
                "clippy",
                "--locked",
                "--target-dir=../../target/engines",
                "--workspace",
                "--all-targets",
            ];
            let folder = root.join("tests/engines");
            cargo(&folder, &[&all[..], &["--", "-D", "warnings"]].concat())
        },
    },
    Check {
        name: "encoding",
        place: Place::Here,
        what: "200,000 made-up requests carry exactly their parameters",
        run: encoding,
    },
    Check {
        name: "hostile",
        place: Place::Here,
        what: "what the generator accepts of hostile names, every later tool accepts",
        run: hostile::check,
    },
    Check {
        name: "faults",
        place: Place::Here,
        what: "5,000 random sequences under random faults, on each client: nothing is applied twice",
        run: faults,
    },
    Check {
        name: "state",
        place: Place::Here,
        what: "what the sandbox reported outlives 50 kills of 50",
        run: state,
    },
    Check {
        name: "loom",
        place: Place::Apart,
        what: "three threads share a budget, or a token, in every order",
        run: loom,
    },
    Check {
        name: "docs",
        place: Place::Here,
        what: "the documentation builds, with every link whole",
        run: |root| {
            let mut doc = command(
                root,
                "cargo",
                &["doc", "--workspace", "--no-deps", "--all-features"],
            );
            doc.env("RUSTDOCFLAGS", "-D warnings");
            run(doc)
        },
    },
    Check {
        name: "spec",
        place: Place::Here,
        what: "independent tools accept the spec, and serve it",
        run: spec::check,
    },
    Check {
        name: "clients",
        place: Place::Here,
        what: "generators for other languages take the spec, and a client talks to the sandbox",
        run: clients::check,
    },
    Check {
        name: "page",
        place: Place::Here,
        what: "a browser shows the suite's page, and its failures unfold",
        run: page::check,
    },
    Check {
        name: "numbers",
        place: Place::Here,
        what: "the numbers that are published are drawn as they are, and a browser shows them",
        run: bench::check,
    },
    Check {
        name: "engines",
        place: Place::Apart,
        what: "every engine does what is published of it, and a browser shows the page",
        run: engines::check,
    },
    Check {
        name: "languages",
        place: Place::Here,
        what: "one engine of each language does what is published of it",
        run: engines::check_part,
    },
    Check {
        name: "tester",
        place: Place::Apart,
        what: "an independent tester finds the sandbox to be as the spec says",
        run: tester::check,
    },
    Check {
        name: "sites",
        place: Place::Here,
        what: "pages of other sites, in a browser, change nothing in the sandbox",
        run: sites::check,
    },
    Check {
        name: "switchboard",
        place: Place::Here,
        what: "a browser shows the sandbox's page, where telephones ring and are answered",
        run: switchboard::check,
    },
    Check {
        name: "sound",
        place: Place::Here,
        what: "an independent decoder plays what the demo recorded",
        run: sound::check,
    },
    Check {
        name: "fuzz",
        place: Place::Apart,
        what: "hostile input breaks no reader and no writer",
        run: fuzz::check,
    },
    Check {
        name: "costs",
        place: Place::Apart,
        what: "the core costs what is written down",
        run: costs::check,
    },
];

/// `engines` takes ten minutes, and `languages` is a part of it; `tests` runs `units`.
const BY_NAME_ALONE: &[&str] = &["engines", "units"];

/// What to run after each edit: it takes no more than two minutes.
const FAST: &[&str] = &["fmt", "codegen", "tidy", "dependencies", "clippy", "units"];

/// Each check: its name, and what is so when it passes.
pub(crate) fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    CHECKS.iter().map(|check| (check.name, check.what))
}

/// Runs the named checks, or all of them, and says which failed.
pub(crate) fn ci(root: &Path, names: &[&str]) -> Result<String, String> {
    let names = match names {
        ["--fast"] => FAST,
        names => names,
    };
    if let Some(option) = names.iter().rfind(|name| name.starts_with('-')) {
        return Err(format!(
            "`{option}` is no check: `--fast` stands alone, and cargo takes its options from the \
             environment, such as CARGO_BUILD_JOBS=2"
        ));
    }
    if let Some(unknown) = names
        .iter()
        .find(|name| !CHECKS.iter().any(|check| check.name == **name))
    {
        let known: Vec<_> = CHECKS.iter().map(|check| check.name).collect();
        return Err(format!(
            "there is no check `{unknown}`; there are {}",
            known.join(", ")
        ));
    }
    if !names.is_empty() {
        let named = |check: &&Check| names.contains(&check.name);
        return verdict(each(root, CHECKS.iter().filter(named)));
    }
    for name in BY_NAME_ALONE {
        say(&format!(
            "{name}: left out; run it with: cargo xtask ci {name}"
        ));
    }
    all(root)
}

/// Runs all checks in two rows, one beside the other, that end together: what may run beside any other
/// is done by whichever row is free.
fn all(root: &Path) -> Result<String, String> {
    let whole = |check: &&Check| !BY_NAME_ALONE.contains(&check.name);
    let (here, apart): (Vec<_>, Vec<_>) = CHECKS
        .iter()
        .filter(whole)
        .partition(|check| check.place == Place::Here);
    // What others build may replace it.
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let waiting = Mutex::new(apart.chunk_by(|_, next| next.place == Place::After));
    let next = || {
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next()
    };
    verdict(thread::scope(|scope| {
        let row = scope.spawn(|| {
            let checks = iter::from_fn(&next).flatten().copied();
            let failed = checks.filter(|check| !beside(root, &program, check));
            failed.map(|check| check.name).collect::<Vec<_>>()
        });
        let mut failed = each(root, here);
        failed.extend(each(root, iter::from_fn(&next).flatten().copied()));
        failed.extend(row.join().unwrap_or_else(|_| vec!["those beside"]));
        failed
    }))
}

const ALL_IS_WELL: &str = "all is well";

fn verdict(failed: Vec<&str>) -> Result<String, String> {
    match failed.is_empty() {
        true => Ok(ALL_IS_WELL.to_owned()),
        false => Err(format!(
            "failed: {}; run one alone with: cargo xtask ci NAME",
            failed.join(", ")
        )),
    }
}

/// Runs one check after the other, and returns which failed.
fn each<'c>(root: &Path, checks: impl IntoIterator<Item = &'c Check>) -> Vec<&'c str> {
    let mut failed = Vec::new();
    for check in checks {
        say(&format!("{}: {}", check.name, check.what));
        let start = Instant::now();
        match (check.run)(root) {
            Ok(()) => say(&format!("{}: ok, {:.1?}", check.name, start.elapsed())),
            Err(why) => {
                say(&format!("{}: FAILED: {why}", check.name));
                failed.push(check.name);
            }
        }
    }
    failed
}

/// Runs a check in a process of its own, since what it says would mix with what others say; passes that
/// on at its end, and returns whether it passed.
fn beside(root: &Path, program: &Path, check: &Check) -> bool {
    let log = root.join(format!("target/ci/{}.log", check.name));
    let passed = logged(root, program, check, &log).unwrap_or_else(|error| {
        say(&format!(
            "{}: cannot run beside others: {error}",
            check.name
        ));
        false
    });
    let said = fs::read_to_string(&log).unwrap_or_default();
    // That is said of all of them.
    say(said.trim_end().trim_end_matches(ALL_IS_WELL).trim_end());
    passed
}

fn logged(root: &Path, program: &Path, check: &Check, log: &Path) -> io::Result<bool> {
    fs::create_dir_all(log.parent().unwrap_or(root))?;
    let file = File::create(log)?;
    let mut command = command(root, &program.to_string_lossy(), &["ci", check.name]);
    command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file);
    Ok(command.status()?.success())
}

/// More cases of a property than a test run makes.
fn encoding(root: &Path) -> Result<(), String> {
    let law = "every_parameter_of_every_operation_arrives_as_it_was";
    let test = ["test", "--workspace", "--lib", law];
    let mut test = command(root, "cargo", &test);
    // For each of the 22 operations whose parameters are text.
    test.env("TALKSPACE_PROPTEST_CASES", "10000");
    run(test)
}

/// More sequences than a test run makes, and what happened in them.
fn faults(root: &Path) -> Result<(), String> {
    let test = ["test", "--workspace", "--test", "faults"];
    let test = [&test[..], &["--", "never_twice", "--nocapture"]].concat();
    let mut test = command(root, "cargo", &test);
    test.env("TALKSPACE_PROPTEST_CASES", "5000");
    run(test)
}

/// More kills than a test run has.
fn state(root: &Path) -> Result<(), String> {
    let test = ["test", "--workspace", "--test", "cli"];
    // The module, since a filter that names no test passes.
    let test = [&test[..], &["--", "state::", "--nocapture"]].concat();
    let mut test = command(root, "cargo", &test);
    test.env("TALKSPACE_STATE_ROUNDS", "50");
    run(test)
}

/// All that is compiled is compiled anew for it, so it has a folder of its own.
fn loom(root: &Path) -> Result<(), String> {
    let test = ["test", "--package", "talkspace-core", "--lib"];
    let alone = ["--target-dir", "target/loom", "sync::", "--", "--nocapture"];
    let mut test = command(root, "cargo", &[&test[..], &alone].concat());
    test.env("RUSTFLAGS", "--cfg loom");
    run(test)
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<(), String> {
    run(command(root, "cargo", arguments))
}
