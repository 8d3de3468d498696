//! Every step of every path is told, on both clients alike, in virtual time.

mod derived;
mod script;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use script::{Does, Script, busy, created, failing, responding};

use crate::observe::{Event, EventKind, Observer, RequestId};
use crate::{
    BlockingClient, Client, ClientBuilder, CloseTalkspace, CreateTalkspace, Delivery, Download,
    FailureKind, GetVersion, Operation, RequestOptions, RetryBudget,
};

/// Keeps what it is told, a line for each event.
#[derive(Default)]
struct Told {
    lines: Mutex<Vec<String>>,
    events: Mutex<Vec<(u64, Option<RequestId>)>>,
}

impl Told {
    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().unwrap())
    }
}

impl Observer for Told {
    fn on(&self, event: &Event<'_>) {
        let mut events = self.events.lock().unwrap();
        events.push((event.request, event.request_id));
        self.lines.lock().unwrap().push(line(event));
    }
}

fn line(event: &Event<'_>) -> String {
    let new = |reused: Option<bool>| match reused {
        None => "",
        Some(false) => " on a new connection",
        Some(true) => " on a reused connection",
    };
    let ok = |failure: Option<super::Failure>| match failure {
        None => "ok".to_owned(),
        Some(failure) => {
            let limit = failure.limit.map(|limit| format!(" by {limit}"));
            let phase = failure.phase.map(|phase| format!(" in {phase}"));
            failure.label() + &phase.unwrap_or_default() + &limit.unwrap_or_default()
        }
    };
    match event.kind {
        EventKind::RequestStarted => format!("{} started", event.operation.id),
        EventKind::AttemptStarted { number } => format!("attempt {number}"),
        EventKind::ResponseHead {
            status,
            took,
            reused,
        } => format!("head {status} after {took:?}{}", new(reused)),
        EventKind::AttemptEnded {
            failure,
            delivery,
            reused,
            took,
        } => format!(
            "attempt ended: {}, {delivery}, after {took:?}{}",
            ok(failure),
            new(reused)
        ),
        EventKind::Retrying { after, reason } => format!("retrying after {after:?}: {reason}"),
        EventKind::GivenUp { why } => format!("given up: {why}"),
        EventKind::Finished {
            failure,
            delivery,
            attempts,
            took,
        } => format!(
            "finished: {}, {delivery}, {attempts} attempts, after {took:?}",
            ok(failure)
        ),
        EventKind::Dropped {
            delivery,
            attempts,
            took,
        } => format!("dropped: {delivery}, {attempts} attempts, after {took:?}"),
    }
}

/// No backoff but that of `Retry-After`.
fn options() -> RequestOptions {
    RequestOptions::default().backoff(Duration::ZERO, Duration::ZERO)
}

fn builder(told: &Arc<Told>) -> ClientBuilder {
    Client::builder("https://a.example", "SENTINEL")
        .options(options())
        .observer(Arc::clone(told))
}

fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits for something"),
    }
}

/// What is told of a request on both clients, which is the same.
fn told_of<O: Operation>(
    operation: O,
    change: impl Fn(ClientBuilder) -> ClientBuilder,
    does: &[Does],
) -> Vec<String> {
    let (one, other) = (Arc::new(Told::default()), Arc::new(Told::default()));
    let client = change(builder(&one)).build(Script::new(does)).unwrap();
    let _ = ready(client.send(operation.clone()));
    let client = change(builder(&other)).build_blocking(Script::new(does));
    let _ = client.unwrap().send(operation);
    let (lines, blocking) = (one.lines(), other.lines());
    assert_eq!(lines, blocking);
    lines
}

fn same(builder: ClientBuilder) -> ClientBuilder {
    builder
}

#[test]
fn a_success() {
    assert_eq!(
        told_of(CreateTalkspace::new("eta"), same, &[created()]),
        [
            "createTalkspace started",
            "attempt 1",
            "head 201 after 10ms on a new connection",
            "attempt ended: ok, responded, after 15ms on a new connection",
            "finished: ok, responded, 1 attempts, after 15ms",
        ]
    );
}

