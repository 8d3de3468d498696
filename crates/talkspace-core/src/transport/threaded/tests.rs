//! The caller's thread keeps the limits, whatever the engine does.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Response;

use super::{Progress, threaded};
use crate::transport::{Body, BodySource, Rate, TransportError};
use crate::{CancelToken, Delivery, FailureKind, Limits, Phase};

/// A limit that elapses, among others that do not.
const SOON: Duration = Duration::from_millis(30);

fn far() -> Limits {
    let hour = Duration::from_secs(3600);
    Limits {
        connect_timeout: hour,
        response_timeout: hour,
        read_timeout: hour,
        ..Limits::default()
    }
}

/// An engine that stands still until the test is over, and what ends it.
fn still() -> (Sender<()>, Receiver<()>) {
    channel()
}

fn failing(limits: Limits, phase: Option<Phase>) -> TransportError {
    failing_after(limits, phase).0
}

/// Beside the error, when the engine had said its phase.
fn failing_after(limits: Limits, phase: Option<Phase>) -> (TransportError, Option<Instant>) {
    let (_test, over) = still();
    let (says, said) = channel();
    let due = limits.deadline.unwrap_or_else(|| Instant::now() + SOON);
    let failed = threaded(limits, &CancelToken::new(), move |progress| {
        if let Some(phase) = phase {
            progress.phase(phase);
        }
        let _ = says.send(Instant::now());
        let _ = over.recv();
        Ok(())
    });
    assert!(Instant::now() >= due, "not before its time");
    (failed.map(|_| ()).unwrap_err(), said.try_recv().ok())
}

#[test]
fn each_phase_has_its_limit() {
    for (phase, delivery) in [
        (Phase::Connect, Delivery::NotSent),
        (Phase::Send, Delivery::MaybeSent),
        (Phase::Head, Delivery::MaybeSent),
    ] {
        let mut limits = far();
        *match phase {
            Phase::Connect => &mut limits.connect_timeout,
            Phase::Head => &mut limits.response_timeout,
            _ => &mut limits.read_timeout,
        } = SOON;
        let error = failing(limits, Some(phase));
        assert_eq!(error.kind(), FailureKind::Timeout);
        assert_eq!((error.phase(), error.delivery()), (Some(phase), delivery));
    }
}

#[test]
fn the_deadline_runs_in_every_phase() {
    for phase in [
        None,
        Some(Phase::Connect),
        Some(Phase::Send),
        Some(Phase::Head),
    ] {
        // A machine may start the engine after a deadline that is near.
        for times in 1.. {
            let deadline = Instant::now() + times * SOON;
            let mut limits = far();
            limits.deadline = Some(deadline);
            let (error, said) = failing_after(limits, phase);
            if said.is_some_and(|at| at < deadline) {
                assert_eq!(error.phase(), Some(phase.unwrap_or(Phase::Head)));
                break;
            }
        }
    }
}

#[test]
fn an_exchange_that_is_over_before_it_begins_does_not_start_the_engine() {
    let mut limits = far();
    limits.deadline = Some(Instant::now());
    let failed = threaded(limits, &CancelToken::new(), |_| unreachable!());
    let error = failed.unwrap_err();
    assert_eq!(error.phase(), Some(Phase::Connect));
    assert_eq!(error.delivery(), Delivery::NotSent);

    let cancelled = CancelToken::new();
    cancelled.cancel();
    let error = threaded(far(), &cancelled, |_| unreachable!()).unwrap_err();
    assert_eq!(error.kind(), FailureKind::Cancelled);
    assert_eq!(error.delivery(), Delivery::NotSent);
}

#[test]
fn a_cancellation_ends_the_wait_and_tells_the_engine() {
    let cancel = CancelToken::new();
    let (ended, told) = channel();
    let (_test, over) = still();
    let response = threaded(far(), &cancel, move |progress| {
        progress.head(Response::new(()))?;
        let _ = over.recv();
        let error = progress.data(Bytes::from_static(b"late"));
        ended.send(error.map_err(|error| error.kind())).unwrap();
        Ok(())
    });
    let mut body = response.unwrap().into_body();
    let canceller = thread::spawn(move || cancel.cancel());
    let error = body.chunk().unwrap_err();
    assert_eq!(error.kind(), FailureKind::Cancelled);
    canceller.join().unwrap();
    drop((body, _test));
    assert_eq!(told.recv().unwrap(), Err(FailureKind::Cancelled));
}

#[test]
fn a_silent_body_has_its_limit_and_a_slow_reader_does_not() {
    let (_test, over) = still();
    let mut limits = far();
    limits.read_timeout = SOON;
    let response = threaded(limits, &CancelToken::new(), move |progress| {
        progress.head(Response::new(()))?;
        progress.data(Bytes::from_static(b"one"))?;
        let _ = over.recv();
        Ok(())
    });
    let mut body = response.unwrap().into_body();
    thread::sleep(2 * SOON);
    assert_eq!(body.chunk().unwrap(), Some(Bytes::from_static(b"one")));
    let error = body.chunk().unwrap_err();
    assert_eq!(error.phase(), Some(Phase::Body));
    assert!(!error.is_too_slow());
}

