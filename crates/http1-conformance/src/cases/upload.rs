//! `upload/*`: the bodies of requests.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::client::{Body, BodyPart, FailureKind};
use bytes::Bytes;

use super::sources::{DISK_ON_FIRE, Growing, MIB, STALLS, Source, Then, bulk, pattern};
use super::{any_error, every_byte, rfc};
use crate::case::{
    Capability, Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, ExpectedRequest, Outcome, Outgoing,
    Verdict, both, either, fails, get, ok, post, request, that,
};
use crate::wire::{Gate, Plan, Script, What};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = exact();
    cases.extend(sources());
    cases.extend(early_responses());
    cases
}

fn exact() -> Vec<Case> {
    let all = every_byte();
    let mixed = mixed();
    vec![
        Case::required(
            "upload/none/get-has-no-framing",
            "a GET without a body has no Content-Length",
            rfc::NO_LENGTH_OF_NOTHING,
        )
        .cause("an empty body is treated as a body of length 0, or of unknown length")
        .send(get("/"))
        .receives(request().without("content-length")),
        Case::required(
            "upload/framing/no-coding-unasked",
            "to a server of which nothing is known no Transfer-Encoding is sent, with a body or without",
            rfc::NO_CODING_UNASKED,
        )
        .cause("a body that is empty, or not in one piece, is sent in chunks")
        .then_peer(Script::serve(CLOSING))
        .send(get("/"))
        .send(post("/", mixed.clone()))
        .send(post("/", Body::empty()))
        .receives(request().without("transfer-encoding"))
        .receives(request().without("transfer-encoding"))
        .receives(request().without("transfer-encoding")),
        Case::required(
            "upload/empty/post-says-zero",
            "a POST with an empty body has Content-Length: 0",
            rfc::LENGTH_OF_EMPTY,
        )
        .cause("an empty body is treated as no body; some servers then respond with 411")
        .send(post("/", Body::empty()))
        .receives(request().header("content-length", "0")),
        Case::must("upload/bytes/all-256", "every byte arrives as it is")
            .cause("the body passes through a string type")
            .send(post("/", all.clone()))
            .receives(request().body(all)),
        [1, 8191, 8192, 65_535, 65_536, 65_537, 1 << 20]
            .into_iter()
            .fold(
                Case::must(
                    "upload/bytes/sizes",
                    "bodies at and around the usual buffer sizes arrive exactly",
                ),
                |case, length| {
                    case.send(post("/", pattern(length))).receives(
                        request()
                            .header("content-length", length.to_string())
                            .body(pattern(length)),
                    )
                },
            )
            .cause("a partial write is not continued"),
        Case::must(
            "upload/parts/joined-exactly",
            "parts from memory and from a source arrive as one body",
        )
        .per("RFC 9112 §6.2")
        .cause("the parts are sent in another order, or one of them is cut")
        .send(post("/", mixed.clone()))
        .receives(request().body(mixed_bytes())),
        Case::required(
            "upload/framing/length-when-known",
            "a body whose length is known is sent with Content-Length",
            rfc::KNOWN_LENGTH,
        )
        .cause("a body that is not in one piece is sent in chunks")
        .send(post("/", mixed.clone()))
        .receives(request().header("content-length", mixed.len().to_string())),
        Case::required(
            "upload/framing/never-both",
            "Content-Length and Transfer-Encoding are never sent together, whatever the caller set",
            rfc::NEVER_BOTH,
        )
        .cause("the adapter adds its framing to the caller's")
        .send(post("/", "hello"))
        // Who sends nothing with such header fields sends nothing wrong.
        .send(post("/", "hello").header("content-length", "5"))
        .gives(either([ok(200), any_error()]))
        .send(post("/", "hello").header("transfer-encoding", "chunked"))
        .gives(either([ok(200), any_error()]))
        .each_receives(framed_once()),
        Case::must(
            "upload/framing/of-the-transport",
            "framing that the caller set takes the place of none that fits the body",
        )
        .per("RFC 9112 §6.2, §6.3")
        .cause("the caller's Transfer-Encoding or Content-Length is sent as it is")
        .send(post("/1", "hello").header("transfer-encoding", "chunked"))
        .send(post("/2", "hello").header("content-length", "7"))
        .send(post("/3", "hello").header("transfer-encoding", "gzip, chunked"))
        .receives(of_the_transport())
        .receives(of_the_transport())
        .receives(of_the_transport()),
        Case::should("upload/get-with-body", "a GET may carry a body")
            .per("RFC 9110 §9.3.1")
            .send(get("/").body("x=1"))
            .receives(request().header("content-length", "3").body("x=1")),
        Case::should("upload/delete-with-body", "a DELETE may carry a body")
            .per("RFC 9110 §9.3.5")
            .send(Outgoing::new("DELETE", "/").body("x=1"))
            .receives(request().header("content-length", "3").body("x=1")),
        Case::must(
            "upload/replay/twice-identical",
            "a body that is sent twice arrives twice the same",
        )
        .cause("the adapter consumes the body, or the position of a file moves")
        .send(post("/1", mixed.clone()))
        .send(post("/2", mixed.clone()))
        .receives(request().body(mixed_bytes()))
        .receives(request().body(mixed_bytes())),
        Case::must(
            "upload/expect-100/not-sent",
            "the adapter does not send Expect: 100-continue by itself",
        )
        .per("RFC 9110 §10.1.1")
        .cause("the engine adds Expect to large bodies, as curl does")
        .send(post("/", pattern(1 << 20)))
        .receives(request().without("expect"))
        .send(post("/large", pattern(4 << 20)))
        .receives(request().without("expect"))
        .alone(),
        Case::required(
            "upload/expect-100/no-endless-wait",
            "a body is sent after a while though no 100 (Continue) comes, where the caller set Expect",
            rfc::NO_ENDLESS_WAIT,
        )
        .cause("the body waits for an interim response that older servers never send")
        .send(post("/", "hello").header("expect", "100-continue"))
        .receives(request().body("hello")),
        Case::required(
            "upload/expect-100/continued",
            "after the 100 (Continue) that Expect asks for come the body and the final response",
            rfc::INTERIM,
        )
        .cause("the interim response is taken for the final one")
        .run(continued),
        Case::must(
            "upload/expect-100/417",
            "a 417 (Expectation Failed) is returned as it is, and no request follows it",
        )
        .per("RFC 9110 §10.1.1, §15.5.18")
        .cause("the engine repeats the request without Expect")
        .peer(
            Script::accept()
                .read_head()
                .write("HTTP/1.1 417 Expectation Failed\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno"),
        )
        .send(post("/", "hello").header("expect", "100-continue"))
        .gives(ok(417).body("no"))
        .nothing_more(),
    ]
}

