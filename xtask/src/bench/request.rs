//! `request`: what one request costs the client, counted.

use super::client::{CLIENTS, build, build_clients};
use super::count::{Cost, Counter};
use super::numbers::{Named, Numbers, OneRequest, named};
use super::table::{Table, Tone, figure};
use super::{Bench, server};
use crate::process::say;

/// The client without a socket, async and blocking.
pub(super) const CORE: &str = "talkspace-core";
const IN_MEMORY: [(&str, &str); 2] = [
    (CORE, "send"),
    ("talkspace-core, blocking", "send-blocking"),
];

/// What the others are compared with.
const COMPARED: &str = "hyper-util";

pub(super) fn run(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<(), String> {
    // Built together with its peers, the core might get features from them.
    let programs = build(bench.root, &["costs"])?;
    build_clients(bench.root)?;
    let server = server::start(bench, server::other(numbers.machine.cores))?;
    let counter = if bench.quick {
        Counter::QUICK
    } else {
        Counter::WHOLE
    };
    let mut clients = Vec::new();
    let mut push = |name: &str, figures: Cost| {
        let name = name.to_owned();
        clients.push(Named { name, figures });
    };
    for client in CLIENTS {
        say(&format!("request: {}", client.name));
        let arguments = [server.address(), "requests"];
        let cost = counter.count(bench.root, &client.program(bench), &arguments)?;
        push(client.name, cost);
    }
    for (name, command) in IN_MEMORY {
        say(&format!("request: {name}"));
        push(
            name,
            counter.count(bench.root, &programs.join("costs"), &[command])?,
        );
    }
    let request = OneRequest {
        quick: bench.quick,
        clients,
    };
    print(&request);
    numbers.request = Some(request);
    Ok(())
}

fn print(request: &OneRequest) {
    let compared = named(&request.clients, COMPARED).map_or(f64::NAN, |cost| cost.instructions);
    let mut table = Table::new(&[
        "one request",
        "instructions",
        "× hyper-util",
        "allocations",
        "bytes",
    ]);
    for client in &request.clients {
        let cost = client.figures;
        let figures = [
            figure(cost.instructions, 0),
            figure(cost.instructions / compared, 2),
            figure(cost.allocations, 1),
            figure(cost.bytes, 0),
        ];
        table.row(&client.name, figures);
    }
    table.print(|_| Tone::Plain);
}
