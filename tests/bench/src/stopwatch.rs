//! Times many requests at once, without the time it takes to get under way.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::command::Report;
use crate::{Outcome, process};

/// Runs from when so many requests are done: as many as are in flight at a time.
#[derive(Debug)]
pub(crate) struct Stopwatch {
    warm_up: u32,
    done: AtomicU32,
    start: OnceLock<(Instant, Duration)>,
}

impl Stopwatch {
    /// With zero, it runs from now on.
    pub(crate) fn new(warm_up: u32) -> Self {
        let start = OnceLock::new();
        if warm_up == 0 {
            start.get_or_init(|| (Instant::now(), process::cpu()));
        }
        Self {
            warm_up,
            done: AtomicU32::new(0),
            start,
        }
    }

    /// A request is done.
    pub(crate) fn count(&self) {
        if self.done.fetch_add(1, Ordering::Relaxed) + 1 == self.warm_up {
            self.start.get_or_init(|| (Instant::now(), process::cpu()));
        }
    }

    /// All requests are done.
    ///
    /// # Errors
    ///
    /// When they were too few for it to start.
    pub(crate) fn stop(&self) -> Outcome<Report> {
        let (start, cpu) = self.start.get().ok_or("too few requests")?;
        Ok(Report::Total {
            requests: self.done.load(Ordering::Relaxed) - self.warm_up,
            time: start.elapsed(),
            cpu: process::cpu().saturating_sub(*cpu),
        })
    }
}
