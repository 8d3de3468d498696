//! Room for the bodies that are being received: all of them together have a bound.
//!
//! A client that begins a body and does not go on holds what came of it. When
//! there is no room for more, the bodies that received bytes least recently are
//! dropped; those with a good grant only for others that have one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot::{Receiver, Sender, channel};

#[cfg(test)]
mod tests;

/// What all bodies share.
#[derive(Clone, Debug)]
pub(crate) struct Room(Arc<Mutex<Shares>>);

#[derive(Debug)]
struct Shares {
    /// How many bytes there are for all.
    size: usize,
    held: usize,
    next: u64,
    /// The first has gone on least recently.
    by_age: BTreeMap<u64, Held>,
}

#[derive(Debug)]
struct Held {
    bytes: usize,
    is_known: bool,
    /// Dropping it tells the owner to leave.
    _leave: Sender<()>,
}

/// What one body has of the room. It is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    room: Room,
    number: u64,
    /// Ready when others have got what this had.
    pub(crate) left: Receiver<()>,
}

impl Room {
    pub(crate) fn new(size: usize) -> Self {
        Self(Arc::new(Mutex::new(Shares {
            size,
            held: 0,
            next: 0,
            by_age: BTreeMap::new(),
        })))
    }

    /// A body of which nothing has come.
    pub(crate) fn enter(&self) -> Share {
        let (leave, left) = channel();
        let held = Held {
            bytes: 0,
            is_known: false,
            _leave: leave,
        };
        Share {
            room: self.clone(),
            number: self.lock().add(held),
            left,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shares> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    /// Takes room for so many bytes more. Says whether there is.
    pub(crate) fn grow(&mut self, bytes: usize) -> bool {
        let mut shares = self.room.lock();
        let Some(mut own) = shares.take(self.number) else {
            return false;
        };
        own.bytes += bytes;
        if !shares.make_room(&own) {
            return false;
        }
        self.number = shares.add(own);
        true
    }

    /// The owner has shown a grant.
    pub(crate) fn know(&mut self) {
        if let Some(own) = self.room.lock().by_age.get_mut(&self.number) {
            own.is_known = true;
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.room.lock().take(self.number);
    }
}

impl Shares {
    fn add(&mut self, held: Held) -> u64 {
        self.next += 1;
        self.held += held.bytes;
        self.by_age.insert(self.next, held);
        self.next
    }

    fn take(&mut self, number: u64) -> Option<Held> {
        let held = self.by_age.remove(&number)?;
        self.held -= held.bytes;
        Some(held)
    }

    /// Has others leave until there is room for this. Says whether there is.
    fn make_room(&mut self, for_this: &Held) -> bool {
        while self.held + for_this.bytes > self.size {
            let oldest = |is_known: bool| {
                let mut held = self.by_age.iter();
                let oldest = held.find(|(_, held)| held.bytes > 0 && held.is_known == is_known);
                oldest.map(|(number, _)| *number)
            };
            let known = || oldest(true).filter(|_| for_this.is_known);
            let Some(number) = oldest(false).or_else(known) else {
                return false;
            };
            self.take(number);
        }
        true
    }
}
