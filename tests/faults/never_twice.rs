//! Random operations under random faults, against the sandbox's own count.
//!
//! `TALKSPACE_PROPTEST_CASES` says how many sequences each client makes, and
//! what happened in them is printed:
//!
//! ```sh
//! TALKSPACE_PROPTEST_CASES=100000 cargo test -p talkspace-tests --test faults never_twice -- --nocapture
//! ```

use std::thread;

use proptest::test_runner::{Config, TestError};
use talkspace_tests::laws;

use crate::client::Engine;
use tally::Tally;
use world::{World, sequences};

mod surely;
mod tally;
mod world;

/// Sequences for each client. Continuous integration asks for more.
const CASES: u32 = 400;
/// Most of the time goes by in waiting.
const THREADS: u32 = 6;

#[test]
fn by_hyper() {
    never_twice(Engine::Hyper);
}

#[test]
fn by_blocking() {
    never_twice(Engine::Blocking);
}

fn never_twice(engine: Engine) {
    let cases = laws::cases(CASES);
    let config = laws::config(cases.div_ceil(THREADS), "faults/failures.txt");
    let tally = Tally::default();
    let broken: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = (0..THREADS)
            .map(|_| {
                let named = thread::Builder::new().name(format!("never_twice by {engine:?}"));
                let run = || run(engine, config.clone(), &tally);
                named.spawn_scoped(scope, run).unwrap()
            })
            .collect();
        let results = running.into_iter().map(|thread| thread.join().unwrap());
        results.filter_map(Result::err).collect()
    });
    println!("{engine:?}: {tally}");
    assert!(broken.is_empty(), "{engine:?} broke {} laws", broken.len());
    if cases >= CASES {
        tally.assert_that_enough_happened();
    }
}

fn run(engine: Engine, config: Config, tally: &Tally) -> Result<(), String> {
    let outcome = laws::holds(config, &sequences(), |sequence| {
        tally.sequence();
        let mut world = World::new(engine, tally);
        sequence.iter().try_for_each(|step| world.play(step))
    });
    let problem = match outcome {
        Ok(()) => return Ok(()),
        Err(TestError::Fail(problem, sequence)) => format!("{problem}\nin {sequence:#?}"),
        Err(TestError::Abort(problem)) => problem.message().to_owned(),
    };
    // At once: the other threads may go on for long.
    println!("{engine:?}: {problem}");
    Err(problem)
}
