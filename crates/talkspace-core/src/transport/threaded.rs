//! An engine that blocks and cannot be interrupted, on a thread of its own.

use std::fmt;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Response;

use crate::transport::body::{Body, BodyCursor};
use crate::transport::cancel::{CancelGuard, CancelToken};
use crate::transport::error::{Delivery, FailureKind, Phase, TransportError};
use crate::transport::limits::Limits;
use crate::transport::response_body::{BlockingResponseBody, Chunks};

#[cfg(test)]
mod tests;

/// How much of a response [`Progress::read`] reads at once, in bytes.
const READ_SIZE: usize = 16 * 1024;

/// Runs `engine` on a thread of its own, and keeps the limits and the cancellation
/// of the exchange on the thread of the caller.
///
/// For an adapter of a blocking engine that has too few timeouts, or cannot be
/// interrupted. The exchange returns in time; the engine's thread ends when the
/// engine returns, so give it a timeout too. What it hands on after the exchange is
/// over is dropped, and it is told so by an error.
///
/// The engine says what it does by its [`Progress`], as far as it knows. Of the
/// [limits](Limits) the helper keeps the deadline, those of the phase that was said
/// last, and the least rate of a response. [`Progress::read`] keeps the largest body,
/// [`Progress::data`] does not. The largest head, and the least rate of a request, are
/// the engine's own.
///
/// # Errors
///
/// What the engine returns; a [`Timeout`](FailureKind::Timeout) in the phase that it
/// said last; [`Cancelled`](FailureKind::Cancelled); [`FailureKind::Other`] when it
/// panicked, or ended without a head. All are [`NotSent`](Delivery::NotSent) as long as
/// it says that it connects.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use talkspace_core::transport::{Phase, threaded};
/// use talkspace_core::{CancelToken, FailureKind, Limits};
///
/// // An engine that has nothing to wait for …
/// let mut response = threaded(Limits::default(), &CancelToken::new(), |progress| {
///     progress.head(Response::new(()))?;
///     progress.read(&b"hello"[..], |error| unreachable!("{error}"))
/// })?;
/// assert_eq!(response.body_mut().chunk()?, Some(Bytes::from_static(b"hello")));
///
/// // … and one that waits for a response for an hour.
/// let mut limits = Limits::default();
/// limits.response_timeout = std::time::Duration::from_millis(10);
/// let error = threaded(limits, &CancelToken::new(), |progress| {
///     progress.phase(Phase::Head);
///     std::thread::sleep(std::time::Duration::from_secs(3600));
///     Ok(())
/// });
/// assert_eq!(error.unwrap_err().kind(), FailureKind::Timeout);
/// # Ok::<(), talkspace_core::transport::TransportError>(())
/// ```
pub fn threaded(
    limits: Limits,
    cancel: &CancelToken,
    engine: impl FnOnce(&Progress) -> Result<(), TransportError> + Send + 'static,
) -> Result<Response<BlockingResponseBody>, TransportError> {
    let shared = Arc::new(Shared::default());
    let mut exchange = Watched {
        shared: Arc::clone(&shared),
        limits,
        cancel: cancel.clone(),
        _wakes: cancel.on_cancel({
            let shared = Arc::clone(&shared);
            move || {
                drop(shared.lock());
                shared.changed.notify_all();
            }
        }),
        waited: Duration::ZERO,
        got: 0,
    };
    // Before the network is touched.
    exchange.left(&State {
        phase: Some((Phase::Connect, Instant::now())),
        ..State::default()
    })?;
    let progress = Progress {
        shared: Arc::clone(&shared),
        max_body_bytes: limits.max_body_bytes,
    };
    let work = move || {
        let ended = catch_unwind(AssertUnwindSafe(|| engine(&progress)));
        let ended = ended.unwrap_or_else(|_panic| Err(stopped("the engine panicked")));
        let mut state = shared.lock();
        state.ended = Some(match state.phase {
            Some((Phase::Connect, _)) => {
                ended.map_err(|error| error.with_delivery(Delivery::NotSent))
            }
            _ => ended,
        });
        drop(state);
        shared.changed.notify_all();
    };
    thread::Builder::new()
        .name("talkspace-engine".to_owned())
        .spawn(work)
        .map_err(|error| TransportError::not_sent(FailureKind::Other).with_source(error))?;
    match exchange.next()? {
        Some(Part::Head(head)) => Ok(head.map(|()| BlockingResponseBody::new(exchange))),
        _ => Err(stopped("the engine gave no head")),
    }
}

fn stopped(reason: &'static str) -> TransportError {
    TransportError::maybe_sent(FailureKind::Other).with_source(reason)
}

