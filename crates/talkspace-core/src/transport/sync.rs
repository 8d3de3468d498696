//! What threads share state with. Under `cfg(loom)` a test runs every order in
//! which they can come to it.

#[cfg(all(test, loom))]
mod tests;

#[cfg(all(test, loom))]
pub(crate) use loom::sync::{Arc, Condvar, Mutex, MutexGuard};

#[cfg(not(all(test, loom)))]
pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard};
