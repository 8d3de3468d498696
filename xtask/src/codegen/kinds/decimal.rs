//! A decimal number, such as an amount, with the digits that it was written in.

use super::*;

pub(super) fn input(slot: &Slot) -> Input {
    let literal = Literal(example(slot, "1.50")).to_string();
    Input {
        option: "long, value_name = \"DECIMAL\", allow_negative_numbers = true".to_owned(),
        assertion: shows(slot, |field| format!("assert_eq!({field}, {literal});")),
        example: literal,
        ..text::input(slot)
    }
}

pub(super) fn output(name: &Snake, presence: Presence) -> Output {
    text::output(name, presence)
}