fn of_the_transport() -> ExpectedRequest {
    request()
        .without("transfer-encoding")
        .header("content-length", "5")
        .body("hello")
}

/// A response after which nothing more is known of the server than before.
const CLOSING: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

/// What a source of a form upload looks like: text, a file, text.
fn mixed() -> Body {
    Body::from_parts([
        BodyPart::Bytes(Bytes::from_static(b"--b\r\n\r\n")),
        Source::whole(MIXED_SOURCE).into(),
        BodyPart::Bytes(Bytes::from_static(b"\r\n--b--\r\n")),
    ])
}

fn mixed_bytes() -> Vec<u8> {
    [
        b"--b\r\n\r\n".as_slice(),
        &pattern(MIXED_SOURCE),
        b"\r\n--b--\r\n",
    ]
    .concat()
}

/// More than one read of a source, and no round number.
const MIXED_SOURCE: u64 = 150_001;

fn framed_once() -> ExpectedRequest {
    request().body("hello").that(|request| {
        let lengths = request.values("content-length").len();
        let codings = request.values("transfer-encoding").len();
        if lengths + codings == 1 {
            Ok(())
        } else {
            Err(format!(
                "the request has {lengths} Content-Length and {codings} Transfer-Encoding fields"
            ))
        }
    })
}

