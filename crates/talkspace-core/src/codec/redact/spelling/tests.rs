//! What reading costs.

use std::cell::Cell;

use crate::AppKey;
use crate::codec::redact::{Needle, Redactor};

thread_local! {
    /// How often this thread has looked for an escape.
    pub(in crate::codec::redact) static UNDONE: Cell<usize> = const { Cell::new(0) };
}

fn cost(text: &str) -> usize {
    let key = Needle::of_key(&AppKey::new("6f1b0d3e-9c2a-4d7e-8b1f-5f0c2f6f7d11"));
    let redactor = Redactor::new(key.as_ref(), &["14159876543", "0x464147b6ab49c9ec"]);
    let before = UNDONE.get();
    redactor.redact(text);
    UNDONE.get() - before
}

#[test]
fn no_place_is_read_more_than_once_for_each_layer() {
    for piece in [
        "\\",
        "\\u",
        "%",
        "%2",
        "%25",
        "%%25",
        "&",
        "&#",
        "&#1",
        "&#38;",
        "&abcdefg",
        "&amp;#",
        "%26%23",
        "%2526%2523",
        "%25%25%32",
        "&&#35;",
        "\\u005cu005cu00",
        "%5C",
        "&#37;25",
        "%2541",
        "1%252D",
        "1&#45;",
    ] {
        let text = piece.repeat(24_000 / piece.len());
        let begun = text.bytes().filter(|byte| b"%&\\".contains(byte)).count();
        let cost = cost(&text);
        assert!(cost <= 5 * begun, "{piece}: {cost} for {begun}");
    }
}
