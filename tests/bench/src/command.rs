//! The commands of a measured client, and how it reports.

use std::env;
use std::io::{self, BufRead as _, Write as _};
use std::time::Duration;

use crate::latency::Latencies;
use crate::origin::Origin;
use crate::{Outcome, process};

/// What a client is told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Send requests, one after the other, and read no clock between them.
    Requests(u32),
    /// Send requests, one after the other, and time each.
    Latency(u32),
    /// Keep so many requests in flight until so many are done.
    Flight {
        /// How many at a time.
        width: u32,
        /// How many in all.
        requests: u32,
    },
    /// Send so many requests at a time, and wait for all of them, so many times.
    Burst {
        /// How many at a time.
        width: u32,
        /// How often.
        times: u32,
    },
    /// Take in what is at a path, so many times.
    Download {
        /// Which says how much it is.
        path: String,
        /// How often.
        times: u32,
    },
    /// Send a file of so many bytes, so many times.
    Upload {
        /// How many bytes.
        size: usize,
        /// How often.
        times: u32,
    },
}

/// How long it took.
#[derive(Debug)]
pub(crate) enum Report {
    /// So many requests together.
    Total {
        /// How many.
        requests: u32,
        /// How long.
        time: Duration,
        /// How long this process was on a processor meanwhile.
        cpu: Duration,
    },
    /// Each request.
    Each(Latencies),
}

/// Obeys `CLIENT ORIGIN COMMAND`; or, without a command, those on standard
/// input, so that one client can be measured in turns with others. Each is
/// reported on in one line of words and numbers.
pub(crate) fn obey(
    start: impl FnOnce(&Origin) -> Outcome<Box<dyn FnMut(Command) -> Outcome<Report>>>,
) -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (origin, words) = arguments.split_first().ok_or("where is the server?")?;
    let mut run = start(&Origin::parse(origin)?)?;
    if !words.is_empty() {
        return report(&mut run, &words.join(" "));
    }
    for line in io::stdin().lock().lines() {
        report(&mut run, &line?)?;
    }
    Ok(())
}

fn report(run: &mut dyn FnMut(Command) -> Outcome<Report>, line: &str) -> Outcome<()> {
    let command = Command::parse(line).ok_or_else(|| format!("no command: {line}"))?;
    let time = match run(command)? {
        Report::Total {
            requests,
            time,
            cpu,
        } => {
            let (time, cpu) = (time.as_nanos(), cpu.as_nanos());
            format!("requests {requests} total_ns {time} cpu_ns {cpu}")
        }
        Report::Each(mut latencies) => {
            let [p50, p99] = latencies.percentiles([50, 99]).ok_or("no requests")?;
            let total = latencies.total().as_nanos();
            format!(
                "total_ns {total} p50_ns {} p99_ns {}",
                p50.as_nanos(),
                p99.as_nanos()
            )
        }
    };
    let peak = process::peak_kib()?;
    writeln!(io::stdout(), "{time} peak_kib {peak}")?;
    Ok(io::stdout().flush()?)
}

impl Command {
    fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match *words.as_slice() {
            ["requests", requests] => Some(Self::Requests(requests.parse().ok()?)),
            ["latency", requests] => Some(Self::Latency(requests.parse().ok()?)),
            ["flight", width, requests] => Some(Self::Flight {
                width: width.parse().ok()?,
                requests: requests.parse().ok()?,
            }),
            ["burst", width, times] => Some(Self::Burst {
                width: width.parse().ok()?,
                times: times.parse().ok()?,
            }),
            ["download", path, times] => Some(Self::Download {
                path: path.to_owned(),
                times: times.parse().ok()?,
            }),
            ["upload", size, times] => Some(Self::Upload {
                size: size.parse().ok()?,
                times: times.parse().ok()?,
            }),
            _ => None,
        }
    }
}
