//! The short way says what the long one does.

use percent_encoding::utf8_percent_encode;

use super::{ESCAPED, Form, push_escaped};

#[test]
fn fields_stand_in_the_order_of_their_calls() {
    let mut form = Form::new();
    form.push("a", "1 2");
    form.push("b", "x&y=z");
    assert_eq!(form.into_text(), "a=1%202&b=x%26y%3Dz");
}

#[test]
fn every_character_of_a_byte_is_escaped_as_the_set_says() {
    for character in (0..=u8::MAX).map(char::from) {
        let value = format!("a{character}z");
        let mut text = String::new();
        push_escaped(&mut text, &value);
        assert_eq!(text, utf8_percent_encode(&value, ESCAPED).to_string());
    }
}
