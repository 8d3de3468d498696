//! The responses of operations, and their envelopes.

use super::fields::Held;
use super::types;
use crate::codegen::document::{
    About, Document, Media, Operation as WireOperation, Response, Schema, Shape, Statuses,
};
use crate::codegen::finding::Findings;
use crate::codegen::kinds::{self, Start, Type};
use crate::codegen::model::{
    Carried, Envelope, Field, NO_CONTENT, Operation, Payload, Prose, Value,
};
use crate::codegen::names::{Camel, Snake};

/// The envelopes that were met so far, and the types of what is in them.
pub(super) struct Responses<'d> {
    document: &'d Document,
    pub(super) types: Held<'d>,
    /// With the place of the schema that each is made from.
    envelopes: Vec<(&'d Schema, Envelope)>,
}

/// The content of a response: what a status carries.
struct Body<'d> {
    response: &'d Response,
    media: Media,
    schema: &'d Schema,
}

impl<'d> Responses<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        Self {
            document,
            types: Held::new(document),
            envelopes: Vec::new(),
        }
    }

    pub(super) fn envelopes(&self) -> Vec<Envelope> {
        let envelopes = self.envelopes.iter();
        envelopes.map(|(_, envelope)| envelope.clone()).collect()
    }

    /// Whether a response holds what nobody may read in a log.
    pub(super) fn hold_secret(&self, payload: &Payload) -> bool {
        match payload {
            Payload::Text(value) => self.types.is_secret(&value.id),
            Payload::Bytes(_) | Payload::Nothing(_) => false,
            Payload::Envelope(envelope) => envelope.fields.iter().any(|field| field.secret),
        }
    }

    /// What the responses of an operation hold, of whichever status.
    pub(super) fn of(
        &mut self,
        operation: &'d WireOperation,
        about: &'d About,
        findings: &Findings,
    ) -> Option<Payload> {
        let responses = about.responses.iter();
        let contents = responses.filter_map(|response| carried(operation, response));
        let contents: Vec<Body<'_>> = contents.collect();
        let Some(first) = contents.first() else {
            if !about.outcomes.is_empty() {
                let message = "not supported: outcomes where no response has a content";
                findings.add(&about.at.child("x-talkspace-outcomes"), message);
            }
            return Some(Payload::Nothing(None));
        };
        let (name, _) = self.document.resolve(first.schema);
        if name.is_none() {
            unnamed(first, findings);
            return None;
        }
        for other in contents.iter().skip(1) {
            let (other_name, _) = self.document.resolve(other.schema);
            if other.media != first.media || other_name != name {
                let message = format!(
                    "not supported: another content than that of {}; an operation has one",
                    first.response.status
                );
                findings.add(&other.response.at, message);
            }
        }
        let mut statuses = contents.iter().map(|content| content.response.status);
        let succeeds = statuses.any(Statuses::is_success);
        match first.media {
            Media::Text | Media::Mp3 if !succeeds => {
                let message = "not supported: a failure that is not in JSON, where a success is \
                               nothing; leave its content out";
                findings.add(&first.response.at, message);
                None
            }
            Media::Text => {
                if !about.outcomes.is_empty() || !about.already.is_empty() {
                    let message = "not supported: a failure that is an outcome, in plain text";
                    findings.add(&about.at, message);
                }
                self.text(first.schema, findings).map(Payload::Text)
            }
            Media::Mp3 => Some(Payload::Bytes(types::docs(self.document, first.schema, ""))),
            Media::Json => {
                let envelope = self.envelope(first.schema, findings)?;
                Some(match succeeds {
                    true => Payload::Envelope(envelope),
                    false => Payload::Nothing(Some(envelope)),
                })
            }
        }
    }

    fn text(&self, schema: &'d Schema, findings: &Findings) -> Option<Value> {
        let docs = types::docs(self.document, schema, "");
        if self.document.resolve(schema).1.nullable {
            findings.add(&schema.at, "not supported: `null` in plain text");
        }
        let Type::Id(id) = types::scalar(self.document, schema, findings)? else {
            findings.add(&schema.at, "not supported: a response of text is a string");
            return None;
        };
        Some(Value {
            name: Snake::new(id.as_str())?,
            id,
            docs,
        })
    }

    /// The envelope, which operations may share.
    fn envelope(&mut self, schema: &'d Schema, findings: &Findings) -> Option<Envelope> {
        let (_, outer) = self.document.resolve(schema);
        let Some((key, inner)) = envelope_of(outer) else {
            let right = "an object with one property, the envelope, which is required";
            findings.add(&outer.at, format!("a response in JSON is {right}"));
            return None;
        };
        let (_, inner) = self.document.resolve(inner);
        let mut met = self.envelopes.iter();
        if let Some((known, envelope)) = met.find(|(_, envelope)| envelope.key == key) {
            if known.at != inner.at {
                findings.add(
                    &outer.at,
                    format!("`{key}` is the envelope of something else too"),
                );
            }
            return Some(envelope.clone());
        }
        let envelope = self.new_envelope(key, inner, findings)?;
        self.envelopes.push((inner, envelope.clone()));
        Some(envelope)
    }

    fn new_envelope(
        &mut self,
        key: &str,
        inner: &'d Schema,
        findings: &Findings,
    ) -> Option<Envelope> {
        let Some(name) = Camel::new(key) else {
            findings.add(
                &inner.at,
                format!("`{key}` cannot be the name of a type in Rust"),
            );
            return None;
        };
        let fields = self.types.fields(inner, findings)?;
        Some(Envelope {
            name,
            key: key.to_owned(),
            docs: Prose::new(&inner.description),
            fields,
        })
    }
}

