//! The secrets that stand out, and where they are looked for.

use std::fmt::{Debug, Write};

use form_urlencoded::byte_serialize;

/// Each has characters that paths, forms and JSON spell in their own ways.
pub(crate) const KEY: &str = "SENTINEL-key/4f+9&e=%7c\"1d";
pub(crate) const GRANT: &str = "0xGRANTED/5a+3&b=%2c\"8e";
/// What a gateway may want, in a header field.
pub(crate) const TOKEN: &str = "WATCHWORD~5b/2c+7d.4e_6f==";
pub(crate) const PHONE: &str = "14159876543";

const SECRETS: [(&str, &str); 4] = [
    ("the key", KEY),
    ("the grant", GRANT),
    ("the phone", PHONE),
    ("the token", TOKEN),
];

/// The ways in which a service may repeat a secret.
pub(crate) fn spellings(secret: &str) -> Vec<String> {
    let percent = |text: &str, all: bool| -> String {
        let escape = |byte: u8| match byte {
            _ if !all && byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            b'-' | b'.' | b'_' | b'~' if !all => char::from(byte).to_string(),
            _ => format!("%{byte:02x}"),
        };
        text.bytes().map(escape).collect()
    };
    let each = |write: &dyn Fn(u32) -> String| -> String {
        secret
            .chars()
            .map(|character| write(character.into()))
            .collect()
    };
    let form: String = byte_serialize(secret.as_bytes()).collect();
    let mut spellings = vec![
        secret.to_owned(),
        secret.to_uppercase(),
        percent(secret, false),
        percent(secret, true),
        percent(&percent(secret, true), false),
        percent(&form, false),
        form,
        secret.replace('/', "\\/").replace('"', "\\\""),
        each(&|number| format!("\\u{number:04x}")),
        each(&|number| format!("\\u{number:04X}")),
        each(&|number| format!("&#{number};")),
        each(&|number| format!("&#x{number:X};")),
        secret.replace('&', "&amp;").replace('"', "&quot;"),
    ];
    if let ("1", national) = secret.split_at(1) {
        let (area, rest) = national.split_at(3);
        let (exchange, line) = rest.split_at(3);
        spellings.extend([
            national.to_owned(),
            format!("({area}) {exchange}-{line}"),
            format!("{area}-{exchange}-{line}"),
            format!("{area}.{exchange}.{line}"),
            format!("+1 {area} {exchange} {line}"),
            format!("+1 ({area})\u{A0}{exchange}\u{2011}{line}"),
        ]);
    }
    spellings
}

/// The text with all its escapes undone, by a way of its own: replaced one by one
/// until there are none.
fn undone(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..4 {
        text = text.replace("&amp;", "&").replace("\\\\", "\\");
        for (before, digits, radix, after) in [
            ("%", 2, 16, ""),
            ("\\u", 4, 16, ""),
            ("&#x", 2, 16, ";"),
            ("&#", 3, 10, ";"),
            ("&#", 2, 10, ";"),
        ] {
            text = replaced(&text, before, digits, radix, after);
        }
    }
    text
}

fn replaced(text: &str, before: &str, digits: usize, radix: u32, after: &str) -> String {
    let mut pieces = text.split(before);
    let mut done = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let number = piece
            .get(..digits)
            .and_then(|number| u32::from_str_radix(number, radix).ok());
        let rest = piece
            .get(digits..)
            .and_then(|rest| rest.strip_prefix(after));
        match (number.and_then(char::from_u32), rest) {
            (Some(character), Some(rest)) => {
                done.push(character);
                done.push_str(rest);
            }
            _ => {
                done.push_str(before);
                done.push_str(piece);
            }
        }
    }
    done
}

fn letters(text: &str) -> Vec<u8> {
    let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
    letters.map(|byte| byte.to_ascii_lowercase()).collect()
}

/// Everything that was logged, shown or kept, piece by piece.
#[derive(Default)]
pub(crate) struct Heap {
    pieces: Vec<(String, String)>,
    /// How many responses are among them.
    pub(crate) read: usize,
}

impl Heap {
    pub(crate) fn add(&mut self, whose: &str, text: impl Into<String>) {
        self.pieces.push((whose.to_owned(), text.into()));
    }

    /// Both forms of `Debug`.
    pub(crate) fn debug(&mut self, whose: &str, value: &impl Debug) {
        self.add(whose, format!("{value:?}\n{value:#?}"));
    }

