//! Who is told.

use std::sync::Arc;

use crate::observe::event::Event;

/// Is told what happens to the requests of a client, and of those that are
/// derived from it: set it with [`observer`](crate::ClientBuilder::observer).
///
/// An [`Arc`] of an observer is one too, so that a program keeps the counters
/// that it hands over.
pub trait Observer: Send + Sync + 'static {
    /// Something happened.
    ///
    /// It is called between two steps of the request, on the thread that sends or
    /// polls it, for many requests at a time: it must not block, and a request
    /// that it sends with the same client is observed as well. If it panics, the
    /// request ends with that panic.
    fn on(&self, event: &Event<'_>);
}

impl<T: Observer + ?Sized> Observer for Arc<T> {
    fn on(&self, event: &Event<'_>) {
        T::on(self, event);
    }
}
