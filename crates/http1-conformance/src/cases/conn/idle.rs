//! `conn/idle-*`, `conn/stale-*`: connections that end between two requests.

use crate::client::FailureKind;

use super::{fresh, rfc, serve_fresh};
use crate::case::{
    Capability, Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, ExpectedOutcome, Verdict, either,
    fails, fails_unsent, get, ok, post, request,
};
use crate::cases::any_error;
use crate::wire::{Gate, Peer, Plan, Script, Step, What};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::required(
            "conn/idle-fin",
            "after the peer closed an idle connection, the next request succeeds on another or fails as one that was not sent",
            rfc::MONITOR,
        )
        .needs_all(&[Capability::KeepAlive])
        .classified(&["Closed or Connect or Other, NotSent"])
        .cause("the pool does not check a connection before it reuses it")
        .run(|context| ended_while_idle(context, Step::HalfClose)),
        Case::required(
            "conn/idle-rst",
            "after the peer reset an idle connection, the next request succeeds on another or fails as one that was not sent",
            rfc::MONITOR,
        )
        .needs_all(&[Capability::KeepAlive])
        .classified(&["Closed or Connect or Other, NotSent"])
        .cause("the pool does not check a connection before it reuses it")
        .run(|context| ended_while_idle(context, Step::Reset)),
        Case::required(
            "conn/idle-garbage-not-a-response",
            "bytes that arrive on an idle connection are never the response to a later request",
            rfc::UNASKED_DATA,
        )
        .needs_all(&[Capability::KeepAlive])
        .cause("the pool does not check a connection before it reuses it")
        .run(|context| garbage(context, &either([fresh(), any_error()]))),
        Case::required(
            "conn/idle-garbage-closes",
            "after bytes arrived on an idle connection, the next request succeeds on another or fails as one that was not sent",
            rfc::UNASKED_DATA_CLOSES,
        )
        .needs_all(&[Capability::KeepAlive])
        .classified(&["Closed or Connect or Other, NotSent"])
        .cause("the pool does not check a connection before it reuses it")
        .run(|context| garbage(context, &fresh_or_unsent())),
        Case::required(
            "conn/stale-race-post",
            "a non-idempotent request on a reused connection that closes is not retried",
            rfc::NO_RETRY,
        )
        .needs_all(&[Capability::KeepAlive])
        .cause("the engine retries whatever failed on a reused connection")
        .peer(
            Script::accept()
                .read_request()
                .write(DEFAULT_RESPONSE)
                .read_request()
                .reset(),
        )
        .then_peer(Script::accept().read_request().reset())
        .send(get("/1"))
        .send(post("/2", "ring"))
        .gives(fails(&[FailureKind::Closed]))
        .receives(request())
        .receives(request().line("POST /2 HTTP/1.1"))
        .nothing_more(),
    ]
}

fn fresh_or_unsent() -> ExpectedOutcome {
    either([
        fresh(),
        fails_unsent(&[
            FailureKind::Closed,
            FailureKind::Connect,
            FailureKind::Other,
        ]),
    ])
}

fn ended_while_idle(context: &CaseContext, end: Step) -> Verdict {
    let gate = Gate::new("end");
    let first = Script::accept()
        .read_request()
        .write(DEFAULT_RESPONSE)
        .gate(&gate)
        .step(end);
    let peer = context.peer(Plan::new([first]).otherwise(serve_fresh()))?;
    context.send(&peer, &get("/1"), &ok(200).body("ok"))?;
    open_and_wait(context, &peer, &gate)?;
    context.send(&peer, &post("/2", "ring"), &fresh_or_unsent())?;
    let again = peer.log().transcript().requests();
    if again.iter().skip(1).any(|request| request.connection == 0) {
        return CaseEnd::problem("the request went to the connection that had ended");
    }
    Ok(())
}

/// Lets the peer play its last step on the first connection, and waits until that has reached
/// the adapter's system. An adapter may have closed the connection by then.
pub(in crate::cases) fn open_and_wait(context: &CaseContext, peer: &Peer, gate: &Gate) -> Verdict {
    let before = peer.log().transcript().sent();
    gate.open();
    context.wait_for(peer, "it ended the idle connection", |seen| {
        let mut what = seen.events().iter().map(|event| &event.what);
        seen.sent() > before || seen.settled() || what.any(|what| *what == What::HalfClosed)
    })?;
    context.wait_for_arrival(peer, 0)
}

fn garbage(context: &CaseContext, expect: &ExpectedOutcome) -> Verdict {
    let gate = Gate::new("unsolicited");
    let first = Script::accept()
        .read_request()
        .write(DEFAULT_RESPONSE)
        .gate(&gate)
        .write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 5\r\n\r\nstale");
    let peer = context.peer(Plan::new([first]).otherwise(serve_fresh()))?;
    context.send(&peer, &get("/1"), &ok(200).body("ok"))?;
    open_and_wait(context, &peer, &gate)?;
    context.send(&peer, &get("/2"), expect)
}