#[test]
fn a_body_that_crawls_is_ended_by_the_least_rate() {
    let mut limits = far();
    limits.min_rate = Some(Rate::new(1000, SOON));
    let response = threaded(limits, &CancelToken::new(), move |progress| {
        progress.head(Response::new(()))?;
        loop {
            progress.data(Bytes::from_static(b"x"))?;
            thread::sleep(Duration::from_millis(1));
        }
    });
    let mut body = response.unwrap().into_body();
    let error = loop {
        match body.chunk() {
            Ok(chunk) => assert!(chunk.is_some()),
            Err(error) => break error,
        }
    };
    assert!(error.is_too_slow());
}

#[test]
fn a_body_is_read_to_its_end_within_its_size() {
    for (size, fits) in [(40_000, true), (40_001, false)] {
        let mut limits = far();
        limits.max_body_bytes = 40_000;
        let response = threaded(limits, &CancelToken::new(), move |progress| {
            progress.head(Response::new(()))?;
            progress.read(io::repeat(7).take(size), |_| unreachable!())
        });
        let mut got = Vec::new();
        let read = response.unwrap().into_body().read_to_end(&mut got);
        assert_eq!(read.is_ok(), fits);
        assert!(got.len() <= 40_000);
    }
}

/// A source that takes longer than a limit, or fails, or panics.
struct Source(fn() -> io::Result<usize>);

impl BodySource for Source {
    fn len(&self) -> u64 {
        3
    }

    fn read_at(&self, _offset: u64, _buffer: &mut [u8]) -> io::Result<usize> {
        (self.0)()
    }
}

fn sent(progress: &Progress, body: &Body) -> Result<(), TransportError> {
    let mut sent = Vec::new();
    let read = progress.body(body).read_to_end(&mut sent);
    read.map_err(|error| Progress::source_of(error).unwrap())?;
    progress.head(Response::new(()))?;
    progress.data(sent.into())
}

#[test]
fn the_time_of_a_source_is_its_own_and_its_error_comes_back() {
    let mut limits = far();
    limits.read_timeout = SOON;
    let slow = Body::from_source(Source(|| {
        thread::sleep(2 * SOON);
        Ok(3)
    }));
    let response = threaded(limits, &CancelToken::new(), move |it| sent(it, &slow));
    let body = response.unwrap().into_body().chunk().unwrap();
    assert_eq!(body.unwrap().len(), 3);

    for source in [
        Source(|| Err(io::Error::other("gone"))),
        Source(|| Ok(0)),
        Source(|| panic!("a panic of the source")),
    ] {
        let body = Body::from_source(source);
        let failed = threaded(far(), &CancelToken::new(), move |it| sent(it, &body));
        assert_eq!(failed.unwrap_err().kind(), FailureKind::BodySource);
    }
}

#[test]
fn an_engine_that_panics_or_gives_nothing_is_an_error() {
    let panics = threaded(far(), &CancelToken::new(), |_| panic!("of the engine"));
    assert_eq!(panics.unwrap_err().kind(), FailureKind::Other);
    let ends = threaded(far(), &CancelToken::new(), |_| Ok(()));
    assert_eq!(ends.unwrap_err().kind(), FailureKind::Other);
}

#[test]
fn what_comes_after_the_deadline_is_not_taken() {
    let mut limits = far();
    limits.deadline = Some(Instant::now() + SOON);
    let (given, is_given) = channel();
    let response = threaded(limits, &CancelToken::new(), move |progress| {
        progress.head(Response::new(()))?;
        progress.data(Bytes::from_static(b"late"))?;
        given.send(()).unwrap();
        Ok(())
    });
    let Ok(response) = response else {
        return; // The machine took longer than that for the head.
    };
    is_given.recv().unwrap();
    thread::sleep(SOON);
    let error = response.into_body().chunk().unwrap_err();
    assert_eq!(error.phase(), Some(Phase::Body));
}

#[test]
fn of_a_source_that_grows_as_much_is_read_as_was_told() {
    struct Grows(std::sync::atomic::AtomicU64);

    impl BodySource for Grows {
        fn len(&self) -> u64 {
            self.0.fetch_add(10, std::sync::atomic::Ordering::Relaxed)
        }

        fn read_at(&self, _offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            Ok(buffer.len())
        }
    }

    let body = Body::from_source(Grows(100.into()));
    let response = threaded(far(), &CancelToken::new(), move |progress| {
        let mut reader = progress.body(&body);
        let (told, mut sent) = (reader.left(), Vec::new());
        reader.read_to_end(&mut sent).unwrap();
        assert_eq!((sent.len() as u64, reader.left()), (told, 0));
        progress.head(Response::new(()))
    });
    assert!(response.is_ok());
}