fn sources() -> Vec<Case> {
    vec![
        Case::must(
            "upload/source/short",
            "a source that ends early fails the exchange; nothing is padded and the connection closes",
        )
        .per("RFC 9112 §6.2")
        .cause("the missing bytes are padded, or the length is changed in flight")
        .peer(Script::accept().read_request().write(DEFAULT_RESPONSE))
        .send(post("/", Source::new(200_000, 100_000, Then::Ends)))
        .gives(fails(&[FailureKind::BodySource]).any_delivery())
        .closes(0)
        .receives(broken_off(100_000)),
        Case::must(
            "upload/source/long",
            "of a source with more bytes only its stated length is sent, and nothing leaks into the next request",
        )
        .per("RFC 9112 §6.2")
        .cause("the adapter reads to the end in place of the stated length")
        .send(post("/1", Source::new(100_000, 0, Then::GoesOn)))
        .send(get("/2"))
        .receives(request().line("POST /1 HTTP/1.1").body(pattern(100_000)))
        .receives(request().line("GET /2 HTTP/1.1").body("")),
        Case::must(
            "upload/source/grows",
            "of a source that grows while it is sent, as many bytes are sent as were announced",
        )
        .per("RFC 9112 §6.2")
        .cause("the length is asked for again")
        .send(post("/1", Growing::new(70_000)))
        .send(get("/2"))
        .receives(request().line("POST /1 HTTP/1.1"))
        .receives(request().line("GET /2 HTTP/1.1").body("")),
        Case::must(
            "upload/source/error",
            "a source that fails midway fails the exchange, with its own error as the source",
        )
        .cause("the error is turned into text, or taken for a closed connection")
        .peer(Script::accept().read_request().write(DEFAULT_RESPONSE))
        .send(post("/", Source::new(400_000, 200_000, Then::Fails)))
        .gives(both(
            fails(&[FailureKind::BodySource]),
            that("the source's own error in the chain", has_own_error),
        ))
        .closes(0)
        .receives(broken_off(200_000)),
        Case::should(
            "upload/source/panics",
            "a source that panics fails its own exchange alone",
        )
        .cause("a task that dies leaves the connection, or a lock, behind")
        .then_peer(Script::serve(DEFAULT_RESPONSE))
        .send(post("/1", Source::new(400_000, 200_000, Then::Panics)))
        .gives(that("a failure or a panic", |outcome| {
            if outcome.error.is_some() || outcome.panic.is_some() {
                Ok(())
            } else {
                Err(format!("the adapter gave {outcome}"))
            }
        }))
        .send(get("/2")),
    ]
}

fn has_own_error(outcome: &Outcome) -> Result<(), String> {
    let chain = outcome.chain();
    if chain.iter().any(|text| text.contains(DISK_ON_FIRE)) {
        Ok(())
    } else {
        Err(format!(
            "the source's own error is not in the chain {chain:?}"
        ))
    }
}

/// At most the bytes that the source had, of a request that is not whole.
fn broken_off(most: u64) -> ExpectedRequest {
    request().broken_off().that(move |request| {
        if pattern(most).starts_with(&request.body) {
            Ok(())
        } else {
            Err(format!(
                "the peer got {} bytes that the source never gave",
                request.body.len()
            ))
        }
    })
}

