//! The numbers as they are kept: `target/bench/numbers.json`.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::count::Cost;
use super::machine::Machine;
use super::target::Judgement;

/// Raised when a name or a unit changes its meaning. Names that say `call`, for
/// a request, stay as they were published.
const FORMAT: u32 = 1;

/// Everything that was measured on one machine. A section that was not run is
/// that of an earlier run, or `None`.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Numbers {
    format: u32,
    pub(crate) machine: Machine,
    pub(crate) codec: Option<Codec>,
    #[serde(rename = "call")]
    pub(crate) request: Option<OneRequest>,
    pub(crate) tls: Option<Tls>,
    pub(crate) bursts: Option<Bursts>,
    pub(crate) chunks: Option<Chunks>,
    pub(crate) start: Option<Start>,
    pub(crate) bulk: Option<Bulk>,
    pub(crate) latency: Option<Latency>,
    pub(crate) load: Option<Load>,
    pub(crate) sandbox: Option<Sandbox>,
    pub(crate) build: Option<Build>,
    pub(crate) targets: Vec<Judgement>,
}

/// The figures of one operation, client or program.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Named<T> {
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) figures: T,
}

/// The figures of the one with this name.
pub(crate) fn named<'n, T>(all: &'n [Named<T>], name: &str) -> Option<&'n T> {
    all.iter()
        .find(|one| one.name == name)
        .map(|one| &one.figures)
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Codec {
    pub(crate) quick: bool,
    /// The text of createTalkspace's form alone; not there in an earlier run.
    pub(crate) form: Option<Cost>,
    /// In the order of the spec.
    pub(crate) operations: Vec<Named<BothWays>>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct BothWays {
    pub(crate) encode: Cost,
    pub(crate) decode: Cost,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct OneRequest {
    pub(crate) quick: bool,
    pub(crate) clients: Vec<Named<Cost>>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Tls {
    pub(crate) quick: bool,
    pub(crate) clients: Vec<Named<Secured>>,
}

/// One request over TLS.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Secured {
    /// Over one kept connection.
    pub(crate) kept: Cost,
    /// Each over a connection of its own, with a full handshake.
    pub(crate) full: Cost,
    /// Each over a connection of its own, with a resumed session.
    pub(crate) resumed: Cost,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Bursts {
    pub(crate) quick: bool,
    /// How many requests at a time, all of which are awaited.
    pub(crate) width: u32,
    pub(crate) times: u32,
    pub(crate) clients: Vec<Named<Handshakes>>,
}

/// What the server saw in all bursts together.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Handshakes {
    pub(crate) full: f64,
    pub(crate) resumed: f64,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Chunks {
    pub(crate) quick: bool,
    pub(crate) clients: Vec<Named<Chunked>>,
}

/// A body in chunks, the smallest first.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Chunked {
    pub(crate) sizes: Vec<OneChunk>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct OneChunk {
    pub(crate) bytes: u32,
    pub(crate) instructions: f64,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Start {
    pub(crate) quick: bool,
    /// From the start of a program to its end; it sends one request, without TLS.
    pub(crate) programs: Vec<Named<Cost>>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Bulk {
    pub(crate) quick: bool,
    pub(crate) rounds: u32,
    /// Of one file.
    pub(crate) megabytes: u32,
    pub(crate) clients: Vec<Named<Transfers>>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Transfers {
    pub(crate) download: Transfer,
    pub(crate) download_tls: Transfer,
    pub(crate) upload: Transfer,
    pub(crate) upload_tls: Transfer,
}

/// A file on its way. Medians of all rounds; ratios are to the floor of the same round.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Transfer {
    /// The client's own time on the processor, in it and in the kernel.
    pub(crate) cpu_seconds_per_gb: f64,
    pub(crate) cpu_ratio: f64,
    pub(crate) rate_ratio: f64,
    /// System calls that send, and that receive, for each file; not there
    /// without strace.
    pub(crate) sends: Option<f64>,
    pub(crate) receives: Option<f64>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Latency {
    pub(crate) quick: bool,
    pub(crate) rounds: u32,
    #[serde(rename = "calls_per_round")]
    pub(crate) requests_per_round: u32,
    pub(crate) clients: Vec<Named<Sequential>>,
}

/// Medians of all rounds. Ratios are to the floor of the same round.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Sequential {
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    #[serde(rename = "calls_per_second")]
    pub(crate) requests_per_second: f64,
    pub(crate) p50_ratio: f64,
    pub(crate) p99_ratio: f64,
    pub(crate) rate_ratio: f64,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Load {
    pub(crate) quick: bool,
    pub(crate) rounds: u32,
    pub(crate) clients: Vec<Named<Loaded>>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Loaded {
    /// From few requests in flight to many.
    pub(crate) flights: Vec<Flight>,
    /// What each further request in flight adds to the most memory that was
    /// resident: from the second widest flight to the widest.
    #[serde(rename = "kib_per_call")]
    pub(crate) kib_per_request: f64,
}

/// Medians of all rounds.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Flight {
    pub(crate) in_flight: u32,
    #[serde(rename = "calls_per_second")]
    pub(crate) requests_per_second: f64,
    /// The client's own time on the processor, in it and in the kernel.
    #[serde(rename = "cpu_us_per_call")]
    pub(crate) cpu_us_per_request: f64,
    pub(crate) peak_kib: f64,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Sandbox {
    pub(crate) quick: bool,
    pub(crate) rounds: u32,
    pub(crate) in_flight: u32,
    pub(crate) servers: Vec<Named<Served>>,
    pub(crate) memory: Memory,
    /// Of the list, what each entry takes.
    pub(crate) operations: Vec<Named<Scaled>>,
}

/// Medians of all rounds.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Served {
    /// The server's time on its core, in it and in the kernel.
    #[serde(rename = "cpu_us_per_call")]
    pub(crate) cpu_us_per_request: f64,
    /// In a second of that time.
    #[serde(rename = "calls_per_second")]
    pub(crate) requests_per_second: f64,
    /// In the time that Prism takes for one, in the same round.
    pub(crate) calls_per_prism_call: f64,
}

/// What more is resident with so many conferences open, each with its leader.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Memory {
    pub(crate) conferences: u32,
    pub(crate) bytes_per_conference: f64,
}

/// From few open conferences to many.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Scaled {
    pub(crate) sizes: Vec<Scale>,
}

/// The median of all rounds.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Scale {
    pub(crate) conferences: u32,
    pub(crate) ns: f64,
}

impl Scaled {
    /// What it takes with the most conferences, to what it takes with the fewest.
    pub(crate) fn growth(&self) -> f64 {
        match self.sizes.as_slice() {
            [few, .., many] => many.ns / few.ns,
            _ => f64::NAN,
        }
    }
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Build {
    pub(crate) quick: bool,
    pub(crate) programs: Vec<Named<Built>>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Built {
    /// In the normal tree on this machine, without the program itself.
    pub(crate) crates: u64,
    /// Of a debug build from nothing: user and system.
    pub(crate) cpu_seconds: f64,
    /// Of the release program, stripped.
    pub(crate) program_bytes: u64,
}

impl Numbers {
    /// Those of earlier runs, if they were measured on the same machine with
    /// the same tools; else none.
    pub(crate) fn read(file: &Path, machine: Machine) -> Self {
        let earlier = fs::read_to_string(file)
            .ok()
            .and_then(|text| serde_json::from_str::<Self>(&text).ok())
            .filter(|earlier| earlier.format == FORMAT && earlier.machine == machine);
        earlier.unwrap_or(Self {
            format: FORMAT,
            machine,
            codec: None,
            request: None,
            tls: None,
            bursts: None,
            chunks: None,
            start: None,
            bulk: None,
            latency: None,
            load: None,
            sandbox: None,
            build: None,
            targets: Vec::new(),
        })
    }

    /// The first section that was not measured, or only with fewer rounds.
    pub(crate) fn not_whole(&self) -> Option<&'static str> {
        macro_rules! quick {
            ($($section:ident)*) => {
                [$((stringify!($section), self.$section.as_ref().map(|section| section.quick))),*]
            };
        }
        let quick = quick!(
            codec request tls bursts chunks start bulk latency load sandbox build
        );
        let not_whole = |(_, quick): &&(&str, Option<bool>)| *quick != Some(false);
        quick.iter().find(not_whole).map(|(name, _)| *name)
    }

    pub(crate) fn write(&self, file: &Path) -> Result<(), String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        fs::write(file, text + "\n").map_err(|error| format!("{}: {error}", file.display()))
    }
}
