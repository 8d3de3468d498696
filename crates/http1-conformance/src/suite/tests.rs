//! Selection, levels, claims, expectations and the watchdog.

use super::*;
use crate::case::{CaseEnd, Quote, fails, get, ok};
use crate::client::{
    CancelToken, Client, Delivery, Exchange, FailureKind, ResponseBody, TransportError,
};
use crate::mutants::Plain;
use crate::testing::blocking;
use crate::wire::Script;
use http::Response;

fn suite(cases: Vec<Case>) -> Suite {
    blocking("plain", "0", |context| Plain::of(context, None)).with_cases(cases)
}

fn passing(id: &'static str) -> Case {
    Case::must(id, "it passes").send(get("/"))
}

/// The default response is 200.
fn failing(case: Case) -> Case {
    case.send(get("/")).gives(ok(404))
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split_whitespace().map(str::to_owned)
}

fn run_to(suite: &Suite, arguments: &str) -> (u8, String) {
    let mut out = Vec::new();
    let arguments = Arguments::parse(words(arguments)).unwrap();
    let code = suite.run_to(&arguments, &mut out).unwrap();
    let plain = anstream::adapter::strip_bytes(&out).into_vec();
    (code, String::from_utf8(plain).unwrap())
}

#[test]
fn a_must_fails_the_run_and_a_should_only_when_strict() {
    let must = suite(vec![failing(Case::must("a/b", "m"))]);
    let should = suite(vec![failing(Case::should("a/b", "s"))]);
    let all = Selection::everything();
    assert_eq!(must.run(&all).unwrap().exit_code(), 1);
    assert_eq!(should.run(&all).unwrap().exit_code(), 0);
    assert_eq!(should.strict().run(&all).unwrap().exit_code(), 1);
    let should = suite(vec![failing(Case::should("a/b", "s"))]);
    assert_eq!(should.run(&all.strict()).unwrap().exit_code(), 1);
}

#[test]
fn what_was_not_claimed_is_skipped_with_a_reason() {
    let case = || {
        vec![failing(
            Case::must("a/tls", "t").needs_all(&[Capability::Tls]),
        )]
    };
    let (code, text) = run_to(&suite(case()), "");
    assert_eq!(code, 0);
    assert!(
        text.contains("test a/tls ... ignored, the adapter does not claim TLS"),
        "{text}"
    );
    assert_eq!(run_to(&suite(case()).claims(&[Capability::Tls]), "").0, 1);
}

#[test]
fn expected_failures_pass_and_stale_or_unmatched_lines_fail() {
    let cases = || vec![failing(Case::must("a/fails", "f")), passing("a/passes")];
    for (lines, code, text) in [
        (
            "a/fails -- slow",
            0,
            "test a/fails ... failed as expected: slow",
        ),
        (
            "a/* -- slow",
            1,
            "test a/passes ... FAILED: it passes, so its line is stale",
        ),
        (
            "a/fails -- slow\nb/** -- old",
            1,
            "line 2: `b/**` matches no case",
        ),
    ] {
        let (got, report) = run_to(&suite(cases()).expected_failures(lines), "");
        assert_eq!(got, code, "{report}");
        assert!(report.contains(text), "{report}");
    }
    let broken = suite(cases()).expected_failures("a/fails");
    assert!(
        broken
            .run(&Selection::everything())
            .unwrap_err()
            .contains("line 1")
    );
}

#[test]
fn one_selected_case_does_not_judge_the_lines_of_others() {
    let suite = suite(vec![passing("a/b")]).expected_failures("z -- elsewhere");
    assert_eq!(run_to(&suite, "--exact a/b").0, 0);
    assert_eq!(run_to(&suite, "").0, 1);
}

#[test]
fn cases_are_selected_as_in_cargo_test() {
    let suite = suite(vec![passing("a/b"), passing("a/bc"), passing("d/b")]);
    for (arguments, expected) in [
        ("--list", "a/b: test\na/bc: test\nd/b: test\n"),
        ("--list --format terse a/", "a/b: test\na/bc: test\n"),
        ("--list --exact a/b", "a/b: test\n"),
        ("--list a/ d/ --skip bc", "a/b: test\nd/b: test\n"),
        ("--list --ignored", ""),
    ] {
        assert_eq!(
            run_to(&suite, arguments),
            (0, expected.to_owned()),
            "{arguments}"
        );
    }
    let (_, text) = run_to(&suite, "--exact a/b --nocapture --test-threads=1");
    assert!(text.contains("running 1 case\ntest a/b ... ok\n"), "{text}");
    let (code, text) = run_to(&suite, "--ignored");
    assert_eq!(code, 0);
    assert!(text.contains("running 0 cases\n"), "{text}");
    assert!(
        run_to(&suite, "--include-ignored")
            .1
            .contains("running 3 cases\n")
    );
    assert!(run_to(&suite, "--help").1.starts_with("Usage"));
    assert!(Arguments::parse(words("--lits")).is_err());
    assert!(Arguments::parse(words("--test-threads 0")).is_err());
}

