//! `api/encoding/*`: whatever text a parameter holds, the peer finds that text.

use http1_conformance::Case;
use http1_conformance::case::{CaseContext, CaseEnd, DEFAULT_RESPONSE, Verdict};
use http1_conformance::wire::{Peer, Plan, Script};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use talkspace_core::server::ServerOperation;

use crate::core;
use crate::parameters::{Arrived, Values};

pub(super) fn case<O: ServerOperation>() -> Case {
    Case::must(
        format!("api/encoding/{}", O::INFO.id),
        "each parameter arrives once, in its place and order, with exactly the text that it was; text that no request can carry is rejected",
    )
    .per("WHATWG URL §5.1, RFC 3986 §2")
    .cause("the URI or the form is decoded and encoded anew on its way")
    .run(run::<O>)
}

/// How many values are made up; each is one request over the wire.
const CASES: u32 = 40;

fn run<O: ServerOperation>(context: &CaseContext) -> Verdict {
    let peer = context.peer(Plan::default().otherwise(Script::serve(DEFAULT_RESPONSE)))?;
    let config = Config {
        cases: if O::INFO.parameters.is_empty() {
            1
        } else {
            CASES
        },
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    // The same values in every run, so that a report can be compared.
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome = TestRunner::new_with_rng(config, rng).run(&Values::any(O::INFO), |values| {
        let problems = send::<O>(context, &peer, &values);
        match problems.first() {
            None => Ok(()),
            Some(_) => Err(TestCaseError::fail(problems.join("; "))),
        }
    });
    match outcome {
        Ok(()) => CaseEnd::unless_empty(send::<O>(context, &peer, &Values::long(O::INFO))),
        Err(TestError::Fail(problem, values)) => {
            CaseEnd::problem(format!("{} with {values:?}", problem.message()))
        }
        Err(TestError::Abort(problem)) => Err(CaseEnd::Broken(problem.message().to_owned())),
    }
}

/// Sends a request with these values and says what is wrong with what arrived.
fn send<O: ServerOperation>(context: &CaseContext, peer: &Peer, values: &Values) -> Vec<String> {
    let (request, sendable) = (values.encode::<O>(&peer.authority()), values.are_sendable());
    let (_, request) = match (request, sendable) {
        (Ok(request), true) => request,
        (Ok(_), false) => return vec!["what no request can carry was not rejected".to_owned()],
        (Err(problem), true) => return vec![format!("rejected: {problem}")],
        (Err(_), false) => return Vec::new(),
    };
    let before = peer.log().transcript().requests().len();
    let mut problems = match core::send(context, request) {
        Ok(response) if response.status() == 200 && response.body() == "ok" => Vec::new(),
        Ok(response) => vec![format!("the adapter gave {response:?}")],
        Err(problem) => vec![problem],
    };
    let requests = peer.log().transcript().requests();
    let Some(request) = requests.get(before) else {
        problems.push("the request never arrived".to_owned());
        return problems;
    };
    let line: Vec<_> = request.line.split(' ').collect();
    let [method, target, _] = line.as_slice() else {
        problems.push(format!("the request line is {:?}", request.line));
        return problems;
    };
    let content_type = request.values("content-type");
    problems.extend(values.compare(&Arrived {
        method,
        target,
        content_type: content_type.first().map(|value| &**value),
        body: &request.body,
    }));
    problems
}
