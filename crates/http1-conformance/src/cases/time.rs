//! `time/*`: timeouts and the deadline end an exchange, and nothing else does.
//!
//! Here alone real time passes. Each limit is a fraction of a second, with a lower bound that
//! is exact and an upper one that comes from the machine. A case that fails is played again
//! with all its times stretched.

use std::time::{Duration, Instant};

use crate::client::{CancelToken, FailureKind, Limits, Phase};

use super::respond;
use crate::case::{
    Capability, Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, ExpectedOutcome, Outgoing, Pace,
    TimeLimit, Verdict, fails, get, ok, post, request, times_out,
};
use crate::wire::{BlackHole, Gate, Script};

use super::sources::{MIB, STALLS, Source, bulk};

mod rate;
mod sending;

pub(super) fn cases() -> Vec<Case> {
    let timed = limits()
        .into_iter()
        .chain(sending::cases())
        .chain(rate::cases())
        .chain(deadlines())
        .map(Case::timed);
    timed
        .chain([no_limits()])
        .map(|case| case.needs_all(&[Capability::Limits]))
        .collect()
}

const SHORT: Duration = Duration::from_millis(200);
const DEADLINE: Duration = Duration::from_millis(400);

/// Several of these fit into [`SHORT`].
const TICK: Duration = Duration::from_millis(40);

fn by_deadline(limits: &mut Limits, pace: Pace) {
    limits.deadline = Instant::now().checked_add(pace.of(DEADLINE));
}

fn read_timeout(limits: &mut Limits, pace: Pace) {
    limits.read_timeout = pace.of(SHORT);
}

fn limits() -> Vec<Case> {
    vec![
        Case::must(
            "time/connect",
            "connecting fails after connect_timeout, and nothing was sent",
        )
        .classified(&["Timeout in Connect, NotSent"])
        .cause("connecting has only the system's own timeout, of minutes")
        .run(|context| {
            let outgoing = get("/").limits(|limits, pace| limits.connect_timeout = pace.of(SHORT));
            into_black_hole(context, &outgoing, SHORT)
        }),
        Case::must(
            "time/response-timeout",
            "an exchange fails after response_timeout without a response, and its connection closes",
        )
        .cause("the timeout covers connecting alone, or the error has another kind")
        .peer(Script::accept().read_request())
        .send(get("/").limits(|limits, pace| limits.response_timeout = pace.of(SHORT)))
        .gives(times_out(Phase::Head, SHORT))
        .closes(0),
        Case::must(
            "time/read-timeout-in-head",
            "an exchange fails after read_timeout without a byte within the head",
        )
        .cause("no timeout holds once the first byte is there")
        .peer(respond("HTTP/1.1 200 OK\r\nContent-"))
        .send(get("/").limits(read_timeout))
        .gives(times_out(Phase::Head, SHORT))
        .closes(0),
        Case::must(
            "time/read-timeout-in-body",
            "an exchange fails after read_timeout without a byte within the body",
        )
        .cause("the timeouts end with the head")
        .peer(respond("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"))
        .send(get("/").limits(read_timeout))
        .gives(times_out(Phase::Body, SHORT))
        .closes(0),
        read_timeout_in_upload(),
        Case::must(
            "time/read-timeout-not-while-bytes-come",
            "a response whose pauses stay below read_timeout arrives whole",
        )
        .cause("the timeout does not restart with each byte")
        .peer(
            Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n")
                .drip(b"drip", TICK * 2)
                .drip(b"drop", TICK),
        )
        .send(get("/").limits(read_timeout))
        .gives(ok(200).body("dripdrop")),
        Case::must(
            "time/read-timeout-not-while-body-goes",
            "a request that the peer reads slowly but steadily is sent, and then has the whole response_timeout",
        )
        .cause("the timeout does not restart with each write, or response_timeout starts too early")
        .peer(takes_slowly())
        .send(post("/", bulk(SLOWLY + QUICKLY)).limits(|limits, pace| {
            limits.read_timeout = pace.of(SHORT * 2);
            limits.response_timeout = pace.of(SHORT * 2);
        })),
        Case::must(
            "time/read-timeout-not-while-waiting",
            "while the response has not begun, response_timeout counts and read_timeout does not",
        )
        .cause("there is one timeout for both, and the shorter of the two is taken")
        .peer(
            Script::accept()
                .read_request()
                .pause(SHORT * 2)
                .write(DEFAULT_RESPONSE),
        )
        .send(get("/").limits(read_timeout)),
        Case::must(
            "time/read-timeout-not-while-reader-pauses",
            "the time in which the caller does not read the body does not count for read_timeout",
        )
        .cause("the timeout runs on from the last byte, and the next read finds it over")
        .run(reader_pauses),
    ]
}

