//! Times many requests at once, without the time it takes to get under way.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::command::Report;
use crate::{Outcome, process};

/// Runs from when as many requests are done as are in flight at a time.
#[derive(Debug)]
pub(crate) struct Stopwatch {
    warm_up: u32,
    done: AtomicU32,
    start: OnceLock<(Instant, Duration)>,
}

impl Stopwatch {
    pub(crate) const fn new(in_flight: u32) -> Self {
        Self {
            warm_up: in_flight,
            done: AtomicU32::new(0),
            start: OnceLock::new(),
        }
    }

    /// A request is done.
    pub(crate) fn count(&self) -> Outcome<()> {
        if self.done.fetch_add(1, Ordering::Relaxed) + 1 == self.warm_up {
            let cpu = process::cpu()?;
            self.start.get_or_init(|| (Instant::now(), cpu));
        }
        Ok(())
    }

    /// All requests are done.
    pub(crate) fn stop(&self) -> Outcome<Report> {
        let (start, cpu) = self.start.get().ok_or("too few requests")?;
        Ok(Report::Total {
            requests: self.done.load(Ordering::Relaxed) - self.warm_up,
            time: start.elapsed(),
            cpu: process::cpu()?.saturating_sub(*cpu),
        })
    }
}
