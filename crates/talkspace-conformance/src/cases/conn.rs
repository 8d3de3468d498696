//! `conn/*`: which connection a request goes on, and which ones are over.

use std::time::Duration;

use talkspace_core::FailureKind;

use super::{answer, fresh, protocol, serve_fresh};
use crate::case::{
    Bench, Capability, Case, DEFAULT_ANSWER, Outgoing, Stop, Verdict, fails, get, ok, post,
};
use crate::wire::{Gate, Plan, Script};

pub(super) mod idle;
mod kept;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = reuse();
    cases.extend(closing());
    cases.extend(apart());
    cases.extend(idle::cases());
    cases.extend(kept::cases());
    cases
}

fn reuse() -> Vec<Case> {
    let then_ok = |raw: &'static str| answer(raw).read_request().write(DEFAULT_ANSWER);
    vec![
        Case::should(
            "conn/reuse/sequential",
            "requests one after the other go on one connection",
        )
        .per("RFC 9112 §9.3")
        .cause("each request has a client of its own, or the pool has no room")
        .needs_all(&[Capability::KeepAlive])
        .then_peer(Script::serve(DEFAULT_ANSWER))
        .send(get("/1"))
        .send(post("/2", "two"))
        .send(get("/3"))
        .on_at_most(1),
        Case::should(
            "conn/reuse/after-4xx-5xx",
            "an answer of failure does not end its connection",
        )
        .per("RFC 9112 §9.3")
        .cause("the connection is dropped together with an error")
        .needs_all(&[Capability::KeepAlive])
        .peer(
            then_ok("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
                .read_request()
                .write("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\nno")
                .read_request()
                .write(DEFAULT_ANSWER),
        )
        .then_peer(Script::serve(DEFAULT_ANSWER))
        .send(get("/1"))
        .gives(ok(404).body("no"))
        .send(get("/2"))
        .send(get("/3"))
        .gives(ok(500).body("no"))
        .send(get("/4"))
        .on_at_most(1),
        Case::should(
            "conn/reuse/after-204-304-head",
            "answers without a body leave their connection in step",
        )
        .per("RFC 9112 §6.3, §9.3")
        .cause("the connection is given up where the body has no length")
        .needs_all(&[Capability::KeepAlive])
        .peer(
            answer("HTTP/1.1 204 No Content\r\n\r\n")
                .read_request()
                .write("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
                .read_request()
                .write(DEFAULT_ANSWER),
        )
        .then_peer(Script::serve(DEFAULT_ANSWER))
        .send(get("/1"))
        .gives(ok(204).body(""))
        .send(get("/2"))
        .gives(ok(304).body(""))
        .send(Outgoing::new("HEAD", "/3"))
        .gives(ok(200).body(""))
        .send(get("/4"))
        .on_at_most(1),
    ]
}

fn closing() -> Vec<Case> {
    vec![
        [
            "Connection: Close",
            "Connection: keep-alive, CLOSE",
            "Connection: keep-alive\r\nConnection: close",
        ]
        .into_iter()
        .fold(
            Case::must(
                "conn/close-header",
                "a connection of which the peer says close, in any spelling, is not used again",
            ),
            |case, field| {
                let raw = format!("HTTP/1.1 200 OK\r\n{field}\r\nContent-Length: 2\r\n\r\nok");
                case.peer(Script::serve(raw)).send(get("/"))
            },
        )
        .per("RFC 9112 §9.6")
        .cause("the field is compared as one text, or only its first line is seen")
        .then_peer(Script::serve(DEFAULT_ANSWER))
        .send(get("/last"))
        .one_request_per_connection(),
        Case::must(
            "conn/close-asked",
            "a connection of which the request says close is not used again",
        )
        .per("RFC 9112 §9.6")
        .cause("only the answer's own field is looked at")
        .then_peer(Script::serve(DEFAULT_ANSWER))
        .send(get("/1").header("connection", "close"))
        .send(get("/2"))
        .one_request_per_connection(),
        Case::must(
            "conn/leftover-not-an-answer",
            "bytes after a complete answer are never the answer to the next request",
        )
        .per("RFC 9112 §6.3, §9.2")
        .cause("the pool does not look at what was read already")
        .peer(answer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale",
        ))
        .then_peer(serve_fresh())
        .send(get("/1"))
        .send(get("/2"))
        .gives(fresh())
        .one_request_per_connection(),
        Case::must(
            "conn/retired-after-protocol-error",
            "a connection on which the peer broke the protocol closes and is not used again",
        )
        .per("RFC 9112 §9.5")
        .cause("the connection goes back to the pool on any way out")
        .peer(answer("HTTP/1.1 200 OK\r\nContent-Length: no\r\n\r\n"))
        .then_peer(serve_fresh())
        .send(get("/1"))
        .gives(protocol())
        .send(get("/2"))
        .gives(fresh())
        .one_request_per_connection()
        .closes(0),
        Case::must(
            "conn/retired-after-timeout",
            "an answer that comes too late never reaches the next caller",
        )
        .cause("the connection goes back to the pool when the caller leaves")
        .run(retired_after_timeout),
        Case::must(
            "conn/drop-client-closes",
            "dropping the transport closes its idle connections within a second",
        )
        .cause("a task or a thread holds the pool")
        .run(|bench| {
            let peer = bench.peer(Plan::default().otherwise(Script::serve(DEFAULT_ANSWER)))?;
            bench.send(&peer, &get("/"), &ok(200).body("ok"))?;
            bench.hang_up();
            Stop::unless_empty(bench.not_closed(&peer, 0).into_iter().collect())
        }),
    ]
}

fn retired_after_timeout(bench: &Bench) -> Verdict {
    let late = Gate::new("late answer");
    let slow = Script::accept()
        .read_request()
        .gate(&late)
        .write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
    let peer = bench.peer(Plan::new([slow]).otherwise(serve_fresh()))?;
    let hurried = get("/1").limits(|limits, pace| {
        limits.response_timeout = pace.of(Duration::from_millis(100));
    });
    bench.send(&peer, &hurried, &fails(&[FailureKind::Timeout]))?;
    let mut problems = bench.try_send(&peer, &get("/2"), &fresh());
    late.open();
    problems.extend(bench.not_closed(&peer, 0));
    problems.extend(bench.try_send(&peer, &get("/3"), &fresh()));
    Stop::unless_empty(problems)
}

fn apart() -> Vec<Case> {
    vec![
        Case::must(
            "conn/no-pipelining",
            "while an answer is under way, the next request goes on another connection",
        )
        .per("RFC 9112 §9.3.2")
        .cause("requests are queued on a connection that is busy")
        .run(no_pipelining),
        Case::must(
            "conn/origins-not-shared",
            "a connection serves one host and port only",
        )
        .per("RFC 9110 §4.3.3")
        .cause("the pool's key forgets the host's name or the port")
        .run(origins_not_shared),
    ]
}

fn no_pipelining(bench: &Bench) -> Verdict {
    let rest = Gate::new("rest of the body");
    let busy = Script::accept()
        .read_request()
        .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
        .gate(&rest)
        .write("world");
    let peer = bench.peer(Plan::new([busy]).otherwise(serve_fresh()))?;
    let mut body = bench.open(&peer, &get("/1"))?.into_body();
    let mut problems = bench.try_send(&peer, &get("/2"), &fresh());
    rest.open();
    let mut all = Vec::new();
    loop {
        match body.chunk() {
            Ok(Some(bytes)) => all.extend_from_slice(&bytes),
            Ok(None) => break,
            Err(error) => return Stop::problem(format!("the first body failed: {error}")),
        }
    }
    if all != b"helloworld" {
        problems.push(format!(
            "the first body is {:?}",
            all.escape_ascii().to_string()
        ));
    }
    let requests = peer.log().transcript().requests();
    if requests
        .iter()
        .filter(|request| request.connection == 0)
        .count()
        != 1
    {
        problems.push("the busy connection got another request".to_owned());
    }
    Stop::unless_empty(problems)
}

fn origins_not_shared(bench: &Bench) -> Verdict {
    let one = bench.peer(Plan::default().otherwise(Script::serve(DEFAULT_ANSWER)))?;
    let two = bench.peer(Plan::default().otherwise(serve_fresh()))?;
    let mut problems = bench.try_send(&one, &get("/1"), &ok(200).body("ok"));
    problems.extend(bench.try_send(&two, &get("/2"), &fresh()));
    problems.extend(bench.try_send(&one, &get("/3"), &ok(200).body("ok")));
    let by_name = format!("localhost:{}", one.address().port());
    let cancel = talkspace_core::CancelToken::new();
    problems.extend(bench.try_send_to(&by_name, &get("/4"), &cancel, &ok(200).body("ok")));
    let requests = one.log().transcript().requests();
    let shared = requests.iter().any(|request| {
        let hosts = requests
            .iter()
            .filter(|other| other.connection == request.connection)
            .map(|other| other.values("host"));
        hosts.into_iter().any(|host| host != request.values("host"))
    });
    if shared {
        problems.push("two names were asked for on one connection".to_owned());
    }
    Stop::unless_empty(problems)
}
