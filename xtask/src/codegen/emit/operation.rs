//! The file of an operation: its request, its response, and both on the wire.

use std::fmt::Display;

use askama::Template;

use super::text::{Comment, Literal, Span, field_docs, filters, plain};
use super::{docs, serde};
use crate::codegen::kinds::Start;
use crate::codegen::model::{
    Api, Carried, Look, NO_CONTENT, Operation, Payload, Place, Prose, Segment, Sight, Spot,
};
use crate::codegen::names::Camel;

#[derive(Template)]
#[template(path = "operation.rs.j2")]
struct File<'a> {
    api: &'a Api,
    operation: &'a Operation,
    head: Comment,
    response: Camel,
    /// What the response shows, beside its status and its outcome.
    fields: Vec<Field<'a>>,
}

/// A field of a response.
struct Field<'a> {
    docs: &'a Prose,
    name: String,
    rust_type: &'a str,
    start: Start,
}

pub(crate) fn file<'a>(api: &'a Api, operation: &'a Operation) -> impl Template {
    let id = Span(&operation.id);
    let head = format!("{id}: its request, its response, and both on the wire.");
    File {
        api,
        operation,
        head: Comment::module().paragraph(&head),
        response: operation.response(),
        fields: fields(&operation.payload),
    }
}

fn fields(payload: &Payload) -> Vec<Field<'_>> {
    let given = |docs, name: &dyn Display, rust_type| Field {
        docs,
        name: name.to_string(),
        rust_type,
        start: Start::Given,
    };
    match payload {
        Payload::Text(value) => vec![given(&value.docs, &value.name, value.id.as_str())],
        Payload::Bytes(docs) => vec![given(docs, &"content", "Bytes")],
        Payload::Envelope(envelope) => {
            let fields = envelope.shown();
            let fields = fields.map(|field| Field {
                start: field.kind.start.clone(),
                ..given(&field.docs, &field.name, &field.kind.rust_type)
            });
            fields.collect()
        }
        Payload::Nothing(_) => Vec::new(),
    }
}

impl File<'_> {
    /// Whether a request needs nothing.
    fn is_free(&self) -> bool {
        self.operation.required().next().is_none()
    }

    /// Whether the request holds what nobody may read in a log.
    fn has_secret(&self) -> bool {
        self.operation.parameters().any(|own| own.secret)
    }

    fn has_outcomes(&self) -> bool {
        !self.operation.outcomes.is_empty()
    }

    /// Whether the response is a sound: no reading matter, and in no document.
    fn has_content(&self) -> bool {
        matches!(self.operation.payload, Payload::Bytes(_))
    }

    /// Whether a response is made of nothing.
    fn is_fixed(&self) -> bool {
        let mut fields = self.fields.iter();
        !self.has_outcomes() && !fields.any(|field| field.start == Start::Given)
    }

    /// The outcome of a success that the spec does not have.
    fn first(&self) -> Option<&Camel> {
        let outcomes = &self.operation.outcomes;
        let mut successes = outcomes.iter();
        let first = successes.find(|(code, _)| (200..300).contains(code));
        first.or(outcomes.first()).map(|(_, word)| &word.variant)
    }

    /// The documented status of success.
    fn status(&self) -> u16 {
        self.operation.success().first().copied().unwrap_or(200)
    }

    /// The status inside the envelope of a response with this one.
    fn inside(&self, code: &u16) -> Option<u16> {
        let envelope = self.operation.envelope();
        envelope.filter(|_| *code != NO_CONTENT).map(|_| *code)
    }

    /// The statements that write the request, in the order of the wire.
    fn encode(&self) -> String {
        let operation = self.operation;
        if let Some(url) = operation.url() {
            return url.kind.write.clone();
        }
        let mut code = String::new();
        let mut literal = String::new();
        for segment in &operation.path.segments {
            literal.push('/');
            match segment {
                Segment::Literal(text) => literal.push_str(text),
                Segment::Parameter(key) => {
                    let text = std::mem::take(&mut literal);
                    code.push_str(&format!("request.literal({});\n", Literal(&text)));
                    let mut all = operation.parameters().map(|own| (&own.slot, &own.kind));
                    let found = all.find(|(slot, _)| slot.place == Place::Path && slot.key == *key);
                    code.extend(found.map(|(_, kind)| kind.write.as_str()));
                }
            }
        }
        if operation.path.template.ends_with('/') {
            literal.push('/');
        }
        if !literal.is_empty() {
            code.push_str(&format!("request.literal({});\n", Literal(&literal)));
        }
        let others = operation.carries.iter();
        code.extend(others.filter(|it| it.place() != Place::Path).map(write));
        code
    }
}

/// Whether what is known of a response that was lost is in the request that looks for it.
fn uses_look(sight: &Sight) -> bool {
    sight.known.iter().any(|known| known.starts_with("&look."))
}

/// The statement that writes it.
fn write(carried: &Carried) -> String {
    let verb = carried.place().verb();
    match carried {
        Carried::Parameter(own) => own.kind.write.clone(),
        Carried::AppKey(_, key) => format!("request.{verb}_app_key({})?;\n", Literal(key)),
        Carried::Constant(_, key, value) => {
            format!("request.{verb}({}, {})?;\n", Literal(key), Literal(value))
        }
    }
}
