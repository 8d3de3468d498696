//! `framing/stream/*` and `framing/bytes/*`: bodies while they arrive.

use std::time::Duration;

use crate::client::ResponseBody;

use super::{fresh, get, ok, serve_fresh};
use crate::case::{Capability, Case, CaseContext, CaseEnd, Verdict};
use crate::cases::every_byte;
use crate::wire::{Gate, Plan, Script};

pub(super) fn cases() -> Vec<Case> {
    let bytes = every_byte();
    let mut whole =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len()).into_bytes();
    whole.extend(&bytes);
    vec![
        Case::must(
            "framing/stream/first-chunk-before-second-sent",
            "the caller has the first part of a body while the peer still holds the second",
        )
        .needs_all(&[Capability::Streaming])
        .building_on(&["framing/chunked/basic"])
        .cause("the body is read to its end before the response is returned")
        .run(first_chunk_first),
        Case::must(
            "framing/stream/backpressure",
            "while the caller does not read, the transport stops reading: backpressure reaches the peer",
        )
        .needs_all(&[Capability::Streaming])
        .cause("a task reads the body into memory on its own")
        .run(backpressure)
        .alone(),
        Case::must(
            "framing/stream/drop-midway",
            "dropping a body closes its connection within a second, and it is not reused",
        )
        .needs_all(&[Capability::Streaming])
        .cause("the connection stays with a task, or in the pool, until the peer moves")
        .run(drop_midway),
        Case::must(
            "framing/bytes/binary-exact",
            "every byte is delivered as it is",
        )
        .cause("the body passes through a string type")
        .peer(Script::accept().read_request().write(whole))
        .send(get("/"))
        .gives(ok(200).body(bytes)),
    ]
}

fn first_chunk_first(context: &CaseContext) -> Verdict {
    let second = Gate::new("second part");
    let peer = context.peer(
        Script::accept()
            .read_request()
            .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
            .gate(&second)
            .write("3\r\ntwo\r\n0\r\n\r\n"),
    )?;
    let mut body = context.open(&peer, &get("/"))?.into_body();
    expect_chunk(&mut body, Some("one"))?;
    second.open();
    expect_chunk(&mut body, Some("two"))?;
    expect_chunk(&mut body, None)
}

/// Both kernel buffers, which may grow on their own, and a megabyte of the adapter's.
const MOST_IN_FLIGHT: usize = 48 << 20;
const BODY: usize = 128 << 20;

/// The time that a caller does not read. An adapter that reads ahead uses it; on a slow machine
/// less arrives, which proves nothing against the adapter.
const UNREAD: Duration = Duration::from_millis(300);

fn backpressure(context: &CaseContext) -> Verdict {
    let peer = context.peer(
        Script::accept()
            .read_request()
            .write(format!("HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n"))
            .write(vec![0; BODY]),
    )?;
    let unlimited = get("/").limits(|limits, _| limits.max_body_bytes = u64::MAX);
    let mut body = context.open(&peer, &unlimited)?.into_body();
    if body.chunk().is_ok_and(|chunk| chunk.is_none()) {
        return CaseEnd::problem("the body is empty");
    }
    context.pass(UNREAD);
    let sent = peer.log().transcript().sent();
    drop(body);
    if sent > MOST_IN_FLIGHT {
        return CaseEnd::problem(format!(
            "the peer could send {sent} bytes to a caller who had read one chunk"
        ));
    }
    Ok(())
}

fn drop_midway(context: &CaseContext) -> Verdict {
    let half = Script::accept()
        .read_request()
        .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
        .read_request()
        .write("worldHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale");
    let peer = context.peer(Plan::new([half]).otherwise(serve_fresh()))?;
    let mut body = context.open(&peer, &get("/1"))?.into_body();
    expect_chunk(&mut body, Some("hello"))?;
    drop(body);
    // At once: a pool closes it too, some seconds later.
    let mut problems = context.try_send(&peer, &get("/2"), &fresh());
    problems.extend(context.not_closed(&peer, 0));
    CaseEnd::unless_empty(problems)
}

fn expect_chunk(body: &mut ResponseBody, expected: Option<&'static str>) -> Verdict {
    match body.chunk() {
        Ok(chunk) if chunk.as_deref() == expected.map(str::as_bytes) => Ok(()),
        got => CaseEnd::problem(format!("the next chunk is {got:?}, not {expected:?}")),
    }
}
