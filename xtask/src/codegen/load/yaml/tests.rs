//! What YAML says, and where.

use super::*;

fn value(text: &str) -> Value {
    let findings = Findings::default();
    let (value, _) = read(text, &findings).unwrap_or_else(|| panic!("{findings}"));
    assert!(findings.is_empty(), "{findings}");
    value
}

fn wrong(text: &str) -> String {
    let findings = Findings::default();
    read(text, &findings);
    findings.to_string()
}

#[test]
fn scalars_of_the_core_schema() {
    use Value::{Bool, Float, Integer, Null, Text};
    for (text, right) in [
        ("", Null),
        ("~", Null),
        ("null", Null),
        ("True", Bool(true)),
        ("false", Bool(false)),
        ("0", Integer(0)),
        ("-012", Integer(-12)),
        ("+7", Integer(7)),
        ("0x1F", Integer(31)),
        ("0o17", Integer(15)),
        ("1.5", Float),
        (".5", Float),
        ("1e3", Float),
        ("-.inf", Float),
        (".nan", Float),
        ("yes", Text("yes".into())),
        ("infinity", Text("infinity".into())),
        ("0x", Text("0x".into())),
        ("1.2.3", Text("1.2.3".into())),
        ("'1'", Text("1".into())),
        ("\"a\\u00e4\"", Text("aä".into())),
        ("|\n  a\n  b\n", Text("a\nb\n".into())),
        (">-\n  a\n  b\n", Text("a b".into())),
    ] {
        let list = value(&format!("- {text}\n"));
        assert_eq!(list, Value::List(vec![right]), "{text}");
    }
}

#[test]
fn what_is_no_spec() {
    for (text, why) in [
        ("a: &b 1\nc: *b", "an alias of YAML; write a `$ref`"),
        ("a: !!str 1", "a tag; none is understood"),
        ("a: 1\n---\nb: 2", "a second document; write one"),
        ("? [a]\n: 1", "a key that is not text"),
        ("a: 99999999999999999999", "a whole number beyond 64 bits"),
        ("a: \"b\\e\"", "the character `\\u{1b}`; take it out"),
        ("\"a\\tb\": c", "the character `\\t`; take it out"),
        ("a: \u{202e}b", "the character `\\u{202e}`; take it out"),
        ("a: [", ""),
        ("a: b: c", "put a text with a colon in it in quotes"),
        ("a: `b`", "put a text that begins with a sign in quotes"),
        ("a: *b", "put a text that begins with a sign in quotes"),
        ("a: 1\n  b: 2", "put a text with a colon in it in quotes"),
        (
            "a:\n   b: 1\n  c: 2",
            "what belongs together is indented alike",
        ),
        ("a:\n\tb: 1", "indent with spaces"),
        ("a:\tb", "write a space after the colon"),
        ("a: [1\nb: 2", "a bracket before it is open"),
        (&"[".repeat(100), "too deep"),
        (&format!("{}x", "- ".repeat(100)), "too deep"),
    ] {
        let found = wrong(text);
        assert!(found.starts_with("spec/openapi.yaml"), "{text}: {found}");
        assert!(found.contains(why), "{text}: {found}");
    }
}

#[test]
fn every_node_has_its_place() {
    let text = "ä: {b: [one, 'two']}\nc: |\n  long\n";
    let (_, places) = read(text, &Findings::default()).unwrap();
    let of = |keys: &[&str]| {
        let at = keys.iter().fold(Pointer::root(), |at, key| at.child(key));
        places.get(&at).cloned().unwrap()
    };
    let said = |range: Option<Range<usize>>| range.map(|range| &text[range]);
    assert_eq!(said(of(&["ä"]).key), Some("ä"));
    assert_eq!(said(of(&["ä", "b"]).key), Some("b"));
    assert_eq!(said(of(&["ä", "b"]).scalar), None);
    assert_eq!(said(of(&["ä", "b", "0"]).scalar), Some("one"));
    assert_eq!(said(of(&["ä", "b", "1"]).scalar), Some("'two'"));
    assert_eq!(said(of(&["c"]).key), Some("c"));
}
