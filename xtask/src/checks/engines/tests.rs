//! What is published of a run, how it is judged, and what counts as a change.

use super::compare::{Differences, compare};
use super::judge::{Kind, Problems, parse};
use super::report::{self, Report};
use super::table::{Case, Table, Verdict};
use super::{page, part, subjects};
use std::collections::BTreeSet;
use std::path::Path;

/// A report of an engine that claims keep-alive and nothing else.
const REPORT: &str = r#"{
  "format": 2, "suite": "0.1.0", "adapter": { "name": "<Odd>", "version": "1.2" }, "profile": "contract",
  "claims": ["keep-alive"], "strict": false, "conforms": false, "problems": [], "lateness": { "milliseconds": 1 },
  "cases": [
    { "id": "head/a", "level": "MUST", "requirement": "a is read", "needs": [], "classes": [], "pace": 1,
      "source": { "kind": "required", "quotes": [{ "rfc": "RFC 9112 §6.3", "text": "It MUST <be> so." }] },
      "status": "passed", "behaviour": "passed", "classification": "passed", "milliseconds": 1 },
    { "id": "head/b", "level": "SHOULD", "requirement": "b is read", "needs": [], "classes": [], "pace": 1,
      "source": { "kind": "required", "quotes": [{ "rfc": "RFC 9110 §5", "text": "It SHOULD." }] },
      "status": "expected failure", "behaviour": "failed", "classification": "passed", "milliseconds": 1, "reason": "old",
      "failure": { "problems": ["it was not"], "classification": [], "peers": [[
          { "connection": 0, "seconds": 0.01, "event": "> [GET / HTTP/1.1]" },
          { "connection": 1, "seconds": 2.04, "event": "closed" }]],
        "exchanges": [{ "request": "GET /", "expected": "200", "got": null, "errors": ["e"] }] } },
    { "id": "conn/kept", "level": "MUST", "requirement": "it is kept", "needs": ["keep-alive"], "classes": [], "pace": 1,
      "source": { "kind": "contract", "near": "RFC 9112 §9.3" },
      "status": "failed", "behaviour": "failed", "classification": "passed", "milliseconds": 1,
      "failure": { "problems": ["it was closed"], "classification": [], "exchanges": [], "peers": [] } },
    { "id": "policy/redirect", "level": "MUST", "requirement": "none is followed", "needs": [], "classes": [], "pace": 1,
      "source": { "kind": "contract", "near": "" },
      "status": "failed", "behaviour": "failed", "classification": "passed", "milliseconds": 1,
      "failure": { "problems": ["it was"], "classification": [], "exchanges": [], "peers": [] } },
    { "id": "head/c", "level": "MUST", "requirement": "c is read", "needs": [], "classes": [], "pace": 1,
      "source": { "kind": "required", "quotes": [{ "rfc": "RFC 9112 §4", "text": "It MUST." }] },
      "status": "inconclusive", "behaviour": "none", "classification": "none", "milliseconds": 1, "see": ["head/b"] }
  ]
}"#;

fn table() -> Table {
    table_of(REPORT)
}

fn table_of(report: &str) -> Table {
    let report: Report = serde_json::from_str(report).unwrap();
    let mut table = Table::new();
    table.add("odd", "Go", "go 1.2", report);
    table
}

/// What an RFC asks for, among the cases of the report.
fn required() -> BTreeSet<String> {
    let cases = table().cases;
    let required = cases.into_iter().filter(Case::is_required);
    required.map(|case| case.id).collect()
}

fn judged(toml: &str) -> (Table, Problems) {
    let (mut table, mut problems) = (table(), Problems::default());
    let lines = parse(toml).unwrap();
    for engine in &mut table.engines {
        engine.judge(&lines, &required(), &mut problems);
    }
    (table, problems)
}

const BOTH: &str = "[[judgement]]\ncase = 'head/*'\njudgement = 'fault'\nwhy = 'known'\n\
    issue = 'https://github.com/a/b/issues/1'\n\
    [[judgement]]\ncase = 'conn/**'\njudgement = 'by-design'\nwhy = 'meant'\n";

#[test]
fn verdicts_are_of_the_behaviour_and_of_what_is_claimed() {
    let table = table();
    let engine = table.engines.first().unwrap();
    for (id, verdict) in [
        ("head/a", Verdict::Passed),
        ("head/b", Verdict::Failed),
        ("head/c", Verdict::Inconclusive),
        ("conn/kept", Verdict::Failed),
        // It claims nothing that this were a part of, and no RFC asks for it.
        ("policy/redirect", Verdict::NotApplicable),
        ("no/such", Verdict::NotApplicable),
    ] {
        assert_eq!(engine.verdict(id), verdict, "{id}");
    }
    assert_eq!(engine.reasons.get("head/c").unwrap(), "see head/b");
    let ids: Vec<_> = table.cases.iter().map(|case| &*case.id).collect();
    let grouped = ["head/a", "head/b", "head/c", "conn/kept", "policy/redirect"];
    assert_eq!(ids, grouped);
    let failure = engine.failures.get("head/b").unwrap();
    assert_eq!(
        failure.transcript,
        ["A         > [GET / HTTP/1.1]", "B  2.0 s  closed"]
    );
}