#[test]
fn retries_of_every_reason() {
    let does = [
        responding(503, "<html>"),
        busy(3),
        failing(FailureKind::Closed, Delivery::MaybeSent),
        responding(200, "01.02.06"),
    ];
    let four = |builder: ClientBuilder| builder.options(options().max_retries(3));
    assert_eq!(
        told_of(GetVersion::new(), four, &does),
        [
            "getVersion started",
            "attempt 1",
            "head 503 after 10ms on a new connection",
            "attempt ended: 503, maybe_sent, after 15ms on a new connection",
            "retrying after 0ns: status",
            "attempt 2",
            "head 503 after 10ms on a reused connection",
            "attempt ended: 503, maybe_sent, after 15ms on a reused connection",
            "retrying after 3s: retry_after",
            "attempt 3",
            "attempt ended: closed, maybe_sent, after 10ms on a reused connection",
            "retrying after 0ns: failure",
            "attempt 4",
            "head 200 after 10ms on a reused connection",
            "attempt ended: ok, responded, after 15ms on a reused connection",
            "finished: ok, responded, 4 attempts, after 3.055s",
        ]
    );
}

/// What is told from the end of the first attempt on.
fn given_up<O: Operation>(
    operation: O,
    change: impl Fn(ClientBuilder) -> ClientBuilder,
    does: Does,
) -> Vec<String> {
    let lines = told_of(operation, change, &[does]).into_iter();
    lines
        .skip_while(|line| !line.starts_with("attempt ended"))
        .collect()
}

#[test]
fn all_that_ends_the_retries() {
    let (create, version) = (|| CreateTalkspace::new("eta"), GetVersion::new);
    let lost = || failing(FailureKind::Closed, Delivery::MaybeSent);
    assert_eq!(
        given_up(create(), same, lost()),
        [
            "attempt ended: closed, maybe_sent, after 10ms on a new connection",
            "given up: effect",
            "finished: closed, maybe_sent, 1 attempts, after 10ms",
        ]
    );
    assert_eq!(
        given_up(create(), same, responding(400, "")),
        [
            "attempt ended: 400, responded, after 15ms on a new connection",
            "given up: final",
            "finished: 400, responded, 1 attempts, after 15ms",
        ]
    );
    assert_eq!(
        given_up(create(), same, responding(201, "<html>")),
        [
            "attempt ended: decode, maybe_sent, after 15ms on a new connection",
            "given up: final",
            "finished: decode, maybe_sent, 1 attempts, after 15ms",
        ]
    );
    let once = |builder: ClientBuilder| builder.options(options().max_retries(0));
    assert_eq!(
        given_up(version(), once, lost()),
        [
            "attempt ended: closed, maybe_sent, after 10ms on a new connection",
            "given up: count",
            "finished: closed, maybe_sent, 1 attempts, after 10ms",
        ]
    );
    assert_eq!(
        given_up(version(), same, busy(60)),
        [
            "attempt ended: 503, maybe_sent, after 15ms on a new connection",
            "given up: deadline",
            "finished: 503, maybe_sent, 1 attempts, after 15ms",
        ]
    );
    let poor =
        |builder: ClientBuilder| builder.retry_budget(RetryBudget::new().reserve(0).percent(0));
    assert_eq!(
        given_up(version(), poor, lost()),
        [
            "attempt ended: closed, maybe_sent, after 10ms on a new connection",
            "given up: budget",
            "finished: closed, maybe_sent, 1 attempts, after 10ms",
        ]
    );
}

#[test]
fn the_service_s_own_status_counts() {
    let body = r#"{"ConferenceResponse":{"status":502,"message":"no lines"}}"#;
    let lines = told_of(CreateTalkspace::new("eta"), same, &[responding(200, body)]);
    assert_eq!(
        lines[2..],
        [
            "head 200 after 10ms on a new connection",
            "attempt ended: 502, responded, after 15ms on a new connection",
            "given up: effect",
            "finished: 502, responded, 1 attempts, after 15ms",
        ]
    );
}

#[test]
fn limits_and_phases_are_told() {
    let late = |phase| Does::Fails(FailureKind::Timeout, Delivery::MaybeSent, Some(phase));
    let lines = given_up(CreateTalkspace::new("eta"), same, late(crate::Phase::Head));
    assert_eq!(
        lines[0],
        "attempt ended: timeout in head by response_timeout, maybe_sent, after 10ms \
         on a new connection"
    );
    let short =
        |builder: ClientBuilder| builder.options(options().timeout(Duration::from_millis(10)));
    let lines = given_up(CreateTalkspace::new("eta"), short, late(crate::Phase::Head));
    assert_eq!(
        lines[2],
        "finished: timeout in head by timeout, maybe_sent, 1 attempts, after 10ms"
    );
}

