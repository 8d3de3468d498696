//! `odd/length/*`: Content-Length.

use super::{Class, Table, ok, protocol, rfc, unless_rejected};
use crate::case::{Case, fails};
use crate::client::FailureKind;

pub(super) fn classes() -> Vec<Class> {
    vec![valid(), list(), no_number(), large()]
}

const BEFORE: &str = "HTTP/1.1 200 OK\r\nContent-Length: ";

const VALID: Table = &[
    ("/leading-zeros", b"0005"),
    ("/twenty-digits", b"00000000000000000005"),
    ("/spaces-before", b"   5"),
    ("/tabs-around", b"\t5\t"),
    ("/spaces-behind", b"5   "),
];

fn valid() -> Class {
    let case = Case::required(
        "odd/length/valid",
        "a length is its decimal value, with leading zeros and white space around it",
        rfc::LENGTH,
    )
    .also(rfc::EXCLUDE_WHITESPACE)
    .building_on(&["framing/cl/exact", "head/headers/ows-trimmed"])
    .cause("zeros make it octal, the digits are counted, or white space is left in the value");
    Class::new(case).rows((BEFORE, VALID, "\r\n\r\nhello"), &ok(200).body("hello"))
}

const LISTS: Table = &[
    ("/nothing-behind-the-comma", b"5,"),
    ("/nothing-before-the-comma", b",5"),
    ("/commas-around", b", 5 ,"),
    ("/three-in-a-line", b"5, 5, 5"),
    ("/a-tab-between", b"5,\t5"),
    (
        "/three-lines",
        b"5\r\nContent-Length: 5\r\nContent-Length: 5",
    ),
];

fn list() -> Class {
    let case = Case::required(
        "odd/length/list",
        "a list of the same length, with elements that may be empty, is that length, or is rejected",
        rfc::INVALID_LENGTH,
    )
    .building_on(&["framing/cl/list-equal"])
    .classified(&["Protocol, MaybeSent"])
    .cause("the last element counts, and an empty one is a length of 0 or none");
    Class::new(case).rows(
        (BEFORE, LISTS, "\r\n\r\nhello, and more"),
        &unless_rejected(ok(200).body("hello")),
    )
}

/// What number parsers of one language or another take for 5, for 10, or for no length at all.
const NO_NUMBER: Table = &[
    ("/underscore", b"1_0"),
    ("/exponent", b"5e0"),
    ("/binary", b"0b101"),
    ("/octal", b"0o5"),
    ("/suffix", b"5L"),
    ("/point-behind", b"5."),
    ("/point-before", b".5"),
    ("/unit", b"5 bytes"),
    ("/quoted", b"\"5\""),
    ("/of-a-whole", b"5/11"),
    ("/semicolon", b"5;"),
    ("/sign-behind", b"5-"),
    ("/minus-one", b"-1"),
    ("/nan", b"NaN"),
    ("/infinity", b"Infinity"),
    ("/null", b"null"),
    ("/arabic-digit", b"\xd9\xa5"),
    ("/full-width-digit", b"\xef\xbc\x95"),
    ("/superscript-digit", b"\xb2"),
    ("/no-break-space", b"5\xa0"),
    ("/vertical-tab-before", b"\x0b5"),
    ("/form-feed-behind", b"5\x0c"),
];

fn no_number() -> Class {
    let case = Case::required(
        "odd/length/no-number",
        "a length that is more than digits is rejected, though a language may read a number in it",
        rfc::INVALID_LENGTH,
    )
    .also(rfc::INVALID_LENGTH_CLOSES)
    .building_on(&["framing/cl/not-a-number", "framing/cl/negative"])
    .classified(&["Protocol, MaybeSent"])
    .cause("the parser of numbers is that of the language, which takes more than digits");
    Class::new(case).rows((BEFORE, NO_NUMBER, "\r\n\r\nhello world"), &protocol())
}

/// Each is 5 in fewer bits, or is not held exactly by a number with a floating point.
const LARGE: Table = &[
    ("/more-than-31-bits", b"2147483653"),
    ("/more-than-32-bits", b"4294967301"),
    ("/more-than-53-bits", b"9007199254740997"),
    ("/more-than-63-bits", b"9223372036854775813"),
    ("/all-of-64-bits", b"18446744073709551615"),
    ("/more-than-65-bits", b"36893488147419103237"),
    (
        "/more-than-128-bits",
        b"340282366920938463463374607431768211461",
    ),
];

fn large() -> Class {
    let case = Case::required(
        "odd/length/large",
        "of a length of any size, a body that ends long before it is an error",
        rfc::LARGE_LENGTHS,
    )
    .also(rfc::SHORT_OF_LENGTH)
    .building_on(&["framing/cl/overflow", "framing/cl/short-close"])
    .classified(&["Protocol or TooLarge or Truncated, MaybeSent"])
    .cause("the number is kept in fewer bits, or with a sign");
    Class::new(case).rows(
        (BEFORE, LARGE, "\r\n\r\nhello"),
        &fails(&[
            FailureKind::Protocol,
            FailureKind::TooLarge,
            FailureKind::Truncated,
        ]),
    )
}
