//! An async client behaves behind the blocking face as it would in front.

use std::future::pending;
use std::task::{Wake, Waker};
use std::thread::{self, Thread};

use super::*;
use crate::mutants::Plain;
use crate::{Selection, asynchronous};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on(mut task: Task<'_>) {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    while task
        .as_mut()
        .poll(&mut TaskContext::from_waker(&waker))
        .is_pending()
    {
        thread::park();
    }
}

/// The reference, async in name.
struct Thin(Plain);

impl AsyncClient for Thin {
    type Body = Bytes;

    async fn exchange(&self, exchange: Exchange) -> Result<Response<Bytes>, TransportError> {
        let response = self.0.exchange(exchange, &CancelToken::new())?;
        Ok(response.map(|mut body| {
            let mut all = Vec::new();
            while let Ok(Some(bytes)) = body.chunk() {
                all.extend_from_slice(&bytes);
            }
            all.into()
        }))
    }

    async fn sleep(&self, _: Duration) {
        pending().await
    }
}

#[test]
fn an_async_transport_is_driven_by_the_authors_closure() {
    let report = asynchronous(
        "thin",
        "0",
        |context| Thin(Plain::of(context, None)),
        block_on,
    )
    .contract()
    .run(&Selection::matching("request/"))
    .unwrap();
    assert_eq!(report.exit_code(), 0, "{report}");
}

#[test]
fn a_token_drops_the_future() {
    let subject = Subject::asynchronous(|context| Thin(Plain::of(context, None)), block_on);
    let transport = subject.build(&Context::default());
    let cancel = CancelToken::new();
    thread::scope(|scope| {
        scope.spawn(|| transport.sleep(Duration::from_secs(60), &cancel));
        cancel.cancel();
    });
    let request = http::Request::new(crate::client::Body::empty());
    let late = transport.exchange(
        Exchange::new(request, crate::client::Limits::default()),
        &cancel,
    );
    assert_eq!(late.unwrap_err().kind(), FailureKind::Cancelled);
}

#[test]
fn a_closure_that_returns_too_early_is_named() {
    let report = asynchronous(
        "idle",
        "0",
        |context| Thin(Plain::of(context, None)),
        |task| drop(task),
    )
    .contract()
    .run(&Selection::exactly(["request/line/origin-form"]))
    .unwrap();
    assert!(
        report.to_string().contains("`block_on` returned before"),
        "{report}"
    );
}
