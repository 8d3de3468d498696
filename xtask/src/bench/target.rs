//! What was aimed at, beside what was measured.

use serde::{Deserialize, Serialize};

use super::bulk::OneWay;
use super::count::Cost;
use super::numbers::{Numbers, Secured, named};
use super::request::CORE;
use super::sandbox::LIST;
use super::table::{Table, Tone, figure};

/// A target and how it stands.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Judgement {
    pub(super) what: String,
    pub(super) measured: f64,
    pub(super) target: f64,
    /// Whether less is better; else more is.
    pub(super) at_most: bool,
    pub(super) met: bool,
}

/// Of a client's costs over TLS, one.
type OneCost = fn(&Secured) -> Cost;

/// The client that the async one is held against.
const PEER: &str = "hyper-util";
/// What the async one is made of: hyper's connection, and nothing around it.
const ENGINE: &str = "hyper-conn";
/// The client that the blocking one is held against.
const BLOCKING_PEER: &str = "ureq";
/// Those with the same TLS.
const PEERS: [&str; 3] = ["hyper-util", "reqwest", "ureq"];
const HYPER: &str = "talkspace-hyper";
const BLOCKING: &str = "talkspace-blocking";

/// Judges all targets whose figures were measured.
pub(super) fn judge(numbers: &Numbers) -> Vec<Judgement> {
    let mut targets = Targets(Vec::new());
    // Without its figures, a section judges nothing.
    let _ = targets.codec(numbers);
    let _ = targets.core(numbers);
    let _ = targets.one_request(numbers);
    let _ = targets.tls(numbers);
    let _ = targets.bursts(numbers);
    let _ = targets.chunks(numbers);
    let _ = targets.start(numbers);
    let _ = targets.bulk(numbers);
    let _ = targets.latency(numbers);
    let _ = targets.load(numbers);
    let _ = targets.sandbox(numbers);
    let _ = targets.build(numbers);
    targets.0
}

struct Targets(Vec<Judgement>);

impl Targets {
    fn at_most(&mut self, what: &str, measured: f64, target: f64) {
        self.0.push(Judgement {
            what: what.to_owned(),
            measured,
            target,
            at_most: true,
            met: measured <= target,
        });
    }

    fn at_least(&mut self, what: &str, measured: f64, target: f64) {
        self.0.push(Judgement {
            what: what.to_owned(),
            measured,
            target,
            at_most: false,
            met: measured >= target,
        });
    }

    fn codec(&mut self, numbers: &Numbers) -> Option<()> {
        let codec = numbers.codec.as_ref()?;
        let decode = named(&codec.operations, "createTalkspace")?.decode;
        if let Some(form) = codec.form {
            self.at_most(
                "form of createTalkspace: instructions",
                form.instructions,
                1_700.0,
            );
            self.at_most(
                "form of createTalkspace: allocations",
                form.allocations,
                1.0,
            );
        }
        self.at_most(
            "decode createTalkspace: instructions",
            decode.instructions,
            4_300.0,
        );
        self.at_most(
            "decode createTalkspace: allocations",
            decode.allocations,
            4.0,
        );
        Some(())
    }

    fn core(&mut self, numbers: &Numbers) -> Option<()> {
        let core = named(&numbers.request.as_ref()?.clients, CORE)?;
        self.at_most(
            "a request in memory: instructions",
            core.instructions,
            12_000.0,
        );
        self.at_most("a request in memory: allocations", core.allocations, 14.0);
        Some(())
    }

