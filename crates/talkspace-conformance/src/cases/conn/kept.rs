//! `conn/reuse/burst`, `conn/keep-alive/*` and others: for whom connections are kept, how many
//! and for how long.

use std::thread;
use std::time::Duration;

use talkspace_core::{CancelToken, FailureKind, Phase};

use super::super::{fresh, serve_fresh};
use crate::case::{
    Bench, Capability, Case, DEFAULT_ANSWER, Expect, Outgoing, Stop, Verdict, fails_unsent, get,
    ok, plural, that, times_out,
};
use crate::wire::{Gate, Plan, Script, Tls};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::should(
            "conn/reuse/burst",
            "as many requests at once as there were before go on the connections of those",
        )
        .per("RFC 9112 §9.3, §9.4")
        .cause("the pool has room for a few, so that a burst throws its connections away")
        .needs_all(&[Capability::KeepAlive])
        .run(bursts),
        Case::must(
            "conn/reuse/own-limits",
            "on a kept connection an exchange has its own limits, and none of an earlier one",
        )
        .cause("the limits are given to the connection when it is made")
        .run(own_limits)
        .timed(),
        Case::should(
            "conn/keep-alive/timeout",
            "a connection whose peer said for how long it keeps it is not used when that is over",
        )
        .per("RFC 2068 §19.7.1.1, RFC 9112 §9.5")
        .cause("only an idle time of the pool's own is known, and the request meets the close")
        .run(keep_alive),
        Case::must(
            "conn/schemes-not-shared",
            "a connection of one scheme serves no request of the other",
        )
        .per("RFC 9110 §4.2.2, §4.3.3")
        .cause("the pool's key is host and port, and what is secret goes out in plain text")
        .needs_all(&[Capability::Tls])
        .run(schemes_not_shared),
    ]
}

/// So many requests at once, again and again.
const BURST: usize = 24;
const ROUNDS: usize = 4;
/// More than the engines need that take a connection back a moment late, and fewer than a pool
/// of eight makes, which are 72.
const MOST: usize = 2 * BURST;

fn bursts(bench: &Bench) -> Verdict {
    let gates: Vec<Gate> = (0..ROUNDS).map(|_| Gate::new("all are there")).collect();
    // Each connection answers when all requests of the round are there.
    let script = gates.iter().fold(Script::accept(), |script, gate| {
        script.read_request().gate(gate).write(DEFAULT_ANSWER)
    });
    let peer = bench.peer(Plan::default().otherwise(script))?;
    for (round, gate) in gates.iter().enumerate() {
        let problems = thread::scope(|scope| {
            let senders: Vec<_> = (0..BURST)
                .map(|_| scope.spawn(|| bench.try_send(&peer, &get("/"), &ok(200).body("ok"))))
                .collect();
            let all = (round + 1) * BURST;
            let there = bench.wait_for(&peer, "all requests of a burst are there", |seen| {
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
        Stop::unless_empty(problems)?;
    }
    let connections = peer.log().transcript().connections();
    if connections > MOST {
        return Stop::problem(format!(
            "{ROUNDS} times {BURST} requests at once went on {}",
            plural(connections, "connection")
        ));
    }
    Ok(())
}

fn own_limits(bench: &Bench) -> Verdict {
    let limit = Duration::from_millis(300);
    // Whether the second request comes on the first connection or not.
    let first = Script::accept().read_request().write(DEFAULT_ANSWER);
    let plan = |second: Script| {
        let steps = second.steps().iter().cloned();
        Plan::new([steps.fold(first.clone(), Script::step)]).otherwise(second)
    };
    let peer = bench.peer(plan(Script::accept().read_request()))?;
    bench.send(&peer, &get("/1"), &ok(200).body("ok"))?;
    let hurried = get("/2").limits(|limits, pace| {
        limits.response_timeout = pace.of(Duration::from_millis(300));
    });
    let mut problems = bench.try_send(&peer, &hurried, &times_out(Phase::Head, limit));

    let slow = Script::accept().read_request().pause(2 * limit);
    let peer = bench.peer(plan(slow.write(DEFAULT_ANSWER)))?;
    problems.extend(bench.try_send(&peer, &hurried, &ok(200).body("ok")));
    problems.extend(bench.try_send(&peer, &get("/3"), &ok(200).body("ok")));
    Stop::unless_empty(problems)
}

fn keep_alive(bench: &Bench) -> Verdict {
    let said = "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=100\r\nContent-Length: 2\r\n\r\nok";
    let peer = bench.peer(Plan::new([Script::serve(said)]).otherwise(serve_fresh()))?;
    bench.send(&peer, &get("/1"), &ok(200).body("ok"))?;
    bench.pass(Duration::from_millis(1100));
    bench.send(&peer, &get("/2"), &fresh())
}

fn schemes_not_shared(bench: &Bench) -> Verdict {
    let hello = Script::accept().read_exact(1).half_close();
    let plain = bench.peer(Plan::new([Script::serve(DEFAULT_ANSWER)]).otherwise(hello))?;
    let place = format!("localhost:{}", plain.address().port());
    let send = |place: &str, outgoing: Outgoing, expect: &Expect| {
        bench.try_send_to(place, &outgoing, &CancelToken::new(), expect)
    };
    let secret = get("/?appkey=secret");
    let mut problems = send(&place, get("/1"), &ok(200).body("ok"));
    let refused = fails_unsent(&[FailureKind::Tls]);
    problems.extend(send(&place, secret.clone().over_tls(), &refused));

    let tls = Tls::of("localhost").map_err(Stop::Broken)?;
    let secure = Plan::default()
        .otherwise(Script::serve(DEFAULT_ANSWER))
        .over_tls(tls);
    let secure = bench.peer(secure)?;
    let place = format!("localhost:{}", secure.address().port());
    problems.extend(send(&place, secret.over_tls(), &ok(200).body("ok")));
    let failed = that("a failure", |outcome| match outcome.error {
        Some(_) => Ok(()),
        None => Err("what is plain was answered over TLS".to_owned()),
    });
    problems.extend(send(&place, get("/2"), &failed));
    Stop::unless_empty(problems)
}
