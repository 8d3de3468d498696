//! The longest idle is closed first, and none whose request is being served.

use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use super::Crowd;

#[test]
fn the_oldest_goes_first() {
    let crowd = Crowd::default();
    let (_first, mut first_ended) = crowd.enter();
    let (second, mut second_ended) = crowd.enter();
    let (_third, mut third_ended) = crowd.enter();
    drop(second);
    assert!(crowd.make_room());
    assert!(first_ended.try_recv().is_ok());
    assert!(third_ended.try_recv().is_err());
    assert!(crowd.make_room());
    assert!(third_ended.try_recv().is_ok());
    assert!(!crowd.make_room(), "none is left");
    assert!(second_ended.try_recv().is_err(), "it had gone by itself");
}

#[test]
fn a_response_begins_the_idle_time_anew_and_a_busy_one_stays() {
    let mut context = Context::from_waker(Waker::noop());
    let crowd = Crowd::default();
    let (busy, mut busy_ended) = crowd.enter();
    let (served, mut served_ended) = crowd.enter();
    let (_idle, mut idle_ended) = crowd.enter();
    let (busy, served) = (Arc::new(busy), Arc::new(served));

    let mut work = pin!(busy.while_busy(pending::<()>()));
    assert!(work.as_mut().poll(&mut context).is_pending());
    assert!(
        pin!(served.while_busy(async {}))
            .poll(&mut context)
            .is_ready()
    );
    assert!(crowd.make_room());
    assert!(idle_ended.try_recv().is_ok(), "it has waited longest now");
    assert!(crowd.make_room());
    assert!(served_ended.try_recv().is_ok());
    assert!(!crowd.make_room());
    assert!(busy_ended.try_recv().is_err());
}

#[test]
fn who_does_something_goes_later() {
    let crowd = Crowd::default();
    let (uploading, mut uploading_ended) = crowd.enter();
    let (_idle, mut idle_ended) = crowd.enter();
    uploading.stir();
    assert!(crowd.make_room());
    assert!(idle_ended.try_recv().is_ok());
    assert!(uploading_ended.try_recv().is_err());
    assert!(crowd.make_room());
    assert!(uploading_ended.try_recv().is_ok());
    uploading.stir();
    assert!(!crowd.make_room(), "what was ended does not come back");
}
