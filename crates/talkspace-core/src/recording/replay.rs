//! The transport that replays a recording.

use std::error::Error as StdError;
use std::fmt;
use std::io::Read;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body::{Body as HttpBody, Frame};

use super::line::{FORMAT, First, InvalidRecording, Line, RecordedRequest};
use super::redaction::Redaction;
use crate::transport::CancelToken;
use crate::transport::Exchange;
use crate::transport::Slept;
use crate::transport::{BlockingResponseBody, Chunks, ResponseBody};
use crate::transport::{BlockingTransport, Transport};
use crate::transport::{FailureKind, TransportError};
use crate::value::BaseUrl;

/// The base URL of a recording without any request.
const NOWHERE: &str = "http://127.0.0.1";

/// A transport that gives what was recorded, as [`recording`](super) shows: both a
/// [`Transport`] and a [`BlockingTransport`]. Clones share how far it is.
///
/// Requests have to come in the order in which they were recorded, retries included,
/// and with the same parameters; only what is secret may differ. A request that
/// does not fit is an error whose [source](StdError::source) is a [`ReplayError`], and
/// leaves the recording where it is. Its `sleep` returns at once, and moves its clock.
#[derive(Clone)]
pub struct Replay {
    lines: Arc<[Line]>,
    by_operation: bool,
    state: Arc<Mutex<State>>,
    slept: Slept,
}

#[derive(Default)]
struct State {
    /// Which lines were replayed.
    used: Vec<bool>,
    redaction: Redaction,
    error: Option<ReplayError>,
}

impl Replay {
    /// Reads a recording.
    ///
    /// # Errors
    ///
    /// [`InvalidRecording`]: which line is wrong, and in what.
    pub fn read(mut recording: impl Read) -> Result<Self, InvalidRecording> {
        let mut text = String::new();
        recording.read_to_string(&mut text)?;
        let mut all = text.lines().enumerate();
        let first: Option<First> = all
            .next()
            .and_then(|(_, line)| serde_json::from_str(line).ok());
        match first {
            Some(first) if first.format == FORMAT => {}
            Some(_) => {
                let why = format!("it has another format than {FORMAT}, which this version reads");
                return Err(InvalidRecording::new(0, why));
            }
            None => {
                let why = format!("it is no recording: {{\"format\":\"{FORMAT}\"}} begins one");
                return Err(InvalidRecording::new(0, why));
            }
        }
        let mut lines = Vec::new();
        for (place, line) in all.filter(|(_, line)| !line.trim().is_empty()) {
            lines.push(read(place, line)?);
        }
        // They were written in the order in which they ended.
        lines.sort_by_key(|line| line.number);
        let used = vec![false; lines.len()];
        Ok(Self {
            lines: lines.into(),
            by_operation: false,
            state: Arc::new(Mutex::new(State {
                used,
                ..State::default()
            })),
            slept: Slept::default(),
        })
    }

    /// Takes requests in any order: each gets the next exchange that was recorded of the
    /// same operation with the same parameters, and after the last of them that one
    /// again, as polling wants it.
    #[must_use]
    pub fn by_operation(mut self) -> Self {
        self.by_operation = true;
        self
    }

    /// The base URL that the recorded requests went to, for the client: the URLs of media
    /// in it are of that host. Nothing is sent there.
    #[must_use]
    pub fn base_url(&self) -> BaseUrl {
        let bases = self
            .lines
            .iter()
            .map(|line| line.base.as_str())
            .chain([NOWHERE]);
        let parsed = bases.map(BaseUrl::parse_allowing_plain_http);
        let mut parsed = parsed.filter_map(Result::ok);
        #[allow(clippy::expect_used)]
        parsed.next().expect("the last is one")
    }

    /// Says whether all was replayed, and nothing else was requested.
    ///
    /// # Errors
    ///
    /// The first request that did not fit, or [`ReplayError::Left`]. Without an order,
    /// nothing need be used up.
    pub fn finish(&self) -> Result<(), ReplayError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = &state.error {
            return Err(error.clone());
        }
        let left = self
            .lines
            .iter()
            .zip(&state.used)
            .filter(|(_, used)| !**used);
        let mut left = left.map(|(line, _)| Box::new(line.request.clone()));
        match left.next().filter(|_| !self.by_operation) {
            Some(next) => Err(ReplayError::Left {
                next,
                more: left.count(),
            }),
            None => Ok(()),
        }
    }

    pub(super) fn last_number(&self) -> u64 {
        self.lines.last().map_or(0, |line| line.number)
    }

    /// The line for a request.
    fn next(&self, exchange: &Exchange) -> Result<&Line, ReplayError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, came) = state.redaction.request(exchange);
        let came = Box::new(came);
        let found = match self.by_operation {
            true => self.of_operation(&state.used, came),
            false => self.in_order(&state.used, came),
        };
        match found {
            Ok((place, line)) => {
                if let Some(used) = state.used.get_mut(place) {
                    *used = true;
                }
                Ok(line)
            }
            Err(error) => {
                state.error.get_or_insert_with(|| error.clone());
                Err(error)
            }
        }
    }

    fn in_order(
        &self,
        used: &[bool],
        came: Box<RecordedRequest>,
    ) -> Result<(usize, &Line), ReplayError> {
        let mut lines = self.lines.iter().enumerate();
        match lines.find(|(place, _)| used.get(*place) == Some(&false)) {
            Some((place, line)) if line.request.fits(&came) => Ok((place, line)),
            Some((_, line)) => Err(ReplayError::Other {
                came,
                expected: Box::new(line.request.clone()),
                number: line.number,
            }),
            None => Err(ReplayError::Over { came }),
        }
    }

    fn of_operation(
        &self,
        used: &[bool],
        came: Box<RecordedRequest>,
    ) -> Result<(usize, &Line), ReplayError> {
        let lines = self.lines.iter().enumerate();
        let fitting = || lines.clone().filter(|(_, line)| line.request.fits(&came));
        let unused = fitting().find(|(place, _)| used.get(*place) == Some(&false));
        let found = unused.or_else(|| fitting().next_back());
        found.ok_or_else(|| {
            let requests = self.lines.iter().map(|line| &line.request);
            let recorded = requests.filter(|request| request.operation == came.operation);
            let recorded = recorded.cloned().collect();
            ReplayError::Unknown { came, recorded }
        })
    }

    fn respond(&self, exchange: &Exchange) -> Result<Response<Ending>, TransportError> {
        let line = self
            .next(exchange)
            .map_err(|error| TransportError::not_sent(FailureKind::Other).with_source(error))?;
        let error = line.error.as_ref().map(|error| error.error());
        let Some(recorded) = &line.response else {
            return Err(error.unwrap_or_else(|| TransportError::maybe_sent(FailureKind::Closed)));
        };
        let body = recorded.body().unwrap_or_default();
        let mut response = Response::new(Ending {
            body: Some(body),
            error,
        });
        // It was looked at when the recording was read.
        *response.status_mut() = StatusCode::from_u16(recorded.status).unwrap_or_default();
        for (name, value) in &recorded.headers {
            let field = (name.parse::<http::HeaderName>(), value.parse());
            if let (Ok(name), Ok(value)) = field {
                response.headers_mut().insert(name, value);
            }
        }
        Ok(response)
    }
}

