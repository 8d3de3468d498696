//! A truth value. In a request it is a flag, sent when it is set.

use super::*;

/// What is sent of one that is set.
pub(crate) const SET: &str = "true";

pub(super) fn input(slot: &Slot) -> Input {
    let (verb, key, name) = (slot.place.verb(), Literal(&slot.key), &slot.name);
    let place = slot.place.as_str();
    Input {
        rust: Rust::plain("bool"),
        absent: "false",
        info: "Flag".to_owned(),
        write: format!(
            "if self.{name} {{ request.{verb}({key}, {})?; }}\n",
            Literal(SET)
        ),
        read: format!("parameters.flag(ParameterLocation::{place}, {key})"),
        option: "long".to_owned(),
        example: "true".to_owned(),
        assertion: format!("assert!(request.{name});"),
        ..text::input(slot)
    }
}

pub(super) fn output(name: &Snake, presence: Presence) -> Output {
    integer::same("bool", "false", name, presence)
}
