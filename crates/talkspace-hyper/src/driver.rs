//! The engine's part of a connection, and who has it go on.

use std::future::{Future as _, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use crate::upload::Upload;
use crate::wire::Wire;

pub(crate) type Engine = http1::Connection<TokioIo<Wire>, Box<Upload>>;

/// Drives the engine of a connection.
///
/// A task does, for as long as the connection lives. The engine hands a body
/// over piece by piece, through a channel with room for one, and between two
/// tasks each piece costs a switch to the one and back. So the reader of a body
/// has the engine [`step`](Self::step) itself, as the task would: what it waits
/// for still wakes the task.
pub(crate) struct Driver(Mutex<Option<Driven>>);

struct Driven {
    engine: Engine,
    /// The task's.
    waker: Waker,
}

impl Driver {
    pub(crate) fn new(engine: Engine) -> Self {
        Self(Mutex::new(Some(Driven {
            engine,
            waker: Waker::noop().clone(),
        })))
    }

    /// The task. The engine ends with it, whoever else holds the driver.
    pub(crate) async fn run(self: Arc<Self>) {
        let closes = Closes(self);
        poll_fn(|cx| {
            let mut driven = closes.0.lock();
            let Some(Driven { waker, .. }) = &mut *driven else {
                return Poll::Ready(());
            };
            waker.clone_from(cx.waker());
            let done = go_on(&mut driven);
            drop(driven);
            done.map(drop)
        })
        .await;
    }

    /// Does what there is to do now, unless the task is at it.
    ///
    /// To be called once the request is out: what the source of its body does
    /// belongs to the task, and may need the runtime that the task is on.
    pub(crate) fn step(&self) {
        let Ok(mut driven) = self.0.try_lock() else {
            return;
        };
        let done = go_on(&mut driven);
        drop(driven);
        if let Poll::Ready(Some(Driven { engine, waker })) = done {
            drop(engine);
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Driven>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the engine out when it is done. Of a failure it has told the task that
/// waits for the response.
fn go_on(driven: &mut Option<Driven>) -> Poll<Option<Driven>> {
    if let Some(Driven { engine, waker }) = driven {
        let _ = ready!(Pin::new(engine).poll(&mut Context::from_waker(waker)));
    }
    Poll::Ready(driven.take())
}

/// Closes the connection when the task is dropped.
struct Closes(Arc<Driver>);

impl Drop for Closes {
    fn drop(&mut self) {
        let engine = self.0.lock().take();
        drop(engine);
    }
}
