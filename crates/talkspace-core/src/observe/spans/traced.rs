//! Spans after OpenTelemetry's conventions for HTTP clients, of which each attempt
//! is one: `http.*`, `server.*`, `url.template`, `error.type`. The request around
//! them is a step of the application, with fields of this library. `url.full` is
//! left out: it may have a phone number or the application key in it.

use std::future::Future;

use http::Uri;
use tracing::field::Empty;
use tracing::instrument::{Instrument, Instrumented};
use tracing::span::EnteredSpan;
use tracing::{Level, Span, info, info_span, span_enabled, warn};

use crate::observe::event::{EventKind, Failure};
use crate::operation::OperationInfo;
use crate::value::RequestId;

/// The target of all that is traced here, to filter by.
macro_rules! target {
    () => {
        "talkspace"
    };
}

pub(crate) struct Spans {
    request: Span,
    attempt: Span,
}

impl Spans {
    pub(crate) fn are_wanted() -> bool {
        span_enabled!(target: target!(), Level::INFO)
    }

    pub(crate) fn begin(operation: &OperationInfo, request_id: Option<RequestId>) -> Self {
        let request = info_span!(
            target: target!(),
            "request",
            otel.name = operation.id,
            otel.kind = "internal",
            otel.status_code = Empty,
            talkspace.operation = operation.id,
            talkspace.request_id = request_id.map(display),
            talkspace.attempts = Empty,
            talkspace.delivery = Empty,
            error.type = Empty,
        );
        Self {
            request,
            attempt: Span::none(),
        }
    }

    pub(crate) fn begin_attempt(&mut self, operation: &OperationInfo, number: u32, url: &Uri) {
        let method = operation.method.as_str();
        let usual = if url.scheme_str() == Some("https") {
            443
        } else {
            80
        };
        self.attempt = info_span!(
            target: target!(),
            parent: &self.request,
            "attempt",
            otel.name = format_args!("{method} {}", operation.path),
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = method,
            http.request.resend_count = (number > 1).then(|| number - 1),
            http.response.status_code = Empty,
            server.address = url.host(),
            server.port = url.port_u16().unwrap_or(usual),
            url.template = operation.path,
            error.type = Empty,
        );
    }

    pub(crate) fn on(&mut self, event: &EventKind) {
        match event {
            EventKind::RequestStarted | EventKind::AttemptStarted { .. } => {}
            EventKind::ResponseHead { status, .. } => {
                self.attempt.record("http.response.status_code", *status);
            }
            EventKind::AttemptEnded {
                failure, delivery, ..
            } => {
                let attempt = std::mem::replace(&mut self.attempt, Span::none());
                if let Some(failure) = failure {
                    fail(&attempt, &failure.label());
                    info!(
                        target: target!(),
                        parent: &attempt,
                        { error.type = failure.label(), talkspace.delivery = delivery.as_str() },
                        "attempt failed"
                    );
                }
            }
            EventKind::Retrying { after, reason } => info!(
                target: target!(),
                parent: &self.request,
                { reason = reason.as_str() },
                "retrying after {after:.1?}"
            ),
            EventKind::GivenUp { why } => warn!(
                target: target!(),
                parent: &self.request,
                { reason = why.as_str() },
                "given up"
            ),
            EventKind::Finished {
                failure,
                delivery,
                attempts,
                ..
            } => {
                let label = failure.as_ref().map(Failure::label);
                self.end(label.as_deref(), delivery.as_str(), *attempts);
            }
            EventKind::Dropped {
                delivery, attempts, ..
            } => {
                warn!(
                    target: target!(),
                    parent: &self.request,
                    { talkspace.delivery = delivery.as_str() },
                    "dropped before it was over"
                );
                fail(&self.attempt, "dropped");
                self.end(Some("dropped"), delivery.as_str(), *attempts);
            }
        }
    }

    fn end(&self, error: Option<&str>, delivery: &str, attempts: u32) {
        self.request.record("talkspace.attempts", attempts);
        self.request.record("talkspace.delivery", delivery);
        if let Some(error) = error {
            fail(&self.request, error);
        }
    }

    pub(crate) fn attempt(&self) -> AttemptSpan {
        AttemptSpan(self.attempt.clone())
    }
}

fn fail(span: &Span, error: &str) {
    span.record("error.type", error);
    span.record("otel.status_code", "ERROR");
}

/// The span of the attempt under way, so that what the transport traces is in it.
pub(crate) struct AttemptSpan(Span);

impl Default for AttemptSpan {
    fn default() -> Self {
        Self(Span::none())
    }
}

impl AttemptSpan {
    pub(crate) fn around<F: Future>(&self, exchange: F) -> Instrumented<F> {
        exchange.instrument(self.0.clone())
    }

    pub(crate) fn entered(self) -> EnteredSpan {
        self.0.entered()
    }
}
