//! `property/*`: what holds for anything, shown with much that was made up.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::client::CancelToken;

use super::rfc;
use crate::case::{Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, Verdict, ok, post, request};
use crate::wire::{Plan, Script};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::required(
            "property/segmentation",
            "however a response is cut into segments, it is the same response",
            rfc::OCTETS,
        )
        .building_on(&[
            "framing/chunked/extensions-ignored",
            "framing/chunked/trailers-not-headers",
        ])
        .cause("a parser wants a part of the response in one read")
        .run(segmentation),
        Case::must(
            "property/request-round-trip",
            "any body arrives as it was, with its length",
        )
        .per("RFC 9112 §6.2")
        .cause("the body passes through a string type, or a buffer that is too small")
        .run(round_trip),
        Case::must(
            "property/mutated-response",
            "no mutation of a response makes the adapter panic, hang, or deliver bytes that did not come",
        )
        .cause("the parser trusts what it reads")
        .run(mutated),
    ]
}

/// Runs a property over the wire, with the same values in every run.
fn check<T: std::fmt::Debug>(
    cases: u32,
    strategy: impl Strategy<Value = T>,
    test: impl Fn(T) -> Result<Vec<String>, CaseEnd>,
) -> Verdict {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 100,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome = TestRunner::new_with_rng(config, rng).run(&strategy, |value| match test(value) {
        Ok(problems) if problems.is_empty() => Ok(()),
        Ok(problems) => Err(TestCaseError::fail(problems.join("; "))),
        Err(stop) => Err(TestCaseError::fail(format!("{stop:?}"))),
    });
    match outcome {
        Ok(()) => Ok(()),
        Err(TestError::Fail(problem, value)) => {
            CaseEnd::problem(format!("{} with {value:?}", problem.message()))
        }
        Err(TestError::Abort(problem)) => Err(CaseEnd::Broken(problem.message().to_owned())),
    }
}

const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nX-One: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n, big talk\r\n0\r\nX-Two: b\r\n\r\n";

fn segmentation(context: &CaseContext) -> Verdict {
    check(24, vec(1..CHUNKED.len(), 0..6), |mut cuts| {
        cuts.extend([0, CHUNKED.len()]);
        cuts.sort_unstable();
        let script = cuts
            .windows(2)
            .fold(Script::accept().read_request(), |script, cut| {
                let (from, to) = (cut.first().copied(), cut.last().copied());
                let segment = CHUNKED.get(from.unwrap_or(0)..to.unwrap_or(0));
                // Else the kernel joins them.
                script.write(segment.unwrap_or_default()).until_read()
            });
        let peer = context.peer(script)?;
        let expect = ok(200).header("x-one", "a").body("hello, big talk");
        Ok(context.try_send(&peer, &crate::case::get("/"), &expect))
    })
}

fn round_trip(context: &CaseContext) -> Verdict {
    let peer = context.peer(Plan::default().otherwise(Script::serve(DEFAULT_RESPONSE)))?;
    check(40, vec(any::<u8>(), 0..400), |body| {
        let before = peer.log().transcript().requests().len();
        let mut problems = context.try_send(&peer, &post("/", body.clone()), &ok(200).body("ok"));
        let want = request()
            .header("content-length", body.len().to_string())
            .body(body);
        problems.extend(want.check_at(&peer.log().transcript().requests(), before));
        Ok(problems)
    })
}

fn mutated(context: &CaseContext) -> Verdict {
    let edits = vec((0..CHUNKED.len(), any::<u8>()), 1..4);
    check(60, edits, |edits| {
        let mut response = CHUNKED.to_vec();
        for (at, byte) in edits {
            if let Some(place) = response.get_mut(at) {
                *place = byte;
            }
        }
        let peer = context.peer(
            Script::accept()
                .read_request()
                .write(response.clone())
                .half_close(),
        )?;
        let cancel = CancelToken::new();
        let outcome = context.exchange(&peer.authority(), &crate::case::get("/"), &cancel, None);
        let mut problems: Vec<_> = outcome.panic.iter().cloned().collect();
        // The peer has ended its direction, so there is nothing to wait for.
        if outcome.used_its_time() {
            problems.push(format!(
                "the adapter gave {outcome} after {:?}",
                outcome.took
            ));
        }
        if !is_subsequence(&outcome.body, &response) {
            problems.push(format!(
                "the adapter gave {outcome}, which the peer never sent"
            ));
        }
        Ok(problems)
    })
}

/// Whether all bytes of one are in the other in this order, as content is in chunks.
fn is_subsequence(part: &[u8], whole: &[u8]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|byte| rest.any(|other| other == byte))
}
