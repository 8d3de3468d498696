//! The I/O accounting of an exchange: what moved, when, and what may still move.
//!
//! hyper's errors do not say whether a byte of the request left, or for how
//! long the peer has been silent. The stream beneath it can.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use talkspace_core::Delivery;
use talkspace_core::transport::TransportError;
use tokio::time::Instant;

/// What the stream has done for the exchange in progress.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// A byte of the request may have left.
    pub(crate) wrote: bool,
    /// The last byte of the request has left.
    pub(crate) sent: bool,
    /// A byte came in.
    pub(crate) read: bool,
    /// As many bytes came in as a head may have, and more were wanted.
    pub(crate) head_full: bool,
    /// When a byte last moved, in either direction, or a source gave some.
    pub(crate) moved_at: Instant,
    /// Since when a source of the body is being read. The time that this takes is
    /// the caller's own, and no silence of the peer.
    pub(crate) source_since: Option<Instant>,
    /// How long such reads took that are over.
    pub(crate) source_took: Duration,
    /// How much was written.
    pub(crate) written: u64,
    /// A write failed: the peer takes no more of the request.
    pub(crate) lost: bool,
    /// The connection is over, for this exchange and any other.
    pub(crate) ended: bool,
}

impl Progress {
    fn new() -> Self {
        Self {
            wrote: false,
            sent: false,
            read: false,
            head_full: false,
            moved_at: Instant::now(),
            source_since: None,
            source_took: Duration::ZERO,
            written: 0,
            lost: false,
            ended: false,
        }
    }

    /// Whether the peer sent something before any of the request left.
    pub(crate) fn spoke_first(&self) -> bool {
        self.read && !self.wrote
    }

    /// Whether more of the request may follow.
    pub(crate) fn is_sending(&self) -> bool {
        !self.sent && !self.lost && !self.ended
    }
}

/// The account of one exchange, shared by the stream, the request's body and
/// the task that waits for the response.
pub(crate) struct Meter {
    state: Mutex<State>,
    /// Bytes that may still come in while the head is not whole, [`ANY`] once it is.
    /// Written with the lock held; read before each read, without it.
    head_room: AtomicUsize,
}

/// As many bytes as come.
const ANY: usize = usize::MAX;

struct State {
    progress: Progress,
    /// Look at the socket before the first write.
    probe: bool,
    /// A write is under way, on another thread perhaps.
    writing: bool,
    /// No write may begin any more.
    sealed: bool,
    /// The engine has taken the whole body of the request.
    body_taken: bool,
    body_failure: Option<TransportError>,
    lost: Option<io::Error>,
    /// What ended TLS, and with it the connection.
    tls_failure: Option<io::Error>,
    /// The peer ended the handshake, and so has read no request.
    rejected: bool,
    watcher: Option<Waker>,
    /// The watcher waits for the end of the request.
    awaits_sent: bool,
    reader: Option<Waker>,
}

impl State {
    /// Most often the same task watches again.
    fn watched_by(&mut self, cx: &Context<'_>) {
        match &mut self.watcher {
            Some(watcher) => watcher.clone_from(cx.waker()),
            watcher => *watcher = Some(cx.waker().clone()),
        }
    }
}