enum Part {
    Head(Response<()>),
    Data(Bytes),
}

/// What both threads know.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// What the engine does, and since when.
    phase: Option<(Phase, Instant)>,
    /// The caller's own source is read, whose time is not the peer's.
    in_source: bool,
    /// What was handed on, and not taken yet.
    part: Option<Part>,
    /// Whether nobody takes any more.
    over: bool,
    ended: Option<Result<(), TransportError>>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an engine says of an exchange that [`threaded`] runs.
#[derive(Clone)]
pub struct Progress {
    shared: Arc<Shared>,
    max_body_bytes: u64,
}

impl Progress {
    /// Says what the engine does from now on: the limit of that phase begins.
    ///
    /// An engine that does not tell connecting from waiting for the response says
    /// [`Phase::Head`]. Until it says anything, the deadline alone runs.
    ///
    /// Say [`Phase::Connect`] only of an engine that tells when it has a connection, and the
    /// next phase before the first byte of the request goes out: until then each error is
    /// made [`NotSent`](Delivery::NotSent), so the request may be sent again. Reading
    /// [`body`](Self::body) says [`Phase::Send`] by itself; a request without one reads
    /// nothing.
    pub fn phase(&self, phase: Phase) {
        self.shared.lock().phase = Some((phase, Instant::now()));
        self.shared.changed.notify_all();
    }

    /// The body of the request, to be read while it is sent. With the first read the
    /// request is being [sent](Phase::Send), and after the last byte the engine waits
    /// for the [head](Phase::Head).
    ///
    /// An error of the source reaches the engine as an [`io::Error`] that holds the
    /// [`TransportError`]; [`source_of`](Self::source_of) finds it again.
    #[must_use]
    pub fn body(&self, body: &Body) -> BodyReader {
        BodyReader {
            cursor: body.cursor(),
            left: body.len(),
            rest: Bytes::new(),
            progress: self.clone(),
        }
    }

    /// The error of the source of a body that an [`io::Error`] holds, or that one itself.
    ///
    /// # Errors
    ///
    /// The error that was given, when it is not of a source.
    pub fn source_of(error: io::Error) -> Result<TransportError, io::Error> {
        error.downcast::<TransportError>()
    }

    /// Hands the head of the response on. Its body is then [read](Phase::Body).
    ///
    /// # Errors
    ///
    /// [`Cancelled`](FailureKind::Cancelled), when the exchange is over: the engine is
    /// to stop.
    pub fn head(&self, head: Response<()>) -> Result<(), TransportError> {
        self.phase(Phase::Body);
        self.give(Part::Head(head))
    }

    /// Hands bytes of the body on, and waits until those before are taken.
    ///
    /// # Errors
    ///
    /// As [`head`](Self::head).
    pub fn data(&self, data: Bytes) -> Result<(), TransportError> {
        self.give(Part::Data(data))
    }

    /// Reads a body to its end and hands it on.
    ///
    /// # Errors
    ///
    /// What `failure` makes of an error of `body`;
    /// [`TooLarge`](FailureKind::TooLarge) for more bytes than the limits allow; as
    /// [`head`](Self::head).
    pub fn read(
        &self,
        mut body: impl Read,
        failure: impl FnOnce(io::Error) -> TransportError,
    ) -> Result<(), TransportError> {
        let mut buffer = [0; READ_SIZE];
        let mut got = 0;
        loop {
            let read = match body.read(&mut buffer) {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(failure(error)),
            };
            got += read as u64;
            match buffer.get(..read) {
                None | Some([]) => return Ok(()),
                Some(_) if got > self.max_body_bytes => {
                    return Err(TransportError::maybe_sent(FailureKind::TooLarge));
                }
                Some(data) => self.data(Bytes::copy_from_slice(data))?,
            }
        }
    }

    fn give(&self, part: Part) -> Result<(), TransportError> {
        let mut state = self.shared.lock();
        while state.part.is_some() && !state.over {
            let waited = self.shared.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if state.over {
            return Err(TransportError::maybe_sent(FailureKind::Cancelled));
        }
        state.part = Some(part);
        self.shared.changed.notify_all();
        Ok(())
    }

    fn is_over(&self) -> bool {
        self.shared.lock().over
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").finish_non_exhaustive()
    }
}

/// The body of a request, for an engine that reads it: [`Progress::body`].
pub struct BodyReader {
    cursor: BodyCursor,
    left: u64,
    rest: Bytes,
    progress: Progress,
}

impl BodyReader {
    /// The number of bytes that are still to come: before the first read, the length of
    /// the body.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.left
    }
}

impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The rest of an exchange that is over must not be sent.
        if self.progress.is_over() {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        self.progress.phase(Phase::Send);
        if self.rest.is_empty() {
            if let Some(piece) = self.cursor.next_piece() {
                self.progress.shared.lock().in_source = true;
                let read = catch_unwind(AssertUnwindSafe(|| piece.read()));
                self.progress.shared.lock().in_source = false;
                self.progress.phase(Phase::Send);
                let read = read.unwrap_or_else(|_panic| Err(panicked()));
                self.rest = read.map_err(io::Error::other)?;
                // A source may have grown since its length was told.
                self.rest
                    .truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
            }
        }
        let read = Read::read(&mut &*self.rest, buffer)?;
        self.rest = self.rest.split_off(read);
        self.left = self.left.saturating_sub(read as u64);
        if self.left == 0 {
            self.progress.phase(Phase::Head);
        }
        Ok(read)
    }
}

fn panicked() -> TransportError {
    TransportError::maybe_sent(FailureKind::BodySource)
        .with_source(io::Error::other("the source of the body panicked"))
}

impl fmt::Debug for BodyReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyReader({} bytes left)", self.left)
    }
}

/// The caller's side of an exchange.
struct Watched {
    shared: Arc<Shared>,
    limits: Limits,
    cancel: CancelToken,
    _wakes: CancelGuard,
    /// For how long, and for how many bytes, in this window of the least rate.
    waited: Duration,
    got: u64,
}

impl Watched {
    /// The next part, or `None` after the last.
    fn next(&mut self) -> Result<Option<Part>, TransportError> {
        let shared = Arc::clone(&self.shared);
        let mut state = shared.lock();
        // The reader's own time between two chunks is not the peer's.
        if let Some((Phase::Body, since)) = &mut state.phase {
            *since = Instant::now();
        }
        loop {
            // First of all: what comes too late is not taken.
            self.left_of_all(&state)?;
            if let Some(part) = state.part.take() {
                self.count(&part, &state);
                shared.changed.notify_all();
                return Ok(Some(part));
            }
            if let Some(ended) = &mut state.ended {
                return std::mem::replace(ended, Ok(())).map(|()| None);
            }
            // A cancellation takes this lock to wake the wait, so none falls between.
            let left = self.left(&state)?;
            let waited = shared.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn count(&mut self, part: &Part, state: &State) {
        let (Part::Data(data), Some((_, since))) = (part, state.phase) else {
            return;
        };
        self.waited += since.elapsed();
        self.got += data.len() as u64;
        if self
            .limits
            .min_rate
            .is_none_or(|rate| self.got >= rate.bytes)
        {
            (self.waited, self.got) = (Duration::ZERO, 0);
        }
    }

    /// What is left of the deadline.
    fn left_of_all(&self, state: &State) -> Result<Duration, TransportError> {
        let phase = state.phase.map_or(Phase::Head, |(phase, _)| phase);
        if self.cancel.is_cancelled() {
            let delivery = match phase {
                Phase::Connect => Delivery::NotSent,
                _ => Delivery::MaybeSent,
            };
            return Err(TransportError::new(FailureKind::Cancelled, delivery));
        }
        match self.limits.remaining(Instant::now()) {
            Some(Duration::ZERO) => Err(TransportError::timeout(phase)),
            left => Ok(left.unwrap_or(Duration::MAX)),
        }
    }

    /// For how long the exchange may go on as it does.
    fn left(&self, state: &State) -> Result<Duration, TransportError> {
        let left = self.left_of_all(state)?;
        let Some((phase, since)) = state.phase.filter(|_| !state.in_source) else {
            return Ok(left);
        };
        let limit = match phase {
            Phase::Connect => self.limits.connect_timeout,
            Phase::Head => self.limits.response_timeout,
            Phase::Send | Phase::Body => self.limits.read_timeout,
        };
        let since = since.elapsed();
        let rate = self.limits.min_rate.filter(|_| phase == Phase::Body);
        let window = rate.map_or(Duration::MAX, |rate| {
            rate.per.saturating_sub(self.waited.saturating_add(since))
        });
        match (window, limit.saturating_sub(since)) {
            (Duration::ZERO, _) => Err(TransportError::too_slow(phase)),
            (_, Duration::ZERO) => Err(TransportError::timeout(phase)),
            (window, in_phase) => Ok(left.min(window).min(in_phase)),
        }
    }
}

impl Chunks for Watched {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        Ok(match self.next()? {
            Some(Part::Data(data)) => Some(data),
            _ => None,
        })
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.shared.lock().over = true;
        self.shared.changed.notify_all();
    }
}
