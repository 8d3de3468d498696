//! Values are read however the service spelt them.

use std::str::FromStr;

use super::{Code, OneOrMany, Text, lenient};

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
    fn read<T: FromStr>(json: &str) -> Option<T> {
        lenient(&mut serde_json::Deserializer::from_str(json)).unwrap()
    }
    assert_eq!(read(r#""60603""#), Some(60_603));
    assert_eq!(read("60603"), Some(60_603));
    assert_eq!(read("true"), Some(true));
    assert_eq!(read(r#""false""#), Some(false));
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
        ("null", None),
    ] {
        assert_eq!(
            serde_json::from_str::<Code>(json).unwrap().0,
            code,
            "{json}"
        );
    }
}
