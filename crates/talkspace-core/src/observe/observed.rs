//! One request that is observed.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue, Request, StatusCode};

use crate::codec::Target;
use crate::error::Error;
use crate::observe::event::{Event, EventKind, Failure, RetryReason};
use crate::observe::observer::Observer;
use crate::observe::request_ids::RequestIds;
use crate::observe::spans::{AttemptSpan, Spans};
use crate::operation::OperationInfo;
use crate::transport::{BlockingTransport, Body, Delivery, Transport};
use crate::value::RequestId;

/// The number of the next request of this process.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// What the application hangs on the requests of a client.
pub(crate) type Context = Arc<dyn Any + Send + Sync>;

/// What tells the time when no driver does: at the head of a response, and when a
/// request is dropped.
#[derive(Clone)]
pub(crate) enum Clock {
    Async(Arc<dyn Transport>),
    Blocking(Arc<dyn BlockingTransport>),
}

impl Clock {
    fn now(&self) -> Instant {
        match self {
            Self::Async(transport) => transport.now(),
            Self::Blocking(transport) => transport.now(),
        }
    }
}

/// Who observes a request, and what goes along with it.
pub(crate) struct Observing<'c> {
    pub(crate) observer: Option<&'c Arc<dyn Observer>>,
    pub(crate) context: Option<&'c Context>,
    pub(crate) ids: Option<&'c RequestIds>,
    pub(crate) clock: &'c Clock,
}

/// One request that is observed. Dropping it before it is finished is an event too.
pub(crate) struct Observed {
    number: u64,
    request_id: Option<RequestId>,
    /// The header field that the id goes out in.
    header: Option<HeaderName>,
    operation: &'static OperationInfo,
    observer: Option<Arc<dyn Observer>>,
    context: Option<Context>,
    spans: Spans,
    clock: Clock,
    began: Instant,
    attempt_began: Instant,
    attempts: u32,
    reused: Option<bool>,
    /// Whether it may have arrived, should it be dropped now.
    delivery: Delivery,
    is_over: bool,
}

impl Observed {
    /// A request that begins `now`, if anything of it is to be seen.
    #[inline]
    pub(crate) fn begin(
        operation: &'static OperationInfo,
        observing: Observing<'_>,
        now: Instant,
    ) -> Option<Box<Self>> {
        let is_wanted = observing.observer.is_some() || observing.ids.is_some();
        (is_wanted || Spans::are_wanted()).then(|| Self::start(operation, observing, now))
    }

    // Most programs do without, so that all from here on is out of their way.
    #[cold]
    fn start(
        operation: &'static OperationInfo,
        observing: Observing<'_>,
        now: Instant,
    ) -> Box<Self> {
        let Observing {
            observer,
            context,
            ids,
            clock,
        } = observing;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let request_id = ids.map(|ids| ids.of(number));
        let mut observed = Box::new(Self {
            number,
            request_id,
            header: ids.map(|ids| ids.header.clone()),
            operation,
            observer: observer.cloned(),
            context: context.cloned(),
            spans: Spans::begin(operation, request_id),
            clock: clock.clone(),
            began: now,
            attempt_began: now,
            attempts: 0,
            reused: None,
            delivery: Delivery::NotSent,
            is_over: false,
        });
        observed.tell(now, EventKind::RequestStarted);
        observed
    }

    pub(crate) const fn request_id(&self) -> Option<RequestId> {
        self.request_id
    }

    /// What the exchange of the attempt is made in.
    pub(crate) fn attempt_span(observed: Option<&Self>) -> AttemptSpan {
        observed
            .map(|observed| observed.spans.attempt())
            .unwrap_or_default()
    }

    #[cold]
    pub(crate) fn attempt_started(
        &mut self,
        now: Instant,
        number: u32,
        request: &mut Request<Body>,
        target: &Target,
    ) {
        // Other hosts of media have nothing to find by it.
        let id = self.request_id.filter(|_| target.is_own(request.uri()));
        let id = id.and_then(|id| HeaderValue::try_from(id.to_string()).ok());
        if let (Some(header), Some(id)) = (&self.header, id) {
            request.headers_mut().insert(header, id);
        }
        self.attempts = number;
        self.attempt_began = now;
        self.reused = None;
        self.delivery = Delivery::MaybeSent;
        self.spans
            .begin_attempt(self.operation, number, request.uri());
        self.tell(now, EventKind::AttemptStarted { number });
    }

    #[cold]
    pub(crate) fn head(&mut self, status: StatusCode, reused: Option<bool>) {
        let status = status.as_u16();
        let now = self.clock.now();
        self.reused = reused;
        let took = now.saturating_duration_since(self.attempt_began);
        self.tell(
            now,
            EventKind::ResponseHead {
                status,
                took,
                reused,
            },
        );
    }

    /// An attempt ended without a response, on a connection of which this is known.
    #[cold]
    pub(crate) fn attempt_failed(
        &mut self,
        now: Instant,
        failure: Failure,
        delivery: Delivery,
        reused: Option<bool>,
    ) {
        self.reused = self.reused.or(reused);
        self.attempt_ended(now, Some(failure), delivery);
    }

    #[cold]
    pub(crate) fn attempt_ended(
        &mut self,
        now: Instant,
        failure: Option<Failure>,
        delivery: Delivery,
    ) {
        let (reused, took) = (
            self.reused,
            now.saturating_duration_since(self.attempt_began),
        );
        self.tell(
            now,
            EventKind::AttemptEnded {
                failure,
                delivery,
                reused,
                took,
            },
        );
    }

    /// `delivery` is what is known of all attempts so far.
    #[cold]
    pub(crate) fn retrying(
        &mut self,
        now: Instant,
        after: Duration,
        reason: RetryReason,
        delivery: Delivery,
    ) {
        self.delivery = delivery;
        self.tell(now, EventKind::Retrying { after, reason });
    }

    #[cold]
    pub(crate) fn finished(&mut self, now: Instant, error: Option<&Error>) {
        if self.is_over {
            return;
        }
        if let Some(why) = error.and_then(Error::given_up) {
            self.tell(now, EventKind::GivenUp { why });
        }
        self.is_over = true;
        self.tell(
            now,
            EventKind::Finished {
                failure: error.map(Failure::of),
                delivery: error.map_or(Delivery::Responded, Error::delivery),
                attempts: self.attempts,
                took: now.saturating_duration_since(self.began),
            },
        );
    }

    fn tell(&mut self, at: Instant, kind: EventKind) {
        self.spans.on(&kind);
        // One that panics is told nothing more, of the drop that follows either.
        let Some(observer) = self.observer.take() else {
            return;
        };
        observer.on(&Event {
            request: self.number,
            request_id: self.request_id,
            operation: self.operation,
            at,
            kind,
            context: self.context.as_deref(),
        });
        self.observer = Some(observer);
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let now = self.clock.now();
        self.tell(
            now,
            EventKind::Dropped {
                delivery: self.delivery,
                attempts: self.attempts,
                took: now.saturating_duration_since(self.began),
            },
        );
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed")
            .field("number", &self.number)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}
