//! What happens, as server-sent events (HTML Standard, section 9.2).

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame};
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::crowd::Busy;
use crate::events::Watch;
use crate::view::{Event, What};
use crate::{Missed, Received, Sandbox};

/// How often a comment is sent when nothing happens: what is between the two may
/// close a connection that is idle.
const COMMENT: Duration = Duration::from_secs(15);

/// How often requests are told at most, all that came meanwhile at once: a page can
/// follow that, however many there are.
const GATHER: Duration = Duration::from_millis(100);

type Next = Pin<Box<dyn Future<Output = Option<(Pump, Bytes)>> + Send>>;

/// The body of a response that does not end before the server does.
pub(crate) struct Stream {
    next: Next,
    is_over: bool,
}

/// What makes the pieces of it. A client that reads slowly gets later events later;
/// when too many are waiting, it is told that it has missed some.
struct Pump {
    sandbox: Sandbox,
    run: String,
    watch: Watch,
    /// The last request that was told, and when the next ones are at the earliest.
    told: u64,
    next_told: Instant,
    /// How often the faults had changed when they were told.
    faults: u64,
    is_stopping: Arc<AtomicBool>,
    _place: OwnedSemaphorePermit,
    _busy: Busy,
}

impl Stream {
    pub(super) fn new(
        sandbox: &Sandbox,
        known: Option<&str>,
        place: OwnedSemaphorePermit,
        busy: Busy,
        is_stopping: Arc<AtomicBool>,
    ) -> Self {
        let mut watch = sandbox.watch();
        let (run, now) = (sandbox.run(), watch.seq());
        let clock = crate::view::Time::of(sandbox.clock());
        let hello = json!({"run": run, "seq": now, "clock": clock});
        let mut text = piece(&run, now, "hello", &hello);
        if let Some(known) = known {
            match known
                .strip_prefix(&run)
                .and_then(|id| id.strip_prefix('-')?.parse().ok())
            {
                Some(seq) => watch.go_on_after(seq),
                // It is of another sandbox.
                None => text.push_str(&piece(&run, now, "resync", &json!({"seq": now}))),
            }
        }
        let pump = Pump {
            sandbox: sandbox.clone(),
            run,
            watch,
            told: sandbox.request_total(),
            next_told: Instant::now(),
            faults: sandbox.backend.faults().changes(),
            is_stopping,
            _place: place,
            _busy: busy,
        };
        Self {
            next: Box::pin(async move { Some((pump, text.into())) }),
            is_over: false,
        }
    }
}

impl Pump {
    async fn next(mut self) -> Option<(Self, Bytes)> {
        let sandbox = self.sandbox.clone();
        let news = sandbox.clock().news();
        let _awaited = news.awaited();
        loop {
            let known = news.count();
            if self.is_stopping.load(Ordering::Acquire) {
                return None;
            }
            let text = match self.watch.events() {
                Ok(events) => events
                    .iter()
                    .map(|event| event_piece(&self.run, event))
                    .collect(),
                Err(Missed) => {
                    let seq = self.watch.seq();
                    piece(&self.run, seq, "resync", &json!({"seq": seq}))
                }
            };
            if !text.is_empty() {
                return Some((self, text.into()));
            }
            let changes = self.sandbox.backend.faults().changes();
            if std::mem::replace(&mut self.faults, changes) != changes {
                let text = self.all_faults();
                return Some((self, text.into()));
            }
            let now = Instant::now();
            let is_untold = sandbox.request_total() > self.told;
            if is_untold && now >= self.next_told {
                self.next_told = now + GATHER;
                let text = self.requests();
                return Some((self, text.into()));
            }
            let end = if is_untold {
                self.next_told
            } else {
                now + COMMENT
            };
            let waited = tokio::time::timeout_at(end, news.other_than(known));
            if waited.await.is_err() && !is_untold {
                return Some((self, Bytes::from_static(b":\n\n")));
            }
        }
    }

    /// The requests that were not told yet. They have numbers of their own, so the event
    /// has none.
    fn requests(&mut self) -> String {
        let log = self.sandbox.request_log(self.told);
        self.told = log.total;
        let rows = log.entries.iter().map(Received::to_json);
        format!("event: request\ndata: {}\n\n", Value::from_iter(rows))
    }

    /// The faults from now on. They are not in the state, so the event has no number.
    fn all_faults(&self) -> String {
        let faults = self.sandbox.backend.faults().to_json(None);
        format!("event: fault\ndata: {}\n\n", json!({"faults": faults}))
    }
}

fn event_piece(run: &str, event: &Event) -> String {
    let (kind, data) = named(&event.what);
    piece(run, event.seq, kind, &data)
}

/// An event by its name, and the whole thing that it is about.
pub(super) fn named(what: &What) -> (&'static str, Value) {
    match what {
        What::Call(call) => ("call", json!(call)),
        What::CallOver(call) => ("call", json!({"call": call, "state": "over"})),
        What::Talkspace(talkspace) => ("talkspace", json!(talkspace)),
        What::Person(person) => ("person", json!(person)),
        What::PersonGone(id) => ("person", json!({"id": id, "gone": true})),
        What::Media(media) => ("media", json!(media)),
        What::MediaGone(app, id) => ("media", json!({"id": id, "app": app, "gone": true})),
        What::Clock(clock) => ("clock", json!(clock)),
        What::Outage(on) => ("outage", json!({"on": on})),
    }
}

/// JSON has no line ends, so it is one line of data.
fn piece(run: &str, seq: u64, kind: &str, data: &Value) -> String {
    format!("id: {run}-{seq}\nevent: {kind}\ndata: {data}\n\n")
}

impl Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        match ready!(self.next.as_mut().poll(context)) {
            Some((pump, piece)) => {
                self.next = Box::pin(pump.next());
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            None => {
                self.is_over = true;
                Poll::Ready(None)
            }
        }
    }
}
