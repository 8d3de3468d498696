//! Every rule can be broken, and is then named with its place.

use super::breaches_in;

#[test]
fn a_tidy_file_has_no_breach() {
    let text = "//! What it is for.\n\nfn main() {}\n";
    assert!(breaches_in("crates/talkspace-core/src/lib.rs", text).is_empty());
}

#[test]
fn each_breach_is_found() {
    let core = "crates/talkspace-core/src/call.rs";
    let generated = "crates/talkspace-core/src/generated/ids.rs";
    for (path, text, rule) in [
        (core, "fn main() {}", "begins with what it is for"),
        (core, "//! x\nfn a() {} ", "ends in a space"),
        (core, "//! x\n\tfn a() {}", "holds a tab"),
        (core, "//! x\nlet now = Instant::now();", "only the drivers"),
        (core, "//! x\nmod tests {", "a file of their own"),
        (core, "//! x\n#[ignore]", "a test runs"),
        (core, "//! x\nconfig.dangerous()", "go unchecked"),
        (generated, "//! x\n#![allow(dead_code)]", "silences no lint"),
    ] {
        let breaches = breaches_in(path, text);
        assert_eq!(breaches.len(), 1, "{text:?}: {breaches:?}");
        assert!(breaches[0].contains(rule), "{breaches:?}");
    }
    let long = "//! x\n".repeat(601);
    assert!(breaches_in(core, &long)[0].contains("at most 600 lines"));
    assert!(breaches_in("crates/talkspace-core/src/call/tests.rs", &long).is_empty());
}
