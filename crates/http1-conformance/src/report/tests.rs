//! Reports in their formats say what happened, and nothing that breaks them.

use serde_json::Value;

use super::*;
use crate::Selection;
use crate::mutants::{Fault, Plain};
use crate::testing::blocking;

fn report() -> Report {
    blocking("<broken>", "0", |context| {
        Plain::of(context, Some(Fault::TruncationIsSuccess))
    })
    // Two runs are alike, however busy the machine is.
    .timeout(Duration::from_secs(60))
    .run(&Selection::exactly([
        "request/line/origin-form",
        "framing/cl/short-close",
        "tls/expired",
    ]))
    .unwrap()
}

#[test]
fn json_has_the_names_of_its_schema() {
    let schema: Value = serde_json::from_str(Report::JSON_SCHEMA).unwrap();
    let report: Value = serde_json::from_str(&report().to_json()).unwrap();
    fits(&report, &schema, &schema);
}

/// As far as objects, arrays and references go.
fn fits(value: &Value, schema: &Value, root: &Value) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).unwrap();
        return fits(value, target, root);
    }
    match value {
        Value::Object(fields) => {
            for required in schema["required"].as_array().unwrap() {
                assert!(
                    fields.contains_key(required.as_str().unwrap()),
                    "{required}"
                );
            }
            for (name, field) in fields {
                let known = &schema["properties"][name];
                assert!(known.is_object(), "{name} is not in the schema");
                fits(field, known, root);
            }
        }
        Value::Array(items) => {
            for item in items {
                fits(item, &schema["items"], root);
            }
        }
        _ => {
            if let Some(words) = schema["enum"].as_array() {
                assert!(words.contains(value), "{value}");
            }
        }
    }
}

#[test]
fn junit_counts_and_escapes() {
    let text = report().to_junit();
    assert!(
        text.contains(r#"name="&lt;broken&gt; 0" tests="3" failures="1" skipped="1""#),
        "{text}"
    );
    assert!(text.contains(r#"<testcase classname="must.framing" name="framing/cl/short-close""#));
    assert!(text.contains("&quot;HTTP/1.1 200 OK"), "{text}");
}

#[test]
fn the_page_needs_nothing_but_itself() {
    let (one, two) = (report(), report());
    let page = Report::to_html(&[&one, &two]);
    assert_eq!(page.matches("<details>").count(), 2);
    assert_eq!(page.matches("does not conform").count(), 2);
    for outside in ["<script", "http://", "https://", "src=", "@import", "url("] {
        assert!(
            !page.replace("http://peer:port", "").contains(outside),
            "{outside}"
        );
    }
}

#[test]
fn two_runs_give_the_same_page_but_for_times() {
    let page = || {
        let page = Report::to_html(&[&report()]);
        let mut parts = page.split('+');
        let mut timeless = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            timeless.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'));
        }
        timeless
    };
    assert_eq!(page(), page());
}

#[test]
fn the_worst_failures_come_first_and_all_cases_follow() {
    let broken = report();
    let expected = blocking("<expecting>", "0", |context| {
        Plain::of(context, Some(Fault::TruncationIsSuccess))
    })
    .expected_failures("framing/cl/short-close -- <reason>\nrequest/line/origin-form -- stale")
    .run(&Selection::exactly([
        "framing/cl/short-close",
        "request/line/origin-form",
    ]))
    .unwrap();
    let page = Report::to_html(&[&broken, &expected]);
    for part in [
        "<span class=\"expected\">expected</span> <b>&lt;expecting&gt;</b> &lt;reason&gt;",
        "it passes, although it is expected to fail: stale",
        "<span class=\"inapplicable\">1 not applicable</span> <span class=\"passed\">1 passed</span>",
        "<span class=\"skipped\">not run</span>",
        "<a class=\"failed\" href=\"#framing/cl/short-close\">",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_case_of_a_program_is_tried_again_with_the_program() {
    let words = "http1-conformance framing/ --profile=contract --report a.json -- python3";
    let mut words: Vec<_> = words.split(' ').map(str::to_owned).collect();
    words.extend(["my shim.py", "it's", "-v"].map(str::to_owned));
    let again = terminal::of_program(&words, "a/b");
    assert_eq!(
        again,
        r"cargo run -p http1-conformance --all-features -- --profile contract --exact a/b -- python3 'my shim.py' 'it'\''s' -v"
    );
}
