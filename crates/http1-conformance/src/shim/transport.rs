//! A process as a transport: one for each case, from a pool.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::client::{
    CancelGuard, CancelToken, Chunks, Client, Exchange, FailureKind, ResponseBody, TransportError,
};
use bytes::Bytes;
use http::Response;

use super::message::{self, Reply};
use super::process::{Event, Process};
use crate::case::{Capability, ProgramFault};
use crate::subject::Context;

/// The processes of one program that no case uses at the moment.
#[derive(Default)]
pub(super) struct Pool {
    command: Vec<String>,
    patience: Duration,
    idle: Mutex<Vec<Process>>,
}

impl Pool {
    pub(super) fn new(command: Vec<String>, first: Process) -> Self {
        Self {
            command,
            patience: first.patience(),
            idle: Mutex::new(vec![first]),
        }
    }

    fn take(&self) -> Result<Process, String> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(process) = idle.pop() {
            if !process.is_over() {
                return Ok(process);
            }
        }
        drop(idle);
        Process::start(&self.command, &[], self.patience)
    }

    fn give(&self, process: Process) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(process);
    }
}

/// A process for the time of a case, with a client of its own.
///
/// A fault of the program itself is no error of an exchange, which a case may expect. It unwinds,
/// as a panic of an adapter does, so that the case fails with its text.
pub(super) struct Shim {
    pool: Arc<Pool>,
    /// Taken when the case is over.
    process: Option<Arc<Process>>,
    /// Why there is none.
    fault: Option<String>,
}

impl Shim {
    pub(super) fn new(pool: &Arc<Pool>, context: &Context) -> Self {
        let process = pool.take().and_then(|process| {
            fresh_client(&process, context.roots_pem(), context.proxy())?;
            Ok(Arc::new(process))
        });
        let (process, fault) = match process {
            Ok(process) => (Some(process), None),
            Err(fault) => (None, Some(fault)),
        };
        Self {
            pool: Arc::clone(pool),
            process,
            fault,
        }
    }
}

/// Ends the case with what the program did.
fn failed(fault: String) -> ! {
    resume_unwind(Box::new(ProgramFault(fault)))
}

/// Has the program drop its client, with all connections, and take a new one.
pub(super) fn fresh_client(
    process: &Process,
    roots_pem: &str,
    proxy: Option<&str>,
) -> Result<(), String> {
    let id = process.next_id();
    let (_, replies) = process.expect(id);
    process.write(&message::client(id, roots_pem, proxy));
    let reply = reply(process, &replies, Instant::now() + process.patience());
    process.forget(id);
    match reply? {
        Event::Reply(Reply::Ok) => Ok(()),
        Event::Reply(Reply::Error(error)) => Err(format!(
            "the program could not make a client: {}",
            error.message
        )),
        _ => Err(process.killed("it responded to `client` with something else than `ok`")),
    }
}

/// The next event; an error is a fault of the program.
pub(super) fn reply(
    process: &Process,
    replies: &Receiver<Event>,
    latest: Instant,
) -> Result<Event, String> {
    let since = Instant::now();
    let left = latest.saturating_duration_since(since);
    match replies.recv_timeout(left) {
        Ok(Event::Over) | Err(RecvTimeoutError::Disconnected) => Err(process.fault()),
        Ok(event) => Ok(event),
        Err(RecvTimeoutError::Timeout) => {
            Err(process.killed(&format!("it did not respond within {left:?}")))
        }
    }
}

