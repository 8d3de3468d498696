//! Lets time pass in a sandbox to which nobody sends anything.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crate::service::Backend;

/// A thread that sleeps until something is due, and lets it happen. A frozen
/// clock wakes it when it is moved.
#[derive(Debug)]
pub(crate) struct Mover {
    backend: Backend,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Mover {
    pub(crate) fn start(backend: Backend) -> io::Result<Self> {
        let is_over = Arc::new(AtomicBool::new(false));
        let (moved, stop) = (backend.clone(), Arc::clone(&is_over));
        let thread = thread::Builder::new()
            .name("talkspace-time".to_owned())
            .spawn(move || run(&moved, &stop))?;
        Ok(Self {
            backend,
            is_over,
            thread: Some(thread),
        })
    }
}

fn run(backend: &Backend, is_over: &AtomicBool) {
    let clock = backend.clock();
    loop {
        let known = clock.news().count();
        if is_over.load(Ordering::Acquire) {
            return;
        }
        let next = backend.move_on();
        let longest = next.and_then(|at| clock.wait_for(at));
        clock.news().wait(known, longest);
    }
}

impl Drop for Mover {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        self.backend.clock().news().tell();
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

#[cfg(test)]
mod tests;
