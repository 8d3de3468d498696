//! What one side writes the other reads as the same, for every operation and
//! in both directions, with values that are hard to think of.

use std::collections::BTreeMap;
use std::fmt;
use std::thread;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestCaseResult, TestError};
use talkspace_core::OPERATIONS;
use talkspace_core::server::ServerOperation;
use talkspace_core::server::{OperationVisitor, visit_operations};
use talkspace_tests::laws;

mod documents;
mod fields;
pub(crate) mod requests;
mod responses;
mod shapes;
mod texts;

/// Cases for each operation and law. Continuous integration asks for more.
const CASES: u32 = 1000;

/// A law, tried on one operation: what broke it, if anything did.
type Trial = fn() -> Result<(), String>;

/// The laws, for each operation.
#[derive(Default)]
struct Laws {
    requests: Vec<(&'static str, Trial)>,
    responses: Vec<(&'static str, Trial)>,
    errors: Vec<(&'static str, Trial)>,
}

impl OperationVisitor for Laws {
    fn visit<O: ServerOperation>(&mut self) {
        self.requests.push((O::INFO.id, requests::law::<O>));
        self.responses.push((O::INFO.id, responses::law::<O>));
        self.errors.push((O::INFO.id, responses::errors::<O>));
    }
}

fn laws() -> Laws {
    let mut laws = Laws::default();
    visit_operations(&mut laws);
    laws
}

#[test]
fn every_request_arrives_as_it_was() {
    try_all(laws().requests);
}

#[test]
fn every_response_arrives_as_it_was() {
    try_all(laws().responses);
}

#[test]
fn every_error_arrives_as_it_was() {
    try_all(laws().errors);
}

fn try_all(trials: Vec<(&'static str, Trial)>) {
    assert_eq!(trials.len(), OPERATIONS.len());
    let broken: BTreeMap<_, _> = thread::scope(|scope| {
        let running: Vec<_> = trials
            .into_iter()
            .map(|(id, trial)| scope.spawn(move || (id, trial())))
            .collect();
        let results = running.into_iter().map(|trial| trial.join().unwrap());
        results
            .filter_map(|(id, result)| Some((id, result.err()?)))
            .collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Tries a law on random values. One that is rejected does not count.
fn holds<V: fmt::Debug>(
    values: impl Strategy<Value = V>,
    law: impl Fn(V) -> TestCaseResult,
) -> Result<(), String> {
    let cases = laws::cases(CASES);
    let config = Config {
        max_global_rejects: cases,
        ..laws::config(cases, "together/round_trip/failures.txt")
    };
    match laws::holds(config, &values, law) {
        Ok(()) => Ok(()),
        Err(TestError::Fail(problem, values)) => Err(format!("{problem} with {values:?}")),
        Err(TestError::Abort(problem)) => Err(problem.message().to_owned()),
    }
}

/// A step of a law that must not fail.
fn must<T, E: fmt::Debug>(step: &str, result: Result<T, E>) -> Result<T, TestCaseError> {
    result.map_err(|error| TestCaseError::fail(format!("{step}: {error:?}")))
}
