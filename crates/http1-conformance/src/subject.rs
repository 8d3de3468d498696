//! A client of either kind, behind one blocking face.
//!
//! The suite itself is plain threads and sockets. An async client is driven
//! by the author's own runtime through one closure, so no runtime is named here.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::Response;

use crate::client::{
    AsyncChunks, AsyncClient, CancelGuard, CancelToken, Chunks, Client, Delivery, Exchange,
    FailureKind, ResponseBody, TransportError,
};

#[cfg(test)]
mod tests;

/// What an adapter may need to be built for a case.
///
/// ```
/// use http1_conformance::Context;
///
/// assert_eq!(Context::default().roots_pem(), "", "outside of a case");
/// assert_eq!(Context::default().proxy(), None);
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Context {
    roots_pem: String,
    proxy: Option<String>,
    client_certificate_pem: Option<String>,
    addresses: Vec<(String, IpAddr)>,
}

impl Context {
    pub(crate) const fn with_roots(roots_pem: String) -> Self {
        Self {
            roots_pem,
            proxy: None,
            client_certificate_pem: None,
            addresses: Vec::new(),
        }
    }

    #[cfg(feature = "tls")]
    pub(crate) fn with_client_certificate(mut self, pem: String) -> Self {
        self.client_certificate_pem = Some(pem);
        self
    }

    pub(crate) fn with_addresses(mut self, host: &str, addresses: &[IpAddr]) -> Self {
        let all = addresses.iter().map(|address| (host.to_owned(), *address));
        self.addresses.extend(all);
        self
    }

    /// A certificate to show and its key, both in PEM. Only cases that need
    /// [`Capability::ClientCertificate`](crate::Capability::ClientCertificate) have one.
    #[must_use]
    pub fn client_certificate_pem(&self) -> Option<&str> {
        self.client_certificate_pem.as_deref()
    }

    /// Hosts that no other resolver knows, each with one of its addresses, in the order in which to
    /// try them. Only cases that need
    /// [`Capability::Addresses`](crate::Capability::Addresses) have any.
    #[must_use]
    pub fn addresses(&self) -> &[(String, IpAddr)] {
        &self.addresses
    }

    #[cfg(feature = "tls")]
    pub(crate) fn with_proxy(mut self, url: String) -> Self {
        self.proxy = Some(url);
        self
    }

    /// Certificates to trust, in PEM. The peers of `tls/*` are certified by them.
    #[must_use]
    pub fn roots_pem(&self) -> &str {
        &self.roots_pem
    }

    /// The URL of the HTTP proxy that all requests go through, with a user and a password
    /// perhaps, as `http://user:password@127.0.0.1:3128`. Without one they go straight to the
    /// peer. Only cases that need [`Capability::Proxy`](crate::Capability::Proxy) have one.
    #[must_use]
    pub fn proxy(&self) -> Option<&str> {
        self.proxy.as_deref()
    }
}

/// Something for the author's runtime to complete before it returns.
pub type Task<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Gives a fresh client to each case.
#[derive(Clone)]
pub(crate) struct Subject {
    build: Arc<Build>,
    is_async: bool,
}

type Build = dyn Fn(&Context) -> Arc<dyn Client> + Send + Sync;

impl Subject {
    pub(crate) fn blocking<C: Client>(
        build: impl Fn(&Context) -> C + Send + Sync + 'static,
    ) -> Self {
        Self {
            build: Arc::new(move |context| Arc::new(build(context))),
            is_async: false,
        }
    }