#[test]
fn a_request_that_is_not_sent_has_no_attempt() {
    assert_eq!(
        told_of(CreateTalkspace::new(""), same, &[]),
        [
            "createTalkspace started",
            "finished: invalid, not_sent, 0 attempts, after 0ns",
        ]
    );
    let none = |builder: ClientBuilder| builder.options(options().timeout(Duration::ZERO));
    assert_eq!(
        told_of(CreateTalkspace::new("eta"), none, &[]),
        [
            "createTalkspace started",
            "given up: deadline",
            "finished: timeout in connect by timeout, not_sent, 0 attempts, after 0ns",
        ]
    );
}

/// What is told of a request whose future is polled once and then dropped.
fn dropped<O: Operation>(operation: O, does: &[Does]) -> String {
    let told = Arc::new(Told::default());
    let client = builder(&told).build(Script::new(does)).unwrap();
    {
        let mut sending = pin!(client.send(operation));
        let mut context = Context::from_waker(Waker::noop());
        assert!(sending.as_mut().poll(&mut context).is_pending());
    }
    told.lines().pop().unwrap()
}

#[test]
fn a_drop_says_what_is_known() {
    let [unsent, lost] = [Delivery::NotSent, Delivery::MaybeSent]
        .map(|delivery| failing(FailureKind::Closed, delivery));
    let close = || CloseTalkspace::new("63c9");
    for (does, told) in [
        (
            vec![Does::Hangs],
            "dropped: maybe_sent, 1 attempts, after 0ns",
        ),
        (
            vec![unsent.clone(), Does::SleepHangs],
            "dropped: not_sent, 1 attempts, after 10ms",
        ),
        (
            vec![lost.clone(), Does::SleepHangs],
            "dropped: maybe_sent, 1 attempts, after 10ms",
        ),
        (
            vec![unsent.clone(), Does::Hangs],
            "dropped: maybe_sent, 2 attempts, after 10ms",
        ),
        (
            vec![Does::BodyHangs],
            "dropped: maybe_sent, 1 attempts, after 10ms",
        ),
    ] {
        assert_eq!(dropped(close(), &does), told, "{does:?}");
    }

    // What was never polled has not begun.
    let told = Arc::new(Told::default());
    let client = builder(&told).build(Script::new(&[])).unwrap();
    drop(client.send(GetVersion::new()));
    assert!(told.lines().is_empty());
}

#[test]
fn a_panic_is_told_as_a_drop() {
    let told = Arc::new(Told::default());
    let client = builder(&told)
        .build_blocking(Script::new(&[Does::Panics]))
        .unwrap();
    let sent = catch_unwind(AssertUnwindSafe(|| client.send(GetVersion::new())));
    assert!(sent.is_err());
    assert_eq!(
        told.lines()[2],
        "dropped: maybe_sent, 1 attempts, after 0ns"
    );
}

/// Panics at the first event, and is not asked again.
struct Panicking;

impl Observer for Panicking {
    fn on(&self, _: &Event<'_>) {
        panic!("an observer that panics");
    }
}

#[test]
fn an_observer_that_panics_does_so_once() {
    let client = BlockingClient::builder("https://a.example", "key")
        .observer(Panicking)
        .build_blocking(Script::new(&[]))
        .unwrap();
    // A second panic, in the drop of the request, would end the process.
    let sent = catch_unwind(AssertUnwindSafe(|| client.send(GetVersion::new())));
    assert!(sent.is_err());
}

#[test]
fn a_download_that_broke_off_is_not_begun_again() {
    let told = Arc::new(Told::default());
    let does = Does::BreaksOff(b"ID3, and so on".as_slice());
    let client = builder(&told).build_blocking(Script::new(&[does])).unwrap();
    let url = "https://a.example/audio/1.mp3";
    let mut file = Vec::new();
    assert!(client.download(Download::new(url), &mut file).is_err());
    assert_eq!(
        told.lines()[2..],
        [
            "head 200 after 10ms on a new connection",
            "attempt ended: closed, maybe_sent, after 15ms on a new connection",
            "given up: written",
            "finished: closed, maybe_sent, 1 attempts, after 15ms",
        ]
    );
}

#[test]
fn a_request_has_a_number_that_no_other_has() {
    let told = Arc::new(Told::default());
    let [one, other] = [(); 2].map(|()| builder(&told).build_blocking(Script::new(&[])).unwrap());
    for client in [&one, &other, &one] {
        client.send(GetVersion::new()).unwrap();
    }
    let events = told.events.lock().unwrap();
    let mut numbers: Vec<_> = events.iter().map(|(number, _)| *number).collect();
    assert!(numbers.is_sorted());
    numbers.dedup();
    assert_eq!(numbers.len(), 3);
    assert!(events.iter().all(|(_, id)| id.is_none()), "not asked for");
}
