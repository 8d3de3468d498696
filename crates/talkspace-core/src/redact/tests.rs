//! No spelling of the key remains.

use super::Redactor;
use crate::AppKey;

#[test]
fn the_key_is_masked_in_every_spelling() {
    let key = AppKey::new("a1-b2/c3");
    let text = "bad key a1-b2/c3, or a1-b2%2Fc3, or a1%2Db2%2Fc3";
    assert_eq!(
        Redactor::new(&key).redact(text),
        "bad key [app key], or [app key], or [app key]"
    );
}

#[test]
fn an_empty_key_changes_nothing() {
    assert_eq!(Redactor::new(&AppKey::new("")).redact("text"), "text");
}