#[test]
fn every_failure_is_judged_and_every_judgement_fits() {
    let (table, problems) = judged(BOTH);
    assert_eq!(problems, Problems::default());
    let failures = &table.engines.first().unwrap().failures;
    let kind = |id: &str| {
        failures
            .get(id)
            .unwrap()
            .judgement
            .as_ref()
            .unwrap()
            .judgement
    };
    assert_eq!(
        (kind("head/b"), kind("conn/kept")),
        (Kind::Fault, Kind::ByDesign)
    );
    let line =
        |case: &str| format!("[[judgement]]\ncase = '{case}'\njudgement = 'unknown'\nwhy = 'w'\n");
    for (added, stale) in [
        (
            "head/a",
            "odd: the judgement of `head/a`: its verdict is: passed",
        ),
        (
            "head/z",
            "odd: the judgement of `head/z`: there is no such case",
        ),
        (
            "head/b",
            "odd: the judgement of `head/b`: its verdict is: failed",
        ),
        (
            "policy/*",
            "odd: the judgement of `policy/*`: its verdict is: not applicable",
        ),
    ] {
        let (_, problems) = judged(&format!("{BOTH}{}", line(added)));
        assert_eq!(problems.stale, [stale]);
    }
    // Another machine may tell.
    assert!(
        judged(&format!("{BOTH}{}", line("head/c")))
            .1
            .stale
            .is_empty()
    );
    let (_, problems) = judged("");
    assert_eq!(problems.unjudged, ["odd: conn/kept", "odd: head/b"]);
    for (toml, mistake) in [
        (
            "[[judgement]]\ncase = 'a'\njudgement = 'wrong'\nwhy = 'w'",
            "unknown variant `wrong`",
        ),
        (
            "[[judgement]]\ncase = 'a'\njudgement = 'fault'",
            "missing field `why`",
        ),
        (
            "[[judgement]]\ncase = 'a'\njudgement = 'fault'\nwhy = ' '",
            "does not say why",
        ),
        (
            "[[judgement]]\ncase = 'a'\njudgement = 'fault'\nwhy = 'w'\nisue = ''",
            "unknown field `isue`",
        ),
    ] {
        let problem = parse(toml).unwrap_err();
        assert!(problem.contains(mistake), "{problem}");
    }
}

#[test]
fn a_changed_verdict_counts_and_another_version_is_told() {
    let (before, _) = judged(BOTH);
    let none = Default::default();
    assert_eq!(compare(&before, &table(), &none), Default::default());
    let passes = REPORT
        .replace(
            r#""status": "expected failure", "behaviour": "failed""#,
            r#""status": "passed", "behaviour": "passed""#,
        )
        .replace(
            r#""status": "inconclusive", "behaviour": "none""#,
            r#""status": "passed", "behaviour": "passed""#,
        )
        .replace("1.2", "1.3");
    let passes = passes.replace(
        r#""behaviour": "passed", "classification": "passed", "milliseconds": 1, "reason": "old",
      "failure""#,
        r#""behaviour": "passed", "classification": "passed", "milliseconds": 1, "reason": "old",
      "unread""#,
    );
    let now = table_of(&passes);
    let differences = compare(&before, &now, &none);
    let text = "odd: head/b: was failed, is passed";
    assert_eq!(changes(&differences), [text]);
    assert_eq!(
        differences.told,
        [
            "odd: its version was 1.2, and is 1.3",
            "odd: head/c: was inconclusive, is passed",
        ]
    );
    let flaky = [("odd".to_owned(), "head/b".to_owned())].into();
    assert!(compare(&before, &now, &flaky).changed.is_empty());
    let worse = compare(&now, &before, &none);
    assert_eq!(
        changes(&worse),
        ["odd: head/b: was passed, is failed: it was not"]
    );
    assert_eq!(
        changes(&compare(&Table::new(), &now, &none)),
        ["odd: is not published"]
    );

    let (mut fewer, _) = judged(BOTH);
    for engine in &mut fewer.engines {
        engine.verdicts.remove("head/b");
    }
    assert_eq!(
        changes(&compare(&fewer, &now, &none)),
        ["odd: head/b: was no case, is passed"]
    );

    let mut twice = compare(&before, &now, &none);
    twice.confirm(&compare(&before, &now, &none));
    assert_eq!(changes(&twice), [text]);
    twice.confirm(&compare(&before, &before, &none));
    assert!(twice.changed.is_empty());
    assert!(
        twice
            .told
            .contains(&format!("{text}; not so at a second run"))
    );
}

