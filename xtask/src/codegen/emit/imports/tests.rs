//! A name is imported where it means what is elsewhere.

use super::{Homes, Names};

/// The imports of code, where each of these names has a home of its own.
fn imports(code: &str) -> String {
    let homes = ["Args", "Body", "Text", "codec", "json", "lenient", "plain"];
    let homes: Homes = homes
        .map(|name| (name.to_owned(), format!("crate::of_{name}")))
        .into();
    Names::of(code.parse().unwrap()).imports(&homes)
}

#[test]
fn names_are_imported_that_are_used() {
    for (code, expected) in [
        ("fn f(body: Body) {}", "\nuse crate::of_Body::{Body};\n"),
        (
            "#[derive(Args)] struct X;",
            "\nuse crate::of_Args::{Args};\n",
        ),
        ("fn f() { json!({}) }", "\nuse crate::of_json::{json};\n"),
        (
            "fn f() { codec::write() }",
            "\nuse crate::of_codec::{codec};\n",
        ),
        ("fn f() { plain(1) }", "\nuse crate::of_plain::{plain};\n"),
        (
            "#[serde(deserialize_with = \"lenient\")] struct X;",
            "\nuse crate::of_lenient::{lenient};\n",
        ),
        ("enum X { One(Body) }", "\nuse crate::of_Body::{Body};\n"),
    ] {
        assert_eq!(imports(code), expected, "{code}");
    }
}

#[test]
fn names_are_not_imported_that_mean_something_else() {
    for code in [
        "struct Body;",
        "enum X { Body, Text(String) }",
        "fn f() { Self::Text }",
        "fn f(x: crate::Text) {}",
        "fn plain(plain: u8) { self.plain(plain); self.plain = plain; }",
        "/// The Body of a Text.\nstruct X { json: u8 }",
        "fn f() { \"Body\" }",
        "macro_rules! m { () => { Body } }",
    ] {
        assert_eq!(imports(code), "", "{code}");
    }
}
