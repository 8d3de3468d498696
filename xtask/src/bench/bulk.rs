//! `bulk`: a large file, down and up, over TLS and without. Client and server have a
//! core each; the clients take turns. What is compared is processor time, which a
//! busy machine disturbs least, and the number of system calls.

use std::path::Path;

use super::Bench;
use super::client::{Client, FLOOR, Report, Running, build_clients, clients};
use super::median::median;
use super::numbers::{Bulk, Named, Numbers, Transfer, Transfers};
use super::origin::Origin;
use super::server::{FIRST, other, pinned};
use super::table::{Table, Tone, figure};
use crate::process::{command, output, say};

const CLIENTS: [&str; 6] = [
    FLOOR,
    "hyper-util",
    "reqwest",
    "ureq",
    "talkspace-hyper",
    "talkspace-blocking",
];

const MEGABYTES: u32 = 24;
/// Files in a round.
const FILES: u32 = 4;
const WAYS: [Way; 4] = [
    Way::new(Direction::Download, false),
    Way::new(Direction::Download, true),
    Way::new(Direction::Upload, false),
    Way::new(Direction::Upload, true),
];

/// Of all ways, one.
pub(super) type OneWay = fn(&Transfers) -> &Transfer;

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Download,
    Upload,
}

#[derive(Clone, Copy)]
struct Way {
    direction: Direction,
    is_tls: bool,
}

impl Way {
    const fn new(direction: Direction, is_tls: bool) -> Self {
        Self { direction, is_tls }
    }

    fn order(self) -> String {
        let bytes = MEGABYTES * 1_000_000;
        match self.direction {
            Direction::Download => format!("download /audio/{bytes}-0.mp3"),
            Direction::Upload => format!("upload {bytes}"),
        }
    }
}

