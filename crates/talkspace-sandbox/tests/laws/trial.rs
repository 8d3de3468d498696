//! How a law is tried.

use std::env;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Once;
use std::thread;

use proptest::prelude::ProptestConfig;
use proptest::test_runner::FileFailurePersistence;

/// The longest search for fewer steps, in milliseconds.
const MAX_SHRINK_TIME: u32 = 60_000;

/// So many sequences; those that broke a law are kept in this file beside the
/// sources, of the checkout that the test is run in, and tried first.
pub(crate) fn config(cases: u32, failures: &str) -> ProptestConfig {
    let package = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| ".".into(), PathBuf::from);
    let failures = package.join("tests/laws").join(failures);
    // It takes a path that is there from the start to the end.
    let failures = Box::leak(failures.to_string_lossy().into_owned().into_boxed_str());
    ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(failures))),
        max_shrink_time: MAX_SHRINK_TIME,
        ..ProptestConfig::with_cases(cases)
    }
}

/// Says that a law is broken and tried on with fewer steps, once, and past what
/// captures the output: it looks like a hang.
pub(crate) struct Telling(pub(crate) &'static str, pub(crate) &'static Once);

impl Drop for Telling {
    fn drop(&mut self) {
        if thread::panicking() {
            let seconds = MAX_SHRINK_TIME / 1000;
            // Nobody is left to tell when the stream is closed.
            self.1.call_once(|| {
                let _ = writeln!(
                    io::stderr(),
                    "{} is broken, and is being shrunk, for {seconds} s at most",
                    self.0
                );
            });
        }
    }
}
