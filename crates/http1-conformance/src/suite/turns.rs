//! Which cases are played at the same time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::case::Isolation;

#[cfg(test)]
mod tests;

/// How many timed cases are played at once. They wait most of the time, and what is too late in
/// company is tried again alone.
const MOST_TIMED: usize = 4;

/// Cases of one kind at a time.
#[derive(Default)]
pub(super) struct Turns {
    now: Mutex<Option<(Isolation, usize)>>,
    freed: Condvar,
}

impl Turns {
    /// Waits until a case of this kind may be played.
    pub(super) fn take(&self, isolation: Isolation) -> Turn<'_> {
        let most = match isolation {
            Isolation::Parallel => usize::MAX,
            Isolation::Timed => MOST_TIMED,
            Isolation::Alone => 1,
        };
        let mut now = self.lock();
        let count = loop {
            match *now {
                None => break 0,
                Some((played, count)) if played == isolation && count < most => break count,
                Some(_) => {
                    let freed = self.freed.wait(now);
                    now = freed.unwrap_or_else(PoisonError::into_inner);
                }
            }
        };
        *now = Some((isolation, count + 1));
        Turn(self)
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Isolation, usize)>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A case is being played.
pub(super) struct Turn<'a>(&'a Turns);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut now = self.0.lock();
        *now = now
            .map(|(isolation, count)| (isolation, count - 1))
            .filter(|(_, count)| *count > 0);
        self.0.freed.notify_all();
    }
}
