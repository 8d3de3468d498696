//! What an adapter does around an exchange when it should do nothing.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, REFERER, REFRESH, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
use http1_conformance::client::{
    Body, Delivery, FailureKind, Limits, ResponseBody, TransportError,
};

use super::error::protocol;
use super::fault::Fault;

/// The limits as an adapter with this fault keeps them.
pub(super) fn kept(mut limits: Limits, fault: Option<Fault>) -> Limits {
    let change: fn(Duration) -> Duration = match fault {
        Some(Fault::LimitsDoubled) => |limit| limit.saturating_mul(2),
        Some(Fault::LimitsInSeconds) => |limit| Duration::from_secs(limit.as_secs()),
        _ => return limits,
    };
    let now = Instant::now();
    limits.connect_timeout = change(limits.connect_timeout);
    limits.response_timeout = change(limits.response_timeout);
    limits.read_timeout = change(limits.read_timeout);
    limits.deadline = limits
        .remaining(now)
        .and_then(|remaining| now.checked_add(change(remaining)));
    limits
}

/// What a transport should not remember.
#[derive(Default)]
pub(super) struct Memory {
    turn: Mutex<()>,
    cookie: Mutex<Option<HeaderValue>>,
    last: Mutex<Option<HeaderValue>>,
    sent: AtomicBool,
    body: Mutex<Option<Bytes>>,
}

impl Memory {
    /// Whether there was an exchange before, which left a connection.
    pub(super) fn was_used(&self) -> bool {
        self.sent.swap(true, Ordering::SeqCst)
    }

    /// Allows one exchange at a time.
    pub(super) fn turn(&self, fault: Option<Fault>) -> Option<MutexGuard<'_, ()>> {
        if fault == Some(Fault::PanicPoisons) {
            // Without the panic hook, which would print.
            let poisoned = |_| resume_unwind(Box::new("the lock is poisoned"));
            return Some(self.turn.lock().unwrap_or_else(poisoned));
        }
        (fault == Some(Fault::OneAtATime))
            .then(|| self.turn.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn meddle_before(
        &self,
        mut request: Request<Body>,
        fault: Option<Fault>,
    ) -> Request<Body> {
        match fault {
            Some(Fault::CookieJar) => put(request.headers_mut(), COOKIE, take(&self.cookie)),
            Some(Fault::SendReferer) => {
                let last = take(&self.last);
                *lock(&self.last) = HeaderValue::try_from(request.uri().path()).ok();
                put(request.headers_mut(), REFERER, last);
            }
            Some(Fault::BodyOnce)
                if !request.body().is_empty() && self.sent.swap(true, Ordering::SeqCst) =>
            {
                let length = usize::try_from(request.body().len()).unwrap_or_default();
                *request.body_mut() = vec![0; length].into();
            }
            Some(Fault::BodyOnPostOnly)
                if [Method::GET, Method::DELETE].contains(request.method()) =>
            {
                *request.body_mut() = Body::empty();
            }
            Some(Fault::TextUploads) => {
                if let Ok(bytes) = request.body().read_to_bytes() {
                    *request.body_mut() = String::from_utf8_lossy(&bytes).into_owned().into();
                }
            }
            Some(Fault::RuntimeInRuntime) if tokio::runtime::Handle::try_current().is_ok() => {
                // Without the panic hook, which would print.
                resume_unwind(Box::new("cannot start a runtime from within a runtime"));
            }
            _ => {}
        }
        request
    }

    pub(super) fn meddle_after(
        &self,
        request: &Request<Body>,
        result: Result<Response<ResponseBody>, TransportError>,
        fault: Option<Fault>,
    ) -> Result<Response<ResponseBody>, TransportError> {
        let mut response = match (result, fault) {
            (Ok(response), _) => response,
            (Err(error), Some(Fault::UrlInError)) => {
                return Err(error.with_source(format!("at {}", request.uri())));
            }
            (Err(error), Some(Fault::PanicOnBreach)) if error.kind() == FailureKind::Protocol => {
                resume_unwind(Box::new("called `unwrap` on a response"));
            }
            (Err(error), Some(Fault::SeveralLines)) => {
                return Err(error.with_source("it failed\nin some way"));
            }
            (Err(error), Some(Fault::SourceLost)) => {
                return Err(TransportError::new(error.kind(), error.delivery()));
            }
            (Err(error), Some(Fault::ClosedIsOther)) if error.kind() == FailureKind::Closed => {
                return Err(TransportError::new(FailureKind::Other, error.delivery()));
            }
            (Err(error), _) => return Err(error),
        };
        if fault == Some(Fault::ResponsesMixedUp) {
            let mut all = BytesMut::new();
            while let Some(bytes) = response.body_mut().chunk()? {
                all.extend_from_slice(&bytes);
            }
            let last = lock(&self.body).replace(all.clone().freeze());
            *response.body_mut() = last.unwrap_or_else(|| all.freeze()).into();
        }
        let headers = response.headers_mut();
        let content_type = headers.get(CONTENT_TYPE).cloned();
        match fault {
            Some(Fault::CookieJar) => *lock(&self.cookie) = headers.get(SET_COOKIE).cloned(),
            Some(Fault::KeepOnlyContentType) => {
                headers.clear();
                put(headers, CONTENT_TYPE, content_type);
            }
            Some(Fault::InsistOnJson) => {
                let other = content_type.filter(|value| value.as_bytes() != b"application/json");
                if other.is_some() {
                    return Err(protocol("the response is not JSON"));
                }
            }
            _ => {}
        }
        Ok(response)
    }
}

/// Reads from a source, and believes of one that panics that nothing of it was sent.
pub(super) fn contained(
    read: impl FnOnce() -> Result<Bytes, TransportError>,
) -> Result<Bytes, TransportError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let unsent = TransportError::new(FailureKind::BodySource, Delivery::NotSent);
        Err(unsent.with_source("the source panicked"))
    })
}

/// The request with credentials from somewhere.
pub(super) fn authorized(mut request: Request<Body>) -> Request<Body> {
    let credentials = HeaderValue::from_static("Basic dXNlcjpwYXNzd29yZA==");
    request.headers_mut().insert(AUTHORIZATION, credentials);
    request
}

/// Where a `Refresh` points.
pub(super) fn refreshed(request: &Request<Body>, response: &Response<ResponseBody>) -> Option<Uri> {
    let refresh = response.headers().get(REFRESH)?.to_str().ok()?;
    resolved(request.uri(), refresh.split_once("url=")?.1)
}

/// A reference of an absolute path, or a whole URI, seen from `base`.
pub(super) fn resolved(base: &Uri, reference: &str) -> Option<Uri> {
    if reference.starts_with('/') {
        return format!("http://{}{reference}", base.authority()?)
            .parse()
            .ok();
    }
    reference.parse().ok()
}

/// The name of the caller's `Host`.
pub(super) fn host_of(request: &Request<Body>) -> Option<String> {
    let host = request.headers().get(HOST)?.to_str().ok()?;
    Some(host.split(':').next().unwrap_or(host).to_owned())
}

fn put(headers: &mut HeaderMap, name: http::HeaderName, value: Option<HeaderValue>) {
    if let Some(value) = value {
        headers.insert(name, value);
    }
}

fn take<T>(slot: &Mutex<Option<T>>) -> Option<T> {
    lock(slot).take()
}

fn lock<T>(slot: &Mutex<Option<T>>) -> MutexGuard<'_, Option<T>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
