//! One of several words.

use super::*;

pub(super) fn input(name: &Camel, words: &[String], slot: &Slot) -> Input {
    let parser = format!("PossibleValuesParser::new([{}])", literals(words));
    // A word that the type does not have shows when the example is compiled.
    let word = slot.example.as_ref().or(words.first());
    let variant = word.and_then(|word| Camel::of_words(word));
    let variant = variant.as_ref().map_or("", Camel::as_str);
    let value = format!("{name}::{variant}");
    Input {
        rust: Rust::plain(name.as_str()).of("crate::request::choices", name.as_str()),
        absent: "None",
        info: format!("Choice(&[{}])", literals(words)),
        write: write(slot, as_str),
        read: read(slot, "_value", ""),
        option: format!("long, value_parser = {parser}.try_map(|word| word.parse::<{name}>())"),
        option_import: Some("clap::builder::{PossibleValuesParser, TypedValueParser}"),
        assertion: shows(slot, |field| format!("assert_eq!({field}, {value});")),
        example: value,
        example_import: Some(name.to_string()),
        example_error: None,
        remark: None,
        is_secret: false,
        is_file: false,
        id: None,
        words: Some((name.clone(), words.to_vec())),
    }
}
