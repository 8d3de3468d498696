//! `bursts`: many requests at a time over TLS, all of which are awaited, again and
//! again. The server counts the handshakes: as many as connections are in use at a
//! time are needed, and no more.

use super::Bench;
use super::client::{Client, Report, build_clients, clients};
use super::numbers::{Bursts, Handshakes, Named, Numbers};
use super::origin::Origin;
use super::server::{Core, FIRST, other, pinned};
use super::table::{Table, Tone, figure};
use crate::process::say;

const CLIENTS: [&str; 5] = [
    "hyper-util",
    "reqwest",
    "ureq",
    "talkspace-hyper",
    "talkspace-blocking",
];

const WIDTH: u32 = 64;
const TIMES: u32 = 10;

pub(super) fn run(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<(), String> {
    build_clients(bench.root)?;
    let times = bench.rounds(TIMES, 3);
    let mut bursts = Bursts {
        quick: bench.quick,
        width: WIDTH,
        times,
        clients: Vec::new(),
    };
    for client in clients(&CLIENTS) {
        say(&format!("bursts: {}", client.name));
        let figures = burst(bench, client, other(numbers.machine.cores), times)?;
        let name = client.name.to_owned();
        bursts.clients.push(Named { name, figures });
    }
    print(&bursts);
    numbers.bursts = Some(bursts);
    Ok(())
}

fn burst(bench: &Bench<'_>, client: &Client, core: Core, times: u32) -> Result<Handshakes, String> {
    let mut origin = Origin::secure(bench, core, &[])?;
    let mut command = pinned(bench, FIRST, &client.program(bench));
    let (width, times) = (WIDTH.to_string(), times.to_string());
    command.args([origin.argument(), "burst", &width, &times]);
    Report::of(command)?;
    origin.handshakes()
}

/// Fails when a client has more handshakes than connections at a time.
pub(super) fn check(bench: &Bench<'_>, client: &Client) -> Result<(), String> {
    let Handshakes { full, resumed } = burst(bench, client, FIRST, TIMES)?;
    if full + resumed <= f64::from(WIDTH) {
        return Ok(());
    }
    Err(format!(
        "{}: {full} full and {resumed} resumed handshakes for {WIDTH} requests at a time",
        client.name
    ))
}

fn print(bursts: &Bursts) {
    let title = format!("{} × {} at a time", bursts.times, bursts.width);
    let mut table = Table::new(&[&title, "full handshakes", "resumed"]);
    for client in &bursts.clients {
        let Handshakes { full, resumed } = client.figures;
        table.row(&client.name, [figure(full, 0), figure(resumed, 0)]);
    }
    table.print(|_| Tone::Plain);
}
