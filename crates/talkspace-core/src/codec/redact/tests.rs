//! No spelling of a secret remains, and little else is taken for one.

use std::borrow::Cow;

use super::{Needle, Redactor};
use crate::AppKey;
use crate::codec::text::Text;

const UUID: &str = "6f1b0d3e-9c2a-4d7e-8b1f-5f0c2f6f7d11";
const PHONE: &str = "14159876543";

fn redacted(key: &str, secrets: &[&str], text: &str) -> String {
    let key = Needle::of_key(&AppKey::new(key));
    let redactor = Redactor::new(key.as_ref(), secrets);
    let kept = redactor.redact(text).into_owned();
    // What is kept of a body goes another way.
    assert_eq!(redactor.beginning(text.as_bytes(), 1 << 20), kept);
    kept
}

/// A text with each character written by `write`.
fn spelt(text: &str, write: impl Fn(char) -> String) -> String {
    text.chars().map(write).collect()
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn json(text: &str) -> String {
    spelt(text, |character| format!("\\u{:04x}", u32::from(character)))
}

fn html(text: &str) -> String {
    spelt(text, |character| format!("&#{};", u32::from(character)))
}

#[test]
fn a_key_is_known_in_every_spelling() {
    let upper = UUID.to_uppercase();
    let bare = UUID.replace('-', "");
    for spelling in [
        UUID.to_owned(),
        upper.clone(),
        bare.clone(),
        bare.to_uppercase(),
        format!("{{{UUID}}}"),
        UUID.replace('-', "%2D"),
        UUID.replace('-', "%2d"),
        UUID.replace('-', "%252D"),
        UUID.replace('-', "%25252d"),
        UUID.replace('-', "\\u002D"),
        UUID.replace('-', "\\u002d"),
        UUID.replace('-', "\\\\u002d"),
        UUID.replace('-', "&#45;"),
        UUID.replace('-', "&#x2D;"),
        UUID.replace('-', "&hyphen;"),
        UUID.replace('-', "&amp;#45;"),
        UUID.replace('-', "\u{2011}"),
        percent(UUID),
        percent(UUID).to_lowercase(),
        percent(&percent(UUID)),
        json(UUID),
        json(UUID).replace("002d", "002D"),
        json(&percent(UUID)),
        percent(&json(UUID)),
        html(UUID),
        percent(&html(UUID)),
        spelt(UUID, |character| format!("&#X{:X};", u32::from(character))),
        spelt(UUID, |character| format!("\\x{:02x}", u32::from(character))),
    ] {
        for (before, after) in [("bad key ", ", try again"), ("?appkey=", "&x=1"), ("%", "")] {
            let kept = redacted(UUID, &[], &format!("{before}{spelling}{after}"));
            assert!(kept.contains("[app key]"), "{spelling} in {kept}");
            let rest = kept.replace("[app key]", "").to_lowercase();
            assert!(
                !rest.contains(|c: char| c.is_ascii_digit() && c != '1'),
                "{kept}"
            );
            assert!(kept.starts_with(before) && kept.ends_with(after), "{kept}");
        }
    }
}

#[test]
fn a_phone_is_known_as_people_write_it() {
    for spelling in [
        PHONE,
        "4159876543",
        "+14159876543",
        "(415) 987-6543",
        "415-987-6543",
        "415.987.6543",
        "415 987 6543",
        "+1 415 987 6543",
        "+1 (415) 987-6543",
        "1-415-987-6543",
        "1 (415) 987 - 6543",
        "%2B1%20415%20987%206543",
        "+1+415+987+6543",
        "(415)&nbsp;987&#8209;6543",
        "\u{202A}+1\u{A0}(415)\u{A0}987\u{2011}6543\u{202C}",
        "\\u0031\\u0034159876543",
    ] {
        let kept = redacted("", &[PHONE], &format!("Calling {spelling} now"));
        assert!(kept.contains("[secret]"), "{spelling}: {kept}");
        let rest = kept.replace("&#8209;", "");
        assert!(!rest.contains("415") && !rest.contains("6543"), "{kept}");
    }
}

#[test]
fn a_grant_is_a_number_in_either_base() {
    let (hex, decimal) = ("0x464147b6ab49c9ec", "5062406306024507884");
    assert_eq!(u64::from_str_radix(&hex[2..], 16), decimal.parse());
    for grant in [hex, decimal] {
        for spelling in [
            hex.to_owned(),
            hex.to_uppercase(),
            hex[2..].to_owned(),
            decimal.to_owned(),
        ] {
            let kept = redacted("", &[grant], &format!("/upload/{spelling}/1"));
            assert!(kept.contains("[secret]/1"), "{grant} as {spelling}: {kept}");
            assert!(!kept.to_lowercase().contains("464147") && !kept.contains("5062"));
        }
    }
}

#[test]
fn a_secret_may_have_escapes_itself() {
    let secret = "SENTINEL-key/4f+9&e=%7c\"1d";
    let quoted = secret.replace('/', "\\/").replace('"', "\\\"");
    for spelling in [
        secret.to_owned(),
        percent(secret),
        percent(&percent(secret)),
        quoted.clone(),
        json(secret),
        percent(&quoted),
        html(secret),
        secret.replace('&', "&amp;").replace('"', "&quot;"),
    ] {
        let kept = redacted(secret, &[], &format!("a{spelling}z"));
        assert_eq!(kept, "a[app key]z", "{spelling}");
    }
}

#[test]
fn a_short_secret_is_known_by_all_of_its_characters() {
    for (text, kept) in [
        ("bad key a1-b2", "bad key [app key]"),
        (
            "a1%2Db2 a1%2db2 a1\\u002db2",
            "[app key] [app key] [app key]",
        ),
        ("A1-b2 a1b2 a1 - b2", "A1-b2 a1b2 a1 - b2"),
        ("g+r/a\"n", "[secret]"),
        ("g+r\\/a\\\"n g%2Br%2Fa%22n", "[secret] [secret]"),
    ] {
        assert_eq!(redacted("a1-b2", &["g+r/a\"n"], text), kept);
    }
    // In a form, a space is a plus.
    assert_eq!(
        redacted("a b", &[], "a+b a%20b a b a%2Bb"),
        "[app key] [app key] [app key] [app key]"
    );
    let umlaut = "é-1";
    for text in ["é-1", "%C3%A9-1", "%c3%a9%2d1", "\\u00e9-1", "&#233;-1"] {
        assert_eq!(redacted(umlaut, &[], text), "[app key]", "{text}");
    }
}

#[test]
fn a_secret_within_another_breaks_nothing_up() {
    assert_eq!(
        redacted("1", &[PHONE], "14159876543 and 1"),
        "[app key][secret] and [app key]"
    );
    assert_eq!(
        redacted("", &["ab-cd", "xab-cdx"], "xab-cdx ab-cd"),
        "[secret] [secret]"
    );
}

#[test]
fn what_is_no_secret_stays() {
    let uri = "/api/rest/conference/63c9b03b84e9476080f7afe9ac2aa58e";
    for text in [
        "",
        "Created, leader is eta",
        uri,
        "100 % &c; \\ é",
        "%",
        "&",
        "\\u",
    ] {
        assert_eq!(redacted(UUID, &[PHONE], text), text);
    }
    assert_eq!(
        redacted("", &[], "text"),
        "text",
        "an empty key changes nothing"
    );
    assert_eq!(redacted("", &[""], "text"), "text");
    // Digits of several numbers are not one.
    let text = "415, and then 9876, and 543";
    assert_eq!(redacted("", &[PHONE], text), text);
}

#[test]
fn nothing_is_copied_where_nothing_is_found() {
    let key = Needle::of_key(&AppKey::new(UUID));
    let redactor = Redactor::new(key.as_ref(), &[PHONE]);
    let text = "Created, leader is %65ta: /api/rest/conference/63c9b03b84e9476080f7afe9ac2aa58e";
    assert!(matches!(redactor.redact(text), Cow::Borrowed(_)));
}

#[test]
fn names_are_left_alone_but_for_a_whole_key() {
    let id = |key: &str, secrets: &[&str], text: &str| {
        let key = Needle::of_key(&AppKey::new(key));
        let mut text = Text(text.to_owned());
        Redactor::new(key.as_ref(), secrets).id(&mut text);
        text.0
    };
    assert_eq!(id("key", &[], "turkey"), "turkey");
    assert_eq!(id(UUID, &[PHONE], PHONE), PHONE, "a network id may be so");
    let url = format!("http://media.example/1.mp3?appkey={UUID}");
    assert_eq!(
        id(UUID, &[], &url),
        "http://media.example/1.mp3?appkey=[app key]"
    );
    let media = "6e6a151be31b467f87225b18b0f36f00";
    assert_eq!(id(UUID, &[], media), media);
}

#[test]
fn a_beginning_is_of_whole_characters_and_no_longer_than_allowed() {
    let beginning = |text: &[u8], at_most| Redactor::default().beginning(text, at_most);
    assert_eq!(beginning("éé".as_bytes(), 4), "éé");
    assert_eq!(beginning("éé".as_bytes(), 3), "é");
    assert_eq!(beginning("😀😀".as_bytes(), 7), "😀");
    assert_eq!(beginning(&"é".repeat(100).into_bytes(), 4), "éé");
    assert_eq!(beginning(&[0xFF; 1000], 7), "\u{FFFD}\u{FFFD}");
}

#[test]
fn no_part_of_a_key_is_left_at_the_end_of_a_beginning() {
    let key = Needle::of_key(&AppKey::new("SENTINEL/SENTINEL/SENTINEL"));
    let encoded = "SENTINEL%2FSENTINEL%2FSENTINEL";
    for spelling in ["SENTINEL/SENTINEL/SENTINEL", encoded, &percent(encoded)] {
        for filler in 0..2 * spelling.len() {
            let text = "x".repeat(filler) + &spelling.repeat(100);
            let kept = Redactor::new(key.as_ref(), &[]).beginning(text.as_bytes(), 1000);
            assert!((200..=1000).contains(&kept.len()), "{kept}");
            assert!(!kept.contains("SEN") && !kept.contains("%5"), "{kept}");
        }
    }
}

#[test]
fn a_text_made_to_be_slow_is_not() {
    let key = Needle::of_key(&AppKey::new(UUID));
    let redactor = Redactor::new(key.as_ref(), &[PHONE]);
    // Escapes in escapes, beginnings without an end, and what is found often:
    // a reader that begins anew each time would be at it for hours.
    for piece in [
        "\\",
        "%",
        "%25",
        "&",
        "&#",
        "\\u005c",
        "\\u005cu005cu00",
        "1-------",
        "6f",
        PHONE,
    ] {
        let text = piece.repeat(30_000 / piece.len());
        assert_eq!(redactor.redact(&text).contains("[secret]"), piece == PHONE);
    }
}
