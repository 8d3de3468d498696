//! A whole number.

use super::*;

pub(super) fn input(slot: &Slot) -> Input {
    let (key, value) = (
        Literal(&slot.key),
        example(slot, &stand_in(slot)).to_owned(),
    );
    let unfit = format!("map_err(|_| BadParameter::new({key}))?");
    let parse = match slot.required {
        true => format!(".parse().{unfit}"),
        false => format!(".map(|text| text.parse()).transpose().{unfit}"),
    };
    let field = format!("request.{}", slot.name);
    let range = match slot.range {
        (None, None) => None,
        (Some(least), Some(most)) => Some(format!("{least}..={most}")),
        (Some(least), None) => Some(format!("{least}..")),
        (None, Some(most)) => Some(format!("..={most}")),
    };
    let parser = range.map(|range| format!(", value_parser = value_parser!(i64).range({range})"));
    let parser = parser.unwrap_or_default();
    Input {
        rust: Rust::plain("i64"),
        info: "Integer".to_owned(),
        write: write(slot, |place| format!("&{place}.to_string()")),
        read: read(slot, "", &parse),
        option: format!("long, value_name = \"NUMBER\", allow_negative_numbers = true{parser}"),
        assertion: match slot.required {
            true => format!("assert_eq!({field}, {value});"),
            false => format!("assert_eq!({field}, Some({value}));"),
        },
        example: value,
        ..text::input(slot)
    }
}

/// A number that lies within the bounds.
fn stand_in(slot: &Slot) -> String {
    let (least, most) = slot.range;
    let number = 1.max(least.unwrap_or(1)).min(most.unwrap_or(i64::MAX));
    number.to_string()
}

pub(super) fn output(name: &Snake, presence: Presence) -> Output {
    same("i64", "0", name, presence)
}

/// A value that is the same in Rust and in the envelope, and that may come as text.
pub(super) fn same(rust: &str, start: &'static str, name: &Snake, presence: Presence) -> Output {
    let is_option = presence.is_option();
    let (rust_type, lenient) = match is_option {
        false => (rust.to_owned(), "lenient_or_default"),
        true => (format!("Option<{rust}>"), "lenient"),
    };
    let lenient = format!("deserialize_with = \"{lenient}\"");
    Output {
        wire_type: rust_type.clone(),
        rust_type,
        serde: Some(match presence.skip() {
            Some(skip) => format!("{lenient}, {skip}"),
            None => lenient,
        }),
        read: format!("fields.{name}"),
        write: format!("response.{name}"),
        start: Start::Value(if is_option { "None" } else { start }),
        texts: None,
        record: "with",
        ..text::output(name, presence)
    }
}
