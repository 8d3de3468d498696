//! What is a silence while a request is sent, and what is not.

use std::io;
use std::time::Duration;

use talkspace_core::transport::Body;
use talkspace_core::{BodySource, Phase};

use super::super::sources::bulk;
use super::{DEADLINE, SHORT};
use crate::case::{Bench, Case, DEFAULT_ANSWER, Expect, Stop, TimeLimit, Verdict, ok, post};
use crate::wire::Script;
use crate::wire::table::Table;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "time/first-byte-not-while-body-goes",
            "the time for the first byte begins when the peer has the request, not when the system has it",
        )
        .cause("what the system has taken is held to be sent; where nothing tells how much of it is left, a small SO_SNDBUF keeps it little")
        .run(with_the_system),
        Case::must(
            "time/source/no-silence",
            "the time that a source of the body takes is no silence of the peer",
        )
        .cause("the limit runs on while the source is asked")
        .run(slow_source),
        Case::must(
            "time/source/deadline",
            "the deadline holds for a source that takes longer, and the rest is not sent",
        )
        .cause("the deadline is looked at only where the connection has to wait")
        .run(late_source),
    ]
}

/// Less than the system takes at once, and more than the peer's side of it does.
const MIB_AT_ONCE: usize = 3;
const PORTION: usize = 64 * 1024;
const PORTIONS: usize = MIB_AT_ONCE * 1024 * 1024 / PORTION;

/// Takes the request without ever pausing for long, and needs three times the limit for it.
fn with_the_system(bench: &Bench) -> Verdict {
    if Table::read().is_none() {
        return Err(Stop::Unsupported(
            "this system does not tell what a peer has acknowledged".to_owned(),
        ));
    }
    let limit = SHORT * 2;
    let pause = limit * 3 / PORTIONS as u32;
    let peer = bench.peer(
        (0..PORTIONS)
            .fold(Script::accept().read_head(), |script, _| {
                script.read_exact(PORTION).pause(pause)
            })
            .write(DEFAULT_ANSWER),
    )?;
    let outgoing = post("/", bulk(MIB_AT_ONCE)).limits(|limits, pace| {
        limits.response_timeout = pace.of(SHORT * 2);
        limits.read_timeout = pace.of(SHORT * 2);
    });
    bench.send(&peer, &outgoing, &ok(200).body("ok"))
}

/// A source that takes its time for each piece.
struct Slow(Duration);

impl BodySource for Slow {
    fn len(&self) -> u64 {
        PORTION as u64
    }

    fn read_at(&self, _offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::thread::sleep(self.0);
        buffer.fill(0);
        Ok(buffer.len())
    }
}

fn slow_source(bench: &Bench) -> Verdict {
    let peer = bench.peer(Script::serve(DEFAULT_ANSWER))?;
    let source = Slow(bench.pace().of(SHORT * 2));
    let outgoing = post("/", Body::from_source(source)).limits(super::idle);
    bench.send(&peer, &outgoing, &ok(200).body("ok"))
}

/// How late the end may be is the source's doing where the caller's own thread reads it.
fn late_source(bench: &Bench) -> Verdict {
    let peer = bench.peer(Script::serve(DEFAULT_ANSWER))?;
    let source = Slow(bench.pace().of(DEADLINE * 2));
    let outgoing = post("/", Body::from_source(source)).limits(super::by_deadline);
    let limit = TimeLimit::after(DEADLINE).by(bench.pace().of(DEADLINE * 3));
    bench.send(&peer, &outgoing, &Expect::TimesOut(Phase::Send, limit))
}