impl Client for Shim {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<ResponseBody>, TransportError> {
        let process = match (&self.process, &self.fault) {
            (Some(process), _) => Arc::clone(process),
            (None, fault) => failed(fault.clone().unwrap_or_default()),
        };
        if cancel.is_cancelled() {
            return Err(TransportError::not_sent(FailureKind::Cancelled));
        }
        let (request, limits) = exchange.into_parts();
        let (head, body) = request.into_parts();
        let request = http::Request::from_parts(head, body.read_to_bytes()?);
        let sum = limits.connect_timeout + limits.response_timeout + limits.read_timeout;
        let most = limits.remaining(Instant::now()).unwrap_or(sum);
        let most = most + process.patience();
        let running = Running::start(process, cancel, most, |id| {
            message::send(id, &request, &limits)
        });
        match running.next()? {
            Reply::Response(parts, body) => Ok(Response::from_parts(*parts, body.into())),
            Reply::Head(parts) => Ok(Response::from_parts(
                *parts,
                ResponseBody::new(Body(Some(running))),
            )),
            // It is no error of the exchange either.
            Reply::Invalid(problem) => failed(problem),
            other => running.unexpected(&other),
        }
    }
}

impl Drop for Shim {
    fn drop(&mut self) {
        // Whoever still uses it ends it.
        let process = self.process.take().and_then(Arc::into_inner);
        let process = process.filter(|process| !process.is_over());
        if let Some(process) = process {
            // Here, and not before the next case, so that connections close with their case.
            if fresh_client(&process, "", None).is_ok() {
                self.pool.give(process);
            }
        }
    }
}

/// An exchange that the program has not ended.
struct Running {
    process: Arc<Process>,
    id: u64,
    replies: Receiver<Event>,
    latest: Instant,
    _cancels: CancelGuard,
}

impl Running {
    fn start(
        process: Arc<Process>,
        cancel: &CancelToken,
        most: Duration,
        line: impl FnOnce(u64) -> serde_json::Value,
    ) -> Self {
        let id = process.next_id();
        let (events, replies) = process.expect(id);
        process.write(&line(id));
        let cancels = cancel.on_cancel(move || {
            // The exchange may be over.
            let _ = events.send(Event::Cancelled);
        });
        Self {
            process,
            id,
            replies,
            latest: Instant::now() + most,
            _cancels: cancels,
        }
    }

    /// What the program says next, and its error as one.
    fn next(&self) -> Result<Reply, TransportError> {
        let mut latest = self.latest;
        loop {
            match reply(&self.process, &self.replies, latest) {
                Err(fault) => failed(fault),
                Ok(Event::Reply(Reply::Error(error))) => return Err(error.into_error()),
                Ok(Event::Reply(reply)) => return Ok(reply),
                Ok(Event::Cancelled | Event::Over) => {
                    if !self.claims(Capability::Cancellation) {
                        self.process
                            .killed("the exchange was cancelled, which it does not claim");
                        return Err(TransportError::maybe_sent(FailureKind::Cancelled));
                    }
                    self.process.write(&message::cancel(self.id));
                    latest = latest.min(Instant::now() + self.process.patience());
                }
            }
        }
    }

    fn claims(&self, capability: Capability) -> bool {
        self.process.hello().claims(capability)
    }

    fn unexpected<T>(&self, reply: &Reply) -> T {
        let wrong = format!("it responded to `send` with {reply:?} out of order");
        failed(self.process.killed(&wrong))
    }

    /// Gives up an exchange whose end nobody wants to know.
    fn abandon(&self) {
        if self.process.is_over() {
            return;
        }
        if !self.claims(Capability::Cancellation) {
            self.process
                .killed("its response was left unread, and it does not claim `cancellation`");
            return;
        }
        self.process.write(&message::cancel(self.id));
        let latest = Instant::now() + self.process.patience();
        while let Ok(event) = reply(&self.process, &self.replies, latest) {
            if matches!(event, Event::Reply(Reply::End | Reply::Error(_))) {
                break;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.process.forget(self.id);
    }
}

/// A body that arrives line by line; nothing once it has ended.
struct Body(Option<Running>);

impl Chunks for Body {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        let Some(running) = &self.0 else {
            return Ok(None);
        };
        match running.next() {
            Ok(Reply::Chunk(bytes)) => return Ok(Some(bytes)),
            Ok(Reply::End) => {}
            Ok(other) => return running.unexpected(&other),
            Err(error) => {
                self.0 = None;
                return Err(error);
            }
        }
        self.0 = None;
        Ok(None)
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if let Some(running) = &self.0 {
            running.abandon();
        }
    }
}
