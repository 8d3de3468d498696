//! `cargo xtask bench [SECTION…] [--quick]`: what a request costs, beside what it
//! costs other clients.
//!
//! The work is to create a TalkSpace. The clients are in `tests/bench`, a
//! workspace of its own. What is measured goes into `target/bench/numbers.json`,
//! which `tests/bench/numbers.schema.json` describes, and into a page beside it.

mod build;
mod bulk;
mod bursts;
mod chart;
mod chunks;
mod client;
mod codec;
mod count;
mod engines;
mod latency;
mod load;
mod machine;
mod median;
mod numbers;
mod origin;
mod page;
mod publish;
mod request;
mod sandbox;
mod server;
mod start;
mod table;
mod target;
mod tls;

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::say;
use numbers::Numbers;

pub(crate) use client::build as build_programs;
pub(crate) use codec::FORM;
pub(crate) use count::{Cost, Counter};
pub(crate) use engines::{Counted, count as count_engines};
pub(crate) use machine::{Machine, describe as describe_machine};
pub(crate) use publish::{check, publish};

/// A part of the benchmark, by the name that runs it alone.
struct Section {
    name: &'static str,
    what: &'static str,
    /// Whether it runs when none is named.
    usual: bool,
    run: fn(&Bench<'_>, &mut Numbers) -> Result<(), String>,
}

const SECTIONS: &[Section] = &[
    Section {
        name: "codec",
        what: "a request encoded, a response decoded: instructions and allocations",
        usual: true,
        run: codec::run,
    },
    Section {
        name: "request",
        what: "one request of every client: instructions and allocations",
        usual: true,
        run: request::run,
    },
    Section {
        name: "tls",
        what: "one request over TLS: a kept connection, a full handshake, a resumed one",
        usual: true,
        run: tls::run,
    },
    Section {
        name: "bursts",
        what: "64 requests at a time over TLS, ten times: the handshakes that the server sees",
        usual: true,
        run: bursts::run,
    },
    Section {
        name: "chunks",
        what: "bodies in chunks of a byte and of a KiB: instructions for each chunk",
        usual: true,
        run: chunks::run,
    },
    Section {
        name: "start",
        what: "a program that sends one request, from its start to its end: instructions",
        usual: true,
        run: start::run,
    },
    Section {
        name: "bulk",
        what: "a file of 24 MB down and up, over TLS and without: processor time, system calls",
        usual: true,
        run: bulk::run,
    },
    Section {
        name: "latency",
        what: "one request after the other, client and server on one core",
        usual: true,
        run: latency::run,
    },
    Section {
        name: "load",
        what: "1, 64 and 1,024 requests in flight, client and server on a core each",
        usual: true,
        run: load::run,
    },
    Section {
        name: "sandbox",
        what: "the sandbox beside Prism on one core, and with a million conferences open",
        usual: true,
        run: sandbox::run,
    },
    Section {
        name: "build",
        what: "what a program takes on with each client; the others are built from nothing, which takes long",
        usual: false,
        run: build::run,
    },
];

/// How a section is run.
struct Bench<'a> {
    root: &'a Path,
    /// Fewer rounds: to see that it works, not to quote.
    quick: bool,
}

impl Bench<'_> {
    /// Where everything goes that is built or written here.
    fn folder(&self) -> PathBuf {
        self.root.join("target/bench")
    }

    /// One of two, by how much is asked for.
    fn rounds(&self, whole: u32, quick: u32) -> u32 {
        if self.quick { quick } else { whole }
    }
}

/// How it is used.
pub(crate) fn usage() -> String {
    let sections = SECTIONS
        .iter()
        .map(|section| format!("\n  {:<9} {}", section.name, section.what))
        .collect::<String>();
    format!(
        "usage: cargo xtask bench [SECTION …] [--quick]\n\nsections, all but `build` if none is named:{sections}"
    )
}

/// Runs the named sections, or the usual ones.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let (options, names): (Vec<&str>, Vec<&str>) = arguments
        .iter()
        .partition(|argument| argument.starts_with('-'));
    let known = |name: &&str| SECTIONS.iter().any(|section| section.name == *name);
    if !options.iter().all(|option| *option == "--quick") || !names.iter().all(known) {
        return Err(usage());
    }
    let bench = Bench {
        root,
        quick: !options.is_empty(),
    };
    let folder = bench.folder();
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let file = folder.join("numbers.json");
    let mut numbers = Numbers::read(&file, machine::describe(root)?);
    for section in SECTIONS {
        if names.contains(&section.name) || (names.is_empty() && section.usual) {
            say(&format!("{}: {}", section.name, section.what));
            (section.run)(&bench, &mut numbers)?;
            numbers.targets = target::judge(&numbers);
            // After each, since the next may take long or fail.
            numbers.write(&file)?;
            publish::draw(&folder, &numbers)?;
        }
    }
    target::print(&numbers.targets);
    Ok(
        "bench: the numbers are in target/bench/numbers.json, and as a page in numbers.html"
            .to_owned(),
    )
}
