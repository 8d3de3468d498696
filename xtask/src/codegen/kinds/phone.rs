//! A phone number. Nobody is shown one.

use super::*;

pub(super) const TYPE: &str = "PhoneNumber";

pub(super) fn input(slot: &Slot) -> Input {
    let literal = Literal(example(slot, "14151239876")).to_string();
    let parser = "Hidden(str::parse::<PhoneNumber>)";
    Input {
        rust: Rust::plain(TYPE),
        info: "Phone".to_owned(),
        read: read(slot, "_value", ""),
        option: format!("long, value_name = \"PHONE_NUMBER\", value_parser = {parser}"),
        example: format!("{literal}.parse()?"),
        example_error: Some("InvalidPhoneNumber"),
        assertion: shows(slot, |field| {
            format!("assert_eq!({field}.as_str(), {literal});")
        }),
        is_secret: true,
        ..text::input(slot)
    }
}