#[test]
fn a_filter_that_fits_no_case_is_a_mistake() {
    let required = Case::required("a/rfc", "r", Quote::must("RFC 9112 §6.3", "It MUST."));
    let suite = suite(vec![passing("a/b"), required.send(get("/"))]);
    let run = |arguments: &str| {
        suite.run_to(
            &Arguments::parse(words(arguments)).unwrap(),
            &mut Vec::new(),
        )
    };
    for (arguments, mistake) in [
        ("a/c", "`a/c` fits no case of the profile contract"),
        (
            "a/ framign",
            "`framign` fits no case of the profile contract",
        ),
        ("--exact a/", "`a/` fits no case of the profile contract"),
        ("--profile rfc a/b", "`a/b` fits no case of the profile rfc"),
        (
            "--ignored a/c",
            "`a/c` fits no case of the profile contract",
        ),
    ] {
        let problem = run(arguments).unwrap_err();
        assert!(problem.starts_with(mistake), "{arguments}: {problem}");
    }
    // `cargo test` hands the name of another binary's test to each of them.
    for arguments in [
        "my_test",
        "module::test",
        "--exact my_test a/b",
        "a/b --skip a/b",
    ] {
        assert_eq!(run(arguments), Ok(0), "{arguments}");
    }
    let problem = suite.run(&Selection::exactly(["a/c"])).unwrap_err();
    assert!(
        problem.contains("`a/c` fits no case of the profile contract; --list"),
        "{problem}"
    );
}

/// Reads for as long as there is a socket to read from, whatever the limits say.
struct Sleepy;

