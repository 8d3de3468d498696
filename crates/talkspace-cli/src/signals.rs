//! The signals that ask a process to end.

use tokio::runtime::Runtime;

#[cfg(unix)]
use std::{future::poll_fn, task::Poll};

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Ctrl-C and what else asks a process to end.
#[cfg(unix)]
pub(crate) struct Signals(Vec<Signal>);

#[cfg(unix)]
impl Signals {
    pub(crate) fn watch(runtime: &Runtime) -> std::io::Result<Self> {
        let _entered = runtime.enter();
        let mut kinds = vec![SignalKind::interrupt(), SignalKind::terminate()];
        if !hang_up_is_ignored() {
            kinds.push(SignalKind::hangup());
        }
        let signals = kinds.into_iter().map(signal);
        Ok(Self(signals.collect::<Result<_, _>>()?))
    }

    pub(crate) async fn next(&mut self) {
        poll_fn(|context| {
            // All of them are polled, so that each wakes this task.
            let came = self
                .0
                .iter_mut()
                .filter_map(|signal| match signal.poll_recv(context) {
                    Poll::Ready(came) => came,
                    Poll::Pending => None,
                });
            match came.count() {
                0 => Poll::Pending,
                _ => Poll::Ready(()),
            }
        })
        .await;
    }
}

/// Whether this process is to go on when its terminal is gone, as `nohup` has
/// it. Where the system does not tell, the signal is left alone.
#[cfg(unix)]
fn hang_up_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    // SIGHUP is the first of all.
    ignored.is_none_or(|set| set & 1 != 0)
}

/// Ctrl-C and what else asks a process to end.
#[cfg(not(unix))]
pub(crate) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(crate) fn watch(_runtime: &Runtime) -> std::io::Result<Self> {
        Ok(Self)
    }

    pub(crate) async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
