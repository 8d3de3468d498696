//! Our own keywords on values fit what they stand on.

use std::collections::BTreeSet;

use super::all_schemas;
use super::keywords::is_id;
use crate::codegen::document::{Document, Media, Schema};
use crate::codegen::finding::{Findings, Pointer};
use crate::codegen::lower::envelope_of;

#[cfg(test)]
mod tests;

pub(super) fn check(document: &Document, findings: &Findings) {
    for (_, schema) in &document.schemas {
        choices(schema, findings);
    }
    let insides = insides(document);
    let forms = forms(document);
    let schemas = all_schemas(document);
    let properties = schemas.iter().flat_map(|schema| schema.properties());
    let properties: Vec<&Pointer> = properties.map(|(_, property)| &property.at).collect();
    for schema in schemas {
        let misplaced = |is_so: bool, keyword: &str, right: &str| {
            if is_so {
                let message = format!("{keyword} belongs to {right}");
                findings.add(&schema.at.child(keyword), message);
            }
        };
        let is_property = properties.contains(&&schema.at);
        misplaced(
            schema.rust_name.is_some() && !is_property,
            "x-talkspace-name",
            "a property or a parameter",
        );
        let is_field = forms.iter().any(|form| property(form, schema).is_some());
        let mut parameters = document.all_parameters();
        misplaced(
            schema.default.is_some()
                && !is_field
                && !parameters.any(|parameter| parameter.schema.at == schema.at),
            "x-talkspace-default",
            "a field of a form",
        );
        misplaced(
            schema.rust_type.is_some() && !schema.is_text(),
            "x-talkspace-type",
            "text",
        );
        let mut named = document.schemas.iter();
        let is_named = named.any(|(_, named)| named.at == schema.at);
        if schema.secret && !(is_named && schema.is_own_text()) {
            let right = "a secret is a named text with a type of its own";
            findings.add(&schema.at.child("x-talkspace-secret"), right);
        }
        if !is_named && (!schema.meanings.is_empty() || schema.preset().is_some()) {
            let right = "meanings and a default belong to a named schema with an enum";
            findings.add(&schema.at, right);
        }
        if schema.empty || !schema.also.is_empty() {
            let found = insides.iter().find_map(|inner| property(inner, schema));
            let in_form = || forms.iter().find_map(|form| property(form, schema));
            match found {
                None => match in_form().filter(|_| schema.also.is_empty()) {
                    None => findings.add(
                        &schema.at,
                        "x-talkspace-empty and x-talkspace-also belong to what is in an envelope",
                    ),
                    Some((_, true)) => findings.add(
                        &schema.at.child("x-talkspace-empty"),
                        "what may be empty in a form may be left out",
                    ),
                    Some((_, false)) => empty(document, schema, true, findings),
                },
                Some((inner, required)) => {
                    empty(document, schema, required, findings);
                    also(inner, schema, findings);
                }
            }
        }
    }
}

/// Each choice of a named schema has a meaning, and there are no other meanings.
fn choices(schema: &Schema, findings: &Findings) {
    let choices = schema.choices();
    for meaning in &schema.meanings {
        if !choices.contains(&meaning.key) {
            let message = format!("`{}` is not in the enum", meaning.key);
            findings.add(&meaning.at, message);
        }
        if meaning.text.trim().is_empty() {
            findings.add(&meaning.at, "the meaning is empty");
        }
    }
    for (index, choice) in choices.iter().enumerate() {
        let has_meaning = |meanings: &Schema| {
            let mut meanings = meanings.meanings.iter();
            meanings.any(|meaning| meaning.key == *choice)
        };
        if schema.rust_type.is_none() && !has_meaning(schema) {
            let message = format!("x-talkspace-meanings has none for `{choice}`");
            findings.add(&schema.at, message);
        }
        if choices.iter().take(index).any(|other| other == choice) {
            findings.add(
                &schema.at.child("enum"),
                format!("`{choice}` is here twice"),
            );
        }
    }
}

/// What is inside the envelopes of all responses.
fn insides(document: &Document) -> Vec<&Schema> {
    let operations = document.operations();
    let contents = operations.flat_map(|(_, operation)| operation.contents());
    let contents = contents.filter(|content| content.media == Media::Json);
    let outers = contents.flat_map(|content| document.branches(&content.schema));
    let insides = outers.filter_map(envelope_of);
    insides
        .map(|(_, inner)| document.resolve(inner).1)
        .collect()
}

/// The forms of all requests.
fn forms(document: &Document) -> Vec<&Schema> {
    let operations = document.operations();
    let forms = operations.filter_map(|(_, operation)| operation.form.as_ref());
    forms
        .flat_map(|form| document.branches(&form.schema))
        .collect()
}

/// The object with this property, and whether it requires it.
fn property<'d>(inner: &'d Schema, schema: &Schema) -> Option<(&'d Schema, bool)> {
    let mut properties = inner.properties().iter();
    let (name, _) = properties.find(|(_, other)| other.at == schema.at)?;
    Some((inner, inner.requires(name)))
}

fn empty(document: &Document, schema: &Schema, required: bool, findings: &Findings) {
    if schema.empty && !(required && is_id(document, schema)) {
        findings.add(
            &schema.at.child("x-talkspace-empty"),
            "what may be empty is a required identifier",
        );
    }
}

/// No two properties have the same spelling.
fn also(inner: &Schema, schema: &Schema, findings: &Findings) {
    let mut spellings: BTreeSet<&str> = BTreeSet::new();
    for (name, other) in inner.properties() {
        spellings.insert(name);
        if other.at != schema.at {
            spellings.extend(other.also.iter().map(String::as_str));
        }
    }
    for also in &schema.also {
        if !spellings.insert(also) {
            findings.add(
                &schema.at.child("x-talkspace-also"),
                format!("`{also}` is the spelling of something else too"),
            );
        }
    }
}
