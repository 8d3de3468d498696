//! `error/*`: kind, delivery and text of errors.

use std::error::Error as StdError;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use socket2::{Domain, Socket, Type};

use crate::client::{CancelToken, FailureKind};

use super::sources::{Source, Then};
use super::{Unmet, any_error, failing};
use crate::case::{
    Capability, Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, Outcome, Verdict, fails,
    fails_unsent, get, post,
};
use crate::wire::Script;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "error/refused",
            "a refused connection is an error of connecting, and nothing was sent",
        )
        .needs_all(&[Capability::ErrorKinds, Capability::Delivery])
        .classified(&["Connect, NotSent"])
        .cause("the delivery does not depend on the phase")
        .run(|context| {
            let expect = fails_unsent(&[FailureKind::Connect]);
            let (_held, place) = no_listener()?;
            let cancel = CancelToken::new();
            CaseEnd::unless_empty(context.try_send_to(&place, &get("/"), &cancel, &expect))
        }),
        Case::must(
            "error/unresolvable",
            "a host name that does not resolve is an error of its own, and nothing was sent",
        )
        .per("RFC 6761 §6.4")
        .needs_all(&[Capability::ErrorKinds, Capability::Delivery])
        .classified(&["Resolve or Timeout, NotSent"])
        .cause("the resolver's error is taken for one of connecting")
        .run(|context| {
            // A machine without a resolver may wait for one.
            let expect = fails_unsent(&[FailureKind::Resolve, FailureKind::Timeout]);
            let cancel = CancelToken::new();
            let problems = context.try_send_to("nobody.invalid:80", &get("/"), &cancel, &expect);
            CaseEnd::unless_empty(problems)
        }),
        Case::must(
            "error/reset-on-accept",
            "a reset before the response is reported as a closed connection",
        )
        .needs_all(&[Capability::ErrorKinds])
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
            "a reset in place of the response leaves the request in doubt: it may have been sent",
        )
        .needs_all(&[Capability::Delivery])
        .cause("the adapter reports that nothing was sent, or retries by itself")
        .peer(Script::accept().read_request().reset())
        .send(post("/", "ring"))
        .gives(fails(&[FailureKind::Closed])),
        Case::must(
            "error/delivery/never-lies",
            "a request of which the peer has received a byte is never reported as not sent",
        )
        .needs_all(&[Capability::Delivery])
        .cause("the delivery is guessed from the kind of the error")
        .run(never_lies),
        Case::must(
            "error/delivery/source-panics",
            "after a panic of the body source midway, the request is not reported as not sent",
        )
        .needs_all(&[Capability::Delivery])
        .cause("a failure of the source is taken for one from before the exchange")
        .run(source_panics),
        Case::should(
            "error/chain",
            "the source chain of a failed connection holds the system's own error",
        )
        .cause("the error is turned into text")
        .run(|context| {
            let (_held, place) = no_listener()?;
            let outcome = context.exchange(&place, &get("/"), &CancelToken::new(), None);
            if errors(&outcome).any(|error| error.is::<io::Error>()) {
                return Ok(());
            }
            CaseEnd::problem("there is no io::Error in the chain")
        }),
        Case::must(
            "error/display/one-line",
            "the Display of an error is one line of text",
        )
        .cause("an error of the engine has several lines, or none")
        .run(one_line),
    ]
}

/// An address without a listener, which nobody else gets while the socket is held.
fn no_listener() -> Result<(Socket, String), CaseEnd> {
    let bound = || {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        let address = socket.local_addr()?.as_socket();
        let address = address.ok_or(io::ErrorKind::AddrNotAvailable)?;
        Ok((socket, address.to_string()))
    };
    bound().map_err(|error: io::Error| CaseEnd::Broken(error.to_string()))
}

fn errors(outcome: &Outcome) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let first = outcome
        .error
        .as_ref()
        .map(|error| error as &(dyn StdError + 'static));
    std::iter::successors(first, |&error| error.source())
}

/// What every case ends with compares the peer's record with the delivery.
fn never_lies(context: &CaseContext) -> Verdict {
    let mut unmet = Unmet::default();
    for (script, case) in failing() {
        for outgoing in [get("/"), post("/", "ring")] {
            let peer = context.peer(script.clone())?;
            let problems = context.try_send(&peer, &outgoing, &any_error());
            unmet.note(case, problems.is_empty());
        }
    }
    for length in [1, 20, 60] {
        let peer = context.peer(Script::accept().read_exact(length).reset())?;
        let long = post("/", vec![b'x'; 1 << 20]);
        let problems = context.try_send(&peer, &long, &any_error());
        unmet.note("error/reset-on-accept", problems.is_empty());
    }
    unmet.end()
}

/// That nothing was sent when the adapter says so is an invariant of every case.
fn source_panics(context: &CaseContext) -> Verdict {
    let peer = context.peer(Script::accept().read_request().write(DEFAULT_RESPONSE))?;
    let outgoing = post("/", Source::new(400_000, 200_000, Then::Panics));
    let outcome = context.exchange(&peer.authority(), &outgoing, &CancelToken::new(), None);
    if outcome.head.is_some() {
        return CaseEnd::problem(format!("the adapter gave {outcome}"));
    }
    Ok(())
}

fn one_line(context: &CaseContext) -> Verdict {
    let mut unmet = Unmet::default();
    for (script, case) in failing() {
        let peer = context.peer(script)?;
        let outcome = context.exchange(&peer.authority(), &get("/"), &CancelToken::new(), None);
        unmet.note(case, outcome.error.is_some());
        for error in errors(&outcome) {
            let text = error.to_string();
            if text.trim().is_empty() || text.contains(['\n', '\r']) {
                return CaseEnd::problem(format!("an error says {text:?}"));
            }
        }
    }
    unmet.end()
}
