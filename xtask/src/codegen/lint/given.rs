//! Defaults and examples are values that their schema allows.

use super::all_schemas;
use crate::codegen::document::{Document, Schema, Shape};
use crate::codegen::finding::Findings;
use crate::codegen::load::Scalar;

#[cfg(test)]
mod tests;

pub(super) fn check(document: &Document, findings: &Findings) {
    for schema in all_schemas(document) {
        let given = |value| wrong(document, schema, value);
        if let Some(why) = schema.facts.default.as_ref().and_then(given) {
            findings.add(&schema.at.child("default"), format!("the default {why}"));
        }
        let properties = schema.properties().iter();
        let needed = properties.filter(|(name, _)| schema.requires(name));
        for (_, schema) in needed.filter(|(_, schema)| schema.facts.default.is_some()) {
            let message = "what is required is never left out, and has no default";
            findings.add(&schema.at.child("default"), message);
        }
        for (at, example) in &schema.examples {
            if let Some(why) = given(example) {
                findings.add(at, format!("the example {why}"));
            }
        }
    }
    for parameter in document.all_parameters() {
        let example = parameter.example.as_ref();
        if let Some(why) = example.and_then(|value| wrong(document, &parameter.schema, value)) {
            findings.add(&parameter.at.child("example"), format!("the example {why}"));
        }
    }
}

/// Why the schema does not allow the value.
fn wrong(document: &Document, schema: &Schema, value: &Scalar) -> Option<String> {
    let (_, target) = document.resolve(schema);
    if !target.shape.fits(value) {
        return Some("is not of the schema's type".to_owned());
    }
    let within = |number: i64, (least, most): (Option<i64>, Option<i64>)| {
        least.is_none_or(|least| least <= number) && most.is_none_or(|most| number <= most)
    };
    let mut both = [schema, target].into_iter().map(|schema| &schema.facts);
    match (value, &target.shape) {
        (Scalar::Integer(number), _) if both.any(|facts| !within(*number, facts.range)) => {
            Some("is out of the bounds".to_owned())
        }
        (Scalar::Text(text), Shape::Text { choices, .. })
            if !choices.is_empty() && !choices.contains(text) =>
        {
            Some(format!("`{text}` is not in the enum"))
        }
        (Scalar::Text(text), _) => {
            let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            let is_long = both.any(|facts| !within(length, facts.length));
            let is_phone = target.rust_type.as_deref() == Some("PhoneNumber");
            match is_long {
                true => Some("is not of that length".to_owned()),
                false if is_phone && !is_phone_number(text) => Some(
                    "is no phone number: `1` and ten digits, of which the first is 2 to 9"
                        .to_owned(),
                ),
                false => None,
            }
        }
        _ => None,
    }
}

fn is_phone_number(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.len() == 11
        && digits
        && text.starts_with('1')
        && !text.starts_with("10")
        && !text.starts_with("11")
}
