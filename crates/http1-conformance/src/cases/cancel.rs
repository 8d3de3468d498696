//! `cancel/*`: cancellation ends its exchange, and that one only.

use std::sync::mpsc::Receiver;
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{CancelToken, FailureKind};

use super::sources::{STALLS, Source};
use super::{fresh, serve_fresh};
use crate::case::{
    Capability, Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, ExpectedOutcome, Outcome, Outgoing,
    Running, TimeLimit, Verdict, fails, get, ok, post,
};
use crate::wire::{BlackHole, Gate, Peer, Plan, Script, Transcript, What};

pub(super) fn cases() -> Vec<Case> {
    let claimed = |case: Case| {
        let case = case.classified(&["Cancelled"]);
        match case.needs() {
            [] => case.needs_all(&[Capability::Cancellation]),
            _ => case,
        }
    };
    [
        Case::must("cancel/before", "an exchange that is cancelled beforehand opens no connection")
            .cause("the token is checked only while waiting")
            .run(before),
        Case::must("cancel/while-connecting", "cancellation while connecting returns at once")
            .cause("connecting cannot be interrupted")
            .run(while_connecting)
            .timed(),
        Case::must(
            "cancel/waiting-for-head",
            "cancellation while waiting for the response returns within a second, and the connection closes",
        )
        .cause("the thread, or the task, waits on for the peer")
        .run(|context| {
            let silent = Script::accept().read_request();
            let is_read = |seen: &Transcript| !seen.requests().is_empty();
            cancelled(context, silent, &get("/1"), at_peer(is_read))
        })
        .timed(),
        Case::must(
            "cancel/during-upload",
            "cancellation while the request is sent returns within a second, the rest is not sent, and the connection closes",
        )
        .cause("writing cannot be interrupted, or goes on in the background")
        .run(|context| {
            let stuck = Script::accept().read_head().stop_reading();
            let is_stuck = |seen: &Transcript| {
                seen.events().iter().any(|event| event.what == What::StoppedReading)
            };
            cancelled(context, stuck, &post("/1", Source::whole(STALLS)), at_peer(is_stuck))
        })
        .timed(),
        Case::must(
            "cancel/during-body",
            "cancellation while the body is read returns within a second, and the connection closes",
        )
        .cause("the token is not checked once the head is there")
        .run(|context| {
            let half = Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            cancelled(context, half, &get("/1"), |_, deliveries, within| {
                deliveries.recv_timeout(within).is_ok()
            })
        })
        .timed(),
        Case::must("cancel/neighbour-unharmed", "cancellation of one exchange does not disturb another")
            .cause("the token closes more than its own connection")
            .needs_all(&[Capability::Cancellation, Capability::Concurrent])
            .run(neighbour),
        Case::must(
            "cancel/twice-and-late",
            "a token that is cancelled twice, or after the exchange, does nothing",
        )
        .cause("the token still holds a connection that went back to the pool")
        .run(late),
    ]
    .map(claimed)
    .into()
}

fn is_cancelled() -> ExpectedOutcome {
    fails(&[FailureKind::Cancelled]).any_delivery()
}

/// How soon a cancelled exchange returns.
const FREE: TimeLimit = TimeLimit::within(Duration::from_secs(1));

/// Cancels an exchange, and gives what came of it and what is wrong with that.
fn cancel_now(context: &CaseContext, running: Running<'_>, cancel: &CancelToken) -> Vec<String> {
    let since = Instant::now();
    cancel.cancel();
    let outcome = running.outcome_since(since, &FREE);
    let late = FREE.check(
        outcome.took,
        outcome.waited,
        context.pace(),
        outcome.lateness,
    );
    let mut problems = context.judge(&is_cancelled(), &outcome);
    problems.extend(late.err());
    problems
}

/// An event for [`cancelled`]: `condition` holds at the peer.
fn at_peer(
    condition: impl Fn(&Transcript) -> bool,
) -> impl Fn(&Peer, &Receiver<()>, Duration) -> bool {
    move |peer, _, within| peer.log().wait(within, &condition)
}

