//! The secrets that stand out, and where they are looked for.

use std::fmt::{Debug, Write};

use form_urlencoded::byte_serialize;

/// Each has characters that paths, forms and JSON spell in their own ways.
pub(crate) const KEY: &str = "SENTINEL-key/4f+9&e=%7c\"1d";
pub(crate) const GRANT: &str = "0xGRANTED/5a+3&b=%2c\"8e";
pub(crate) const PHONE: &str = "14159876543";

/// Everything that was said by somebody, piece by piece.
#[derive(Default)]
pub(crate) struct Heap {
    pieces: Vec<(String, String)>,
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
        }
        leaks
    }
}

/// What must not be found: each secret as a service, a log or a dump may spell it.
fn needles() -> Vec<(&'static str, String)> {
    let mut needles = Vec::new();
    for (of, secret) in [("the key", KEY), ("the grant", GRANT), ("the phone", PHONE)] {
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
        heap.add("somebody", said.clone());
        assert_eq!(heap.leaks().len(), 1, "{said}");
    }
    let mut heap = Heap::default();
    heap.add("somebody", "a text in which there is nothing");
    assert!(heap.leaks().is_empty());
}
