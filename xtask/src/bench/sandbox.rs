//! `sandbox`: how much the sandbox serves on one core, what a conference takes
//! of its memory, and what an operation takes the more of them are open.

mod prism;
mod scale;
mod served;

pub(super) use scale::LIST;

use super::Bench;
use super::client::build;
use super::numbers::{Numbers, Sandbox};
use super::table::{Table, Tone, figure};

pub(super) fn run(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<(), String> {
    build(bench.root, &["peers"])?;
    // Apart from the peers, whose core does not have its features.
    let programs = build(bench.root, &["sandbox"])?;
    let program = programs.join("sandbox");
    let cores = numbers.machine.cores;
    let rounds = bench.rounds(5, 1);
    let sandbox = Sandbox {
        quick: bench.quick,
        rounds,
        in_flight: served::IN_FLIGHT,
        servers: served::rates(bench, &program, cores, rounds)?,
        memory: served::memory(bench, &program, cores)?,
        operations: scale::run(bench, &program)?,
    };
    print(&sandbox);
    numbers.sandbox = Some(sandbox);
    Ok(())
}

fn print(sandbox: &Sandbox) {
    let mut table = Table::new(&[
        "create, on one core",
        "CPU µs/request",
        "requests/s",
        "× Prism",
    ]);
    for server in &sandbox.servers {
        let served = &server.figures;
        let figures = [
            figure(served.cpu_us_per_request, 1),
            figure(served.requests_per_second, 0),
            figure(served.calls_per_prism_call, 1),
        ];
        table.row(&server.name, figures);
    }
    table.print(|_| Tone::Plain);

    let mut table = Table::new(&["memory", "open", "bytes each"]);
    let open = figure(sandbox.memory.conferences.into(), 0);
    let bytes = figure(sandbox.memory.bytes_per_conference, 0);
    table.row("a conference with its leader", [open, bytes]);
    table.print(|_| Tone::Plain);

    let sizes = sandbox.operations.first().into_iter();
    let sizes = sizes.flat_map(|operation| &operation.figures.sizes);
    let mut head = vec!["without a socket: ns, open".to_owned()];
    head.extend(sizes.map(|size| figure(size.conferences.into(), 0)));
    head.push("×".to_owned());
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let mut table = Table::new(&head);
    for operation in &sandbox.operations {
        let times = operation.figures.sizes.iter();
        let times = times.map(|size| figure(size.ns, 0));
        let growth = figure(operation.figures.growth(), 2);
        table.row(&operation.name, times.chain([growth]));
    }
    table.print(|_| Tone::Plain);
}
