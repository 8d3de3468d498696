//! `tls`: what one request over TLS costs the client, counted: over a kept
//! connection, and over one of its own, with a full handshake and a resumed one.

use super::Bench;
use super::client::{Client, build_clients, clients};
use super::count::{Cost, Counter};
use super::numbers::{Named, Numbers, Secured, Tls};
use super::origin::Origin;
use super::server::other;
use super::table::{Table, Tone, figure};
use crate::process::say;

/// Those with TLS.
const CLIENTS: [&str; 7] = [
    "floor",
    "hyper-util",
    "reqwest",
    "ureq",
    "reqwest-blocking",
    "talkspace-hyper",
    "talkspace-blocking",
];

/// Handshakes are a hundred times as long as requests.
const HANDSHAKES: Counter = Counter::between(5, 25);

/// A connection for each request, whose session cannot be resumed.
pub(super) const FULL: [&str; 2] = ["--close", "--no-tickets"];
/// A connection for each request.
pub(super) const RESUMED: [&str; 1] = ["--close"];

pub(super) fn run(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<(), String> {
    build_clients(bench.root)?;
    let core = other(numbers.machine.cores);
    let kept = if bench.quick {
        Counter::QUICK
    } else {
        Counter::WHOLE
    };
    let mut tls = Tls {
        quick: bench.quick,
        clients: Vec::new(),
    };
    for client in clients(&CLIENTS) {
        say(&format!("tls: {}", client.name));
        let count = |options: &[&str], counter| {
            let origin = Origin::secure(bench, core, options)?;
            requests(bench, client, &origin, counter)
        };
        let figures = Secured {
            kept: count(&[], kept)?,
            full: count(&FULL, HANDSHAKES)?,
            resumed: count(&RESUMED, HANDSHAKES)?,
        };
        let name = client.name.to_owned();
        tls.clients.push(Named { name, figures });
    }
    print(&tls);
    numbers.tls = Some(tls);
    Ok(())
}

fn requests(
    bench: &Bench<'_>,
    client: &Client,
    origin: &Origin,
    counter: Counter,
) -> Result<Cost, String> {
    let arguments = [origin.argument(), "requests"];
    counter.count(bench.root, &client.program(bench), &arguments)
}

fn print(tls: &Tls) {
    let mut table = Table::new(&[
        "one request over TLS",
        "kept: instructions",
        "allocations",
        "bytes",
        "full handshake",
        "allocations",
        "resumed",
        "allocations",
    ]);
    for client in &tls.clients {
        let Secured {
            kept,
            full,
            resumed,
        } = &client.figures;
        let figures = [
            figure(kept.instructions, 0),
            figure(kept.allocations, 1),
            figure(kept.bytes, 0),
            figure(full.instructions, 0),
            figure(full.allocations, 1),
            figure(resumed.instructions, 0),
            figure(resumed.allocations, 1),
        ];
        table.row(&client.name, figures);
    }
    table.print(|_| Tone::Plain);
}