/// Cancels when `event` has come, of which it is told the peer, the deliveries of the body
/// and how long to wait for it. What follows must be the end of
/// the exchange and of its connection, and a next request that succeeds.
fn cancelled(
    context: &CaseContext,
    script: Script,
    outgoing: &Outgoing,
    event: impl Fn(&Peer, &Receiver<()>, Duration) -> bool,
) -> Verdict {
    let peer = context.peer(Plan::new([script]).otherwise(serve_fresh()))?;
    let cancel = CancelToken::new();
    let mut running = context.spawn(&peer.authority(), outgoing, &cancel, Some(&is_cancelled()));
    // An exchange that is over by itself was not at a place where it could be cancelled.
    let deliveries = running.deliveries();
    context.wait_for_either(
        || running.is_over(),
        |within| event(&peer, &deliveries, within),
    )?;
    let mut problems = cancel_now(context, running, &cancel);
    problems.extend(context.not_closed(&peer, 0));
    let first = peer.log().transcript().requests();
    if first.first().is_some_and(|first| first.whole) && !outgoing.is_empty() {
        problems.push("the whole request was sent".to_owned());
    }
    problems.extend(context.try_send(&peer, &get("/2"), &fresh()));
    CaseEnd::unless_empty(problems)
}

fn before(context: &CaseContext) -> Verdict {
    let peer = context.peer(serve_fresh())?;
    let cancel = CancelToken::new();
    cancel.cancel();
    let outcome = context.exchange(&peer.authority(), &get("/"), &cancel, Some(&is_cancelled()));
    let mut problems = context.judge(&is_cancelled(), &outcome);
    context.drop_transport();
    if peer.log().transcript().connections() > 0 {
        problems.push("the adapter connected".to_owned());
    }
    CaseEnd::unless_empty(problems)
}

fn while_connecting(context: &CaseContext) -> Verdict {
    let hole = BlackHole::open().map_err(|error| {
        CaseEnd::Unsupported(format!(
            "this machine has no address that never responds: {error}"
        ))
    })?;
    let cancel = CancelToken::new();
    let place = hole.address().to_string();
    let mut running = context.spawn(&place, &get("/"), &cancel, Some(&is_cancelled()));
    context.wait_for_either(|| running.is_over(), |within| hole.reached(within))?;
    CaseEnd::unless_empty(cancel_now(context, running, &cancel))
}

fn neighbour(context: &CaseContext) -> Verdict {
    let gate = Gate::new("neighbour's response");
    let waiting = Script::accept()
        .read_request()
        .gate(&gate)
        .write(DEFAULT_RESPONSE);
    let peer = context.peer(Plan::default().otherwise(waiting))?;
    let exchange = |target, cancel: &CancelToken| -> Outcome {
        context.exchange(&peer.authority(), &get(target), cancel, None)
    };
    let (one, two) = (CancelToken::new(), CancelToken::new());
    let (left, stayed) = thread::scope(|scope| {
        let leaving = scope.spawn(|| exchange("/leaves", &one));
        let staying = scope.spawn(|| exchange("/stays", &two));
        let both = |seen: &Transcript| seen.requests().len() == 2;
        let arrived = peer.log().wait(context.far(), both);
        one.cancel();
        let left = leaving.join().unwrap_or_default();
        gate.open();
        (arrived.then_some(left), staying.join().unwrap_or_default())
    });
    let Some(left) = left else {
        return CaseEnd::problem("two requests at once did not arrive");
    };
    let mut problems = context.judge(&is_cancelled(), &left);
    problems.extend(ok(200).body("ok").check(&stayed));
    CaseEnd::unless_empty(problems)
}

fn late(context: &CaseContext) -> Verdict {
    let peer: std::sync::Arc<Peer> =
        context.peer(Plan::default().otherwise(Script::serve(DEFAULT_RESPONSE)))?;
    let expect = ok(200).body("ok");
    let cancel = CancelToken::new();
    let mut problems = context.try_send_to(&peer.authority(), &get("/1"), &cancel, &expect);
    cancel.cancel();
    cancel.cancel();
    problems.extend(context.try_send(&peer, &get("/2"), &expect));
    CaseEnd::unless_empty(problems)
}
