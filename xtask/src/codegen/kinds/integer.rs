//! A whole number.

use super::*;

pub(super) fn input(slot: &Slot) -> Input {
    let (key, value) = (Literal(&slot.key), example(slot, "1").to_owned());
    let unfit = format!("map_err(|_| BadParameter::new({key}))?");
    let parse = match slot.required {
        true => format!(".parse().{unfit}"),
        false => format!(".map(|text| text.parse()).transpose().{unfit}"),
    };
    let field = format!("request.{}", slot.name);
    Input {
        rust: Rust::plain("i64"),
        absent: "None",
        info: "Integer".to_owned(),
        write: write(slot, |place| format!("&{place}.to_string()")),
        read: read(slot, "", &parse),
        option: "long, value_name = \"NUMBER\", allow_negative_numbers = true".to_owned(),
        option_import: None,
        assertion: match slot.required {
            true => format!("assert_eq!({field}, {value});"),
            false => format!("assert_eq!({field}, Some({value}));"),
        },
        example: value,
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
    same("i64", "0", name, required)
}

/// A value that is the same in Rust and in the envelope, and that may come as text.
pub(super) fn same(rust: &str, start: &'static str, name: &Snake, required: bool) -> Output {
    let (rust_type, serde, imports) = match required {
        true => (
            rust.to_owned(),
            LENIENT_OR_DEFAULT,
            &[LENIENT_OR_DEFAULT_PATH],
        ),
        false => (format!("Option<{rust}>"), LENIENT, &[LENIENT_PATH]),
    };
    Output {
        wire_type: rust_type.clone(),
        rust_type,
        import: None,
        serde: Some(serde),
        wire_imports: imports,
        read: format!("fields.{name}"),
        read_import: None,
        write: format!("response.{name}"),
        write_import: None,
        start: Start::Value(if required { start } else { "None" }),
        texts: None,
        record: "with",
        is_option: !required,
        id: None,
        is_list: false,
    }
}

const LENIENT: &str = "deserialize_with = \"lenient\", skip_serializing_if = \"Option::is_none\"";
const LENIENT_PATH: &str = "crate::codec::json::lenient";
const LENIENT_OR_DEFAULT: &str = "deserialize_with = \"lenient_or_default\"";
const LENIENT_OR_DEFAULT_PATH: &str = "crate::codec::json::lenient_or_default";