impl Client for Sleepy {
    fn exchange(
        &self,
        exchange: Exchange,
        _: &CancelToken,
    ) -> Result<Response<ResponseBody>, TransportError> {
        let place = exchange.request().uri().authority().unwrap().as_str();
        let mut socket = std::net::TcpStream::connect(place).unwrap();
        io::Write::write_all(&mut socket, b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let _ = io::Read::read(&mut socket, &mut [0]);
        Err(TransportError::new(FailureKind::Other, Delivery::MaybeSent))
    }

    fn sleep(&self, _: Duration, _: &CancelToken) {}
}

#[test]
fn an_adapter_that_hangs_is_a_result_and_its_sockets_are_freed() {
    let silent = Case::must("a/silent", "it hangs")
        .peer(Script::accept().read_head())
        .send(get("/"));
    let suite = blocking("sleepy", "0", |_| Sleepy)
        .with_cases(vec![silent])
        .timeout(Duration::ZERO)
        .watchdog(Duration::from_millis(300))
        .first_failure_is_final();
    let report = suite.run(&Selection::everything()).unwrap().to_string();
    assert!(report.contains("hung after 300ms; last event"), "{report}");
    assert!(report.contains("adapter    had not returned"), "{report}");
}

#[test]
fn a_suite_that_hangs_by_itself_is_no_verdict() {
    let lost = Case::must("a/lost", "no connection comes").run(|context| {
        let peer = context.peer(Script::accept())?;
        context.wait_for(&peer, "a connection", |seen| seen.connections() > 0)
    });
    let suite = suite(vec![lost]).timeout(Duration::from_millis(10));
    let report = suite.run(&Selection::everything()).unwrap();
    assert_eq!(report.exit_code(), 0, "{report}");
    assert_eq!(report.inconclusive().collect::<Vec<_>>(), ["a/lost"]);
    let text = "inconclusive: the peer never came so far: a connection";
    assert!(report.to_string().contains(text), "{report}");
    let strict = suite.run(&Selection::everything().strict()).unwrap();
    assert_eq!(strict.exit_code(), 1, "{strict}");
}

/// A case that fails at the paces before `passes`, as on a machine that is too slow for them.
fn slow_until(passes: u32) -> Case {
    Case::must("a/slow", "it takes its time")
        .timed()
        .run(move |context| {
            if context.pace().factor() < passes {
                return CaseEnd::problem("too late");
            }
            Ok(())
        })
}

#[test]
fn what_passes_with_its_times_stretched_was_the_machine() {
    for (passes, factor) in [(4, 4), (16, 16)] {
        let report = suite(vec![slow_until(passes)]);
        let report = report.run(&Selection::everything().strict()).unwrap();
        assert_eq!(report.exit_code(), 0, "{report}");
        let text = format!("test a/slow ... ok (with all times ×{factor}, this machine late by ");
        assert!(report.to_string().contains(&text), "{report}");
        assert!(report.to_json().contains(&format!("\"pace\": {factor}")));
    }
    let report = suite(vec![slow_until(17)])
        .run(&Selection::everything())
        .unwrap();
    assert_eq!(report.failed().collect::<Vec<_>>(), ["a/slow"]);
}

#[test]
fn what_is_too_late_in_company_is_tried_again_alone() {
    let before = AtomicUsize::new(0);
    let case = Case::must("a/slow", "it takes its time")
        .timed()
        .run(move |_| match before.fetch_add(1, Ordering::SeqCst) {
            0 => CaseEnd::problem("too late"),
            _ => Ok(()),
        });
    let report = suite(vec![case]).run(&Selection::everything()).unwrap();
    let text = "test a/slow ... ok (alone, this machine late by ";
    assert!(report.to_string().contains(text), "{report}");
    assert!(report.to_json().contains("\"pace\": 1"));
}

#[test]
fn a_flaky_case_is_counted_apart_and_fails_no_run() {
    for (case, text) in [
        (passing("a/b"), "test a/b ... ok, known to be flaky: a race"),
        (
            failing(Case::must("a/b", "f")),
            "test a/b ... failed, known to be flaky: a race",
        ),
    ] {
        let suite = suite(vec![case]).expected_failures("flaky: a/b -- a race");
        let report = suite.run(&Selection::everything().strict()).unwrap();
        assert_eq!(report.exit_code(), 0, "{report}");
        assert_eq!(report.flaky().count(), 1);
        assert!(report.to_string().contains(text), "{report}");
        assert!(report.to_string().contains("1 flaky"), "{report}");
    }
}

#[test]
fn a_panic_in_a_case_is_a_result() {
    let case = Case::must("a/panics", "p").run(|_| std::panic::resume_unwind(Box::new("oops")));
    let report = suite(vec![case]).run(&Selection::everything()).unwrap();
    assert!(report.to_string().contains("panic: oops"), "{report}");
}

#[test]
fn laws_hold_in_every_case() {
    let twice = Case::must("a/twice", "the adapter repeats").run(|context| {
        let peer = context.peer(Script::serve(crate::case::DEFAULT_RESPONSE))?;
        let mut stray = std::net::TcpStream::connect(peer.address()).unwrap();
        io::Write::write_all(&mut stray, b"GET /stray HTTP/1.1\r\n\r\n").unwrap();
        context.wait_for(&peer, "it reads", |seen| !seen.requests().is_empty())
    });
    let run = |suite: Suite| suite.run(&Selection::everything()).unwrap();
    let text = "1 request arrived where 0 had been sent";
    let report = run(suite(vec![twice.clone()]));
    assert!(report.to_string().contains(text), "{report}");
    assert_eq!(report.misclassified().collect::<Vec<_>>(), ["a/twice"]);
    assert_eq!(report.exit_code(), 1);
    // Whoever does not claim it may send what it likes, unless that is what a case is about.
    let free = [Capability::NoRetries];
    assert_eq!(run(suite(vec![twice]).lacks(&free)).exit_code(), 0);
}

#[test]
fn behaviour_and_classification_are_two_verdicts() {
    let rejected = |kind| {
        let broken = Script::accept().read_request().write("nonsense\r\n\r\n");
        let case = Case::must("a/broken", "it is rejected").peer(broken.half_close());
        vec![case.send(get("/")).gives(fails(&[kind]))]
    };
    let run = |suite: Suite| suite.run(&Selection::everything()).unwrap();
    assert_eq!(run(suite(rejected(FailureKind::Protocol))).exit_code(), 0);
    let report = run(suite(rejected(FailureKind::Closed)));
    assert_eq!(report.exit_code(), 1, "{report}");
    assert_eq!(report.misclassified().count(), 1);
    assert_eq!(report.failed().count(), 0);
    let value: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    let case = &value["cases"][0];
    assert_eq!(case["behaviour"], "passed");
    assert_eq!(case["classification"], "failed");
    assert_eq!(case["classes"][0], "Closed, MaybeSent");
    let unnamed = suite(rejected(FailureKind::Closed)).lacks(&[Capability::ErrorKinds]);
    assert_eq!(run(unnamed).exit_code(), 0);
}

#[test]
fn a_case_whose_basis_fails_tells_nothing_and_points_to_it() {
    let basic = || failing(Case::must("a/basic", "b"));
    let above = || passing("a/above").building_on(&["a/basic"]);
    let both = suite(vec![basic(), above()]);
    let (code, text) = run_to(&both, "");
    assert_eq!(code, 1);
    let told = "test a/above ... inconclusive, see a/basic";
    assert!(text.contains(told), "{text}");
    // Not even when it is not selected, and never red.
    let (code, text) = run_to(&both, "--exact a/above --strict");
    assert_eq!(code, 0);
    assert!(text.contains(told), "{text}");
    let fine = suite(vec![passing("a/basic"), above()]);
    assert!(run_to(&fine, "").1.contains("2 passed"));
}

#[test]
fn the_profile_of_rfcs_has_no_case_of_the_contract() {
    const QUOTE: Quote = Quote::must("RFC 9110 §1", "it MUST");
    let cases = vec![
        failing(Case::must("a/ours", "c")),
        Case::required("a/theirs", "r", QUOTE).send(get("/")),
    ];
    let suite = suite(cases);
    assert_eq!(run_to(&suite, "").0, 1);
    let (code, text) = run_to(&suite, "--profile rfc");
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("running 1 case\ntest a/theirs ... ok"),
        "{text}"
    );
    assert_eq!(run_to(&suite, "--profile=rfc --list").1, "a/theirs: test\n");
    assert!(Arguments::parse(words("--profile both")).is_err());
}