fn early_responses() -> Vec<Case> {
    vec![
        Case::required(
            "upload/early-response/413-then-close",
            "a final response that comes before the body was sent is returned, not the write error",
            rfc::EARLY_RESPONSE,
        )
        .cause("a failed write ends the exchange, and the response is never read")
        .peer(Script::accept().read_head().write(TOO_LONG).half_close())
        .send(post("/", Source::whole(4 << 20)))
        .gives(ok(413).body("no")),
        // Which of the two the adapter meets first is chance, so there are several rounds.
        (0..12).fold(
            Case::required(
                "upload/early-response/413-then-reset",
                "a final response that comes before the body was sent is returned, though the peer then resets the connection",
                rfc::EARLY_RESPONSE,
            )
            .cause("a failed write ends the exchange, and the response is never read")
            .alone(),
            |case, _| {
                // Closing with bytes unread resets the connection.
                case.peer(Script::accept().read_head().write(TOO_LONG).close())
                    .send(post("/", bulk(16)))
                    .gives(ok(413).body("no"))
            },
        ),
        Case::required(
            "upload/early-response/keep-open",
            "a response is returned although the peer reads no more of the body: no deadlock",
            rfc::EARLY_RESPONSE,
        )
        .cause("the adapter reads only when all is written")
        .peer(Script::accept().read_head().write(TOO_LONG).stop_reading())
        .send(post("/", Source::whole(STALLS)))
        .gives(ok(413).body("no"))
        .alone(),
        Case::required(
            "upload/early-response/half-sent-not-reused",
            "after an early response, either the rest of the body is sent or the connection is not reused",
            rfc::LENGTH_ENDS_MESSAGE,
        )
        .cause("reuse is decided by the response alone; the next request is then taken for the body")
        .peer(
            Script::accept()
                .read_head()
                .write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno")
                .pause(A_MOMENT)
                .read_exact(HALF_SENT * MIB)
                .read_request()
                .write(DEFAULT_RESPONSE),
        )
        .then_peer(Script::serve(DEFAULT_RESPONSE))
        .send(post("/1", bulk(HALF_SENT)))
        .gives(ok(413).body("no"))
        .send(get("/2"))
        .alone(),
        Case::required(
            "upload/early-response/success-gets-the-rest",
            "when a successful response begins before the body was sent, the rest of the body is sent all the same",
            rfc::CONTINUE_SENDING,
        )
        .cause("any early response is taken for an error response, and its body awaited from a peer that awaits the rest")
        .peer(
            Script::accept()
                .read_head()
                .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                .pause(A_MOMENT)
                .read_exact(HALF_SENT * MIB)
                .write("2\r\nok\r\n0\r\n\r\n"),
        )
        .send(post("/", bulk(HALF_SENT)))
        .gives(ok(200).body("ok"))
        .alone(),
        Case::required(
            "upload/early-response/whole-success-gets-the-rest",
            "when a successful response is whole before the body was sent, the rest of the body is sent all the same",
            rfc::CONTINUE_SENDING,
        )
        .cause("the exchange is over with its response, and the connection closes in the midst of the request")
        .run(whole_success)
        .alone(),
        Case::must(
            "upload/early-response/both-at-once",
            "a response that comes while the request is sent is read meanwhile: neither waits for the other",
        )
        .per("RFC 9112 §9.5")
        .cause("the whole request is written before anything is read, and the peer cannot write any more")
        .peer((0..HALF_SENT * MIB / PORTION).fold(
            Script::accept().read_head().write(format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
                HALF_SENT * MIB
            )),
            |script, _| script.read_exact(PORTION).write(Bytes::from_static(&[0; PORTION])),
        ))
        .send(post("/", bulk(HALF_SENT)).limits(|limits, _| limits.max_body_bytes = (HALF_SENT * MIB) as u64))
        .gives(both(
            ok(200),
            that("as many bytes as were sent", |outcome| {
                match outcome.body.len() {
                    length if length == HALF_SENT * MIB => Ok(()),
                    length => Err(format!("{length} bytes came of {}", HALF_SENT * MIB)),
                }
            }),
        ))
        .alone(),
        Case::must(
            "upload/early-response/unread-body-closes",
            "after an error response to a body that the peer reads no further, the connection closes although it was to be kept",
        )
        .per("RFC 9112 §9.5")
        .building_on(&["upload/early-response/keep-open"])
        .cause("the rest of the body waits for ever for a peer that does not read, and the connection with it")
        .peer(
            Script::accept()
                .read_head()
                .write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno")
                .stop_reading(),
        )
        .send(post("/", Source::whole(STALLS)))
        .gives(ok(413).body("no"))
        .closes(0)
        .receives(request().broken_off())
        .alone(),
        Case::must(
            "upload/backpressure/bounded-read-ahead",
            "a source is read little further than the peer reads the body",
        )
        .needs_all(&[Capability::Streaming, Capability::Limits])
        .classified(&["Timeout, MaybeSent"])
        .cause("the body is read into memory before it is sent")
        .run(bounded_read_ahead)
        .timed(),
    ]
}

