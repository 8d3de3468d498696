//! `conn/*`: which connections are reused, and which are closed.

use std::time::Duration;

use crate::client::FailureKind;

use super::{fresh, protocol, respond, rfc, serve_fresh};
use crate::case::{
    Capability, Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, Outgoing, Verdict, fails, get, ok,
    post,
};
use crate::wire::{Gate, Plan, Script};

mod addresses;
pub(super) mod idle;
mod kept;
#[cfg(feature = "tls")]
mod schemes;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = reuse();
    cases.extend(closing());
    cases.extend(apart());
    cases.extend(idle::cases());
    cases.extend(kept::cases());
    #[cfg(feature = "tls")]
    cases.extend(schemes::cases());
    cases.extend(addresses::cases());
    cases
}

fn reuse() -> Vec<Case> {
    let then_ok = |raw: &'static str| respond(raw).read_request().write(DEFAULT_RESPONSE);
    vec![
        Case::required(
            "conn/reuse/sequential",
            "sequential requests share one connection",
            rfc::PERSISTENT,
        )
        .cause("each request has a client of its own, or the pool keeps no idle connections")
        .needs_all(&[Capability::KeepAlive])
        .then_peer(Script::serve(DEFAULT_RESPONSE))
        .send(get("/1"))
        .send(post("/2", "two"))
        .send(get("/3"))
        .on_at_most(1),
        Case::required(
            "conn/reuse/after-4xx-5xx",
            "an error response does not close its connection",
            rfc::PERSISTENT,
        )
        .cause("the connection is closed with every error response")
        .needs_all(&[Capability::KeepAlive])
        .peer(
            then_ok("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
                .read_request()
                .write("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\nno")
                .read_request()
                .write(DEFAULT_RESPONSE),
        )
        .then_peer(Script::serve(DEFAULT_RESPONSE))
        .send(get("/1"))
        .gives(ok(404).body("no"))
        .send(get("/2"))
        .send(get("/3"))
        .gives(ok(500).body("no"))
        .send(get("/4"))
        .on_at_most(1),
        Case::required(
            "conn/reuse/after-204-304-head",
            "responses without a body leave their connection reusable",
            rfc::PERSISTENT,
        )
        .cause("the connection is closed where the body has no length")
        .needs_all(&[Capability::KeepAlive])
        .building_on(&["framing/no-body/204", "framing/no-body/head-with-length"])
        .peer(
            respond("HTTP/1.1 204 No Content\r\n\r\n")
                .read_request()
                .write("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
                .read_request()
                .write(DEFAULT_RESPONSE),
        )
        .then_peer(Script::serve(DEFAULT_RESPONSE))
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
            Case::required(
                "conn/close-header",
                "a connection whose response says Connection: close, in any spelling, is closed and not reused",
                rfc::CLOSE_RECEIVED,
            )
            .also(rfc::CONNECTION_OPTIONS)
            .needs_all(&[Capability::KeepAlive]),
            |case, field| {
                let raw = format!("HTTP/1.1 200 OK\r\n{field}\r\nContent-Length: 2\r\n\r\nok");
                case.peer(Script::serve(raw)).send(get("/"))
            },
        )
        .cause("the field value is compared as a whole, or only the first header field is seen")
        .then_peer(Script::serve(DEFAULT_RESPONSE))
        .send(get("/last"))
        .one_request_per_connection()
        .closes(0),
        Case::required(
            "conn/close-asked",
            "a connection whose request says Connection: close is closed after the response and not reused",
            rfc::CLOSE_SENT,
        )
        .needs_all(&[Capability::KeepAlive])
        .cause("only the response's own header field is checked")
        .peer(Script::serve(DEFAULT_RESPONSE).stays_open())
        .then_peer(Script::serve(DEFAULT_RESPONSE))
        .send(get("/1").header("connection", "close"))
        .send(get("/2"))
        .one_request_per_connection()
        .closes(0),
        Case::required(
            "conn/leftover-not-a-response",
            "bytes after a complete response are never the response to the next request",
            rfc::UNASKED_DATA,
        )
        .needs_all(&[Capability::KeepAlive])
        .building_on(&["framing/chunked/basic"])
        .cause("the pool does not check for bytes that were read already")
        // Whoever drops the bytes may use the connection again.
        .peer(
            respond(LEFTOVER)
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfresh"),
        )
        .then_peer(serve_fresh())
        .send(get("/1"))
        .send(get("/2"))
        .gives(fresh()),
        Case::required(
            "conn/leftover-closes",
            "a connection with bytes after a complete response is closed",
            rfc::UNASKED_DATA_CLOSES,
        )
        .needs_all(&[Capability::KeepAlive])
        .building_on(&["framing/chunked/basic"])
        .cause("the bytes are dropped, and where the next response begins is a guess")
        .peer(respond(LEFTOVER))
        .then_peer(serve_fresh())
        .send(get("/1"))
        .send(get("/2"))
        .gives(fresh())
        .closes(0),
        Case::required(
            "conn/retired-after-protocol-error",
            "after a response whose length is invalid the connection is closed and not reused",
            rfc::INVALID_LENGTH_CLOSES,
        )
        .cause("the connection goes back to the pool even on an error")
        .building_on(&["framing/cl/not-a-number"])
        .peer(respond("HTTP/1.1 200 OK\r\nContent-Length: no\r\n\r\n"))
        .then_peer(serve_fresh())
        .send(get("/1"))
        .gives(protocol())
        .send(get("/2"))
        .gives(fresh())
        .one_request_per_connection()
        .closes(0),
        Case::must(
            "conn/retired-after-timeout",
            "after a timeout the late response never reaches the next request",
        )
        .needs_all(&[Capability::Limits, Capability::KeepAlive])
        .classified(&["Timeout, MaybeSent"])
        .cause("the connection goes back to the pool on cancellation")
        .run(retired_after_timeout),
        Case::must(
            "conn/drop-client-closes",
            "dropping the transport closes its idle connections within a second",
        )
        .needs_all(&[Capability::KeepAlive])
        .cause("a task or a thread holds the pool")
        .run(|context| {
            let peer = context.peer(Plan::default().otherwise(Script::serve(DEFAULT_RESPONSE)))?;
            context.send(&peer, &get("/"), &ok(200).body("ok"))?;
            context.drop_transport();
            CaseEnd::unless_empty(context.not_closed(&peer, 0).into_iter().collect())
        }),
    ]
}

const LEFTOVER: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale";

fn retired_after_timeout(context: &CaseContext) -> Verdict {
    let late = Gate::new("late response");
    let slow = Script::accept()
        .read_request()
        .gate(&late)
        .write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
    let peer = context.peer(Plan::new([slow]).otherwise(serve_fresh()))?;
    let hurried = get("/1").limits(|limits, pace| {
        limits.response_timeout = pace.of(Duration::from_millis(100));
    });
    context.send(&peer, &hurried, &fails(&[FailureKind::Timeout]))?;
    let mut problems = context.try_send(&peer, &get("/2"), &fresh());
    late.open();
    problems.extend(context.not_closed(&peer, 0));
    problems.extend(context.try_send(&peer, &get("/3"), &fresh()));
    CaseEnd::unless_empty(problems)
}

fn apart() -> Vec<Case> {
    vec![
        Case::must(
            "conn/no-pipelining",
            "while a response is outstanding, the next request goes on another connection: no pipelining",
        )
        .needs_all(&[Capability::KeepAlive])
        .per("RFC 9112 §9.3.2")
        .cause("requests are pipelined on a busy connection")
        .run(no_pipelining),
        Case::must(
            "conn/origins-not-shared",
            "a connection serves one origin only",
        )
        .needs_all(&[Capability::KeepAlive])
        .per("RFC 9110 §4.3.3")
        .cause("the pool's key lacks the host or the port")
        .run(origins_not_shared),
    ]
}

fn no_pipelining(context: &CaseContext) -> Verdict {
    let rest = Gate::new("rest of the body");
    let busy = Script::accept()
        .read_request()
        .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
        .gate(&rest)
        .write("world");
    let peer = context.peer(Plan::new([busy]).otherwise(serve_fresh()))?;
    let mut body = context.open(&peer, &get("/1"))?.into_body();
    let mut problems = context.try_send(&peer, &get("/2"), &fresh());
    rest.open();
    let mut all = Vec::new();
    loop {
        match body.chunk() {
            Ok(Some(bytes)) => all.extend_from_slice(&bytes),
            Ok(None) => break,
            Err(error) => return CaseEnd::problem(format!("the first body failed: {error}")),
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
    CaseEnd::unless_empty(problems)
}

fn origins_not_shared(context: &CaseContext) -> Verdict {
    let one = context.peer(Plan::default().otherwise(Script::serve(DEFAULT_RESPONSE)))?;
    let two = context.peer(Plan::default().otherwise(serve_fresh()))?;
    let mut problems = context.try_send(&one, &get("/1"), &ok(200).body("ok"));
    problems.extend(context.try_send(&two, &get("/2"), &fresh()));
    problems.extend(context.try_send(&one, &get("/3"), &ok(200).body("ok")));
    let by_name = format!("localhost:{}", one.address().port());
    let cancel = crate::client::CancelToken::new();
    problems.extend(context.try_send_to(&by_name, &get("/4"), &cancel, &ok(200).body("ok")));
    let requests = one.log().transcript().requests();
    let shared = requests.iter().any(|request| {
        let hosts = requests
            .iter()
            .filter(|other| other.connection == request.connection)
            .map(|other| other.values("host"));
        hosts.into_iter().any(|host| host != request.values("host"))
    });
    if shared {
        problems.push("two hosts were requested on one connection".to_owned());
    }
    CaseEnd::unless_empty(problems)
}
