//! `load`: many requests at a time. Each run is a process of its own, so that the
//! most memory it had resident is that of this many requests. Runs of all clients
//! take turns.

use super::Bench;
use super::client::{CLIENTS, Client, Report, Style, build_clients};
use super::median::median;
use super::numbers::{Flight, Load, Loaded, Named, Numbers};
use super::server::{FIRST, other, pinned, start};
use super::table::{Table, Tone, figure};
use crate::process::say;

/// How many requests are in flight. A thread for each of 1,024 is not what a
/// blocking client is for.
const WIDTHS: [u32; 3] = [1, 64, 1024];
const WIDEST_BLOCKING: u32 = 64;

/// Requests in a run, by how many are in flight.
const REQUESTS: [u32; 3] = [20_000, 64_000, 102_400];

pub(super) fn run(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<(), String> {
    build_clients(bench.root)?;
    let server = start(bench, other(numbers.machine.cores))?;
    let rounds = bench.rounds(5, 1);
    let mut reports: Vec<(&Client, u32, u32, Vec<Report>)> = Vec::new();
    for client in CLIENTS {
        for (width, requests) in WIDTHS.into_iter().zip(REQUESTS) {
            if client.style == Style::Async || width <= WIDEST_BLOCKING {
                reports.push((client, width, requests / bench.rounds(1, 5), Vec::new()));
            }
        }
    }
    for round in 0..rounds {
        say(&format!("load: round {} of {rounds}", round + 1));
        for (client, width, requests, reports) in &mut reports {
            let mut command = pinned(bench, FIRST, &client.program(bench));
            let width = width.to_string();
            command.args([server.address(), "flight", &width, &requests.to_string()]);
            reports.push(Report::of(command)?);
        }
    }
    let mut clients = Vec::new();
    for client in CLIENTS {
        let flights: Vec<Flight> = reports
            .iter()
            .filter(|(of, ..)| of.name == client.name)
            .map(|(_, width, _, reports)| flight(*width, reports))
            .collect::<Result<_, _>>()?;
        clients.push(Named {
            name: client.name.to_owned(),
            figures: Loaded {
                kib_per_request: growth(&flights),
                flights,
            },
        });
    }
    let load = Load {
        quick: bench.quick,
        rounds,
        clients,
    };
    print(&load);
    numbers.load = Some(load);
    Ok(())
}

fn flight(in_flight: u32, reports: &[Report]) -> Result<Flight, String> {
    let values = |value: &dyn Fn(&Report) -> Result<f64, String>| {
        let values: Result<Vec<f64>, String> = reports.iter().map(value).collect();
        values.map(median)
    };
    Ok(Flight {
        in_flight,
        requests_per_second: values(&|of| Ok(of.get("requests")? / (of.get("total_ns")? / 1e9)))?,
        cpu_us_per_request: values(&|of| Ok(of.get("cpu_ns")? / 1e3 / of.get("requests")?))?,
        peak_kib: values(&|of| of.get("peak_kib"))?,
    })
}

/// What each further request adds to the memory, between the two widest flights.
fn growth(flights: &[Flight]) -> f64 {
    let [.., fewer, more] = flights else {
        return f64::NAN;
    };
    (more.peak_kib - fewer.peak_kib) / f64::from(more.in_flight - fewer.in_flight)
}

fn print(load: &Load) {
    let mut table = Table::new(&[
        "in flight: requests/s",
        "1",
        "64",
        "1,024",
        "CPU µs/request: 1",
        "64",
        "1,024",
        "peak MiB: 1",
        "64",
        "1,024",
        "KiB/request",
    ]);
    for client in &load.clients {
        let Loaded {
            flights,
            kib_per_request,
        } = &client.figures;
        let columns = |digits: usize, value: fn(&Flight) -> f64| {
            WIDTHS.map(|width| {
                flights
                    .iter()
                    .find(|flight| flight.in_flight == width)
                    .map_or_else(|| "–".to_owned(), |flight| figure(value(flight), digits))
            })
        };
        let figures = [
            columns(0, |flight| flight.requests_per_second),
            columns(1, |flight| flight.cpu_us_per_request),
            columns(1, |flight| flight.peak_kib / 1024.0),
        ];
        let figures = figures.into_iter().flatten();
        table.row(&client.name, figures.chain([figure(*kib_per_request, 1)]));
    }
    table.print(|_| Tone::Plain);
}
