//! `conn/idle-*`, `conn/stale-*`: connections that end between two requests.

use talkspace_core::FailureKind;

use super::{fresh, serve_fresh};
use crate::case::{
    Bench, Case, DEFAULT_ANSWER, Expect, Stop, Verdict, either, fails, fails_unsent, get, ok, post,
    request,
};
use crate::wire::{Gate, Peer, Plan, Script, Step, What};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "conn/idle-fin",
            "after the peer closed an idle connection, the next request succeeds on another or was surely not sent",
        )
        .per("RFC 9112 §9.5")
        .cause("the pool does not look at a connection before it is used")
        .run(|bench| ended_while_idle(bench, Step::HalfClose)),
        Case::must(
            "conn/idle-rst",
            "after the peer reset an idle connection, the next request succeeds on another or was surely not sent",
        )
        .per("RFC 9112 §9.5")
        .cause("the pool does not look at a connection before it is used")
        .run(|bench| ended_while_idle(bench, Step::Reset)),
        Case::must(
            "conn/idle-garbage-not-an-answer",
            "bytes that come on an idle connection are never the answer to a later request",
        )
        .per("RFC 9112 §9.2")
        .cause("the pool does not look at a connection before it is used")
        .run(garbage),
        Case::must(
            "conn/stale-race-post",
            "a connection that ends while the second request is on it leaves that one in doubt, and it is not sent again",
        )
        .per("RFC 9112 §9.3.1, §9.5")
        .cause("the engine sends again whatever failed on a connection used before")
        .peer(
            Script::accept()
                .read_request()
                .write(DEFAULT_ANSWER)
                .read_request()
                .reset(),
        )
        .then_peer(Script::accept().read_request().reset())
        .send(get("/1"))
        .send(post("/2", "ring"))
        .gives(fails(&[FailureKind::Closed]))
        .saw(request())
        .saw(request().line("POST /2 HTTP/1.1")),
    ]
}

fn fresh_or_unsent() -> Expect {
    either([
        fresh(),
        fails_unsent(&[
            FailureKind::Closed,
            FailureKind::Connect,
            FailureKind::Other,
        ]),
    ])
}

fn ended_while_idle(bench: &Bench, end: Step) -> Verdict {
    let gate = Gate::new("end");
    let first = Script::accept()
        .read_request()
        .write(DEFAULT_ANSWER)
        .gate(&gate)
        .step(end);
    let peer = bench.peer(Plan::new([first]).otherwise(serve_fresh()))?;
    bench.send(&peer, &get("/1"), &ok(200).body("ok"))?;
    open_and_wait(bench, &peer, &gate)?;
    bench.send(&peer, &post("/2", "ring"), &fresh_or_unsent())?;
    let again = peer.log().transcript().requests();
    if again.iter().skip(1).any(|request| request.connection == 0) {
        return Stop::problem("the request went to the connection that had ended");
    }
    Ok(())
}

/// Lets the peer do the last thing on its first connection, and waits until that is with the
/// adapter's system. An adapter may have ended the connection by then.
pub(in crate::cases) fn open_and_wait(bench: &Bench, peer: &Peer, gate: &Gate) -> Verdict {
    let before = peer.log().transcript().sent();
    gate.open();
    bench.wait_for(peer, "it ended the idle connection", |seen| {
        let mut what = seen.events().iter().map(|event| &event.what);
        seen.sent() > before || seen.settled() || what.any(|what| *what == What::HalfClosed)
    })?;
    bench.wait_for_arrival(peer, 0)
}

fn garbage(bench: &Bench) -> Verdict {
    let gate = Gate::new("unasked");
    let first = Script::accept()
        .read_request()
        .write(DEFAULT_ANSWER)
        .gate(&gate)
        .write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 5\r\n\r\nstale");
    let peer = bench.peer(Plan::new([first]).otherwise(serve_fresh()))?;
    bench.send(&peer, &get("/1"), &ok(200).body("ok"))?;
    open_and_wait(bench, &peer, &gate)?;
    bench.send(&peer, &get("/2"), &fresh_or_unsent())
}