#[test]
fn a_failure_explains_itself() {
    const QUOTE: Quote = Quote::must("RFC 9112 §8", "it MUST be recorded");
    let case = Case::required("a/cut", "a cut body is a failure", QUOTE)
        .cause("the end is taken for the end")
        .peer(
            Script::accept()
                .read_request()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut")
                .half_close(),
        )
        .send(get("/x"))
        .gives(fails(&[FailureKind::Closed]));
    let report = suite(vec![case]).run(&Selection::everything()).unwrap();
    let text = report.to_string();
    for line in [
        "FAILED a/cut   MUST  RFC 9112 §8",
        "test a/cut ... FAILED: classification alone",
        "  requirement  a cut body is a failure",
        "  sentence     RFC 9112 §8: \"it MUST be recorded\"",
        "  behaviour    passed",
        "  classified   the kind is Truncated, not Closed (error kinds)",
        "  exchange     GET /x",
        "    adapter    Err(Truncated, MaybeSent) after the head 200 and \"cut\"",
        "    error      the response was cut short",
        "    expected   Err(Closed, MaybeSent)",
        " A > [0..41] \"HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\ncut\"",
        "  usual cause  the end is taken for the end",
        "-- --exact a/cut",
    ] {
        assert!(text.contains(line), "no {line:?} in {text}");
    }
}

#[test]
fn the_report_for_machines_is_the_same_but_for_times() {
    let cases = || vec![passing("a/b"), failing(Case::must("a/fails", "f"))];
    let json = || {
        // A machine that is too busy for the usual timeout would be told of in one of the two.
        let report = suite(cases())
            .timeout(Duration::from_secs(60))
            .run(&Selection::everything())
            .unwrap()
            .to_json();
        let mut value: serde_json::Value = serde_json::from_str(&report).unwrap();
        forget_times(&mut value);
        value
    };
    let value = json();
    assert_eq!(value, json());
    assert_eq!(value["conforms"], false);
    assert_eq!(
        value["cases"][1]["failure"]["exchanges"][0]["got"],
        "Ok(200, body \"ok\")"
    );
}

fn forget_times(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.retain(|name, _| name != "milliseconds" && name != "seconds");
            fields.values_mut().for_each(forget_times);
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(forget_times),
        _ => {}
    }
}