fn read(place: usize, line: &str) -> Result<Line, InvalidRecording> {
    let read: Result<Line, _> = serde_json::from_str(line);
    let read = read.map_err(|error| {
        let why = match error.is_eof() {
            true => "it is cut off; take it out, or record anew".to_owned(),
            false => format!("it is no exchange: {error}"),
        };
        InvalidRecording::new(place, why)
    })?;
    match &read.response {
        Some(response) if StatusCode::from_u16(response.status).is_err() => Err(
            InvalidRecording::new(place, format!("{} is no status code", response.status)),
        ),
        Some(response) if response.body().is_none() => Err(InvalidRecording::new(
            place,
            "`base64` is not written in base64",
        )),
        None if read.error.is_none() => Err(InvalidRecording::new(
            place,
            "it has neither `response` nor `error`",
        )),
        _ => Ok(read),
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("exchanges", &self.lines.len())
            .field("by_operation", &self.by_operation)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for Replay {
    async fn exchange(&self, exchange: Exchange) -> Result<Response<ResponseBody>, TransportError> {
        Ok(self.respond(&exchange)?.map(ResponseBody::new))
    }

    async fn sleep(&self, duration: Duration) {
        self.slept.add(duration);
    }

    fn now(&self) -> Instant {
        self.slept.now()
    }
}

impl BlockingTransport for Replay {
    fn exchange(
        &self,
        exchange: Exchange,
        _cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        Ok(self.respond(&exchange)?.map(BlockingResponseBody::new))
    }

    fn sleep(&self, duration: Duration, _cancel: &CancelToken) {
        self.slept.add(duration);
    }

    fn now(&self) -> Instant {
        self.slept.now()
    }
}

/// A body that ends as the recorded one did.
struct Ending {
    body: Option<Bytes>,
    error: Option<TransportError>,
}

impl Chunks for Ending {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        match (self.body.take(), self.error.take()) {
            (Some(body), error) if !body.is_empty() => {
                self.error = error;
                Ok(Some(body))
            }
            (_, Some(error)) => Err(error),
            (_, None) => Ok(None),
        }
    }
}

impl HttpBody for Ending {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let piece = self.next_chunk().transpose();
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }
}

/// Why a request got nothing from a recording, or a recording was not used up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplayError {
    /// Another request came than the next one.
    #[non_exhaustive]
    Other {
        /// What came.
        came: Box<RecordedRequest>,
        /// What the recording has next.
        expected: Box<RecordedRequest>,
        /// Which exchange of the recording that is, counted from one.
        number: u64,
    },
    /// A request came after the last one.
    #[non_exhaustive]
    Over {
        /// What came.
        came: Box<RecordedRequest>,
    },
    /// A request came that was not recorded.
    #[non_exhaustive]
    Unknown {
        /// What came.
        came: Box<RecordedRequest>,
        /// What was recorded of its operation.
        recorded: Vec<RecordedRequest>,
    },
    /// Not all of the recording was requested.
    #[non_exhaustive]
    Left {
        /// What the recording has next.
        next: Box<RecordedRequest>,
        /// How many more.
        more: usize,
    },
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other {
                came,
                expected,
                number,
            } => {
                write!(
                    f,
                    "{came} came, but exchange {number} of the recording is {expected}"
                )
            }
            Self::Over { came } => write!(f, "{came} came after the end of the recording"),
            Self::Unknown { came, recorded } => {
                write!(f, "{came} came, which was not recorded")?;
                let mut before = "; recorded were ";
                for request in recorded {
                    write!(f, "{before}{request}")?;
                    before = ", ";
                }
                Ok(())
            }
            Self::Left { next, more } => {
                write!(f, "{next} did not come")?;
                match more {
                    0 => Ok(()),
                    more => write!(f, ", nor did {more} more"),
                }
            }
        }
    }
}

impl StdError for ReplayError {}
