//! The examples of the crates, each in a process of its own with a sandbox to talk to, and how
//! long each takes. An argument chooses those whose name has it in it.
//!
//! Those of `talkspace-sandbox` are not here: they are tests, which `cargo test -p talkspace-sandbox
//! --examples` runs.

use std::env;
use std::io::{self, Write};
use std::panic::catch_unwind;
use std::process::ExitCode;
use std::time::Instant;

// The lints allow tests to fail by `unwrap`, and know them by this attribute.
#[cfg(test)]
mod blocking;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod hyper;
#[cfg(test)]
mod program;

type Example = fn() -> ExitCode;

/// The examples, by the names of their files.
const EXAMPLES: &[(&str, Example)] = &[
    ("create", hyper::create),
    ("team", hyper::team),
    ("limit", hyper::limit),
    ("tracing", hyper::tracing),
    ("cron", blocking::cron),
    ("upload", blocking::upload),
    ("own_transport", conformance::own_transport),
];

const TESTS: &[(&str, fn())] = &[
    ("create: two people meet", hyper::two_people_meet),
    ("team: a team is called", hyper::a_team_is_called),
    ("limit: two at once", hyper::two_at_once),
    ("tracing: a span each", hyper::a_span_each),
    (
        "cron: people are called together",
        blocking::people_are_called_together,
    ),
    (
        "cron: a lost response rings nobody twice, a 429 nobody",
        blocking::nobody_twice,
    ),
    #[cfg(unix)]
    (
        "cron: a signal closes the TalkSpace",
        blocking::a_signal_closes_the_talkspace,
    ),
    ("upload: progress is shown", blocking::progress_is_shown),
    ("own_transport: it creates", conformance::it_creates),
    (
        "own_transport: as far as the guide says",
        conformance::it_goes_as_far_as_the_guide_says,
    ),
];

fn main() -> ExitCode {
    if let Ok(name) = env::var(program::NAME) {
        let known = EXAMPLES.iter().find(|(known, _)| *known == name);
        return known.map_or(ExitCode::FAILURE, |(_, example)| example());
    }
    let filter = env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let filter = filter.unwrap_or_default();
    let mut code = ExitCode::SUCCESS;
    for (name, test) in TESTS.iter().filter(|(name, _)| name.contains(&filter)) {
        let begin = Instant::now();
        let is = match catch_unwind(test) {
            Ok(()) => "ok",
            Err(_panic) => {
                code = ExitCode::FAILURE;
                "FAILED"
            }
        };
        let took = begin.elapsed().as_secs_f64();
        let _ = writeln!(io::stdout(), "{took:6.2} s  {name:<56} {is}");
    }
    code
}
