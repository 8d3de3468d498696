//! Laws: what holds whatever the values are.

use std::cell::Cell;
use std::env;
use std::io::{self, Write as _};
use std::thread;

use proptest::strategy::Strategy;
use proptest::test_runner::{
    Config, FileFailurePersistence, RngAlgorithm, TestCaseError, TestCaseResult, TestError,
    TestRunner,
};

use crate::root;

/// The longest search for smaller values, in milliseconds, unless a law says
/// another: what hangs takes long, however small it is.
const MAX_SHRINK_TIME: u32 = 30_000;

/// How many values are tried: so many, unless `TALKSPACE_PROPTEST_CASES` says
/// another number.
#[must_use]
pub fn cases(usual: u32) -> u32 {
    let asked = env::var("TALKSPACE_PROPTEST_CASES");
    asked
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(usual)
}

/// So many values; those that broke the law are kept in this file, below the
/// folder of this package, and tried first the next time.
#[must_use]
pub fn config(cases: u32, failures: &str) -> Config {
    let failures = root().join("tests").join(failures);
    // It takes a path that is there from the start to the end.
    let failures = Box::leak(failures.to_string_lossy().into_owned().into_boxed_str());
    Config {
        cases,
        max_shrink_time: MAX_SHRINK_TIME,
        // ChaCha takes half of the time where it is not optimised.
        rng_algorithm: RngAlgorithm::XorShift,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(failures))),
        ..Config::default()
    }
}

/// Tries a law. One that is broken is tried on with smaller values, which is
/// said at once, past what captures the output: it looks like a hang.
///
/// # Errors
///
/// The smallest values found that break it.
pub fn holds<S: Strategy>(
    config: Config,
    values: &S,
    law: impl Fn(S::Value) -> TestCaseResult,
) -> Result<(), TestError<S::Value>> {
    let telling = Telling {
        told: Cell::new(false),
        seconds: config.max_shrink_time / 1000,
    };
    TestRunner::new(config).run(values, |values| {
        let _panics = WhenItPanics(&telling);
        let outcome = law(values);
        if matches!(outcome, Err(TestCaseError::Fail(_))) {
            telling.tell();
        }
        outcome
    })
}

struct Telling {
    told: Cell<bool>,
    seconds: u32,
}

impl Telling {
    fn tell(&self) {
        if !self.told.replace(true) {
            let test = thread::current();
            let seconds = self.seconds;
            // A closed stream is no error here.
            let _ = writeln!(
                io::stderr(),
                "{} is broken, and is being shrunk, for {seconds} s at most",
                test.name().unwrap_or("a law")
            );
        }
    }
}

struct WhenItPanics<'a>(&'a Telling);

impl Drop for WhenItPanics<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.tell();
        }
    }
}