fn reader_pauses(context: &CaseContext) -> Verdict {
    let rest = Gate::new("the reader goes on");
    let peer = context.peer(
        respond("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na")
            .gate(&rest)
            // So that reading has to wait for it.
            .pause(TICK)
            .write("b"),
    )?;
    let outgoing = get("/").limits(read_timeout);
    let mut body = context.open(&peer, &outgoing)?.into_body();
    if !matches!(body.chunk(), Ok(Some(_))) {
        return CaseEnd::problem("what had come of the body was not delivered");
    }
    context.pass(SHORT * 2);
    rest.open();
    match body.chunk() {
        Ok(Some(bytes)) if bytes == "b" => Ok(()),
        got => CaseEnd::problem(format!(
            "the adapter gave {got:?}, not the rest of the body"
        )),
    }
}

/// A kernel whose peer reads nothing still takes a little, now and then, when it probes the closed
/// window. So the timeout counts from the last read of the source.
fn read_timeout_in_upload() -> Case {
    let source = Source::whole(STALLS);
    let limit = TimeLimit::after(SHORT).from(&source.last_read());
    Case::must(
        "time/read-timeout-in-upload",
        "an exchange fails after read_timeout when the peer reads no more of the request, and the rest is not sent",
    )
    .cause("no timeout holds while the request is sent, or the upload goes on in the background")
    .peer(Script::accept().read_head().stop_reading())
    .send(post("/", source).limits(read_timeout))
    .gives(ExpectedOutcome::TimesOut(Phase::Send, limit))
    .closes(0)
    .receives(request().broken_off())
}

/// The MiB of an upload that are read slowly, and those that are read quickly at its end:
/// more than both kernel buffers hold.
const SLOWLY: usize = 8;
const QUICKLY: usize = 8;
const PORTION: usize = MIB / 2;

/// Reads it all in more than twice the timeout.
fn takes_slowly() -> Script {
    (0..SLOWLY * MIB / PORTION)
        .fold(Script::accept().read_head(), |script, _| {
            script.pause(SHORT * 3 / 10).read_exact(PORTION)
        })
        .read_exact(QUICKLY * MIB)
        .write(DEFAULT_RESPONSE)
}

fn into_black_hole(context: &CaseContext, outgoing: &Outgoing, limit: Duration) -> Verdict {
    let hole = BlackHole::open().map_err(|error| {
        CaseEnd::Unsupported(format!(
            "this machine has no address that never responds: {error}"
        ))
    })?;
    let authority = hole.address().to_string();
    let expect = times_out(Phase::Connect, limit);
    CaseEnd::unless_empty(context.try_send_to(&authority, outgoing, &CancelToken::new(), &expect))
}

fn deadlines() -> Vec<Case> {
    vec![
        Case::must(
            "time/deadline/connect",
            "the deadline ends connecting before connect_timeout does",
        )
        .classified(&["Timeout in Connect, NotSent"])
        .cause("the deadline is checked only after connecting")
        .run(|context| into_black_hole(context, &get("/").limits(by_deadline), DEADLINE)),
        Case::must(
            "time/deadline/slow-head",
            "the deadline ends a head whose pauses stay below read_timeout",
        )
        .cause("each byte restarts the only timeout")
        .peer(
            Script::accept()
                .read_request()
                .drip(&[b'H'; 1], TICK)
                .drip(b"TTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", TICK),
        )
        .send(get("/").limits(by_deadline))
        .gives(times_out(Phase::Head, DEADLINE))
        .closes(0),
        Case::must(
            "time/deadline/slow-body",
            "the deadline ends a body whose pauses stay below read_timeout",
        )
        .cause("each byte restarts the only timeout")
        .peer(
            Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n")
                .drip(&[b'b'; 40], TICK),
        )
        .send(get("/").limits(by_deadline))
        .gives(times_out(Phase::Body, DEADLINE))
        .closes(0),
        Case::must(
            "time/deadline/slow-reader",
            "the deadline ends a body of which there is always more to read",
        )
        .classified(&["Timeout, MaybeSent"])
        .cause("the deadline is checked only where reading has to wait")
        .run(slow_reader),
        Case::must(
            "time/deadline/late-bytes",
            "bytes that arrive after the deadline are not delivered, even if they are there when the caller reads",
        )
        .classified(&["Timeout, MaybeSent"])
        .cause("the deadline is checked only where reading has to wait")
        .run(late_bytes),
        Case::must(
            "time/deadline/stalled-upload",
            "the deadline ends an exchange whose peer reads no more of the request, and the rest is not sent",
        )
        .cause("writing has no timeout, or the upload goes on in the background")
        .peer(Script::accept().read_head().stop_reading())
        .send(post("/", Source::whole(STALLS)).limits(by_deadline))
        .gives(times_out(Phase::Send, DEADLINE))
        .closes(0)
        .receives(request().broken_off()),
        Case::must(
            "time/deadline/slow-upload",
            "the deadline ends an exchange whose peer reads the request slowly but steadily, and the rest is not sent",
        )
        .cause("the deadline is checked only where nothing moves")
        .peer(takes_slowly())
        .send(post("/", Source::whole(STALLS)).limits(by_deadline))
        .gives(times_out(Phase::Send, DEADLINE))
        .closes(0)
        .receives(request().broken_off()),
        Case::must(
            "time/deadline/past",
            "when the deadline has passed, no connection is opened",
        )
        .classified(&["Timeout in Connect, NotSent"])
        .cause("a time of zero is rounded up, or taken for no limit")
        .run(past),
        Case::must(
            "time/deadline/covers-whole",
            "one deadline covers waiting, head and body together",
        )
        .cause("each phase has the whole time for itself")
        .peer(
            Script::accept()
                .read_request()
                .pause(DEADLINE * 2 / 5)
                .write("HTTP/1.1 200 OK\r\n")
                .pause(DEADLINE * 2 / 5)
                .write("Content-Length: 10\r\n\r\nhello")
                .pause(DEADLINE * 2 / 5)
                .write("world"),
        )
        .send(get("/").limits(by_deadline))
        .gives(times_out(Phase::Body, DEADLINE)),
        Case::must(
            "time/deadline/not-early",
            "what comes before the deadline is in time",
        )
        .cause("the timeout is rounded down, or counted twice")
        .peer(
            Script::accept()
                .read_request()
                .pause(DEADLINE / 2)
                .write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok")
                .pause(DEADLINE / 5)
                .write("ok"),
        )
        .send(get("/").limits(by_deadline))
        .gives(ok(200).body("okok")),
        Case::should(
            "time/deadline/accuracy",
            "the deadline is kept to a quarter of a second",
        )
        .cause("the clock is read at long intervals")
        .peer(Script::accept().read_request())
        .send(get("/").limits(by_deadline))
        .gives(ExpectedOutcome::TimesOut(
            Phase::Head,
            TimeLimit::after(DEADLINE).by(Duration::from_millis(250)),
        )),
    ]
}

