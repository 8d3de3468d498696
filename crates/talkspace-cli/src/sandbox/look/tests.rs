//! Commands that can be pasted, wherever the program and its files are.

use super::{command, quote};

const SET: &[(&str, &str)] = &[("URL", "http://127.0.0.1:8080")];

#[test]
fn a_shell_takes_each_word_as_it_is() {
    for (word, quoted) in [
        ("eta", "eta"),
        ("@theta", "'@theta'"),
        ("/a b/talkspace", "'/a b/talkspace'"),
        ("it's", r"'it'\''s'"),
        ("$HOME;`x`", "'$HOME;`x`'"),
        ("http://[::1]:8080", "'http://[::1]:8080'"),
        ("", "''"),
    ] {
        assert_eq!(quote(word, false), quoted);
    }
    let whole = command(false, "/a b/talkspace", SET, &["add", "--id", "@theta"]);
    assert_eq!(
        whole,
        "URL=http://127.0.0.1:8080 '/a b/talkspace' add --id '@theta'"
    );
    let whole = command(true, r"C:\a b\talkspace.exe", SET, &["add", "it's"]);
    assert_eq!(
        whole,
        r"$env:URL='http://127.0.0.1:8080'; & 'C:\a b\talkspace.exe' 'add' 'it''s'"
    );
}
