//! The least rate ends a body that crawls, either way, and no other.

use crate::client::{Limits, Phase, Rate};

use super::super::sources::bulk;
use super::{SHORT, TICK};
use crate::case::{Case, ExpectedOutcome, Outcome, Pace, both, get, ok, post, that, times_out};
use crate::wire::Script;

/// More than a line carries.
const MUCH: u64 = 1 << 40;
const PORTION: usize = 64 * 1024;
/// More than the buffers of both systems hold.
const MIB: usize = 16;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "time/min-rate/body",
            "a body of a response that comes more slowly than min_rate allows fails, though no pause reaches read_timeout",
        )
        .cause("the rate is not looked at, or each byte restarts its window")
        .peer(
            Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
                .drip(&[b'b'; 100], TICK),
        )
        .send(get("/").limits(|limits, pace| at(limits, pace, MUCH)))
        .gives(is_too_slow(Phase::Body))
        .closes(0),
        Case::must(
            "time/min-rate/upload",
            "a request that the peer takes more slowly than min_rate allows fails, though no pause reaches read_timeout",
        )
        .cause("the rate is that of responses alone")
        .peer(
            (0..MIB * 1024 * 1024 / PORTION).fold(Script::accept().read_head(), |script, _| {
                script.read_exact(PORTION).pause(TICK)
            }),
        )
        .send(post("/", bulk(MIB)).limits(|limits, pace| at(limits, pace, MUCH)))
        .gives(is_too_slow(Phase::Send)),
        Case::must(
            "time/min-rate/window-after-window",
            "bodies that move as fast as min_rate demands go on for longer than one window",
        )
        .cause("the bytes of the first window are all that counts")
        .peer(
            Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n")
                .drip(b"drip", TICK * 2)
                .drip(b"drop", TICK * 2)
                .drip(b"drip", TICK * 2),
        )
        .send(get("/").limits(|limits, pace| at(limits, pace, 1)))
        .gives(ok(200).body("dripdropdrip")),
        Case::must(
            "time/min-rate/not-while-waiting",
            "the time in which the peer works on its response does not count for min_rate",
        )
        .cause("the window runs from the beginning of the exchange")
        .peer(
            Script::accept()
                .read_request()
                .pause(SHORT * 2)
                .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
                .pause(TICK)
                .write("ok"),
        )
        .send(get("/").limits(|limits, pace| at(limits, pace, MUCH)))
        .gives(ok(200).body("ok")),
    ]
}

fn at(limits: &mut Limits, pace: Pace, bytes: u64) {
    limits.min_rate = Some(Rate::new(bytes, pace.of(SHORT)));
}

fn is_too_slow(phase: Phase) -> ExpectedOutcome {
    let says_so = |outcome: &Outcome| match &outcome.error {
        Some(error) if error.is_too_slow() => Ok(()),
        _ => Err("the error does not say that it was too slow".to_owned()),
    };
    both(
        times_out(phase, SHORT),
        that("an error that says it was too slow", says_so),
    )
}
