//! Schemas are described, what they give as a value is one, and our own keywords fit what
//! they stand on.

use std::iter;
use std::ptr;

use super::{Site, Stands, bodies, described, doubles, sites};
use crate::codegen::document::{Document, Schema, Shape};
use crate::codegen::finding::{Findings, Pointer};
use crate::codegen::load::Scalar;
use crate::codegen::lower::spelt;

pub(super) fn check(document: &Document, findings: &Findings) {
    let given = |schema: &Schema, value: &Scalar, what: &str, at: &Pointer| {
        if let Some(why) = wrong(document, schema, value) {
            findings.add(at, format!("the {what} {why}"));
        }
    };
    for parameter in document.all_parameters() {
        let at = &parameter.at;
        described(at, "parameter", &parameter.description, findings);
        if let Some(example) = &parameter.example {
            given(&parameter.schema, example, "example", &at.child("example"));
        }
    }
    let operations = || document.operations().map(|(_, operation)| operation);
    let forms = operations().filter_map(|operation| operation.form.as_ref());
    let forms = forms.flat_map(|form| document.branches(&form.schema));
    let forms: Vec<&Schema> = forms.collect();
    let insides = operations().flat_map(|operation| bodies::insides(document, operation));
    let insides: Vec<&Schema> = insides.collect();
    for site in sites(document) {
        let Site { schema, stands } = site;
        let at = schema.at.child("default");
        if let Some(default) = &schema.facts.default {
            given(schema, default, "default", &at);
        }
        for (at, example) in &schema.examples {
            given(schema, example, "example", at);
        }
        if let Stands::Property(object, name) = stands {
            described(&schema.at, "property", &schema.description, findings);
            also(object, schema, findings);
            let is_so = schema.facts.default.is_some() && object.requires(name);
            let message = "what is required is never left out, and has no default";
            findings.add_if(is_so, &at, message);
        }
        if let Stands::Named = stands {
            described(&schema.at, "schema", &schema.description, findings);
            choices(schema, findings);
        }
        keywords(site, &forms, &insides, findings);
    }
}

/// Why the schema does not allow the value.
fn wrong(document: &Document, schema: &Schema, value: &Scalar) -> Option<String> {
    let (_, target) = document.resolve(schema);
    let (text, choices) = (spelt(value), target.choices());
    let size = match value {
        Scalar::Integer(number) if matches!(target.shape, Shape::Integer) => *number,
        _ => i64::try_from(text.chars().count()).unwrap_or(i64::MAX),
    };
    let (least, most) = target.facts.bounds();
    let is_within = least.is_none_or(|it| it <= size) && most.is_none_or(|it| size <= it);
    let is_phone = target.rust_type.as_deref() == Some("PhoneNumber");
    if !target.shape.fits(value) {
        Some("is not of the schema's type".to_owned())
    } else if !choices.is_empty() && !choices.contains(&text) {
        Some(format!("`{text}` is not in the enum"))
    } else if !is_within {
        Some("is out of the bounds".to_owned())
    } else if is_phone && !is_phone_number(&text) {
        let right = "`1` and ten digits, of which the first is 2 to 9";
        Some(format!("is no phone number: {right}"))
    } else {
        None
    }
}

fn is_phone_number(text: &str) -> bool {
    let number = text.strip_prefix('1').unwrap_or_default();
    let is_digits = number.bytes().all(|byte| byte.is_ascii_digit());
    number.len() == 10 && is_digits && !number.starts_with(['0', '1'])
}

/// Each choice of a named schema has a meaning, and there are no other meanings.
fn choices(schema: &Schema, findings: &Findings) {
    let (choices, meanings) = (schema.choices(), &schema.meanings);
    for meaning in meanings {
        let message = format!("`{}` is not in the enum", meaning.key);
        findings.add_if(!choices.contains(&meaning.key), &meaning.at, message);
        described(&meaning.at, "choice", &meaning.text, findings);
    }
    for choice in choices {
        let has_meaning = meanings.iter().any(|meaning| meaning.key == *choice);
        let message = format!("x-talkspace-meanings has none for `{choice}`");
        let needs_one = schema.rust_type.is_none();
        findings.add_if(needs_one && !has_meaning, &schema.at, message);
    }
    for (_, choice) in doubles(choices, |one, other| one == other) {
        let message = format!("`{choice}` is here twice");
        findings.add(&schema.at.child("enum"), message);
    }
}

/// Our own keywords stand where they mean something.
fn keywords(site: Site<'_>, forms: &[&Schema], insides: &[&Schema], findings: &Findings) {
    let Site { schema, stands } = site;
    let is_named = matches!(stands, Stands::Named);
    let is_parameter = matches!(stands, Stands::Parameter);
    let object = match stands {
        Stands::Property(object, _) => Some(object),
        _ => None,
    };
    let is_in = |all: &[&Schema]| object.is_some_and(|it| all.iter().any(|own| ptr::eq(*own, it)));
    let (in_form, in_envelope) = (is_in(forms), is_in(insides));
    let misplaced = |is_so: bool, keyword: &str, right: &str| {
        let keyword = format!("x-talkspace-{keyword}");
        let message = format!("{keyword} belongs to {right}");
        findings.add_if(is_so, &schema.at.child(&keyword), message);
    };
    let is_so = schema.rust_name.is_some() && object.is_none();
    misplaced(is_so, "name", "a property or a parameter");
    let is_so = schema.default.is_some() && !in_form && !is_parameter;
    misplaced(is_so, "default", "a field of a form");
    let is_so = schema.rust_type.is_some() && !schema.is_text();
    misplaced(is_so, "type", "text");
    let is_so = schema.secret && !(is_named && schema.is_own_text());
    misplaced(is_so, "secret", "a named text with a type of its own");
    let is_so = schema.empty && !in_form && !in_envelope;
    misplaced(is_so, "empty", "what is in an envelope or a form");
    let is_so = !schema.also.is_empty() && !in_envelope;
    misplaced(is_so, "also", "what is in an envelope");
    let has_words = !schema.meanings.is_empty() || schema.preset().is_some();
    let message = "meanings and a default belong to a named schema with an enum";
    findings.add_if(has_words && !is_named, &schema.at, message);
}

/// No two properties have the same spelling.
fn also(object: &Schema, schema: &Schema, findings: &Findings) {
    let properties = object.properties().iter();
    let spellings = properties.flat_map(|(name, own)| iter::once(name).chain(&own.also));
    for also in &schema.also {
        let count = spellings.clone().filter(|other| *other == also).count();
        let message = format!("`{also}` is the spelling of something else too");
        findings.add_if(count > 1, &schema.at.child("x-talkspace-also"), message);
    }
}
