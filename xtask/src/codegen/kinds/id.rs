//! An identifier: text with a type of its own.

use super::*;

pub(super) fn input(id: &Camel, slot: &Slot) -> Input {
    let literal = Literal(example(slot, "text")).to_string();
    let convert = if slot.required {
        ".into()"
    } else {
        ".map(Into::into)"
    };
    // An id may look like an option: `-1`.
    let value = Literal(&id.shouted()).to_string();
    Input {
        rust: Rust::converted(id.as_str()),
        read: read(slot, "", convert),
        option: format!("long, value_name = {value}, allow_negative_numbers = true"),
        assertion: shows(slot, |field| {
            format!("assert_eq!({field}.as_str(), {literal});")
        }),
        id: Some(id.clone()),
        ..text::input(slot)
    }
}

/// One that the response must have, or that the request knows.
pub(super) fn required(id: &Camel, key: &str, name: &Snake) -> Output {
    let key = Literal(key);
    Output {
        rust_type: id.to_string(),
        read: format!("raw.id({key}, fields.{name}, {{KNOWN}})?"),
        write: format!("Text(response.{name}.as_str().to_owned())"),
        start: Start::Given,
        json: "Value::from(String::from({VALUE}))".to_owned(),
        is_option: false,
        ..empty(id, name)
    }
}

/// One that is there, and may be empty.
pub(crate) fn empty(id: &Camel, name: &Snake) -> Output {
    let not_empty = format!(".filter(|text| !text.is_empty()).map({id}::from)");
    Output {
        rust_type: format!("Option<{id}>"),
        read: format!("Some(fields.{name}.0){not_empty}"),
        write: format!("Text(response.{name}.clone().map(String::from).unwrap_or_default())"),
        start: Start::Value("None"),
        record: "id",
        json: "Value::from({VALUE}.map(String::from))".to_owned(),
        is_option: true,
        id: Some(id.clone()),
        ..text::output(name, Presence::Empty)
    }
}

/// One that may be absent, `null` or empty.
pub(super) fn optional(id: &Camel, name: &Snake, presence: Presence) -> Output {
    let not_empty = format!(".filter(|text| !text.is_empty()).map({id}::from)");
    Output {
        wire_type: "Option<Text>".to_owned(),
        serde: presence.skip().map(str::to_owned),
        read: format!("fields.{name}.map(|text| text.0){not_empty}"),
        write: format!("response.{name}.clone().map(|id| Text(id.into()))"),
        texts: Some(Texts::optional(name)),
        ..empty(id, name)
    }
}
