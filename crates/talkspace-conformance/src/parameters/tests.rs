//! Encoding round trips, without a wire between.

use std::collections::BTreeMap;
use std::env;
use std::thread;

use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestError, TestRunner};
use talkspace_core::OPERATIONS;
use talkspace_core::server::{OperationVisitor, visit_operations};

use super::*;

/// Cases for each operation. Continuous integration asks for more.
const CASES: u32 = 1000;

type RoundTrip = fn() -> Result<(), String>;

#[derive(Default)]
struct RoundTrips(Vec<(&'static str, RoundTrip)>);

impl OperationVisitor for RoundTrips {
    fn visit<O: ServerOperation>(&mut self) {
        if are_text(O::INFO) {
            self.0.push((O::INFO.id, round_trip::<O>));
        }
    }
}

#[test]
fn every_parameter_of_every_operation_arrives_as_it_was() {
    let mut round_trips = RoundTrips::default();
    visit_operations(&mut round_trips);
    let text = OPERATIONS.iter().filter(|operation| are_text(operation));
    assert_eq!(round_trips.0.len(), text.count());
    let broken: BTreeMap<_, _> = thread::scope(|scope| {
        let trials: Vec<_> = round_trips
            .0
            .into_iter()
            .map(|(id, round_trip)| scope.spawn(move || (id, round_trip())))
            .collect();
        let results = trials.into_iter().map(|trial| trial.join().unwrap());
        results
            .filter_map(|(id, result)| Some((id, result.err()?)))
            .collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

fn round_trip<O: ServerOperation>() -> Result<(), String> {
    let cases = env::var("TALKSPACE_PROPTEST_CASES");
    let config = Config {
        cases: cases
            .ok()
            .and_then(|count| count.parse().ok())
            .unwrap_or(CASES),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "src/parameters/failures.txt",
        ))),
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&Values::any(O::INFO), |values| {
        let problems = check::<O>(&values);
        match problems.first() {
            None => Ok(()),
            Some(_) => Err(TestCaseError::fail(problems.join("; "))),
        }
    });
    match outcome {
        Ok(()) => Ok(()),
        Err(TestError::Fail(problem, values)) => Err(format!("{problem} with {values:?}")),
        Err(TestError::Abort(problem)) => Err(problem.message().to_owned()),
    }
}

fn check<O: ServerOperation>(values: &Values) -> Vec<String> {
    match (values.encode::<O>("127.0.0.1:1"), values.are_sendable()) {
        (Ok((_, request)), true) => {
            let target = request.uri().path_and_query().unwrap();
            let content_type = request.headers().get("content-type");
            values.compare(&Arrived {
                method: request.method().as_str(),
                target: target.as_str(),
                content_type: content_type.map(|value| value.as_bytes()),
                body: request.body().as_bytes().unwrap(),
            })
        }
        (Err(_), false) => Vec::new(),
        (Ok(_), false) => vec!["not rejected".to_owned()],
        (Err(problem), true) => vec![format!("rejected: {problem}")],
    }
}

/// How many parameters were left empty that may be.
struct Emptied(usize);

impl OperationVisitor for Emptied {
    fn visit<O: ServerOperation>(&mut self) {
        if !are_text(O::INFO) {
            return;
        }
        let mut values = Values::sample(O::INFO);
        for (parameter, value) in O::INFO.parameters.iter().zip(&mut values.values) {
            if parameter.or_empty {
                *value = Some(String::new());
                self.0 += 1;
            }
        }
        assert_eq!(check::<O>(&values), [""; 0], "{values:?}");
    }
}

#[test]
fn what_may_be_empty_is_left_out_then() {
    let mut emptied = Emptied(0);
    visit_operations(&mut emptied);
    assert!(emptied.0 > 0);
}

struct Judged(usize);

/// The judges themselves must notice.
impl OperationVisitor for Judged {
    fn visit<O: ServerOperation>(&mut self) {
        if !are_text(O::INFO) {
            return;
        }
        let values = Values::sample(O::INFO);
        let (_, request) = values.encode::<O>("127.0.0.1").unwrap();
        let target = request.uri().path_and_query().unwrap().as_str();
        let body = std::str::from_utf8(request.body().as_bytes().unwrap()).unwrap();
        let problems = |method: &str, target: &str, body: &str| {
            let arrived = Arrived {
                method,
                target,
                content_type: Some(b"application/x-www-form-urlencoded"),
                body: body.as_bytes(),
            };
            !values.compare(&arrived).is_empty()
        };
        let method = request.method().as_str();
        assert!(!problems(method, target, body), "{}", O::INFO.id);
        let longer = target.replacen("/rest", "/rest/", 1);
        let other = if target.contains('?') { '&' } else { '?' };
        let more = |text: &str| format!("{text}{}a=b", if text.is_empty() { "" } else { "&" });
        for (method, target, body) in [
            ("BREW", target, body),
            (method, &longer, body),
            (method, &target.replacen("/rest", "/./rest", 1), body),
            (method, &format!("{target}{other}a=b"), body),
            (method, target, &more(body)),
        ] {
            assert!(problems(method, target, body), "{method} {target} {body}");
            self.0 += 1;
        }
        if !body.is_empty() {
            assert!(
                problems(method, target, &format!("{body}&{body}")),
                "{body}"
            );
            assert!(
                problems(method, target, &body.replace("appkey=", "appkey=%")),
                "{body}"
            );
        }
    }
}

#[test]
fn the_judges_notice_what_is_wrong() {
    let mut judged = Judged(0);
    visit_operations(&mut judged);
    let text = OPERATIONS.iter().filter(|operation| are_text(operation));
    assert!(judged.0 >= 5 * text.count());
}
