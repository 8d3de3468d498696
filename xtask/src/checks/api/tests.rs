//! The text says what is public, and the changelog what has changed of it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::changelog::{Changelog, FILE, unsaid};
use super::items::Api;
use crate::process::{command, output};

#[test]
fn items_are_lines_and_members_below_them() {
    let std =
        |id: u64, path: &str| json!({"resolved_path": {"path": path, "id": id, "args": null}});
    let item = |name: &str, kind: &str, of: serde_json::Value| json!({"name": name, "attrs": [], "inner": {kind: of}});
    let generics = json!({"params": [], "where_predicates": []});
    let function = |inputs: serde_json::Value, output: serde_json::Value| {
        json!({
            "sig": {"inputs": inputs, "output": output}, "generics": generics,
            "header": {"is_const": true}, "has_body": true,
        })
    };
    let this = json!({"borrowed_ref": {"lifetime": null, "is_mutable": true, "type": {"generic": "Self"}}});
    let mut open = item(
        "Open",
        "struct",
        json!({
            "kind": {"plain": {"fields": [6, 7], "has_stripped_fields": true}}, "generics": generics, "impls": [3, 4, 5],
        }),
    );
    open["attrs"] = json!(["non_exhaustive"]);
    let document = json!({
        "root": 0,
        "index": {
            "0": item("ours", "module", json!({"items": [1, 2, 9]})),
            // What is exported from a private module is shown here, and what is foreign by its path.
            "1": item("", "use", json!({"source": "inner::Open", "name": "Open", "id": 8, "is_glob": false})),
            "2": item("", "use", json!({"source": "theirs::Shut", "name": "Closed", "id": 99, "is_glob": false})),
            "3": item("", "impl", json!({
                "trait": {"path": "Clone", "id": 20, "args": null}, "for": std(8, "Open"), "items": [], "generics": generics,
            })),
            "4": item("", "impl", json!({"trait": {"path": "Send", "id": 21}, "is_synthetic": true})),
            "5": item("", "impl", json!({"trait": null, "for": std(8, "Open"), "items": [10], "generics": generics})),
            "6": item("near", "struct_field", std(22, "io::Error")),
            "7": {"name": "hidden", "inner": {}},
            "8": open,
            "9": item("inner", "module", json!({"items": [8]})),
            "10": item("go", "function", function(json!([["self", this], ["to", std(23, "Uri")]]), json!({"primitive": "u8"}))),
        },
        "paths": {
            "20": {"path": ["core", "clone", "Clone"]}, "22": {"path": ["std", "io", "error", "Error"]},
            "23": {"path": ["http", "uri", "Uri"]},
        },
    });
    assert_eq!(
        Api::new(document).text(),
        "mod ours
  use theirs::Shut as Closed
  struct Open { near: io::Error, .. }
    impl Clone
    const fn go(&mut self, to: http::Uri) -> u8

mod ours::inner
  use ours::Open
"
    );
}

const BEFORE: &str =
    "# head\n\nmod a\n  struct One\n    fn go()\n  use b::Two\n\nmod a::deep\n  const fn three()\n";
const AFTER: &str =
    "mod a\n  struct One\n    fn go() -> u8\n\nmod a::deep\n  const fn three(x: u8)\n";

fn left(text: &str) -> Vec<String> {
    Changelog::read(text).unwrap().unsaid("a", BEFORE, AFTER)
}

#[test]
fn what_has_changed_is_named_or_its_module_is() {
    let head = "## [Unreleased]\n";
    assert_eq!(
        left(head),
        [
            "a: a::One is not what it was",
            "a: a::Two is not what it was",
            "a: a::deep::three is not what it was"
        ]
    );
    // Only what is set as code is a name.
    assert_eq!(left(&format!("{head}One, Two and three")).len(), 3);
    assert!(left(&format!("{head}- `One::go` and `deep` differ; no `Two`")).is_empty());
    // What an older version said is no word about this one.
    let older = format!("{head}\n- `One`, `Two`\n\n## [0.1.0] - 2026-12-01\n- `three`");
    assert_eq!(left(&older), ["a: a::deep::three is not what it was"]);
    assert!(Changelog::read("# Changelog").is_err());
}

#[test]
fn what_was_released_is_what_the_tag_has() {
    let root = std::env::temp_dir().join(format!("talkspace-api-{}", std::process::id()));
    let text = Path::new("crates/a/api.txt");
    fs::create_dir_all(root.join("crates/a")).unwrap();
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        output(command(&root, "git", &[&who[..], arguments].concat())).unwrap()
    };
    git(&["init", "--quiet"]);
    fs::write(root.join(text), BEFORE).unwrap();
    let log = "## [Unreleased]\n\n- `One`, `deep`\n\n## [0.1.0] - 2026-12-01\n";
    fs::write(root.join(FILE), log).unwrap();
    let texts: Vec<(PathBuf, String)> = vec![
        (text.to_owned(), AFTER.to_owned()),
        (
            "crates/new/api.txt".into(),
            "mod new\n  struct Four\n".to_owned(),
        ),
    ];
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message=a"]);
    let untagged = unsaid(&root, &texts).unwrap_err();
    assert!(untagged.contains("git fetch --tags"), "{untagged}");
    git(&["tag", "v0.1.0"]);
    assert_eq!(
        unsaid(&root, &texts).unwrap(),
        [
            "a: a::Two is not what it was",
            "new: new::Four is not what it was"
        ]
    );
    // Before the first release a library is named, and not each of its items.
    fs::write(root.join(FILE), "## [Unreleased]\n\n- `a`: all of it\n").unwrap();
    assert_eq!(unsaid(&root, &texts).unwrap(), ["new is new"]);
    fs::remove_dir_all(&root).unwrap();
}
