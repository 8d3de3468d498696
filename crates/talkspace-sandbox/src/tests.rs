//! The documentation keeps up with the rules.

use super::*;

#[test]
fn the_docs_list_every_magic_id() {
    let docs = include_str!("lib.rs");
    for (prefix, _) in Habit::TABLE {
        assert!(docs.contains(&format!("//! | `{prefix}…` |")), "{prefix}");
    }
    for (suffix, _) in Line::TABLE {
        assert!(docs.contains(&format!("//! | `…{suffix}` |")), "{suffix}");
    }
    let rows = docs.lines().filter(|line| line.starts_with("//! | `"));
    assert_eq!(rows.count(), Habit::TABLE.len() + Line::TABLE.len());
}

#[test]
fn a_clock_that_was_moved_before_the_start_stays_where_it_is() {
    let (clock, moved) = (Clock::frozen(), Duration::from_secs(7));
    clock.advance(moved);
    let sandbox = Sandbox::builder().clock(clock.clone()).build().unwrap();
    assert_eq!((clock.now(), sandbox.clock().now()), (moved, moved));
}