pub(super) fn run(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<(), String> {
    build_clients(bench.root)?;
    let core = other(numbers.machine.cores);
    let origins = [
        Origin::plain(bench, core)?,
        Origin::secure(bench, core, &[])?,
    ];
    let rounds = bench.rounds(9, 2);
    let mut ways = Vec::new();
    for way in WAYS {
        let [plain, secure] = &origins;
        let origin = if way.is_tls { secure } else { plain };
        ways.push(transfers(bench, way, origin, rounds)?);
    }
    let mut ways = ways.into_iter();
    let mut next = || ways.next().ok_or("a way is missing");
    let (download, download_tls, upload, upload_tls) = (next()?, next()?, next()?, next()?);
    let all = download
        .into_iter()
        .zip(download_tls)
        .zip(upload.into_iter().zip(upload_tls));
    let named = clients(&CLIENTS).zip(all).map(
        |(client, ((download, download_tls), (upload, upload_tls)))| Named {
            name: client.name.to_owned(),
            figures: Transfers {
                download,
                download_tls,
                upload,
                upload_tls,
            },
        },
    );
    let bulk = Bulk {
        quick: bench.quick,
        rounds,
        megabytes: MEGABYTES,
        clients: named.collect(),
    };
    print(&bulk);
    numbers.bulk = Some(bulk);
    Ok(())
}

/// One way of all clients, in their order.
fn transfers(
    bench: &Bench<'_>,
    way: Way,
    origin: &Origin,
    rounds: u32,
) -> Result<Vec<Transfer>, String> {
    let order = way.order();
    let mut running = Vec::new();
    for client in clients(&CLIENTS) {
        let mut command = pinned(bench, FIRST, &client.program(bench));
        command.arg(origin.argument());
        let mut client = Running::start(command)?;
        // It connects, and its buffers grow.
        client.obey(&format!("{order} 1"))?;
        running.push((client, Vec::new()));
    }
    for round in 0..rounds {
        let tls = if way.is_tls { " over TLS" } else { "" };
        say(&format!(
            "bulk: {order}{tls}: round {} of {rounds}",
            round + 1
        ));
        for (client, reports) in &mut running {
            reports.push(client.obey(&format!("{order} {FILES}"))?);
        }
    }
    let floor = running.first().map(|(_, reports)| reports.clone());
    let floor = floor.ok_or("there is no floor")?;
    clients(&CLIENTS)
        .zip(&running)
        .map(|(client, (_, reports))| {
            let (sends, receives) = match system_calls(bench, client, origin, &order)? {
                Some((sends, receives)) => (Some(sends), Some(receives)),
                None => (None, None),
            };
            transfer(reports, &floor, sends, receives)
        })
        .collect()
}

fn transfer(
    reports: &[Report],
    floor: &[Report],
    sends: Option<f64>,
    receives: Option<f64>,
) -> Result<Transfer, String> {
    let gigabytes = f64::from(MEGABYTES * FILES) / 1e3;
    let seconds: Result<Vec<f64>, String> = reports
        .iter()
        .map(|report| Ok(report.get("cpu_ns")? / 1e9 / gigabytes))
        .collect();
    let ratio = |name: &str| -> Result<f64, String> {
        let pairs = reports.iter().zip(floor);
        let ratios: Result<Vec<f64>, String> = pairs
            .map(|(report, floor)| Ok(report.get(name)? / floor.get(name)?))
            .collect();
        Ok(median(ratios?))
    };
    Ok(Transfer {
        cpu_seconds_per_gb: median(seconds?),
        cpu_ratio: ratio("cpu_ns")?,
        rate_ratio: ratio("total_ns")?.recip(),
        sends,
        receives,
    })
}

/// How often a client sends and receives for one file, if strace is here.
fn system_calls(
    bench: &Bench<'_>,
    client: &Client,
    origin: &Origin,
    order: &str,
) -> Result<Option<(f64, f64)>, String> {
    let file = bench.folder().join("strace.txt");
    let count = |files: &str| -> Result<(f64, f64), String> {
        let log = file.to_string_lossy();
        let trace = "trace=sendto,sendmsg,writev,recvfrom,recvmsg,readv";
        let options = ["-f", "-qq", "-c", "-o", &log, "-e", trace];
        let mut strace = command(bench.root, "strace", &options);
        strace.arg(client.program(bench)).arg(origin.argument());
        strace.args(order.split(' ')).arg(files);
        output(strace)?;
        read(&file)
    };
    if output(command(bench.root, "strace", &["-V"])).is_err() {
        return Ok(None);
    }
    // What is done once, as to connect, is in neither.
    let (one, two) = (count("1")?, count("2")?);
    Ok(Some((two.0 - one.0, two.1 - one.1)))
}

/// Sends and receives, of the table that strace writes:
/// `% time, seconds, usecs/call, calls, errors if any, syscall`.
fn read(file: &Path) -> Result<(f64, f64), String> {
    let text =
        std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let (mut sends, mut receives) = (0.0, 0.0);
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (Some(calls), Some(name)) = (words.get(3), words.last()) else {
            continue;
        };
        let calls: f64 = calls.parse().unwrap_or_default();
        match *name {
            "sendto" | "sendmsg" | "writev" => sends += calls,
            "recvfrom" | "recvmsg" | "readv" => receives += calls,
            _ => {}
        }
    }
    Ok((sends, receives))
}

fn print(bulk: &Bulk) {
    let ways: [(&str, OneWay); 4] = [
        ("down", |all| &all.download),
        ("down, TLS", |all| &all.download_tls),
        ("up", |all| &all.upload),
        ("up, TLS", |all| &all.upload_tls),
    ];
    for (way, of) in ways {
        let title = format!("{} MB {way}", bulk.megabytes);
        let head = ["CPU s/GB", "× floor", "rate × floor", "sends", "receives"];
        let mut table = Table::new(&[&[title.as_str()][..], &head].concat());
        for client in &bulk.clients {
            let transfer = of(&client.figures);
            let calls =
                |calls: Option<f64>| calls.map_or("–".to_owned(), |calls| figure(calls, 0));
            let figures = [
                figure(transfer.cpu_seconds_per_gb, 3),
                figure(transfer.cpu_ratio, 2),
                figure(transfer.rate_ratio, 2),
                calls(transfer.sends),
                calls(transfer.receives),
            ];
            table.row(&client.name, figures);
        }
        table.print(|_| Tone::Plain);
    }
}