/// MiB, more than both kernel buffers hold, so that the response is there before the end.
const HALF_SENT: usize = 16;

/// What a peer reads at once that writes as much after it.
const PORTION: usize = 64 * 1024;

fn whole_success(context: &CaseContext) -> Verdict {
    let rest = Gate::new("the rest has come");
    rest.open();
    let first = Script::accept()
        .read_head()
        .write(DEFAULT_RESPONSE)
        .pause(A_MOMENT)
        .read_exact(HALF_SENT * MIB)
        .gate(&rest);
    let peer = context.peer(first)?;
    let mut problems = context.try_send(&peer, &post("/", bulk(HALF_SENT)), &ok(200).body("ok"));
    // It may be on its way when the response is over.
    context.wait_for(&peer, "the request ended", |seen| {
        let mut what = seen.events().iter().map(|event| &event.what);
        what.any(|what| matches!(what, What::PassedGate(_))) || seen.client_closed(0)
    })?;
    problems.extend(request().check_at(&peer.log().transcript().requests(), 0));
    CaseEnd::unless_empty(problems)
}

/// Long enough for a blocked writer to check for a response.
const A_MOMENT: Duration = Duration::from_millis(200);

const TOO_LONG: &str =
    "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno";

/// What may be read beyond what the peer has read: the adapter's own megabyte,
/// and what the kernel buffers of both sides hold.
const READ_AHEAD: u64 = 1 << 20;
const KERNEL: u64 = 7 << 20;

/// How long the peer reads nothing. An adapter that reads ahead has this time for it, and has read
/// by its end.
const STANDSTILL: Duration = Duration::from_millis(300);

fn bounded_read_ahead(context: &CaseContext) -> Verdict {
    let peer = context.peer(Plan::new([Script::accept().read_head().stop_reading()]))?;
    let source = Source::whole(64 << 20);
    let progress = source.progress();
    let outgoing =
        post("/", source).limits(|limits, pace| limits.read_timeout = pace.of(STANDSTILL));
    context.send(&peer, &outgoing, &fails(&[FailureKind::Timeout]))?;
    let read = progress.load(Ordering::SeqCst);
    if read == 0 {
        return CaseEnd::problem("the source was never read");
    }
    if read > READ_AHEAD + KERNEL {
        return CaseEnd::problem(format!(
            "{read} bytes of the source were read although the peer took nothing"
        ));
    }
    Ok(())
}

fn continued(context: &CaseContext) -> Verdict {
    let peer = context.peer(
        Script::accept()
            .read_head()
            .write("HTTP/1.1 100 Continue\r\n\r\n")
            .read_body()
            .write(DEFAULT_RESPONSE),
    )?;
    let outgoing = post("/", "hello").header("expect", "100-continue");
    let problems = context.try_send(&peer, &outgoing, &ok(200).body("ok"));
    let requests = peer.log().transcript().requests();
    match requests.first() {
        // Who lets nobody set it sends nothing wrong.
        None => Ok(()),
        Some(request) if problems.is_empty() && request.body != "hello" => {
            CaseEnd::problem(format!("the body was {:?}", request.body))
        }
        Some(_) => CaseEnd::unless_empty(problems),
    }
}