    fn one_request(&mut self, numbers: &Numbers) -> Option<()> {
        let of = |name| named(&numbers.request.as_ref()?.clients, name);
        let (hyper, peer) = (of(HYPER)?, of(PEER)?);
        let ratio = hyper.instructions / peer.instructions;
        self.at_most("talkspace-hyper: instructions, × hyper-util", ratio, 1.10);
        let ratio = hyper.instructions / of(ENGINE)?.instructions;
        self.at_most("talkspace-hyper: instructions, × hyper-conn", ratio, 1.25);
        self.at_most("talkspace-hyper: allocations", hyper.allocations, 36.0);
        let (blocking, peer) = (of(BLOCKING)?, of(BLOCKING_PEER)?);
        let ratio = blocking.instructions / peer.instructions;
        self.at_most("talkspace-blocking: instructions, × ureq", ratio, 1.10);
        self.at_most(
            "talkspace-blocking: instructions",
            blocking.instructions,
            34_000.0,
        );
        Some(())
    }

    fn latency(&mut self, numbers: &Numbers) -> Option<()> {
        let of = |name| named(&numbers.latency.as_ref()?.clients, name);
        let ratio = of(HYPER)?.p50_ratio / of(PEER)?.p50_ratio;
        self.at_most("talkspace-hyper: p50, × hyper-util", ratio, 1.05);
        let ratio = of(BLOCKING)?.p50_ratio;
        self.at_most("talkspace-blocking: p50, × floor", ratio, 1.40);
        Some(())
    }

    fn load(&mut self, numbers: &Numbers) -> Option<()> {
        let of = |name| named(&numbers.load.as_ref()?.clients, name);
        let hyper = of(HYPER)?;
        let [_, some, many] = hyper.flights.as_slice() else {
            return None;
        };
        let [_, peer, _] = of(PEER)?.flights.as_slice() else {
            return None;
        };
        let engine = of(ENGINE)?;
        let [.., engine_many] = engine.flights.as_slice() else {
            return None;
        };
        let ratio = some.requests_per_second / peer.requests_per_second;
        self.at_least(
            "talkspace-hyper, 64 in flight: requests/s, × hyper-util",
            ratio,
            0.95,
        );
        let ratio = many.requests_per_second / engine_many.requests_per_second;
        self.at_least(
            "talkspace-hyper, 1,024 in flight: requests/s, × hyper-conn",
            ratio,
            0.95,
        );
        self.at_most(
            "talkspace-hyper, 1,024 in flight: KiB for each, beyond hyper-conn's",
            hyper.kib_per_request - engine.kib_per_request,
            5.0,
        );
        Some(())
    }

    /// Each of ours, to the best of the others with the same TLS beneath.
    fn tls(&mut self, numbers: &Numbers) -> Option<()> {
        let clients = &numbers.tls.as_ref()?.clients;
        let ways: [(&str, OneCost); 3] = [
            ("a kept connection", |of| of.kept),
            ("a full handshake", |of| of.full),
            ("a resumed handshake", |of| of.resumed),
        ];
        for (way, cost) in ways {
            let of = |name| named(clients, name).map(|of| cost(of).instructions);
            let peers = PEERS.into_iter().filter_map(of);
            let best = peers.min_by(f64::total_cmp)?;
            for name in [HYPER, BLOCKING] {
                let what = format!("{name}, TLS, {way}: instructions, × the best of the others");
                self.at_most(&what, of(name)? / best, 1.0);
            }
        }
        Some(())
    }

    fn bursts(&mut self, numbers: &Numbers) -> Option<()> {
        let bursts = numbers.bursts.as_ref()?;
        for name in [HYPER, BLOCKING] {
            let handshakes = named(&bursts.clients, name)?;
            let what = format!(
                "{name}, TLS, {} at a time, {} times: handshakes",
                bursts.width, bursts.times
            );
            let all = handshakes.full + handshakes.resumed;
            self.at_most(&what, all, bursts.width.into());
        }
        Some(())
    }

    fn chunks(&mut self, numbers: &Numbers) -> Option<()> {
        let of = |name| named(&numbers.chunks.as_ref()?.clients, name);
        let (hyper, engine) = (of(HYPER)?, of(ENGINE)?);
        for (ours, theirs) in hyper.sizes.iter().zip(&engine.sizes) {
            self.at_most(
                &format!(
                    "talkspace-hyper, chunks of {} B: instructions for each, beyond hyper-conn's",
                    figure(ours.bytes.into(), 0)
                ),
                ours.instructions - theirs.instructions,
                96.0,
            );
        }
        Some(())
    }

