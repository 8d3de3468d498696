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
        rust: Rust::plain(name.as_str()),
        info: format!("Choice(&[{}])", literals(words)),
        read: read(slot, "_value", ""),
        option: format!("long, value_parser = {parser}.try_map(|word| word.parse::<{name}>())"),
        assertion: shows(slot, |field| format!("assert_eq!({field}, {value});")),
        example: value,
        words: Some((name.clone(), words.to_vec())),
        ..text::input(slot)
    }
}

/// A response may have a word that the spec does not know; it is kept.
pub(super) fn output(word: &Camel, name: &Snake, presence: Presence) -> Output {
    let output = Output {
        rust_type: word.to_string(),
        read: format!("{word}::from(fields.{name}.0)"),
        write: format!("Text(response.{name}.as_str().to_owned())"),
        start: Start::Given,
        json: "Value::from(String::from({VALUE}))".to_owned(),
        ..text::output(name, presence)
    };
    if !presence.is_option() {
        return output;
    }
    Output {
        rust_type: format!("Option<{word}>"),
        read: format!(
            "fields.{name}.map(|text| text.0).filter(|text| !text.is_empty()).map({word}::from)"
        ),
        write: format!("response.{name}.as_ref().map(|word| Text(word.as_str().to_owned()))"),
        start: Start::Value("None"),
        json: "Value::from({VALUE}.map(String::from))".to_owned(),
        ..output
    }
}