    /// An error in every form, with all that is beneath it.
    pub(crate) fn error(&mut self, whose: &str, error: &(dyn std::error::Error + 'static)) {
        let mut text = String::new();
        let mut next = Some(error);
        while let Some(error) = next {
            write!(text, "{error}\n{error:#}\n{error:?}\n{error:#?}\n").unwrap();
            next = error.source();
        }
        self.add(whose, text);
    }

    pub(crate) fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Every place where a secret is.
    pub(crate) fn leaks(&self) -> Vec<String> {
        let needles = needles();
        let mut leaks = Vec::new();
        for (whose, text) in &self.pieces {
            for (of, needle) in &needles {
                if let Some(at) = text.find(needle.as_str()) {
                    let around: String = text[..at].chars().rev().take(60).collect();
                    let around: String = around.chars().rev().collect();
                    leaks.push(format!("{of} in {whose}: {around}{needle}"));
                    break;
                }
            }
            // However it is written, in either case, and with whatever between.
            let bare = letters(&undone(text));
            for (of, secret) in SECRETS {
                let letters = letters(&undone(secret));
                let windows = letters.windows(10);
                let mut found = windows.filter(|window| bare.windows(10).any(|it| it == *window));
                if found.next().is_some() {
                    leaks.push(format!("{of} in {whose}, in some spelling: {text}"));
                }
            }
        }
        leaks
    }
}

/// What must not be found: each secret as a service, a log or a dump may spell it.
fn needles() -> Vec<(&'static str, String)> {
    let mut needles = Vec::new();
    for (of, secret) in SECRETS {
        let mut add = |needle: String| needles.push((of, needle));
        // Any slice of eight characters is too much.
        let characters: Vec<char> = secret.chars().collect();
        for slice in characters.windows(8) {
            add(slice.iter().collect());
        }
        let percent: String = byte_serialize(secret.as_bytes()).collect();
        add(percent.to_lowercase());
        add(percent.replace('+', "%20"));
        add(percent);
        let everything: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        add(everything.to_lowercase());
        add(everything);
        add(secret.replace('/', "\\/").replace('"', "\\\""));
        add(secret.bytes().map(|byte| format!("{byte:02x}")).collect());
        add(format!("{:?}", secret.as_bytes())
            .trim_matches(['[', ']'])
            .to_owned());
        for shift in 0..3 {
            // In the middle of more, what is before decides how it comes out.
            let shifted = [&b"###"[..shift], secret.as_bytes()].concat();
            let encoded = base64(&shifted);
            let (start, end) = (if shift == 0 { 0 } else { 4 }, encoded.len() - 4);
            add(encoded[start..end].to_owned());
            add(encoded[start..end].replace('+', "-").replace('/', "_"));
        }
    }
    needles
}

/// RFC 4648 §4, without the padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| char::from(LETTERS[(bits & 63) as usize]);
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let of = |index: usize| u32::from(three.get(index).copied().unwrap_or_default());
        let bits = of(0) << 16 | of(1) << 8 | of(2);
        text.extend((0..=three.len()).map(|index| letter(bits >> (18 - 6 * index))));
    }
    text
}

#[test]
fn every_spelling_is_found() {
    let encoded: String = byte_serialize(KEY.as_bytes()).collect();
    assert_eq!(base64(b"any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw");
    for said in [
        format!("GET /x?appkey={encoded}"),
        format!("a dump: {:?}", format!("k={KEY}").as_bytes()),
        base64(format!("appkey={KEY}&").as_bytes()),
        base64(format!("a={KEY}&").as_bytes()),
        PHONE[1..].to_owned(),
        "the end of it: 9&e=%7c\"".to_owned(),
        GRANT.replace('/', "\\/"),
    ] {
        let mut heap = Heap::default();
        heap.add("a text", said.clone());
        assert!(!heap.leaks().is_empty(), "{said}");
    }
    for (of, secret) in SECRETS {
        for said in spellings(secret) {
            let mut heap = Heap::default();
            heap.add("a text", format!("before{said}after"));
            assert!(!heap.leaks().is_empty(), "{of} as {said}");
        }
    }
    let mut heap = Heap::default();
    heap.add("a text", "a text in which there is nothing");
    assert!(heap.leaks().is_empty());
}