fn no_limits() -> Case {
    Case::must(
        "time/limits/huge",
        "the largest possible limits mean no limit, and nothing overflows",
    )
    .cause("a sum of times panics, or wraps around")
    .send(get("/").limits(huge))
}

/// More than the kernel buffers of both sides and [`AT_HAND`].
const LONG_BODY: usize = 32 << 20;

/// What an adapter may hold in memory, and so deliver after the deadline.
const AT_HAND: usize = 1 << 20;

fn slow_reader(context: &CaseContext) -> Verdict {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LONG_BODY}\r\n\r\n");
    let peer = context.peer(
        Script::accept()
            .read_request()
            .write(head)
            .write(vec![0; LONG_BODY]),
    )?;
    let outgoing = get("/").limits(|limits, pace| {
        by_deadline(limits, pace);
        limits.max_body_bytes = u64::MAX;
    });
    let mut body = context.open(&peer, &outgoing)?.into_body();
    context.pass(DEADLINE);
    let mut late = 0;
    while late <= AT_HAND {
        match body.chunk() {
            Ok(Some(bytes)) => late += bytes.len(),
            Ok(None) => return CaseEnd::problem("the body ended before its length"),
            Err(error) => {
                let expect = fails(&[FailureKind::Timeout]);
                return CaseEnd::unless_empty(context.judge_error(&expect, error));
            }
        }
    }
    CaseEnd::problem(format!("{late} bytes came after the deadline"))
}

fn late_bytes(context: &CaseContext) -> Verdict {
    let late = Gate::new("after the deadline");
    let peer = context.peer(
        respond("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na")
            .gate(&late)
            .write("b"),
    )?;
    let mut body = context
        .open(&peer, &get("/").limits(by_deadline))?
        .into_body();
    if !matches!(body.chunk(), Ok(Some(_))) {
        return CaseEnd::problem("what came before the deadline was not delivered");
    }
    context.pass(DEADLINE);
    let before = peer.log().transcript().sent();
    late.open();
    context.wait_for(&peer, "it wrote after the deadline", |seen| {
        seen.sent() > before || seen.client_closed(0)
    })?;
    context.wait_for_arrival(&peer, 0)?;
    match body.chunk() {
        Err(error) => {
            let expect = fails(&[FailureKind::Timeout]);
            CaseEnd::unless_empty(context.judge_error(&expect, error))
        }
        got => CaseEnd::problem(format!("the adapter gave {got:?}, not a timeout")),
    }
}

fn past(context: &CaseContext) -> Verdict {
    let peer = context.peer(super::serve_fresh())?;
    let outgoing = get("/").limits(|limits, _| limits.deadline = Some(Instant::now()));
    let expect = times_out(Phase::Connect, Duration::ZERO);
    let mut problems = context.try_send(&peer, &outgoing, &expect);
    context.drop_transport();
    if peer.log().transcript().connections() > 0 {
        problems.push("the adapter connected although the time was over".to_owned());
    }
    CaseEnd::unless_empty(problems)
}

fn huge(limits: &mut Limits, _: Pace) {
    let years = |count: u64| Duration::from_secs(count * 365 * 24 * 60 * 60);
    limits.deadline = Instant::now().checked_add(years(1000));
    limits.connect_timeout = Duration::MAX;
    limits.response_timeout = Duration::MAX;
    limits.read_timeout = Duration::MAX;
    limits.max_body_bytes = u64::MAX;
    limits.max_header_bytes = usize::MAX;
}
