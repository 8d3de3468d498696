//! Text without a type of its own.

use super::*;

pub(super) fn input(slot: &Slot) -> Input {
    let literal = Literal(example(slot, "text")).to_string();
    Input {
        rust: Rust::converted("String"),
        absent: "None",
        info: if slot.secret { "Secret" } else { "Text" }.to_owned(),
        write: write(slot, as_str),
        read: read(slot, "", ""),
        option: "long, value_name = \"TEXT\"".to_owned(),
        assertion: shows(slot, |field| format!("assert_eq!({field}, {literal});")),
        example: literal,
        example_error: None,
        remark: None,
        is_secret: false,
        is_file: false,
        id: None,
        words: None,
    }
}

pub(super) fn output(name: &Snake, presence: Presence) -> Output {
    let is_option = presence.is_option();
    let (rust_type, wire_type, start) = match is_option {
        false => ("String", "Text", "String::new()"),
        true => ("Option<String>", "Option<Text>", "None"),
    };
    Output {
        rust_type: rust_type.to_owned(),
        wire_type: wire_type.to_owned(),
        serde: presence.skip().map(str::to_owned),
        read: match is_option {
            false => format!("fields.{name}.0"),
            true => format!("fields.{name}.map(|text| text.0).filter(|text| !text.is_empty())"),
        },
        write: match is_option {
            false => format!("Text(response.{name}.clone())"),
            true => format!("response.{name}.clone().map(Text)"),
        },
        start: Start::Value(start),
        texts: Some(match is_option {
            false => Texts::one(name),
            true => Texts::optional(name),
        }),
        record: "text",
        shown: None,
        json: "Value::from({VALUE})".to_owned(),
        is_option,
        id: None,
        is_list: false,
    }
}
