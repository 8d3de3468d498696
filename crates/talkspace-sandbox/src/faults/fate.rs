//! What becomes of the response to a request that a fault has met.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderName, Response};
use http_body_util::{Either, Full};
use hyper::body::{Body, Frame, SizeHint};
use talkspace_core::server::ServiceError;
use talkspace_core::transport::{Chunks, TransportError};
use talkspace_core::{FailureKind, Limits, Phase};

use super::line::Line;
use super::{Met, What};

/// In which a response says which fault has touched it.
const FAULT: HeaderName = HeaderName::from_static("x-sandbox-fault");

/// What becomes of a response, which has this among its extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    /// It does not go out: the connection is reset.
    Lost,
    /// It does not go out.
    Stalled,
    /// It goes out later.
    Late(Duration),
    /// So many bytes of its body go out.
    Cut(usize),
}

/// The connection ends here.
#[derive(Debug)]
pub(crate) struct Broken;

/// The body of a response that goes out over a socket.
pub(crate) type Sent = Either<Full<Bytes>, Cut>;

impl Met {
    /// The error of a request that is not applied because of this.
    pub(crate) fn error(self) -> Option<ServiceError> {
        let status = match self.what {
            What::Status(status, _) => status,
            // It is not sent.
            What::Reset => 503,
            _ => return None,
        };
        Some(ServiceError::new(
            status,
            "The sandbox was told to fail this",
        ))
    }

    /// Marks a response.
    pub(crate) fn mark(self, response: &mut Response<Bytes>) {
        let headers = response.headers_mut();
        headers.insert(FAULT, self.id.into());
        let fate = match self.what {
            What::Lose | What::Reset => Fate::Lost,
            What::Stall => Fate::Stalled,
            What::Delay(by) => Fate::Late(by),
            What::Cut(after) => Fate::Cut(after),
            What::Status(_, after) => {
                if let Some(after) = after {
                    let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
                    headers.insert(RETRY_AFTER, seconds.into());
                }
                return;
            }
        };
        response.extensions_mut().insert(fate);
    }
}

impl Fate {
    /// What was said of a response.
    pub(crate) fn of<T>(response: &mut Response<T>) -> Option<Self> {
        response.extensions_mut().remove()
    }

    /// Has it happen on a line. `stop` ends the waiting.
    pub(crate) async fn on(
        this: Option<Self>,
        response: Response<Bytes>,
        line: &Line,
        stop: impl Future<Output = ()>,
    ) -> Result<Response<Sent>, Broken> {
        match this {
            Some(Self::Lost) => {
                line.reset();
                return Err(Broken);
            }
            Some(Self::Stalled) => {
                stop.await;
                return Err(Broken);
            }
            Some(Self::Late(by)) => {
                // Nothing is left to be done early when the server stops.
                let _ = tokio::time::timeout(by, stop).await;
            }
            Some(Self::Cut(after)) if after < response.body().len() => {
                // The head is to go out before the end, even if nothing follows it.
                line.fill();
                return Ok(response.map(|body| Either::Right(Cut::new(body, after, line.clone()))));
            }
            _ => {}
        }
        Ok(response.map(|body| Either::Left(Full::new(body))))
    }

    /// How long it takes in memory, and how it ends then.
    pub(crate) fn in_memory(self, limits: &Limits, now: Instant) -> (Duration, End) {
        let left = limits.remaining(now).unwrap_or(Duration::MAX);
        let longest = left.min(limits.response_timeout);
        let too_late = || End::Fails(TransportError::timeout(Phase::Head));
        match self {
            Self::Lost => {
                let closed = TransportError::maybe_sent(FailureKind::Closed);
                (Duration::ZERO, End::Fails(closed))
            }
            Self::Late(by) if by < longest => (by, End::Comes(usize::MAX)),
            Self::Stalled | Self::Late(_) => (longest, too_late()),
            Self::Cut(after) => (Duration::ZERO, End::Comes(after)),
        }
    }
}

/// How an exchange in memory ends.
#[derive(Debug)]
pub(crate) enum End {
    /// As this error.
    Fails(TransportError),
    /// With its response, of whose body so many bytes come at most.
    Comes(usize),
}

impl End {
    /// The end of an exchange in one of the two flavours.
    ///
    /// # Errors
    ///
    /// How it fails.
    pub(crate) fn of<B>(
        self,
        response: Response<Bytes>,
        whole: impl FnOnce(Bytes) -> B,
        cut: impl FnOnce(Cut) -> B,
    ) -> Result<Response<B>, TransportError> {
        match self {
            Self::Fails(error) => Err(error),
            Self::Comes(most) if most < response.body().len() => {
                Ok(response.map(|body| cut(Cut::in_memory(body, most))))
            }
            Self::Comes(_) => Ok(response.map(whole)),
        }
    }
}

/// A body that ends before its end.
#[derive(Debug)]
pub(crate) struct Cut {
    whole: u64,
    rest: Bytes,
    /// What must have taken the bytes before the end, where there is one.
    line: Option<Line>,
}

impl Cut {
    fn new(body: Bytes, after: usize, line: Line) -> Self {
        let mut cut = Self::in_memory(body, after);
        cut.line = Some(line);
        cut
    }

    fn in_memory(mut body: Bytes, after: usize) -> Self {
        let whole = body.len() as u64;
        body.truncate(after);
        Self {
            whole,
            rest: body,
            line: None,
        }
    }
}

impl Body for Cut {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        if !self.rest.is_empty() {
            let rest = std::mem::take(&mut self.rest);
            if let Some(line) = &self.line {
                line.fill();
            }
            return Poll::Ready(Some(Ok(Frame::data(rest))));
        }
        match &self.line {
            Some(line) if !line.is_flushed(context) => Poll::Pending,
            _ => Poll::Ready(Some(Err(ended()))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole)
    }
}

impl Chunks for Cut {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        match std::mem::take(&mut self.rest) {
            rest if rest.is_empty() => Err(ended()),
            rest => Ok(Some(rest)),
        }
    }
}

/// What a client makes of it.
const fn ended() -> TransportError {
    TransportError::maybe_sent(FailureKind::Truncated)
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sandbox was told to end this connection")
    }
}

impl std::error::Error for Broken {}
