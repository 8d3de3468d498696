//! What a server serves on a core of its own, and what it keeps in memory.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::super::Bench;
use super::super::client::{CLIENTS, FLOOR, Report};
use super::super::median::median;
use super::super::numbers::{Memory, Named, Served};
use super::super::server::{Core, FIRST, other, pinned};
use super::prism;
use crate::process::{Server, say};

pub(super) const IN_FLIGHT: u32 = 16;
const PRISM: &str = "prism";
/// Prism gets fewer requests, so that it is not most of the time.
const PRISM_SHARE: u32 = 10;
/// Requests that do not count: Prism compiles what is hot.
const WARM_UP: u32 = 8_000;
/// Longer than a phone rings.
const RING: Duration = Duration::from_secs(1);
/// Linux counts processor time in these, whatever the processor.
const TICK_US: f64 = 10_000.0;

/// A server, how many requests a round of it has, and what was measured.
struct Measured {
    name: &'static str,
    server: Server,
    requests: u32,
    cpu_us: Vec<f64>,
}

/// The servers in turns.
pub(super) fn rates(
    bench: &Bench<'_>,
    program: &Path,
    cores: usize,
    rounds: u32,
) -> Result<Vec<Named<Served>>, String> {
    let core = other(cores);
    let folder = bench.folder().join("sandbox");
    // There is nothing to remove the first time.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let state = folder.join("state");
    let requests = bench.rounds(40_000, 8_000);
    let measured = |name, server, requests| Measured {
        name,
        server,
        requests,
        cpu_us: Vec::new(),
    };
    let mut all = [
        measured(
            "talkspace-sandbox",
            sandbox(bench, program, core, None)?,
            requests,
        ),
        measured(
            "talkspace-sandbox --state",
            sandbox(bench, program, core, Some(&state))?,
            requests,
        ),
        measured(PRISM, prism::start(bench, core)?, requests / PRISM_SHARE),
    ];
    for of in &all {
        create(bench, &of.server, WARM_UP)?;
    }
    for round in 0..rounds {
        say(&format!("sandbox: round {} of {rounds}", round + 1));
        for of in &mut all {
            let before = cpu_us(&of.server)?;
            create(bench, &of.server, of.requests)?;
            let time = cpu_us(&of.server)? - before;
            of.cpu_us.push(time / f64::from(of.requests));
        }
    }
    let [.., prism] = &all;
    let named = all.iter().map(|of| {
        let cpu_us_per_request = median(of.cpu_us.iter().copied());
        let pairs = prism.cpu_us.iter().zip(&of.cpu_us);
        Named {
            name: of.name.to_owned(),
            figures: Served {
                cpu_us_per_request,
                requests_per_second: 1e6 / cpu_us_per_request,
                calls_per_prism_call: median(pairs.map(|(prism, us)| prism / us)),
            },
        }
    });
    let named = named.collect();
    drop(all);
    // It is large, and of no use to anybody.
    let _ = fs::remove_dir_all(&folder);
    Ok(named)
}

/// What is resident before and after, when all leaders have answered.
pub(super) fn memory(bench: &Bench<'_>, program: &Path, cores: usize) -> Result<Memory, String> {
    let conferences = bench.rounds(100_000, 10_000);
    say(&format!(
        "sandbox: memory with {conferences} conferences open"
    ));
    let server = sandbox(bench, program, other(cores), None)?;
    // Threads, buffers and connections come with the first requests.
    create(bench, &server, IN_FLIGHT)?;
    let before = resident_kib(&server)?;
    create(bench, &server, conferences)?;
    thread::sleep(RING);
    // What is due happens with the next request.
    create(bench, &server, IN_FLIGHT)?;
    let bytes = (resident_kib(&server)? - before) * 1024.0;
    Ok(Memory {
        conferences,
        bytes_per_conference: bytes / f64::from(conferences + IN_FLIGHT),
    })
}

fn sandbox(
    bench: &Bench<'_>,
    program: &Path,
    core: Core,
    state: Option<&Path>,
) -> Result<Server, String> {
    let mut command = pinned(bench, core, program);
    command.arg("serve").args(state);
    Server::start(command)
}

/// Has the floor create so many TalkSpaces, over connections that are kept.
fn create(bench: &Bench<'_>, server: &Server, requests: u32) -> Result<(), String> {
    let mut clients = CLIENTS.iter();
    let floor = clients.find(|client| client.name == FLOOR);
    let program = floor.ok_or("there is no floor")?.program(bench);
    let mut command = pinned(bench, FIRST, &program);
    let (width, requests) = (IN_FLIGHT.to_string(), requests.to_string());
    command.args([server.address(), "flight", &width, &requests]);
    Report::of(command).map(drop)
}

/// How long all threads of a server were on a processor.
fn cpu_us(server: &Server) -> Result<f64, String> {
    let stat = about(server, "stat")?;
    // The name of the program, in parentheses, may hold anything. utime and
    // stime are the 14th and 15th field; the state is the third.
    let ticks = stat.rsplit_once(')').and_then(|(_, fields)| {
        let ticks = fields.split_whitespace().skip(11).take(2);
        ticks
            .map(|ticks| ticks.parse::<f64>().ok())
            .sum::<Option<f64>>()
    });
    let ticks = ticks.ok_or("the system does not say how long a server worked")?;
    Ok(ticks * TICK_US)
}

fn resident_kib(server: &Server) -> Result<f64, String> {
    let status = about(server, "status")?;
    let size = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    size.and_then(|size| size.trim().trim_end_matches(" kB").parse().ok())
        .ok_or_else(|| "the system does not say what is resident".to_owned())
}

/// What the system says about the process of a server.
fn about(server: &Server, what: &str) -> Result<String, String> {
    let file = format!("/proc/{}/{what}", server.id());
    fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))
}
