//! `error/*`: what a failure says.

use std::error::Error as StdError;
use std::io;
use std::net::{Ipv4Addr, TcpListener};

use talkspace_core::{CancelToken, FailureKind};

use super::failing;
use super::sources::{Source, Then};
use crate::case::{
    Bench, Case, DEFAULT_ANSWER, Outcome, Stop, Verdict, fails, fails_unsent, get, post,
};
use crate::wire::Script;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must("error/refused", "where nobody listens, nothing was sent")
            .cause("the delivery is not told apart by the phase")
            .run(|bench| {
                let expect = fails_unsent(&[FailureKind::Connect]);
                let place = nobody()?;
                let cancel = CancelToken::new();
                Stop::unless_empty(bench.try_send_to(&place, &get("/"), &cancel, &expect))
            }),
        Case::must(
            "error/unresolvable",
            "a name without an address is a failure of its own, and nothing was sent",
        )
        .per("RFC 6761 §6.4")
        .cause("the resolver's error is taken for one of connecting")
        .run(|bench| {
            // A machine without a resolver may wait for one.
            let expect = fails_unsent(&[FailureKind::Resolve, FailureKind::Timeout]);
            let cancel = CancelToken::new();
            let problems = bench.try_send_to("nobody.invalid:80", &get("/"), &cancel, &expect);
            Stop::unless_empty(problems)
        }),
        Case::must(
            "error/reset-on-accept",
            "a reset before any answer is a closed connection",
        )
        .cause("the reset has a kind of its own")
        .peer(Script::accept().read_exact(1).reset())
        .then_peer(Script::accept().reset())
        .send(post("/1", "ring"))
        .gives(fails(&[FailureKind::Closed]))
        .send(post("/2", "ring"))
        // It may come while the adapter still connects.
        .gives(fails(&[FailureKind::Closed, FailureKind::Connect]).any_delivery()),
        Case::must(
            "error/reset-after-request",
            "a reset in place of an answer leaves the request in doubt",
        )
        .per("RFC 9112 §9.5")
        .cause("the adapter believes that nothing arrived, or sends again")
        .peer(Script::accept().read_request().reset())
        .send(post("/", "ring"))
        .gives(fails(&[FailureKind::Closed])),
        Case::must(
            "error/delivery/never-lies",
            "a request of which the peer has seen a byte is never called not sent",
        )
        .cause("the delivery is guessed from the kind of the error")
        .run(never_lies),
        Case::must(
            "error/delivery/source-panics",
            "of a body whose source panics midway it is not said that nothing was sent when a part was",
        )
        .cause("a failure of the source is taken for one from before the exchange")
        .run(source_panics),
        Case::should(
            "error/chain",
            "beneath a failed connection there is the system's own error",
        )
        .cause("the error is turned into text")
        .run(|bench| {
            let outcome = bench.exchange(&nobody()?, &get("/"), &CancelToken::new(), None);
            if errors(&outcome).any(|error| error.is::<io::Error>()) {
                return Ok(());
            }
            Stop::problem("there is no io::Error in the chain")
        }),
        Case::must("error/display/one-line", "an error is one line of text")
            .cause("an error of the engine has several lines, or none")
            .run(one_line),
    ]
}

/// A place where nobody listens, or not any more.
fn nobody() -> Result<String, Stop> {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(|error| Stop::Broken(error.to_string()))?;
    Ok(address.to_string())
}

fn errors(outcome: &Outcome) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let first = outcome
        .error
        .as_ref()
        .map(|error| error as &(dyn StdError + 'static));
    std::iter::successors(first, |&error| error.source())
}

/// The peer's record is compared by the laws of every case.
fn never_lies(bench: &Bench) -> Verdict {
    let mut problems = Vec::new();
    for (script, kind) in failing() {
        for outgoing in [get("/"), post("/", "ring")] {
            let peer = bench.peer(script.clone())?;
            problems.extend(bench.try_send(&peer, &outgoing, &fails(&[kind])));
        }
    }
    for length in [1, 20, 60] {
        let peer = bench.peer(Script::accept().read_exact(length).reset())?;
        let closed = fails(&[FailureKind::Closed]);
        problems.extend(bench.try_send(&peer, &post("/", vec![b'x'; 1 << 20]), &closed));
    }
    Stop::unless_empty(problems)
}

/// That nothing was sent when the adapter says so is a law of every case.
fn source_panics(bench: &Bench) -> Verdict {
    let peer = bench.peer(Script::accept().read_request().write(DEFAULT_ANSWER))?;
    let outgoing = post("/", Source::new(400_000, 200_000, Then::Panics));
    let outcome = bench.exchange(&peer.authority(), &outgoing, &CancelToken::new(), None);
    if outcome.head.is_some() {
        return Stop::problem(format!("the adapter gave {outcome}"));
    }
    Ok(())
}

fn one_line(bench: &Bench) -> Verdict {
    for (script, _) in failing() {
        let peer = bench.peer(script)?;
        let outcome = bench.exchange(&peer.authority(), &get("/"), &CancelToken::new(), None);
        if outcome.error.is_none() {
            return Stop::problem(format!("the adapter gave {outcome}, not a failure"));
        }
        for error in errors(&outcome) {
            let text = error.to_string();
            if text.trim().is_empty() || text.contains(['\n', '\r']) {
                return Stop::problem(format!("an error says {text:?}"));
            }
        }
    }
    Ok(())
}
