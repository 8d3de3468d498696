//! Texts that are hard to think of.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample;

/// Characters that have a meaning in a URL, a form, a header or a document.
const CHARACTERS: &[char] = &[
    '%',
    '&',
    '=',
    '+',
    '/',
    '?',
    '#',
    ';',
    ' ',
    '.',
    '-',
    '@',
    ':',
    ',',
    '\'',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    '<',
    '>',
    '0',
    'a',
    'u',
    '\0',
    '\t',
    '\n',
    '\r',
    '\u{8}',
    '\u{c}',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{a0}',
    'é',
    '\u{2028}',
    '\u{feff}',
    '\u{fffd}',
    '\u{1f600}',
    '\u{10ffff}',
];

/// Texts that others have read as something else.
const TEXTS: &[&str] = &[
    "",
    "...",
    "../..",
    "%2e%2e",
    "%41",
    "%",
    "+",
    "a+b@example.com",
    " a ",
    "a&b=c",
    "//",
    "\\/",
    "\\u0041",
    "null",
    "true",
    "0",
    "-1",
    "1e9",
    "007",
    "18446744073709551616",
    "01.02.06",
    "0x3e1f2ba8bcb67848",
    "14151239876",
    "--round-tri",
];

/// Any text at all.
pub(super) fn any_text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        2 => vec(any::<char>(), 0..12).prop_map(String::from_iter),
        3 => vec(sample::select(CHARACTERS), 0..12).prop_map(String::from_iter),
        1 => sample::select(TEXTS).prop_map(str::to_owned),
    ]
}

/// Any text that a request can carry: not empty, and without control characters.
pub(super) fn sendable() -> impl Strategy<Value = String> + Clone {
    any_text().prop_map(|text| {
        let text: String = text.chars().filter(|char| !char.is_control()).collect();
        if text.is_empty() {
            "-".to_owned()
        } else {
            text
        }
    })
}

/// A status of success, documented or not.
pub(super) fn success(documented: &'static [u16]) -> impl Strategy<Value = u16> {
    prop_oneof![
        3 => any::<sample::Index>().prop_map(|at| *at.get(documented)),
        1 => Just(200),
        1 => 200..=299_u16,
    ]
}
