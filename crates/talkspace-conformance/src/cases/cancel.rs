//! `cancel/*`: a caller who leaves ends the exchange, and that one only.

use std::thread;
use std::time::{Duration, Instant};

use talkspace_core::{CancelToken, FailureKind};

use super::sources::{STALLS, Source};
use super::{fresh, serve_fresh};
use crate::case::{
    Bench, Case, DEFAULT_ANSWER, Expect, Outcome, Outgoing, Running, Stop, TimeLimit, Verdict,
    fails, get, ok, post,
};
use crate::wire::{BlackHole, Gate, Peer, Plan, Script, Transcript, What};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must("cancel/before", "when the caller has left already, no connection is made")
            .cause("the token is looked at while waiting only")
            .run(before),
        Case::must("cancel/while-connecting", "a caller who leaves need not wait for a connection")
            .cause("connecting cannot be interrupted")
            .run(while_connecting)
            .timed(),
        Case::must(
            "cancel/waiting-for-head",
            "a caller who leaves while waiting is free within a second, and the connection closes",
        )
        .cause("the thread, or the task, waits on for the peer")
        .run(|bench| {
            let silent = Script::accept().read_request();
            let is_read = |seen: &Transcript| !seen.requests().is_empty();
            cancelled(bench, silent, &get("/1"), is_read)
        })
        .timed(),
        Case::must(
            "cancel/during-upload",
            "a caller who leaves while the request is sent is free within a second, the rest is not sent, and the connection closes",
        )
        .cause("writing cannot be interrupted, or goes on without its caller")
        .run(|bench| {
            let stuck = Script::accept().read_head().stop_reading();
            let is_stuck = |seen: &Transcript| {
                seen.events().iter().any(|event| event.what == What::StoppedReading)
            };
            cancelled(bench, stuck, &post("/1", Source::whole(STALLS)), is_stuck)
        })
        .timed(),
        Case::must(
            "cancel/during-body",
            "a caller who leaves while the body comes is free within a second, and the connection closes",
        )
        .cause("the token is forgotten once the head is there")
        .run(|bench| {
            let half = Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            cancelled(bench, half, &get("/1"), |seen| seen.sent() > 0)
        })
        .timed(),
        Case::must("cancel/neighbour-unharmed", "one caller who leaves does not disturb another")
            .cause("the token closes more than its own connection")
            .run(neighbour),
        Case::must(
            "cancel/twice-and-late",
            "a token that is used again, or when all is over, does nothing",
        )
        .cause("the token still holds a connection that went back to the pool")
        .run(late),
    ]
}

fn is_cancelled() -> Expect {
    fails(&[FailureKind::Cancelled]).any_delivery()
}

/// How soon a caller is free.
const FREE: TimeLimit = TimeLimit::within(Duration::from_secs(1));

/// Cancels an exchange, and gives what came of it and what is wrong with that.
fn cancel_now(bench: &Bench, running: Running<'_>, cancel: &CancelToken) -> Vec<String> {
    let since = Instant::now();
    cancel.cancel();
    let outcome = running.outcome_since(since, &FREE);
    let late = FREE.check(outcome.took, outcome.waited, bench.pace(), outcome.lateness);
    let mut problems = is_cancelled().check(&outcome);
    problems.extend(late.err());
    problems
}

/// Cancels when `condition` holds at the peer. What follows must be the end of
/// the exchange and of its connection, and a next request that succeeds.
fn cancelled(
    bench: &Bench,
    script: Script,
    outgoing: &Outgoing,
    condition: impl Fn(&Transcript) -> bool,
) -> Verdict {
    let peer = bench.peer(Plan::new([script]).otherwise(serve_fresh()))?;
    let cancel = CancelToken::new();
    let mut running = bench.spawn(&peer.authority(), outgoing, &cancel, Some(&is_cancelled()));
    // An exchange that is over by itself has come to no place where it could be left.
    bench.wait_for_either(
        || running.is_over(),
        |within| peer.log().wait(within, &condition),
    )?;
    let mut problems = cancel_now(bench, running, &cancel);
    problems.extend(bench.not_closed(&peer, 0));
    let first = peer.log().transcript().requests();
    if first.first().is_some_and(|first| first.whole) && !outgoing.is_empty() {
        problems.push("the whole request was sent".to_owned());
    }
    problems.extend(bench.try_send(&peer, &get("/2"), &fresh()));
    Stop::unless_empty(problems)
}

fn before(bench: &Bench) -> Verdict {
    let peer = bench.peer(serve_fresh())?;
    let cancel = CancelToken::new();
    cancel.cancel();
    let outcome = bench.exchange(&peer.authority(), &get("/"), &cancel, Some(&is_cancelled()));
    let mut problems = is_cancelled().check(&outcome);
    bench.hang_up();
    if peer.log().transcript().connections() > 0 {
        problems.push("the adapter connected".to_owned());
    }
    Stop::unless_empty(problems)
}

fn while_connecting(bench: &Bench) -> Verdict {
    let hole = BlackHole::open().map_err(|error| {
        Stop::Unsupported(format!(
            "this machine has no place that never answers: {error}"
        ))
    })?;
    let cancel = CancelToken::new();
    let place = hole.address().to_string();
    let mut running = bench.spawn(&place, &get("/"), &cancel, Some(&is_cancelled()));
    bench.wait_for_either(|| running.is_over(), |within| hole.reached(within))?;
    Stop::unless_empty(cancel_now(bench, running, &cancel))
}

fn neighbour(bench: &Bench) -> Verdict {
    let gate = Gate::new("neighbour's answer");
    let waiting = Script::accept()
        .read_request()
        .gate(&gate)
        .write(DEFAULT_ANSWER);
    let peer = bench.peer(Plan::default().otherwise(waiting))?;
    let exchange = |target, cancel: &CancelToken| -> Outcome {
        bench.exchange(&peer.authority(), &get(target), cancel, None)
    };
    let (one, two) = (CancelToken::new(), CancelToken::new());
    let (left, stayed) = thread::scope(|scope| {
        let leaving = scope.spawn(|| exchange("/leaves", &one));
        let staying = scope.spawn(|| exchange("/stays", &two));
        let both = |seen: &Transcript| seen.requests().len() == 2;
        let arrived = peer.log().wait(bench.far(), both);
        one.cancel();
        let left = leaving.join().unwrap_or_default();
        gate.open();
        (arrived.then_some(left), staying.join().unwrap_or_default())
    });
    let Some(left) = left else {
        return Stop::problem("two requests at once did not arrive");
    };
    let mut problems = is_cancelled().check(&left);
    problems.extend(ok(200).body("ok").check(&stayed));
    Stop::unless_empty(problems)
}

fn late(bench: &Bench) -> Verdict {
    let peer: std::sync::Arc<Peer> =
        bench.peer(Plan::default().otherwise(Script::serve(DEFAULT_ANSWER)))?;
    let expect = ok(200).body("ok");
    let cancel = CancelToken::new();
    let mut problems = bench.try_send_to(&peer.authority(), &get("/1"), &cancel, &expect);
    cancel.cancel();
    cancel.cancel();
    problems.extend(bench.try_send(&peer, &get("/2"), &expect));
    Stop::unless_empty(problems)
}
