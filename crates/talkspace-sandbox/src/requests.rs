//! The requests that came in, as they are kept to be looked at.
//!
//! A request costs what it takes to move its parameters here; what is shown of it
//! is made when somebody looks. Secrets are dropped before it is kept, and what is
//! kept has two bounds: a number and a size.

mod again;
mod ask;
mod forms;
mod hint;
mod json;
pub(crate) mod near;
mod received;
mod record;
mod secrets;
mod wanted;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub(crate) use forms::quote;
pub use hint::Hint;
pub(crate) use hint::{fits, known_path, person};
pub use received::{Received, RequestLog};
pub(crate) use record::{Asked, Record, Seen};
pub(crate) use secrets::Secrets;
pub use wanted::NotReceived;

#[cfg(test)]
mod tests;

/// How many are kept, if nothing else is said.
pub(crate) const KEPT: usize = 1000;
/// How many bytes all of them have at most.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The log of requests. Clones share it.
#[derive(Clone)]
pub(crate) struct Requests(Arc<Shared>);

struct Shared {
    kept: Mutex<Kept>,
    came: Condvar,
}

struct Kept {
    records: VecDeque<Arc<Record>>,
    most: usize,
    bytes: usize,
    last: u64,
    /// How many threads wait for the next one: without any, nobody is woken.
    waiting: usize,
}

impl Requests {
    /// Of which so many are kept.
    pub(crate) fn new(most: usize) -> Self {
        Self(Arc::new(Shared {
            kept: Mutex::new(Kept {
                records: VecDeque::new(),
                most,
                bytes: 0,
                last: 0,
                waiting: 0,
            }),
            came: Condvar::new(),
        }))
    }

    /// Keeps a request, and gives its number.
    pub(crate) fn add(&self, mut record: Record) -> u64 {
        let size = record.size;
        let mut kept = self.lock();
        kept.last += 1;
        let number = kept.last;
        record.number = number;
        kept.bytes += size;
        kept.records.push_back(Arc::new(record));
        while kept.records.len() > kept.most || kept.bytes > MAX_BYTES {
            let Some(oldest) = kept.records.pop_front() else {
                break;
            };
            kept.bytes -= oldest.size;
        }
        let is_awaited = kept.waiting > 0;
        drop(kept);
        if is_awaited {
            self.0.came.notify_all();
        }
        number
    }

    /// What became of it is another thing than was thought when it was kept.
    pub(crate) fn amend(&self, number: u64, change: impl FnOnce(&mut Record)) {
        let mut kept = self.lock();
        let mut records = kept.records.iter_mut().rev();
        if let Some(record) = records.find(|record| record.number == number) {
            change(Arc::make_mut(record));
        }
    }

    /// Those with a greater number, the oldest first, and how many came and were dropped.
    pub(crate) fn since(&self, number: u64) -> RequestLog {
        let kept = self.lock();
        let entries = kept.since(number);
        RequestLog::new(entries, kept.last, kept.records.len())
    }

    /// Forgets all. The numbers go on.
    pub(crate) fn clear(&self) {
        let mut kept = self.lock();
        kept.records.clear();
        kept.bytes = 0;
    }

    /// Blocks until one with a greater number is such, or for so long.
    pub(crate) fn wait(
        &self,
        mut since: u64,
        longest: Duration,
        is_it: impl Fn(&Received) -> bool,
    ) -> Option<Received> {
        let start = Instant::now();
        loop {
            let log = self.since(since);
            since = log.total;
            let mut entries = log.entries.into_iter();
            let found = entries.find(|received| is_it(received));
            let left = longest.saturating_sub(start.elapsed());
            if found.is_some() || left.is_zero() {
                return found;
            }
            let mut kept = self.lock();
            kept.waiting += 1;
            let waited = self
                .0
                .came
                .wait_timeout_while(kept, left, |kept| kept.last == since);
            let (mut kept, _) = waited.unwrap_or_else(PoisonError::into_inner);
            kept.waiting -= 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn since(&self, number: u64) -> Vec<Received> {
        let start = self.records.partition_point(|it| it.number <= number);
        let records = self.records.range(start..);
        records
            .map(|record| Received::of(Arc::clone(record)))
            .collect()
    }
}

impl fmt::Debug for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requests")
            .field("total", &self.lock().last)
            .finish_non_exhaustive()
    }
}