fn changes(differences: &Differences) -> Vec<&str> {
    differences.changed.values().map(String::as_str).collect()
}

#[test]
fn what_was_published_of_others_stays() {
    let (published, _) = judged(BOTH);
    let mut table = Table::new();
    assert!(!table.keep(&published, "even"));
    assert!(table.keep(&published, "odd"));
    assert_eq!(table.engines, published.engines);
    assert_eq!(table.cases, published.cases);
}

#[test]
fn the_page_has_no_red_for_what_no_rfc_asks_for() {
    let (table, _) = judged(BOTH);
    let page = page::page(&table);
    let (rfc, contract) = page.split_once("<h2 id=\"contract\">").unwrap();
    let (_, rfc) = rfc.split_once("<h2 id=\"rfc\">").unwrap();
    // A SHOULD is a warning.
    assert!(
        rfc.contains("<a href=\"#rfc/odd/head\"><b class=\"warned\""),
        "{rfc}"
    );
    assert!(!rfc.contains("class=\"failed\""), "{rfc}");
    assert!(rfc.contains("<q>It SHOULD.</q>") && rfc.contains("rfc9110.html#section-5\""));
    assert!(
        rfc.contains("True fault:</b> known <a href=\"https://github.com/a/b/issues/1\">a/b#1</a>")
    );
    assert!(contract.contains("<b class=\"differs\""), "{contract}");
    assert!(!contract.contains("class=\"failed\""), "{contract}");
    assert!(page.contains("It MUST &lt;be&gt; so.") && page.contains("&lt;Odd&gt;"));
    let red = REPORT.replace("\"level\": \"SHOULD\"", "\"level\": \"MUST\"");
    assert!(
        page::page(&table_of(&red))
            .contains("<b class=\"failed\" title=\"a MUST is not kept\">✕ 1</b>")
    );
}

#[test]
fn reports_of_another_format_are_not_read() {
    let other = REPORT.replace("\"format\": 2", "\"format\": 9");
    let problem = report::parse(&other).unwrap_err();
    assert!(problem.contains("format 9"), "{problem}");
}

#[test]
fn every_subject_of_the_manifests_is_named_once() {
    let root = xtask::checkout::root().unwrap();
    let subjects = subjects::all(&root.join("tests/engines")).unwrap();
    let mut names: Vec<_> = subjects.iter().map(|subject| &*subject.name).collect();
    assert!(names.contains(&"talkspace-hyper"), "{names:?}");
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(
        names.len(),
        count,
        "two subjects have the same name: {names:?}"
    );
    let unknown = subjects::named(Path::new(&root.join("tests/engines")), &["nobody"]);
    assert!(
        unknown
            .unwrap_err()
            .contains("there is no subject `nobody`")
    );
}

#[test]
fn what_the_contract_alone_asks_is_judged_by_the_adapters_own_reason() {
    let expected = REPORT.replace(
        r#""status": "failed", "behaviour": "failed""#,
        r#""status": "expected failure", "reason": "it has no pool", "behaviour": "failed""#,
    );
    let mut table = table_of(&expected);
    let mut problems = Problems::default();
    for engine in &mut table.engines {
        engine.judge(&[], &required(), &mut problems);
    }
    // A sentence of an RFC needs a judgement of ours, whatever the adapter says.
    assert_eq!(problems.unjudged, ["odd: head/b"]);
    let kept = table.engines.first().unwrap().failures.get("conn/kept");
    let judgement = kept.unwrap().judgement.as_ref().unwrap();
    assert_eq!(judgement.judgement, Kind::ByDesign);
    assert_eq!(judgement.why, "it has no pool");
}

#[test]
fn a_run_of_all_checks_plays_one_engine_of_each_language() {
    let root = xtask::checkout::root().unwrap();
    let all = || subjects::all(&root.join("tests/engines")).unwrap();
    let languages = |subjects: Vec<subjects::Subject>| {
        let languages = subjects.into_iter().map(|subject| subject.language);
        languages.collect::<Vec<_>>()
    };
    let mut some = languages(part::of(all()));
    some.sort_unstable();
    let every: BTreeSet<_> = languages(all()).into_iter().collect();
    assert_eq!(some, every.into_iter().collect::<Vec<_>>());
}

#[test]
fn another_version_is_not_compared_in_part() {
    let (mut before, _) = judged(BOTH);
    let mut same = table();
    before.comparable(&mut same);
    assert_eq!(same.engines.len(), 1);
    let mut other = table_of(&REPORT.replace("1.2", "1.3"));
    before.comparable(&mut other);
    assert!(other.engines.is_empty());
}