/// Settles what fields are beside such a request: of an identifier that must be there, what
/// the request knows of it. One that it has several of is not in the response.
pub(super) fn settle(fields: &mut [Field], carries: &[Carried]) {
    for field in fields {
        let Some(id) = field.kind.required_id() else {
            continue;
        };
        let parameters = carries.iter().filter_map(Carried::parameter);
        let mut named = parameters.filter(|own| own.is_named(&field.key));
        if named.clone().any(|own| own.slot.separator.is_some()) {
            field.kind = kinds::empty_id(id, &field.name);
            continue;
        }
        let same = named.find(|own| own.kind.id.as_ref() == Some(id));
        let known = match same.map(|same| &same.slot) {
            Some(slot) if slot.required => format!("Some(&self.{})", slot.name),
            Some(slot) => format!("self.{}.as_ref()", slot.name),
            None => "None".to_owned(),
        };
        field.kind.read = field.kind.read.replace("{KNOWN}", &known);
    }
}

/// The one property of an envelope.
pub(crate) fn envelope_of(schema: &Schema) -> Option<(&str, &Schema)> {
    match schema.properties() {
        [(key, inner)] if schema.requires(key) => Some((key, inner)),
        _ => None,
    }
}

/// A success without content is a 204, and leaves nothing out that is needed.
pub(super) fn contentless(
    wire: &WireOperation,
    about: &About,
    operation: &Operation,
    findings: &Findings,
) {
    let responses = about.responses.iter();
    let bare = responses
        .filter(|response| response.status.is_success() && carried(wire, response).is_none());
    for other in bare.clone().filter(|bare| bare.status != NO_CONTENT) {
        let message = format!("a success without content is a {NO_CONTENT}");
        findings.add(&other.at, message);
    }
    let Some(bare) = bare.clone().next() else {
        return;
    };
    let envelope = match &operation.payload {
        Payload::Envelope(envelope) => envelope,
        Payload::Nothing(_) => return,
        Payload::Text(_) | Payload::Bytes(_) => {
            let message = "not supported: nothing, where another success is no JSON";
            findings.add(&bare.at, message);
            return;
        }
    };
    for field in envelope.shown() {
        if field.kind.start != Start::Given {
            continue;
        }
        if !operation
            .parameters()
            .any(|parameter| parameter.is_named(&field.key))
        {
            let message = format!(
                "`{}` is not in the request; without content, nobody knows it",
                field.key
            );
            findings.add(&bare.at, message);
        }
    }
}

/// A response is named, so that it can be told whether two are the same.
fn unnamed(carried: &Body<'_>, findings: &Findings) {
    if let Shape::OneOf { .. } = carried.schema.shape {
        let message = "which of the wire's responses this is: add its `content`";
        findings.add(&carried.response.at, message);
    } else {
        let message = "not supported: a response in its place; write a `$ref` to a named schema";
        findings.add(&carried.schema.at, message);
    }
}

/// The content of a response; an entry of a split has that of the operation on the wire.
fn carried<'d>(operation: &'d WireOperation, response: &'d Response) -> Option<Body<'d>> {
    let own = response.content.as_ref();
    let shared = || {
        let mut on_the_wire = operation.about.responses.iter();
        let same = on_the_wire.find(|other| other.status == response.status)?;
        same.content.as_ref()
    };
    let content = own.or_else(shared)?;
    Some(Body {
        response,
        media: content.media,
        schema: &content.schema,
    })
}
