//! The room has a size, however many want some of it.

use super::{Room, Share};

/// Shares of this many bytes, in this order.
fn shares<const N: usize>(room: &Room, bytes: [usize; N]) -> [Share; N] {
    bytes.map(|bytes| {
        let mut share = room.enter();
        assert!(share.grow(bytes));
        share
    })
}

fn is_there(share: &mut Share) -> bool {
    share.left.try_recv() == Err(tokio::sync::oneshot::error::TryRecvError::Empty)
}

#[test]
fn they_leave_who_have_gone_on_least_recently() {
    let room = Room::new(100);
    let [mut first, mut second, mut third] = shares(&room, [40, 30, 30]);
    let mut empty = room.enter();
    assert!(first.grow(10), "it has gone on now");
    assert!(!is_there(&mut second));
    assert!(is_there(&mut first) && is_there(&mut third));
    assert!(empty.grow(21));
    assert!(!is_there(&mut third));
    assert!(!second.grow(1), "what has left stays away");
    assert_eq!(room.lock().held, 71);
    drop((first, second, third, empty));
    let shares = room.lock();
    assert_eq!((shares.held, shares.by_age.len()), (0, 0));
}

#[test]
fn those_with_a_grant_leave_only_for_each_other() {
    let room = Room::new(100);
    let [mut known, mut other] = shares(&room, [60, 40]);
    known.know();
    assert!(!room.enter().grow(70), "even if all others leave");
    assert!(is_there(&mut known) && !is_there(&mut other));
    let mut late = room.enter();
    late.know();
    assert!(late.grow(70));
    assert!(!is_there(&mut known));
}

#[test]
fn no_share_is_more_than_all_of_it() {
    let room = Room::new(100);
    assert!(!room.enter().grow(101));
    let mut share = room.enter();
    share.know();
    assert!(share.grow(100) && !share.grow(1));
}
