//! No spelling of the key remains.

use super::Redactor;
use crate::AppKey;

#[test]
fn the_key_is_masked_in_every_spelling() {
    let key = AppKey::new("a1-b2/c3");
    let text = "bad key a1-b2/c3, or a1-b2%2Fc3, or a1%2Db2%2Fc3";
    assert_eq!(
        Redactor::new(&key, &[]).redact(text),
        "bad key [app key], or [app key], or [app key]"
    );
}

#[test]
fn so_is_what_a_request_has_in_secret() {
    let key = AppKey::new("a1-b2");
    let redactor = Redactor::new(&key, &["12065550100", "g+r/a\"nt"]);
    for (text, kept) in [
        ("phone 12065550100", "phone [secret]"),
        ("phone (2065550100)", "phone ([secret])"),
        ("g+r/a\"nt", "[secret]"),
        (r#"g+r\/a\"nt"#, "[secret]"),
        (r#"g+r/a\"nt"#, "[secret]"),
        ("g%2Br%2Fa%22nt, g%2br%2fa%22nt", "[secret], [secret]"),
        ("a1-b2 and a1%2db2", "[app key] and [app key]"),
    ] {
        assert_eq!(redactor.redact(text), kept);
    }
}

#[test]
fn an_empty_key_changes_nothing() {
    assert_eq!(Redactor::new(&AppKey::new(""), &[]).redact("text"), "text");
}

#[test]
fn a_beginning_is_of_whole_characters_and_no_longer_than_allowed() {
    let key = AppKey::new("");
    let beginning = |text: &[u8], at_most| Redactor::new(&key, &[]).beginning(text, at_most);
    assert_eq!(beginning("éé".as_bytes(), 4), "éé");
    assert_eq!(beginning("éé".as_bytes(), 3), "é");
    assert_eq!(beginning(&"é".repeat(100).into_bytes(), 4), "éé");
    assert_eq!(beginning(&[0xFF; 1000], 7), "\u{FFFD}\u{FFFD}");
}

#[test]
fn no_part_of_a_key_is_left_at_the_end_of_a_beginning() {
    // Longer than its mask: what is kept ends where less and less was looked at.
    let key = AppKey::new("SENTINEL/SENTINEL/SENTINEL");
    let encoded = "SENTINEL%2FSENTINEL%2FSENTINEL";
    for spelling in [key.expose(), encoded] {
        for filler in 0..2 * spelling.len() {
            let text = "x".repeat(filler) + &spelling.repeat(100);
            let kept = Redactor::new(&key, &[]).beginning(text.as_bytes(), 1000);
            assert!((200..=1000).contains(&kept.len()), "{kept}");
            assert!(!kept.contains("SEN"), "{kept}");
        }
    }
}
