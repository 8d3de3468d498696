//! What counts for the timeouts while a request is sent, and what does not.

use std::io;
use std::time::Duration;

use crate::client::{Body, BodySource, Phase};

use super::super::sources::bulk;
use super::{DEADLINE, SHORT};
use crate::case::{
    Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, ExpectedOutcome, TimeLimit, Verdict, ok, post,
};
use crate::wire::Script;
use crate::wire::table::Table;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "time/response-timeout-not-while-body-goes",
            "response_timeout begins when the peer has the request, not when the system has it",
        )
        .cause("what the system has taken is held to be sent; where nothing tells how much of it is left, a small SO_SNDBUF keeps it little")
        .run(with_the_system),
        Case::must(
            "time/source/no-silence",
            "the time that a body source takes does not count for read_timeout",
        )
        .cause("the timeout runs on while the source is read")
        .run(slow_source),
        Case::must(
            "time/source/deadline",
            "the deadline ends an exchange whose body source takes longer, and the rest is not sent",
        )
        .classified(&["Timeout in Send, MaybeSent"])
        .cause("the deadline is checked only where the connection has to wait")
        .run(late_source),
    ]
}

/// Less than the system takes at once, and more than the peer's side of it does.
const MIB_AT_ONCE: usize = 3;
const PORTION: usize = 64 * 1024;
const PORTIONS: usize = MIB_AT_ONCE * 1024 * 1024 / PORTION;

/// Reads the request with pauses below the timeout, and needs three times the timeout for it.
fn with_the_system(context: &CaseContext) -> Verdict {
    if Table::read().is_none() {
        return Err(CaseEnd::Unsupported(
            "this system does not tell what a peer has acknowledged".to_owned(),
        ));
    }
    let limit = SHORT * 2;
    let pause = limit * 3 / PORTIONS as u32;
    let peer = context.peer(
        (0..PORTIONS)
            .fold(Script::accept().read_head(), |script, _| {
                script.read_exact(PORTION).pause(pause)
            })
            .write(DEFAULT_RESPONSE),
    )?;
    let outgoing = post("/", bulk(MIB_AT_ONCE)).limits(|limits, pace| {
        limits.response_timeout = pace.of(SHORT * 2);
        limits.read_timeout = pace.of(SHORT * 2);
    });
    context.send(&peer, &outgoing, &ok(200).body("ok"))
}

/// A source that is slow for each piece.
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

fn slow_source(context: &CaseContext) -> Verdict {
    let peer = context.peer(Script::serve(DEFAULT_RESPONSE))?;
    let source = Slow(context.pace().of(SHORT * 2));
    let outgoing = post("/", Body::from_source(source)).limits(super::read_timeout);
    context.send(&peer, &outgoing, &ok(200).body("ok"))
}

/// The source alone decides how late the end may be where the caller's own thread reads it.
fn late_source(context: &CaseContext) -> Verdict {
    let peer = context.peer(Script::serve(DEFAULT_RESPONSE))?;
    let source = Slow(context.pace().of(DEADLINE * 2));
    let outgoing = post("/", Body::from_source(source)).limits(super::by_deadline);
    let limit = TimeLimit::after(DEADLINE).by(context.pace().of(DEADLINE * 3));
    context.send(
        &peer,
        &outgoing,
        &ExpectedOutcome::TimesOut(Phase::Send, limit),
    )
}
