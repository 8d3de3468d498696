//! The numbers as a page that needs nothing else, and one drawing of them.

mod sandbox;
mod transfer;

use std::fmt::Write as _;

use super::chart::{Bar, Chart, STYLE};
use super::numbers::{Built, Codec, Flight, Load, Named, Numbers};
use super::table::figure;
use super::target::Judgement;
use crate::html::escape;

const SCREEN: &str = "\
:root { color-scheme: light dark; --ground: #f5f6f8; --card: #fff; --text: #1b1f26; --quiet: #57606c; --line: #dde1e7; --good: #09693a; --bad: #b3142d; } \
@media (prefers-color-scheme: dark) { :root { --ground: #12151a; --card: #1b1f26; --text: #e5e8ec; --quiet: #a3acb8; --line: #303741; --good: #6fd79b; --bad: #ff8e97; } } \
* { box-sizing: border-box; } \
body { margin: 0 auto; max-width: 76rem; padding: 2rem clamp(.9rem, 3vw, 2.5rem) 4rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground); } \
h1, h2, p { margin: 0; } h1 { font-size: 1.75rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .4rem; } \
p { color: var(--quiet); max-width: 46rem; } \
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 1rem; margin-top: 1rem; } \
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.2rem; overflow-x: auto; } \
svg { display: block; } .charts + p { margin-top: 1rem; } \
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; } \
th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--line); font-size: .9375rem; white-space: nowrap; } \
th { color: var(--quiet); font-weight: 600; } th, td:first-child { white-space: normal; } th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere; } \
.met { color: var(--good); } .missed { color: var(--bad); }";

/// One drawing: what a request costs each client.
pub(super) fn drawing(numbers: &Numbers) -> String {
    instructions(numbers).map_or_else(String::new, |chart| chart.alone())
}

fn instructions(numbers: &Numbers) -> Option<Chart<'_>> {
    let clients = &numbers.request.as_ref()?.clients;
    Some(chart(
        "Instructions for one request",
        "",
        0,
        clients,
        |cost| cost.instructions,
    ))
}

fn chart<'n, T>(
    title: &'n str,
    unit: &'n str,
    digits: usize,
    all: &'n [Named<T>],
    value: impl Fn(&T) -> f64,
) -> Chart<'n> {
    let bars = all.iter().map(|one| Bar {
        name: &one.name,
        value: value(&one.figures),
    });
    Chart::of(title, unit, digits, bars)
}

/// All charts and tables, in one file that needs nothing else.
pub(super) fn page(numbers: &Numbers) -> String {
    let machine = &numbers.machine;
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>What a request costs</title>\n<style>{SCREEN} {STYLE}</style>\n</head>\n<body>\n\
         <h1>What a request costs</h1>\n\
         <p>One TalkSpace is created: a form goes out, a typed response comes in, over one kept \
         connection to a server on the same machine, without TLS. Measured by <code>cargo xtask \
         bench</code> on {}, {} cores, with {}.</p>\n",
        escape(&machine.cpu),
        machine.cores,
        escape(&machine.rustc),
    );
    if let Some(request) = &numbers.request {
        section(
            &mut page,
            "One request, counted",
            "By callgrind and memcheck: the same in every run, on a busy machine too. What the \
             kernel does is not in it. The floor sends bytes that were written before; talkspace-core \
             alone is over a transport in memory.",
            &[
                chart("Instructions", "", 0, &request.clients, |cost| {
                    cost.instructions
                }),
                chart("Allocations", "", 0, &request.clients, |cost| {
                    cost.allocations
                }),
            ],
        );
    }
    if let Some(tls) = &numbers.tls {
        transfer::tls(&mut page, tls);
    }
    if let Some(bursts) = &numbers.bursts {
        transfer::bursts(&mut page, bursts);
    }
    if let Some(chunks) = &numbers.chunks {
        transfer::chunks(&mut page, chunks);
    }
    if let Some(start) = &numbers.start {
        transfer::start(&mut page, start);
    }
    if let Some(bulk) = &numbers.bulk {
        transfer::bulk(&mut page, bulk);
    }
    if let Some(latency) = &numbers.latency {
        let (rounds, requests) = (latency.rounds, latency.requests_per_round);
        section(
            &mut page,
            "One request after the other",
            &format!(
                "Client and server share a core; medians of {rounds} rounds of {requests} requests, in \
                 which all clients take turns. Ratios are to the floor of the same round."
            ),
            &[
                chart(
                    "Half of the requests take at most",
                    "× floor",
                    2,
                    &latency.clients,
                    |one| one.p50_ratio,
                ),
                chart(
                    "99 of 100 take at most",
                    "× floor",
                    2,
                    &latency.clients,
                    |one| one.p99_ratio,
                ),
            ],
        );
    }
    if let Some(load) = &numbers.load {
        loads(&mut page, load);
    }
    if let Some(sandbox) = &numbers.sandbox {
        sandbox::section(&mut page, sandbox);
    }
    if let Some(build) = &numbers.build {
        section(
            &mut page,
            "What a program takes on",
            "A program that sends one request with each client, with TLS where the client has it.",
            &[
                chart("Crates in the tree", "", 0, &build.programs, |built| {
                    built.crates as f64
                }),
                chart(
                    "A debug build from nothing",
                    "CPU s",
                    1,
                    &build.programs,
                    |built| built.cpu_seconds,
                ),
                chart(
                    "The program, stripped",
                    "MiB",
                    2,
                    &build.programs,
                    mebibytes,
                ),
            ],
        );
    }
    if let Some(codec) = &numbers.codec {
        codecs(&mut page, codec);
    }
    targets(&mut page, &numbers.targets);
    page + "</body>\n</html>\n"
}