impl Meter {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                progress: Progress::new(),
                probe: false,
                writing: false,
                sealed: false,
                body_taken: false,
                body_failure: None,
                lost: None,
                tls_failure: None,
                rejected: false,
                watcher: None,
                awaits_sent: false,
                reader: None,
            }),
            head_room: AtomicUsize::new(ANY),
        }
    }

    /// Starts the account of a new exchange. `reused` tells that the stream
    /// was idle before. What came over a fresh one already came before the request.
    pub(crate) fn begin(&self, max_header_bytes: usize, reused: bool) {
        let mut state = self.lock();
        state.progress = Progress {
            ended: state.progress.ended,
            read: state.progress.read && !reused,
            ..Progress::new()
        };
        self.head_room.store(max_header_bytes, Ordering::Release);
        state.probe = reused;
        state.awaits_sent = false;
        state.body_taken = false;
        state.body_failure = None;
        state.lost = None;
    }

    /// The engine is done with the connection. A response that it owed has been handed over.
    pub(crate) fn connection_ended(&self) {
        let mut state = self.lock();
        state.progress.ended = true;
        wake(&mut state.watcher);
    }

    /// The head of the response is whole: what follows has limits of its own.
    pub(crate) fn head_is_whole(&self) {
        let mut state = self.lock();
        self.head_room.store(ANY, Ordering::Release);
        wake(&mut state.reader);
    }

    pub(crate) fn body_is_taken(&self) {
        self.lock().body_taken = true;
    }

    pub(crate) fn reads_source(&self) {
        let since = &mut self.lock().progress.source_since;
        since.get_or_insert_with(Instant::now);
    }

    pub(crate) fn source_gave(&self) {
        let mut state = self.lock();
        let now = Instant::now();
        if let Some(since) = state.progress.source_since.take() {
            state.progress.source_took += now.saturating_duration_since(since);
        }
        state.progress.moved_at = now;
    }

    pub(crate) fn body_failed(&self, error: TransportError) {
        self.lock().body_failure.get_or_insert(error);
    }

    /// Why the request's body could not be read, once.
    pub(crate) fn take_body_failure(&self) -> Option<TransportError> {
        self.lock().body_failure.take()
    }

    /// What was kept by [`keep_lost`](Self::keep_lost), once.
    pub(crate) fn take_lost(&self) -> Option<io::Error> {
        self.lock().lost.take()
    }

    /// Keeps what ended TLS, and whether that was the peer's end of the handshake.
    pub(crate) fn keep_tls_failure(&self, error: io::Error, ends_handshake: bool) {
        let mut state = self.lock();
        state.rejected |= ends_handshake;
        state.tls_failure.get_or_insert(error);
    }

    /// What was kept by [`keep_tls_failure`](Self::keep_tls_failure), once.
    pub(crate) fn take_tls_failure(&self) -> Option<io::Error> {
        self.lock().tls_failure.take()
    }

    /// Ends the exchange for good, and says whether a byte of it may have left.
    /// From here on none can: the engine's task may still be about to write
    /// when the exchange is given up, which would make what is returned here a lie.
    pub(crate) fn seal(&self) -> Delivery {
        let mut state = self.lock();
        state.sealed = true;
        if (state.progress.wrote || state.writing) && !state.rejected {
            Delivery::MaybeSent
        } else {
            Delivery::NotSent
        }
    }

    /// Keeps the error of a write after which reading goes on.
    pub(crate) fn keep_lost(&self, error: io::Error) {
        let mut state = self.lock();
        state.lost.get_or_insert(error);
        state.progress.lost = true;
        if state.awaits_sent {
            wake(&mut state.watcher);
        }
    }

    /// Whether the request has left, to its last byte.
    pub(crate) fn is_out(&self) -> bool {
        self.lock().progress.sent
    }

    pub(crate) fn progress(&self) -> Progress {
        self.lock().progress
    }

    /// As [`progress`](Self::progress); wakes the task when nothing can follow.
    pub(crate) fn watch(&self, cx: &Context<'_>) -> Progress {
        let mut state = self.lock();
        state.watched_by(cx);
        state.progress
    }

    /// As [`watch`](Self::watch); wakes the task when the request is out, too.
    pub(crate) fn watch_sending(&self, cx: &Context<'_>) -> Progress {
        let mut state = self.lock();
        state.watched_by(cx);
        state.awaits_sent = true;
        state.progress
    }

    /// How many bytes may be read; `None` when the head is too long.
    pub(crate) fn room(&self, cx: &Context<'_>) -> Option<u64> {
        let mut room = self.head_room();
        if room == 0 {
            let mut state = self.lock();
            // The head may be whole by now, and nothing would wake the reader.
            room = self.head_room();
            if room == 0 {
                state.progress.head_full = true;
                state.reader = Some(cx.waker().clone());
                wake(&mut state.watcher);
                return None;
            }
        }
        Some(room as u64)
    }

    pub(crate) fn has_read(&self, count: usize) {
        if count == 0 {
            return;
        }
        let mut state = self.lock();
        state.progress.moved_at = Instant::now();
        state.progress.read = true;
        let room = self.head_room();
        if room != ANY {
            let left = room.saturating_sub(count);
            self.head_room.store(left, Ordering::Release);
        }
    }

    /// Begins a write. `Ok(true)`: the socket is to be probed first.
    pub(crate) fn begin_write(&self) -> io::Result<bool> {
        let mut state = self.lock();
        if state.sealed {
            return Err(aborted("the exchange was given up"));
        }
        state.writing = true;
        Ok(std::mem::take(&mut state.probe))
    }

    pub(crate) fn end_write(&self, may_have_sent: bool, count: usize) {
        let mut state = self.lock();
        state.writing = false;
        state.progress.written += count as u64;
        if may_have_sent {
            state.progress.wrote = true;
            state.progress.moved_at = Instant::now();
        }
    }

    /// Everything that the engine gave was written. It flushes only when it
    /// has nothing left to write, so with the body taken the request is out, which
    /// is what this returns.
    pub(crate) fn has_flushed(&self) -> bool {
        let mut state = self.lock();
        if state.body_taken && state.progress.wrote && !state.progress.sent {
            state.progress.sent = true;
            if state.awaits_sent {
                wake(&mut state.watcher);
            }
        }
        state.progress.sent
    }

    fn head_room(&self) -> usize {
        self.head_room.load(Ordering::Acquire)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

pub(crate) fn aborted(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, reason)
}
