//! What a runtime has to give, and what is said where it does not: timers, I/O,
//! and a clock that runs.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::hint::spin_loop;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;
use tokio::runtime::{self, Handle, RuntimeFlavor};
use tokio::time::{Instant, Sleep, sleep_until};

/// What every panic of tokio begins with that is about a runtime which lacks
/// timers or I/O. There is no way to ask a runtime for them.
const LACKS: &str = "A Tokio 1.x context was found, but ";

/// Wakes a task in time for a limit.
pub(crate) struct Timer {
    /// The runtime that drives the connection.
    home: Handle,
    /// The runtime that drives the timer.
    timed_by: runtime::Id,
    timer: Pin<Box<Sleep>>,
}

impl Timer {
    /// To be called on `home`.
    pub(crate) fn new(home: Handle, at: Instant) -> Self {
        Self {
            timed_by: home.id(),
            home,
            timer: Box::pin(sleep_until(at)),
        }
    }

    /// Has the task woken at `at`, or before.
    ///
    /// The timer is driven by the runtime that the task runs on: another one may
    /// stand still. Without any, the home does, unless it has no threads of its
    /// own.
    ///
    /// # Errors
    ///
    /// When nothing drives a timer.
    pub(crate) fn set(&mut self, cx: &mut Context<'_>, at: Instant) -> io::Result<()> {
        let here = match Handle::try_current() {
            Ok(here) => here,
            Err(_) if self.home.runtime_flavor() == RuntimeFlavor::CurrentThread => {
                return Err(io::Error::other(
                    "no limit can be kept outside a tokio runtime: the one that made the \
                     connection may stand still, as it has no threads of its own",
                ));
            }
            Err(_) => self.home.clone(),
        };
        if self.timed_by != here.id() {
            let timer = without_panic(|| {
                let _on = here.enter();
                sleep_until(at)
            })?;
            self.timer = Box::pin(timer);
            self.timed_by = here.id();
        }
        if self.timer.deadline() > at || self.timer.is_elapsed() {
            self.timer.as_mut().reset(at);
        }
        if self.timer.as_mut().poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        Ok(())
    }
}

/// Waits, unless there is no runtime with timers. What brought the caller here
/// has said so then.
pub(crate) async fn sleep(duration: Duration) {
    if Handle::try_current().is_ok() {
        if let Ok(sleep) = without_panic(|| tokio::time::sleep(duration)) {
            sleep.await;
        }
    }
}

/// Runs `work`, and makes an error of tokio's panic about a runtime that lacks
/// something.
pub(crate) async fn with_runtime<T>(
    mut work: Pin<Box<impl Future<Output = Result<T, TransportError>>>>,
    lacks: impl Fn(io::Error) -> TransportError,
) -> Result<T, TransportError> {
    poll_fn(|cx| match without_panic(|| work.as_mut().poll(cx)) {
        Ok(outcome) => outcome,
        Err(error) => Poll::Ready(Err(lacks(error))),
    })
    .await
}

fn without_panic<T>(step: impl FnOnce() -> T) -> io::Result<T> {
    // Whatever the panic left half done is dropped with the exchange.
    catch_unwind(AssertUnwindSafe(step)).or_else(|panic| match what_lacks(&*panic) {
        Some(reason) => Err(io::Error::other(reason)),
        None => resume_unwind(panic),
    })
}

fn what_lacks(panic: &(dyn Any + Send)) -> Option<String> {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let reason = text?.strip_prefix(LACKS)?;
    Some(format!("the tokio runtime cannot be used: {reason}"))
}

/// A time limit that has passed, unless the clock is paused: then it jumped.
pub(crate) fn timed_out(error: TransportError) -> TransportError {
    if error.kind() != FailureKind::Timeout || !clock_is_paused() {
        return error;
    }
    TransportError::new(FailureKind::Other, error.delivery()).with_source(io::Error::other(
        "tokio's clock is paused: it jumps to the next limit whenever nothing is to do, so \
         none can be kept; let it run",
    ))
}

/// Whether tokio's clock stands still while time passes, as it does after
/// `tokio::time::pause`.
fn clock_is_paused() -> bool {
    let (before, begin) = (Instant::now(), std::time::Instant::now());
    while begin.elapsed() < Duration::from_micros(1) {
        spin_loop();
    }
    Instant::now() == before
}
