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

#[test]
fn a_child_is_cancelled_with_its_parent() {
    let parent = CancelToken::new();
    let (child, sibling) = (parent.child(), parent.child());
    let grandchild = child.child();
    let (count, action) = counter();
    let _guard = grandchild.on_cancel(action);
    let waiter = grandchild.clone();
    let thread = std::thread::spawn(move || waiter.wait(Duration::MAX));
    parent.cancel();
    thread.join().unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 1);
    assert!(child.is_cancelled() && sibling.is_cancelled());
    assert!(parent.child().is_cancelled(), "one that comes late too");
}

#[test]
fn a_child_is_cancelled_alone() {
    let parent = CancelToken::new();
    let (child, sibling) = (parent.child(), parent.child());
    let grandchild = child.child();
    child.cancel();
    assert!(child.is_cancelled() && grandchild.is_cancelled());
    assert!(!parent.is_cancelled() && !sibling.is_cancelled());
}

fn registered(cancel: &CancelToken) -> usize {
    cancel.shared.as_ref().unwrap().lock().actions.len()
}

#[test]
fn nothing_is_left_of_children_that_are_dropped() {
    let parent = CancelToken::new();
    let kept = parent.child();
    for _ in 0..1_000 {
        let child = parent.child();
        let _of_child = (child.clone(), child.child());
        child.cancel();
    }
    assert_eq!(registered(&parent), 1);
    drop(kept);
    assert_eq!(registered(&parent), 0);
}

#[test]
fn a_child_lives_as_long_as_what_is_registered_with_it() {
    let parent = CancelToken::new();
    let (count, action) = counter();
    let guard = parent.child().on_cancel(action);
    parent.cancel();
    assert_eq!(count.load(Ordering::SeqCst), 1);
    drop(guard);
}

#[test]
fn an_action_that_is_taken_back_may_hold_the_last_of_a_child() {
    let parent = CancelToken::new();
    let child = parent.child();
    drop(parent.on_cancel(move || child.cancel()));
    assert_eq!(registered(&parent), 0);
}

#[test]
fn a_token_that_nobody_can_cancel_has_children_that_can_be() {
    let never = CancelToken::never();
    never.cancel();
    let (count, action) = counter();
    let _guard = never.on_cancel(action);
    never.wait(Duration::from_millis(1));
    let child = never.child();
    child.cancel();
    assert!(child.is_cancelled() && !never.is_cancelled());
    assert_eq!(count.load(Ordering::SeqCst), 0);
}
