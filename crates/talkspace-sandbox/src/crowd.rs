//! The idle connections, so that room can be made for a new one.
//!
//! Thousands of clients that connect and send nothing, or send it byte by byte,
//! must not keep another's request waiting: the one that is idle longest is closed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot::{Receiver, Sender, channel};

#[cfg(test)]
mod tests;

/// The connections of a server, of which those that wait can be ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crowd(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    next: u64,
    /// The first has waited longest. Sending to it ends its connection.
    by_age: BTreeMap<u64, Sender<()>>,
}

impl Waiting {
    fn add(&mut self, end: Sender<()>) -> u64 {
        self.next += 1;
        self.by_age.insert(self.next, end);
        self.next
    }
}

/// A connection in the crowd. It leaves when this is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    crowd: Crowd,
    number: Mutex<u64>,
}

impl Crowd {
    /// A new connection, and what ends it early.
    pub(crate) fn enter(&self) -> (Slot, Receiver<()>) {
        let (end, ended) = channel();
        let number = self.lock().add(end);
        let slot = Slot {
            crowd: self.clone(),
            number: Mutex::new(number),
        };
        (slot, ended)
    }

    /// Ends the connection that has waited longest. Says whether there was one.
    pub(crate) fn make_room(&self) -> bool {
        let oldest = self.lock().by_age.pop_first();
        oldest.is_some_and(|(_, end)| end.send(()).is_ok())
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Does what the client need not be waited for, in which the connection is
    /// not ended; then it waits anew.
    pub(crate) async fn while_busy<T>(self: &Arc<Self>, work: impl Future<Output = T>) -> T {
        let _busy = self.be_busy();
        work.await
    }

    /// The client need not be waited for until what this gives is dropped.
    pub(crate) fn be_busy(self: &Arc<Self>) -> Busy {
        let end = self.crowd.lock().by_age.remove(&*self.number());
        Busy {
            slot: Arc::clone(self),
            end,
        }
    }

    /// The client sent something: its idle time begins anew.
    pub(crate) fn stir(&self) {
        let mut number = self.number();
        let mut waiting = self.crowd.lock();
        if let Some(end) = waiting.by_age.remove(&number) {
            *number = waiting.add(end);
        }
    }

    fn number(&self) -> MutexGuard<'_, u64> {
        self.number.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that waits for the server, as long as this lives.
#[derive(Debug)]
pub(crate) struct Busy {
    slot: Arc<Slot>,
    end: Option<Sender<()>>,
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            *self.slot.number() = self.slot.crowd.lock().add(end);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let number = *self.number();
        self.crowd.lock().by_age.remove(&number);
    }
}
