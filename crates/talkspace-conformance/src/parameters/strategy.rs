//! Unusual values.

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::{option, sample};
use talkspace_core::operation::{OperationInfo, ParameterInfo, ParameterKind, ParameterLocation};

use super::{LONGEST, Values};

/// Characters that have a meaning in one place or another.
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
    '~',
    '-',
    '_',
    '@',
    ':',
    ',',
    '\'',
    '"',
    '<',
    '>',
    '\\',
    '|',
    '^',
    '`',
    '{',
    '}',
    '[',
    ']',
    '!',
    '$',
    '*',
    '(',
    ')',
    'a',
    'Z',
    '0',
    'é',
    '\u{7ff}',
    '\u{800}',
    '\u{feff}',
    '\u{fffd}',
    '\u{ffff}',
    '\u{1f600}',
    '\u{10ffff}',
];

/// Texts that others have read as something else.
const TEXTS: &[&str] = &[
    "...",
    "../..",
    ".%2e",
    "%2e%2e",
    "%",
    "%%",
    "%4",
    "%41",
    "%u0041",
    "%00",
    "%0D%0A",
    "+",
    "a+b@example.com",
    "a b",
    " a ",
    "a&b=c",
    "&",
    "=",
    "==",
    ";a=b",
    "#",
    "?",
    "//",
    "/",
    "\\",
    "http://example.com/?a=b#c",
    "null",
    "true",
    "e\u{301}",
    "\u{202e}abc",
    "\u{a0}",
    "\u{85}a",
    "\u{2028}",
    "0",
    "-1",
    "1e9",
    "00",
    "18446744073709551616",
];

/// Texts that no request may carry.
const UNSENDABLE: &[&str] = &[
    "",
    "\0",
    "a\0b",
    "a\r\nb: c",
    "\n",
    "\r",
    "a\tb",
    "\u{7f}",
    "\u{80}",
];

impl Values {
    /// Any values: most can be sent, some must be rejected.
    pub(crate) fn any(info: &'static OperationInfo) -> BoxedStrategy<Self> {
        let values: Vec<_> = info.parameters.iter().map(value).collect();
        values.prop_map(move |values| Self { info, values }).boxed()
    }
}

fn value(parameter: &ParameterInfo) -> BoxedStrategy<Option<String>> {
    let any_value = match parameter.kind {
        ParameterKind::Integer => (0..=i32::MAX).prop_map(|number| number.to_string()).boxed(),
        ParameterKind::Flag => return any::<bool>().prop_map(flag).boxed(),
        ParameterKind::Phone => (2_000_000_000_u64..10_000_000_000)
            .prop_map(|number| format!("1{number}"))
            .boxed(),
        ParameterKind::Choice(words) => sample::select(words).prop_map(str::to_owned).boxed(),
        ParameterKind::Joined(separator) => vec("[a-zA-Z0-9%/ ]{1,16}", 1..4)
            .prop_map(move |values| values.join(&separator.to_string()))
            .boxed(),
        _ => text(parameter.location),
    };
    if parameter.required {
        any_value.prop_map(Some).boxed()
    } else {
        option::of(any_value).boxed()
    }
}

fn flag(set: bool) -> Option<String> {
    set.then(|| "true".to_owned())
}

fn text(place: ParameterLocation) -> BoxedStrategy<String> {
    // A URL has a limit of its own, which is not what is tested here.
    let longest = match place {
        ParameterLocation::Form => LONGEST,
        _ => 512,
    };
    let character = any::<char>().prop_map(printable);
    let long = (character.clone(), 1..=longest).prop_map(|(character, bytes)| {
        let count = (bytes / character.len_utf8()).max(1);
        character.to_string().repeat(count)
    });
    let unsendable = match place {
        ParameterLocation::Path => [UNSENDABLE, &[".", ".."]].concat(),
        _ => UNSENDABLE.to_vec(),
    };
    prop_oneof![
        160 => vec(character, 1..24).prop_map(String::from_iter),
        160 => vec(sample::select(CHARACTERS), 1..16).prop_map(String::from_iter),
        60 => sample::select(TEXTS).prop_map(str::to_owned),
        1 => long,
        10 => sample::select(unsendable).prop_map(str::to_owned),
        4 => (vec(sample::select(CHARACTERS), 0..4), control(), vec(sample::select(CHARACTERS), 0..4))
            .prop_map(|(before, control, after)| {
                before.into_iter().chain([control]).chain(after).collect()
            }),
    ]
    .boxed()
}

fn control() -> impl Strategy<Value = char> {
    prop_oneof![0..=0x1f_u8, Just(0x7f), 0x80..=0x9f_u8].prop_map(char::from)
}

/// Control characters are for the values that must be rejected.
fn printable(character: char) -> char {
    if character.is_control() {
        'c'
    } else {
        character
    }
}