    pub(crate) fn asynchronous<C: AsyncClient>(
        build: impl Fn(&Context) -> C + Send + Sync + 'static,
        block_on: impl Fn(Task<'_>) + Send + Sync + 'static,
    ) -> Self {
        let runtime = Runtime(Arc::new(block_on));
        Self {
            build: Arc::new(move |context| {
                // A client may start tasks where it is built or dropped.
                let client = runtime.run(async { build(context) });
                Arc::new(Driven {
                    client,
                    runtime: runtime.clone(),
                })
            }),
            is_async: true,
        }
    }

    pub(crate) const fn is_async(&self) -> bool {
        self.is_async
    }

    pub(crate) fn build(&self, context: &Context) -> Arc<dyn Client> {
        (self.build)(context)
    }
}

#[derive(Clone)]
struct Runtime(Arc<dyn Fn(Task<'_>) + Send + Sync>);

impl Runtime {
    /// The output of `future`, or `None` when the closure returned too early.
    fn run<T: Send>(&self, future: impl Future<Output = T> + Send) -> Option<T> {
        let mut output = None;
        (self.0)(Box::pin(async {
            output = Some(future.await);
        }));
        output
    }

    /// Races an exchange, or a part of one, with its token.
    fn race<T: Send>(
        &self,
        cancel: &CancelToken,
        future: impl Future<Output = Result<T, TransportError>> + Send,
    ) -> Result<T, TransportError> {
        self.run(UntilCancelled::new(cancel, future))
            .unwrap_or_else(|| Err(not_driven()))
    }
}

fn not_driven() -> TransportError {
    TransportError::new(FailureKind::Other, Delivery::MaybeSent)
        .with_source("`block_on` returned before its task was complete")
}

/// An async client and the runtime that drives it.
struct Driven<C: AsyncClient> {
    client: Option<C>,
    runtime: Runtime,
}

impl<C: AsyncClient> Client for Driven<C> {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<ResponseBody>, TransportError> {
        let client = self.client.as_ref().ok_or_else(not_driven)?;
        let response = self.runtime.race(cancel, client.exchange(exchange))?;
        Ok(response.map(|body| {
            ResponseBody::new(DrivenBody {
                body: Some(body),
                runtime: self.runtime.clone(),
                cancel: cancel.clone(),
            })
        }))
    }

    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        if let Some(client) = &self.client {
            let sleep = async {
                client.sleep(duration).await;
                Ok(())
            };
            // A cancelled sleep is over, like one that came to its end.
            let _ = self.runtime.race(cancel, sleep);
        }
    }
}

impl<C: AsyncClient> Drop for Driven<C> {
    fn drop(&mut self) {
        let client = self.client.take();
        self.runtime.run(async { drop(client) });
    }
}

struct DrivenBody<B: AsyncChunks> {
    body: Option<B>,
    runtime: Runtime,
    cancel: CancelToken,
}

impl<B: AsyncChunks> Chunks for DrivenBody<B> {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        match &mut self.body {
            Some(body) => self.runtime.race(&self.cancel, body.next_chunk()),
            None => Ok(None),
        }
    }
}

impl<B: AsyncChunks> Drop for DrivenBody<B> {
    fn drop(&mut self) {
        let body = self.body.take();
        self.runtime.run(async { drop(body) });
    }
}

/// A future that a [`CancelToken`] token ends by dropping it, as a caller would.
struct UntilCancelled<F> {
    future: Option<Pin<Box<F>>>,
    cancel: CancelToken,
    waker: Arc<Mutex<Option<Waker>>>,
    _wakes: CancelGuard,
}

impl<F> UntilCancelled<F> {
    fn new(cancel: &CancelToken, future: F) -> Self {
        let waker = Arc::<Mutex<Option<Waker>>>::default();
        let wakes = cancel.on_cancel({
            let waker = Arc::clone(&waker);
            move || {
                if let Some(waker) = lock(&waker).take() {
                    waker.wake();
                }
            }
        });
        Self {
            future: Some(Box::pin(future)),
            cancel: cancel.clone(),
            waker,
            _wakes: wakes,
        }
    }
}

impl<T, F> Future for UntilCancelled<F>
where
    F: Future<Output = Result<T, TransportError>>,
{
    type Output = Result<T, TransportError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        // Registered before the check, so that no cancellation falls between.
        *lock(&self.waker) = Some(cx.waker().clone());
        if self.cancel.is_cancelled() {
            self.future = None;
        }
        match &mut self.future {
            Some(future) => future.as_mut().poll(cx),
            None => Poll::Ready(Err(TransportError::new(
                FailureKind::Cancelled,
                Delivery::MaybeSent,
            ))),
        }
    }
}

fn lock(waker: &Mutex<Option<Waker>>) -> std::sync::MutexGuard<'_, Option<Waker>> {
    waker.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").finish_non_exhaustive()
    }
}
