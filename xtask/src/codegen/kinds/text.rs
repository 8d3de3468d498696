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
        option_import: None,
        assertion: shows(slot, |field| format!("assert_eq!({field}, {literal});")),
        example: literal,
        example_import: None,
        example_error: None,
        remark: None,
        is_secret: false,
        is_file: false,
        id: None,
        words: None,
    }
}

pub(super) fn output(name: &Snake, required: bool) -> Output {
    let (rust_type, wire_type, serde, start) = match required {
        true => ("String", "Text", None, "String::new()"),
        false => ("Option<String>", "Option<Text>", Some(SKIP_NONE), "None"),
    };
    Output {
        rust_type: rust_type.to_owned(),
        import: None,
        wire_type: wire_type.to_owned(),
        serde,
        wire_imports: &[TEXT],
        read: match required {
            true => format!("fields.{name}.0"),
            false => format!("fields.{name}.map(|text| text.0).filter(|text| !text.is_empty())"),
        },
        read_import: None,
        write: match required {
            true => format!("Text(response.{name}.clone())"),
            false => format!("response.{name}.clone().map(Text)"),
        },
        write_import: Some(TEXT),
        start: Start::Value(start),
        texts: Some(match required {
            true => Texts::one(name),
            false => Texts::optional(name),
        }),
        record: "text",
        is_option: !required,
        id: None,
        is_list: false,
    }
}
