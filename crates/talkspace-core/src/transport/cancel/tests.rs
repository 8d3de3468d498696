//! A token wakes waits and runs actions once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::CancelToken;

fn counter() -> (Arc<AtomicU32>, impl FnOnce() + Send + 'static) {
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    (count, move || {
        counted.fetch_add(1, Ordering::SeqCst);
    })
}

#[test]
fn an_action_runs_once_however_often_it_is_cancelled() {
    let cancel = CancelToken::new();
    let (count, action) = counter();
    let _guard = cancel.on_cancel(action);
    cancel.cancel();
    cancel.clone().cancel();
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[test]
fn a_dropped_guard_takes_its_action_back() {
    let cancel = CancelToken::new();
    let (count, action) = counter();
    drop(cancel.on_cancel(action));
    cancel.cancel();
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[test]
fn an_action_that_comes_late_runs_at_once() {
    let cancel = CancelToken::new();
    cancel.cancel();
    let (count, action) = counter();
    let _guard = cancel.on_cancel(action);
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[test]
fn a_wait_without_end_is_woken() {
    let cancel = CancelToken::new();
    let waiter = cancel.clone();
    let thread = std::thread::spawn(move || waiter.wait(Duration::MAX));
    cancel.cancel();
    thread.join().unwrap();
}

#[test]
fn a_wait_ends_by_itself() {
    let start = Instant::now();
    CancelToken::new().wait(Duration::from_millis(5));
    assert!(start.elapsed() >= Duration::from_millis(5));
}
