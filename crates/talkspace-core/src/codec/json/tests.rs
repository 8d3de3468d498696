//! Values are read however the service spelt them.

use serde_json::Value;

use super::{Code, FromText, OneOrMany, Text, lenient, read, with_plain_slashes};

fn text(json: &str) -> Option<String> {
    serde_json::from_str::<Text>(json).ok().map(|text| text.0)
}

fn list(json: &str) -> Option<Vec<String>> {
    let list = serde_json::from_str::<OneOrMany>(json).ok()?;
    Some(list.0.into_iter().map(|text| text.0).collect())
}

#[test]
fn text_keeps_every_digit_of_a_number() {
    assert_eq!(text(r#""a\/b""#).unwrap(), "a/b");
    assert_eq!(text("5062406589092978092").unwrap(), "5062406589092978092");
    assert_eq!(
        text("18446744073709551615").unwrap(),
        "18446744073709551615"
    );
    assert_eq!(text("-1").unwrap(), "-1");
    assert_eq!(text("null").unwrap(), "");
    assert_eq!(text("true").unwrap(), "true");
    // These would lose digits.
    assert_eq!(text("18446744073709551616"), None);
    assert_eq!(text("1.5"), None);
    assert_eq!(text("[]"), None);
}

#[test]
fn lists_come_absent_bare_or_whole() {
    assert_eq!(list(r#""a""#).unwrap(), ["a"]);
    assert_eq!(list("1000022816599").unwrap(), ["1000022816599"]);
    assert_eq!(list(r#"["a", 7]"#).unwrap(), ["a", "7"]);
    // A network id may be so, and stand alone in its list.
    assert_eq!(list("[true]").unwrap(), ["true"]);
    assert_eq!(list("true").unwrap(), ["true"]);
    assert!(list("[]").unwrap().is_empty());
    assert!(list("null").unwrap().is_empty());
    assert_eq!(list("{}"), None);
}

#[test]
fn lists_collapse_again() {
    let json = |items: &[&str]| {
        let items = items.iter().map(|item| Text((*item).to_owned()));
        serde_json::to_string(&OneOrMany(items.collect())).unwrap()
    };
    assert_eq!(json(&["a"]), r#""a""#);
    assert_eq!(json(&["a", "b"]), r#"["a","b"]"#);
}

#[test]
fn numbers_and_truth_values_may_be_strings() {
    fn read<T: FromText>(json: &str) -> Option<T> {
        lenient(&mut serde_json::Deserializer::from_str(json)).unwrap()
    }
    assert_eq!(read(r#""60603""#), Some(60_603));
    assert_eq!(read("60603"), Some(60_603));
    assert_eq!(read("60603.0"), Some(60_603));
    assert_eq!(read("18446744073709551616"), Some(i64::MAX));
    assert_eq!(read("-1e300"), Some(i64::MIN));
    assert_eq!(read("true"), Some(true));
    assert_eq!(read(r#""false""#), Some(false));
    // What is too large is as large as can be.
    for huge in [
        "9223372036854775808",
        r#""9223372036854775808""#,
        r#""99999999999999999999""#,
    ] {
        assert_eq!(read(huge), Some(i64::MAX), "{huge}");
    }
    for absent in ["null", r#""""#, r#""many""#] {
        assert_eq!(read::<i64>(absent), None, "{absent}");
    }
}

#[test]
fn a_status_that_is_none_counts_as_absent() {
    for (json, code) in [
        ("201", Some(201)),
        (r#""404""#, Some(404)),
        (r#""OK""#, None),
        ("7", None),
        ("-404", None),
        ("70000", None),
        // As numbers these are the same, or none; no reason to lose an id over.
        ("201.0", Some(201)),
        ("2e2", Some(200)),
        ("200.5", None),
        ("-0", None),
        ("18446744073709551616", None),
        ("-1e300", None),
        ("true", None),
        ("null", None),
    ] {
        assert_eq!(
            serde_json::from_str::<Code>(json).unwrap().0,
            code,
            "{json}"
        );
    }
}

#[test]
fn slashes_lose_their_escapes_and_nothing_else_changes() {
    for (json, plain) in [
        (r#""\/api\/rest""#, r#""/api/rest""#),
        (r#""a/b""#, r#""a/b""#),
        (r#""\\/""#, r#""\\/""#),
        (r#""\\\/""#, r#""\\/""#),
        (r#"\/"#, "/"),
        (r#""\"\/\u002f\ué\/""#, r#""\"/\u002f\ué/""#),
        (r#""\é\/"#, r#""\é/"#),
        (r#""\"#, r#""\"#),
    ] {
        assert_eq!(with_plain_slashes(json.as_bytes()), plain.as_bytes());
    }
}

#[test]
fn a_document_reads_as_the_parser_alone_reads_it() {
    for json in [
        r#"{"uri":"\/api\/rest","n":[1,"\\/\"\/"]}"#,
        r#"{"uri":"\/api\/"#,
        r#"{"uri":"\/api" \/ }"#,
        r#"{"uri":"\x"}"#,
        "",
    ] {
        let (ours, parsers) = (
            read::<Value>(json.as_bytes()),
            serde_json::from_str::<Value>(json),
        );
        match (ours, parsers) {
            (Ok(ours), Ok(parsers)) => assert_eq!(ours, parsers),
            (ours, parsers) => assert_eq!(
                ours.unwrap_err().to_string(),
                parsers.unwrap_err().to_string()
            ),
        }
    }
    // What is not text may be in a field that is not read.
    let json = b"{\"ErrorResponse\":{\"status\":404},\"x\":\"\xff\"}";
    assert!(read::<Skipping>(json).is_ok());
}

/// Reads no field.
#[derive(serde::Deserialize)]
struct Skipping {}
