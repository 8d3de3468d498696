//! `latency`: one request after the other. Client and server share a core, so
//! that no other core has to wake up; all clients are measured in turns, so
//! that a disturbance hits them alike.

use super::Bench;
use super::client::{CLIENTS, FLOOR, Report, Running, build_clients};
use super::median::median;
use super::numbers::{Latency, Named, Numbers, Sequential};
use super::server::{FIRST, pinned, start};
use super::table::{Table, Tone, figure};
use crate::process::say;

pub(super) fn run(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<(), String> {
    build_clients(bench.root)?;
    let server = start(bench, FIRST)?;
    let (rounds, requests) = (bench.rounds(36, 5), bench.rounds(300, 100));
    let mut clients = Vec::new();
    for client in CLIENTS {
        let mut command = pinned(bench, FIRST, &client.program(bench));
        command.arg(server.address());
        let mut running = Running::start(command)?;
        // It connects, and finds its way into the caches.
        running.obey(&format!("latency {requests}"))?;
        clients.push((client.name, running, Vec::new()));
    }
    for round in 0..rounds {
        if round % 6 == 0 {
            say(&format!("latency: round {} of {rounds}", round + 1));
        }
        for (_, running, reports) in &mut clients {
            reports.push(running.obey(&format!("latency {requests}"))?);
        }
    }
    let floor = clients
        .iter()
        .find(|(name, ..)| *name == FLOOR)
        .map(|(.., reports)| reports.clone())
        .ok_or("there is no floor")?;
    let clients = clients.iter().map(|(name, _, reports)| {
        Ok(Named {
            name: (*name).to_owned(),
            figures: summary(reports, &floor, requests)?,
        })
    });
    let latency = Latency {
        quick: bench.quick,
        rounds,
        requests_per_round: requests,
        clients: clients.collect::<Result<_, String>>()?,
    };
    print(&latency);
    numbers.latency = Some(latency);
    Ok(())
}

fn summary(reports: &[Report], floor: &[Report], requests: u32) -> Result<Sequential, String> {
    let values = |name: &str| -> Result<f64, String> {
        let values: Vec<f64> = reports
            .iter()
            .map(|report| report.get(name))
            .collect::<Result<_, _>>()?;
        Ok(median(values))
    };
    let ratio = |name: &str| -> Result<f64, String> {
        let ratios: Vec<f64> = reports
            .iter()
            .zip(floor)
            .map(|(report, floor)| Ok(report.get(name)? / floor.get(name)?))
            .collect::<Result<_, String>>()?;
        Ok(median(ratios))
    };
    Ok(Sequential {
        p50_us: values("p50_ns")? / 1e3,
        p99_us: values("p99_ns")? / 1e3,
        requests_per_second: f64::from(requests) / (values("total_ns")? / 1e9),
        p50_ratio: ratio("p50_ns")?,
        p99_ratio: ratio("p99_ns")?,
        rate_ratio: ratio("total_ns")?.recip(),
    })
}

fn print(latency: &Latency) {
    let mut table = Table::new(&[
        "one after the other",
        "p50 µs",
        "× floor",
        "p99 µs",
        "× floor",
        "requests/s",
        "× floor",
    ]);
    for client in &latency.clients {
        let of = &client.figures;
        let figures = [
            figure(of.p50_us, 1),
            figure(of.p50_ratio, 2),
            figure(of.p99_us, 1),
            figure(of.p99_ratio, 2),
            figure(of.requests_per_second, 0),
            figure(of.rate_ratio, 2),
        ];
        table.row(&client.name, figures);
    }
    table.print(|_| Tone::Plain);
}
