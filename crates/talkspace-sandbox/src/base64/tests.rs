//! The examples of RFC 4648 section 10, and what is none.

use super::{decode, encode};

#[test]
fn bytes_come_back_and_nothing_else_is_taken() {
    let examples = [
        "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
    ];
    for (length, text) in examples.into_iter().enumerate() {
        let bytes = &b"foobar"[..length];
        assert_eq!(encode(bytes), text);
        assert_eq!(decode(text).as_deref(), Some(bytes));
    }
    let all: Vec<u8> = (0..=255).collect();
    assert_eq!(decode(&encode(&all)), Some(all));
    for text in ["Z", "Zg", "Zh==", "Zg=", "=", "Zm9v=", "Zm 9v", "Zm9-", "é"] {
        assert_eq!(decode(text), None, "{text}");
    }
}
