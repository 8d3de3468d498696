//! Kinds of cases keep out of each other's way.

use std::sync::Barrier;
use std::thread;

use super::*;

/// Takes turns of a kind at once, and gives back how many had one at the same time.
fn at_once(turns: &Turns, isolation: Isolation, threads: usize) -> usize {
    let most = Mutex::new(0);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..50 {
                    let _turn = turns.take(isolation);
                    let now = turns.lock();
                    let (played, count) = now.unwrap();
                    assert_eq!(played, isolation);
                    let mut most = most.lock().unwrap();
                    *most = count.max(*most);
                }
            });
        }
    });
    most.into_inner().unwrap()
}

#[test]
fn no_turn_is_beside_one_of_another_kind() {
    let turns = Turns::default();
    thread::scope(|scope| {
        for isolation in [Isolation::Parallel, Isolation::Timed, Isolation::Alone] {
            let turns = &turns;
            scope.spawn(move || at_once(turns, isolation, 6));
        }
    });
    assert!(turns.lock().is_none(), "all were given back");
}

#[test]
fn a_few_timed_cases_have_turns_at_once_and_one_that_is_alone() {
    let turns = Turns::default();
    assert!(at_once(&turns, Isolation::Timed, 8) <= MOST_TIMED);
    assert_eq!(at_once(&turns, Isolation::Alone, 8), 1);
    // All of them have to be there at once for any to go on.
    let all = Barrier::new(MOST_TIMED);
    thread::scope(|scope| {
        for _ in 0..MOST_TIMED {
            scope.spawn(|| {
                let _turn = turns.take(Isolation::Timed);
                all.wait();
            });
        }
    });
}
