//! `conn/reuse/burst`, `conn/keep-alive/*` and others: which idle connections are kept, how many
//! and for how long.

use std::thread;
use std::time::Duration;

use crate::client::{FailureKind, Limits, Phase};

use super::super::{fresh, respond, serve_fresh};
use crate::case::{
    Capability, Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, Pace, Verdict, fails, get, ok, that,
    times_out,
};
use crate::wire::show::plural;
use crate::wire::{Gate, Plan, Script};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::should(
            "conn/reuse/burst",
            "a second burst of concurrent requests reuses the connections of the first",
        )
        .per("RFC 9112 §9.3, §9.4")
        .cause("the limit of idle connections is small, so that most connections of a burst are closed")
        .needs_all(&[Capability::KeepAlive, Capability::Concurrent])
        .run(bursts),
        Case::must(
            "conn/reuse/own-limits",
            "on a reused connection an exchange has its own limits, and none of an earlier one",
        )
        .needs_all(&[Capability::Limits, Capability::KeepAlive])
        .classified(&["Timeout in Head, MaybeSent"])
        .cause("the limits are given to the connection when it is made")
        .run(own_limits)
        .timed(),
        own_sizes(
            "conn/reuse/own-limits/head",
            "on a reused connection a head has the limit of its exchange, be it smaller or larger than before",
            |limits, _| limits.max_header_bytes = 512,
            "HTTP/1.1 200 OK\r\nX-Fill: ",
            "\r\nContent-Length: 2\r\n\r\nok",
        ),
        own_sizes(
            "conn/reuse/own-limits/body",
            "on a reused connection a body has the limit of its exchange, be it smaller or larger than before",
            |limits, _| limits.max_body_bytes = 512,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n",
            "\r\n0\r\n\r\n",
        ),
        Case::must(
            "conn/reuse/own-limits/read-timeout",
            "on a reused connection a body has the read_timeout of its exchange",
        )
        .needs_all(&[Capability::Limits, Capability::KeepAlive])
        .cause("the limits are given to the connection when it is made")
        .peer(
            Script::accept()
                .read_request()
                .write(DEFAULT_RESPONSE)
                .read_request()
                .write(HALF),
        )
        .peer(respond(HALF))
        .send(get("/1"))
        .send(get("/2").limits(|limits, pace| {
            limits.read_timeout = pace.of(Duration::from_millis(300));
        }))
        .gives(times_out(Phase::Body, Duration::from_millis(300)))
        .timed(),
        Case::should(
            "conn/keep-alive/timeout",
            "a connection is not reused after the timeout of the peer's Keep-Alive header field",
        )
        .per("RFC 2068 §19.7.1.1, RFC 9112 §9.5")
        .needs_all(&[Capability::KeepAlive])
        .cause("only the pool's own idle timeout is kept, and the request meets the close")
        .run(keep_alive),
    ]
}

/// A response whose second half does not come.
const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok";

/// Responses of 1024 bytes too many for a limit of 512: with the usual limit, with the small one, and
/// on the next connection the other way round.
fn own_sizes(
    id: &'static str,
    requirement: &'static str,
    small: fn(&mut Limits, Pace),
    begin: &'static str,
    end: &'static str,
) -> Case {
    let large = [begin.as_bytes(), &[b'x'; 1024], end.as_bytes()].concat();
    let script = |first: &[u8], second: &[u8]| {
        let script = Script::accept().read_request().write(first.to_vec());
        script.read_request().write(second.to_vec())
    };
    let ok = || {
        that("a response", |outcome| match outcome.error {
            Some(_) => Err(format!("a response, not {outcome}")),
            None => Ok(()),
        })
    };
    Case::must(id, requirement)
        .needs_all(&[Capability::Limits, Capability::KeepAlive])
        .building_on(&["conn/reuse/sequential"])
        .cause("the limits are given to the connection when it is made")
        .peer(script(DEFAULT_RESPONSE, &large))
        .peer(script(DEFAULT_RESPONSE, &large))
        .send(get("/1"))
        .send(get("/2").limits(small))
        .gives(fails(&[FailureKind::TooLarge]))
        .send(get("/3").limits(small))
        .send(get("/4"))
        .gives(ok())
}

/// Concurrent requests, round after round.
const BURST: usize = 24;
const ROUNDS: usize = 4;
/// More than the engines need that return a connection to the pool a moment late, and fewer than a pool
/// of eight makes, which are 72.
const MOST: usize = 2 * BURST;

fn bursts(context: &CaseContext) -> Verdict {
    let gates: Vec<Gate> = (0..ROUNDS).map(|_| Gate::new("all are there")).collect();
    // Each connection gets its response when all requests of the round are there.
    let script = gates.iter().fold(Script::accept(), |script, gate| {
        script.read_request().gate(gate).write(DEFAULT_RESPONSE)
    });
    let peer = context.peer(Plan::default().otherwise(script))?;
    for (round, gate) in gates.iter().enumerate() {
        let problems = thread::scope(|scope| {
            let senders: Vec<_> = (0..BURST)
                .map(|_| scope.spawn(|| context.try_send(&peer, &get("/"), &ok(200).body("ok"))))
                .collect();
            let all = (round + 1) * BURST;
            let there = context.wait_for(&peer, "all requests of a burst are there", |seen| {
                seen.requests().len() >= all
            });
            gate.open();
            let problems = senders.into_iter().flat_map(|sender| {
                let panicked = |_| vec!["a panic".to_owned()];
                sender.join().unwrap_or_else(panicked)
            });
            let problems: Vec<String> = problems.collect();
            there.map(|()| problems)
        })?;
        CaseEnd::unless_empty(problems)?;
    }
    let connections = peer.log().transcript().connections();
    if connections > MOST {
        return CaseEnd::problem(format!(
            "{ROUNDS} times {BURST} requests at once went on {}",
            plural(connections, "connection")
        ));
    }
    Ok(())
}

fn own_limits(context: &CaseContext) -> Verdict {
    let limit = Duration::from_millis(300);
    // Whether the second request comes on the first connection or not.
    let first = Script::accept().read_request().write(DEFAULT_RESPONSE);
    let plan = |second: Script| {
        let steps = second.steps().iter().cloned();
        Plan::new([steps.fold(first.clone(), Script::step)]).otherwise(second)
    };
    let peer = context.peer(plan(Script::accept().read_request()))?;
    context.send(&peer, &get("/1"), &ok(200).body("ok"))?;
    let hurried = get("/2").limits(|limits, pace| {
        limits.response_timeout = pace.of(Duration::from_millis(300));
    });
    let mut problems = context.try_send(&peer, &hurried, &times_out(Phase::Head, limit));

    let slow = Script::accept().read_request().pause(2 * limit);
    let peer = context.peer(plan(slow.write(DEFAULT_RESPONSE)))?;
    problems.extend(context.try_send(&peer, &hurried, &ok(200).body("ok")));
    problems.extend(context.try_send(&peer, &get("/3"), &ok(200).body("ok")));
    CaseEnd::unless_empty(problems)
}

fn keep_alive(context: &CaseContext) -> Verdict {
    let said = "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=100\r\nContent-Length: 2\r\n\r\nok";
    let peer = context.peer(Plan::new([Script::serve(said)]).otherwise(serve_fresh()))?;
    context.send(&peer, &get("/1"), &ok(200).body("ok"))?;
    context.pass(Duration::from_millis(1100));
    context.send(&peer, &get("/2"), &fresh())
}