    fn start(&mut self, numbers: &Numbers) -> Option<()> {
        let of = |name| named(&numbers.start.as_ref()?.programs, name);
        for (name, peer) in [(HYPER, "reqwest-ring"), (BLOCKING, BLOCKING_PEER)] {
            let ratio = of(name)?.instructions / of(peer)?.instructions;
            let what = format!("{name}, a program with one request: instructions, × {peer}");
            self.at_most(&what, ratio, 1.0);
        }
        Some(())
    }

    fn bulk(&mut self, numbers: &Numbers) -> Option<()> {
        let of = |name| named(&numbers.bulk.as_ref()?.clients, name);
        let (hyper, blocking, peer) = (of(HYPER)?, of(BLOCKING)?, of(PEER)?);
        let ways: [(&str, OneWay); 2] = [
            ("down", |all| &all.download_tls),
            ("up", |all| &all.upload_tls),
        ];
        for (way, transfer) in ways {
            let ratio = transfer(hyper).cpu_ratio / transfer(peer).cpu_ratio;
            let what = format!("talkspace-hyper, 24 MB {way} over TLS: CPU, × hyper-util");
            self.at_most(&what, ratio, 1.10);
            let ratio = transfer(blocking).cpu_ratio;
            let what = format!("talkspace-blocking, 24 MB {way} over TLS: CPU, × floor");
            self.at_most(&what, ratio, 1.10);
        }
        if let (Some(tls), Some(plain)) = (blocking.upload_tls.sends, blocking.upload.sends) {
            self.at_most(
                "talkspace-blocking, 24 MB up: sends over TLS, × those without",
                tls / plain,
                1.10,
            );
        }
        Some(())
    }

    fn sandbox(&mut self, numbers: &Numbers) -> Option<()> {
        let operations = &numbers.sandbox.as_ref()?.operations;
        for operation in operations.iter().filter(|one| one.name != LIST) {
            let sizes = &operation.figures.sizes;
            let (few, many) = (sizes.first()?.conferences, sizes.last()?.conferences);
            let [few, many] = [few, many].map(|size| figure(size.into(), 0));
            self.at_most(
                &format!("sandbox: {}, with {many} open, × {few}", operation.name),
                operation.figures.growth(),
                2.0,
            );
        }
        Some(())
    }

    fn build(&mut self, numbers: &Numbers) -> Option<()> {
        let programs = &numbers.build.as_ref()?.programs;
        let targets = [(BLOCKING, [45.0, 38.0, 2.9]), (HYPER, [60.0, 48.0, 3.1])];
        for (name, [crates, seconds, mebibytes]) in targets {
            let built = named(programs, name)?;
            let size = built.program_bytes as f64 / 1_048_576.0;
            self.at_most(&format!("{name}: crates"), built.crates as f64, crates);
            self.at_most(&format!("{name}: debug CPU s"), built.cpu_seconds, seconds);
            self.at_most(&format!("{name}: release MiB"), size, mebibytes);
        }
        Some(())
    }
}

/// Prints how all targets stand.
pub(super) fn print(targets: &[Judgement]) {
    let mut table = Table::new(&["target", "measured", "", "aim", ""]);
    for target in targets {
        let digits = |value: f64| if value.abs() < 100.0 { 2 } else { 0 };
        let figures = [
            figure(target.measured, digits(target.measured)),
            if target.at_most { "≤" } else { "≥" }.to_owned(),
            figure(target.target, digits(target.target)),
            if target.met { "met" } else { "not met" }.to_owned(),
        ];
        table.row(&target.what, figures);
    }
    let met: Vec<bool> = targets.iter().map(|target| target.met).collect();
    table.print(|row| match met.get(row) {
        Some(true) => Tone::Good,
        _ => Tone::Bad,
    });
}
