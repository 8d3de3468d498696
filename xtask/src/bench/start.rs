//! `start`: a whole program that sends one request, counted from its start to its
//! end. What a client does when it is made is in it.

use super::Bench;
use super::client::{build, build_clients};
use super::count::Cost;
use super::numbers::{Named, Numbers, Start};
use super::server::{other, start};
use super::table::{Table, Tone, figure};
use crate::process::say;

/// The programs in `tests/bench/downstream`, all with TLS by rustls and ring, and
/// with whatever roots a user of them gets.
const PROGRAMS: [&str; 4] = [
    "talkspace-hyper",
    "talkspace-blocking",
    "ureq",
    "reqwest-ring",
];

const KEY: &str = "11111111-2222-3333-4444-555555555555";

pub(super) fn run(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<(), String> {
    build_clients(bench.root)?;
    let server = start(bench, other(numbers.machine.cores))?;
    let url = format!("http://{}", server.address());
    let mut programs = Vec::new();
    for name in PROGRAMS {
        say(&format!("start: {name}"));
        let package = format!("with-{name}");
        // Each alone, so that it has the features that a user's would have.
        let program = build(bench.root, &[&package])?.join(&package);
        programs.push(Named {
            name: name.to_owned(),
            figures: Cost::of_process(bench.root, &program, &[&url, KEY, "eta"])?,
        });
    }
    let start = Start {
        quick: bench.quick,
        programs,
    };
    print(&start);
    numbers.start = Some(start);
    Ok(())
}

fn print(start: &Start) {
    let mut table = Table::new(&[
        "a program with one request",
        "instructions",
        "allocations",
        "bytes",
    ]);
    for program in &start.programs {
        let cost = program.figures;
        let figures = [cost.instructions, cost.allocations, cost.bytes];
        table.row(&program.name, figures.map(|value| figure(value, 0)));
    }
    table.print(|_| Tone::Plain);
}