fn mebibytes(built: &Built) -> f64 {
    built.program_bytes as f64 / 1_048_576.0
}

fn section(page: &mut String, title: &str, words: &str, charts: &[Chart<'_>]) {
    let _ = writeln!(
        page,
        "<h2>{}</h2>\n<p>{}</p>\n<div class=\"charts\">",
        escape(title),
        escape(words)
    );
    for chart in charts {
        let _ = writeln!(page, "<div class=\"card\">{}</div>", chart.inline());
    }
    page.push_str("</div>\n");
}

fn loads(page: &mut String, load: &Load) {
    let rates = |title, in_flight| {
        let mut rates = flights(title, "requests/s", 0, load, in_flight, |flight| {
            flight.requests_per_second
        });
        // More is better here, so that the best is on top as everywhere.
        rates.bars.reverse();
        rates
    };
    let processor = |title, in_flight| {
        flights(title, "µs", 1, load, in_flight, |flight| {
            flight.cpu_us_per_request
        })
    };
    section(
        page,
        "Many requests at a time",
        &format!(
            "Client and server have a core each; medians of {} rounds. Blocking clients have a \
             thread for each request, and stop at 64.",
            load.rounds
        ),
        &[
            rates("64 in flight: more is better", 64),
            rates("1,024 in flight: more is better", 1024),
            processor(
                "The client's processor time for a request, 64 in flight",
                64,
            ),
            processor("The same, 1,024 in flight", 1024),
            flights(
                "Memory resident at most, 64 in flight",
                "MiB",
                1,
                load,
                64,
                |flight| flight.peak_kib / 1024.0,
            ),
            flights(
                "The same, 1,024 in flight",
                "MiB",
                1,
                load,
                1024,
                |flight| flight.peak_kib / 1024.0,
            ),
        ],
    );
}

/// A figure of the clients that were measured with so many requests in flight.
fn flights<'n>(
    title: &'n str,
    unit: &'n str,
    digits: usize,
    load: &'n Load,
    in_flight: u32,
    value: impl Fn(&Flight) -> f64,
) -> Chart<'n> {
    let bars = load.clients.iter().filter_map(|client| {
        let mut flights = client.figures.flights.iter();
        let flight = flights.find(|flight| flight.in_flight == in_flight)?;
        Some(Bar {
            name: &client.name,
            value: value(flight),
        })
    });
    Chart::of(title, unit, digits, bars)
}

fn codecs(page: &mut String, codec: &Codec) {
    page.push_str(
        "<h2>Writing and reading, operation by operation</h2>\n\
         <p>The request as the transport gets it, and the spec's example of the response.</p>\n\
         <div class=\"charts\"><div class=\"card\"><table>\n<tr><th>operation</th><th>write: instructions</th>\
         <th>allocations</th><th>read: instructions</th><th>allocations</th></tr>\n",
    );
    for Named { name, figures } in &codec.operations {
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(name),
            figure(figures.encode.instructions, 0),
            figure(figures.encode.allocations, 0),
            figure(figures.decode.instructions, 0),
            figure(figures.decode.allocations, 0),
        );
    }
    if let Some(form) = &codec.form {
        let _ = writeln!(
            page,
            "<tr><td>the form of createTalkspace alone</td><td>{}</td><td>{}</td><td></td><td></td></tr>",
            figure(form.instructions, 0),
            figure(form.allocations, 0),
        );
    }
    page.push_str("</table></div></div>\n");
}

fn targets(page: &mut String, targets: &[Judgement]) {
    page.push_str(
        "<h2>What was aimed at</h2>\n<div class=\"charts\"><div class=\"card\"><table>\n\
         <tr><th>target</th><th>measured</th><th>aim</th><th></th></tr>\n",
    );
    for target in targets {
        let digits = |value: f64| if value.abs() < 100.0 { 2 } else { 0 };
        let (class, word) = if target.met {
            ("met", "met")
        } else {
            ("missed", "not met")
        };
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{} {}</td><td class=\"{class}\">{word}</td></tr>",
            escape(&target.what),
            figure(target.measured, digits(target.measured)),
            if target.at_most { "≤" } else { "≥" },
            figure(target.target, digits(target.target)),
        );
    }
    page.push_str("</table></div></div>\n");
}
