//! Schemas are described, what they give as a value is one, and our own keywords fit what
//! they stand on.

use std::iter;
use std::ptr;

use super::{Site, Stands, bodies, described, doubles, sites};
use crate::codegen::document::{Document, Facts, Parameter, Schema, Shape};
use crate::codegen::finding::Findings;
use crate::codegen::load::Scalar;

pub(super) fn check(document: &Document, findings: &Findings) {
    for parameter in document.all_parameters() {
        let Parameter { at, example, .. } = parameter;
        described(at, "parameter", &parameter.description, findings);
        let wrong = example
            .as_ref()
            .and_then(|it| wrong(document, &parameter.schema, it));
        if let Some(why) = wrong {
            findings.add(&at.child("example"), format!("the example {why}"));
        }
    }
    let operations = || document.operations().map(|(_, operation)| operation);
    let forms = operations().filter_map(|operation| operation.form.as_ref());
    let forms: Vec<_> = forms
        .flat_map(|form| document.branches(&form.schema))
        .collect();
    let insides = operations().flat_map(|operation| bodies::insides(document, operation));
    let insides: Vec<_> = insides.collect();
    for site in sites(document) {
        match site.stands {
            Stands::Named => {
                described(
                    &site.schema.at,
                    "schema",
                    &site.schema.description,
                    findings,
                );
                choices(site.schema, findings);
            }
            Stands::Property(_, _) => {
                described(
                    &site.schema.at,
                    "property",
                    &site.schema.description,
                    findings,
                );
            }
            Stands::Parameter | Stands::Elsewhere => {}
        }
        given(document, site, findings);
        keywords(site, &forms, &insides, findings);
    }
}

/// Defaults and examples are values that their schema allows.
fn given(document: &Document, site: Site<'_>, findings: &Findings) {
    let schema = site.schema;
    let at = schema.at.child("default");
    if let Some(default) = &schema.facts.default {
        if let Some(why) = wrong(document, schema, default) {
            findings.add(&at, format!("the default {why}"));
        }
        let is_required = matches!(site.stands, Stands::Property(of, name) if of.requires(name));
        let message = "what is required is never left out, and has no default";
        findings.add_if(is_required, &at, message);
    }
    for (at, example) in &schema.examples {
        if let Some(why) = wrong(document, schema, example) {
            findings.add(at, format!("the example {why}"));
        }
    }
}

/// Why the schema does not allow the value.
fn wrong(document: &Document, schema: &Schema, value: &Scalar) -> Option<String> {
    let (_, target) = document.resolve(schema);
    let within = |number: i64, bounds: fn(&Facts) -> (Option<i64>, Option<i64>)| {
        [schema, target].into_iter().all(|schema| {
            let (least, most) = bounds(&schema.facts);
            least.is_none_or(|least| least <= number) && most.is_none_or(|most| number <= most)
        })
    };
    let is_as_long = |text: &str| {
        let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        within(length, |facts| facts.length)
    };
    let is_phone = target.rust_type.as_deref() == Some("PhoneNumber");
    let why = match (value, &target.shape) {
        (_, shape) if !shape.fits(value) => "is not of the schema's type",
        (Scalar::Integer(number), _) if !within(*number, |facts| facts.range) => {
            "is out of the bounds"
        }
        (Scalar::Text(text), Shape::Text { choices, .. })
            if !choices.is_empty() && !choices.contains(text) =>
        {
            return Some(format!("`{text}` is not in the enum"));
        }
        (Scalar::Text(text), _) if !is_as_long(text) => "is not of that length",
        (Scalar::Text(text), _) if is_phone && !is_phone_number(text) => {
            "is no phone number: `1` and ten digits, of which the first is 2 to 9"
        }
        _ => return None,
    };
    Some(why.to_owned())
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
        let is_empty = meaning.text.trim().is_empty();
        findings.add_if(is_empty, &meaning.at, "the meaning is empty");
    }
    for choice in choices {
        let has_meaning = meanings.iter().any(|meaning| meaning.key == *choice);
        let message = format!("x-talkspace-meanings has none for `{choice}`");
        let needs_one = schema.rust_type.is_none();
        findings.add_if(needs_one && !has_meaning, &schema.at, message);
    }
    for (_, choice) in doubles(choices, |one, other| one == other) {
        findings.add(
            &schema.at.child("enum"),
            format!("`{choice}` is here twice"),
        );
    }
}

/// Our own keywords stand where they mean something.
fn keywords(site: Site<'_>, forms: &[&Schema], insides: &[&Schema], findings: &Findings) {
    let Site { schema, stands } = site;
    let is_named = matches!(stands, Stands::Named);
    let object = match stands {
        Stands::Property(object, _) => Some(object),
        _ => None,
    };
    let is_in = |all: &[&Schema]| {
        object.is_some_and(|object| all.iter().any(|other| ptr::eq(*other, object)))
    };
    let (in_form, in_envelope) = (is_in(forms), is_in(insides));
    let may_have_default = in_form || matches!(stands, Stands::Parameter);
    let misplaced = |is_so: bool, keyword: &str, right: &str| {
        let message = format!("{keyword} belongs to {right}");
        findings.add_if(is_so, &schema.at.child(keyword), message);
    };
    let is_so = schema.rust_name.is_some() && object.is_none();
    misplaced(is_so, "x-talkspace-name", "a property or a parameter");
    let is_so = schema.default.is_some() && !may_have_default;
    misplaced(is_so, "x-talkspace-default", "a field of a form");
    let is_so = schema.rust_type.is_some() && !schema.is_text();
    misplaced(is_so, "x-talkspace-type", "text");
    let is_so = schema.secret && !(is_named && schema.is_own_text());
    misplaced(
        is_so,
        "x-talkspace-secret",
        "a named text with a type of its own",
    );
    let is_so = schema.empty && !(in_form || in_envelope);
    misplaced(
        is_so,
        "x-talkspace-empty",
        "what is in an envelope or a form",
    );
    let is_so = !schema.also.is_empty() && !in_envelope;
    misplaced(is_so, "x-talkspace-also", "what is in an envelope");
    let has_words = !schema.meanings.is_empty() || schema.preset().is_some();
    let message = "meanings and a default belong to a named schema with an enum";
    findings.add_if(has_words && !is_named, &schema.at, message);
    if let Some(object) = object {
        also(object, schema, findings);
    }
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
