//! The responses of operations, and their envelopes.

use super::{Context, Place};
use crate::codegen::document::{Content, Media, Response, Schema, Shape, Statuses};
use crate::codegen::finding::Pointer;
use crate::codegen::kinds::{self, Type};
use crate::codegen::model::{
    Carried, Envelope, Field, NO_CONTENT, Object, Operation, Payload, Prose, Value,
};
use crate::codegen::names::{Camel, Snake};

/// What was met so far in responses.
pub(super) struct Responses<'d> {
    pub(super) context: Context<'d>,
    /// With the place of what is in each.
    pub(super) envelopes: Vec<(&'d Pointer, Envelope)>,
    /// The objects, each after those that it has in it.
    pub(super) objects: Vec<Object>,
    /// The types of which there are few values, and a response has one.
    pub(super) choices: Vec<Camel>,
}

impl<'d> Responses<'d> {
    pub(super) const fn new(context: Context<'d>) -> Self {
        Self {
            context,
            envelopes: Vec::new(),
            objects: Vec::new(),
            choices: Vec::new(),
        }
    }

    /// What the responses of an operation hold, of whichever status.
    pub(super) fn payload(&mut self, place: &Place<'d>) -> Option<Payload> {
        let Context { document, findings } = self.context;
        let about = place.about;
        let contents = place.contents();
        let contents = contents.filter_map(|(response, content)| Some((response, content?)));
        let contents: Vec<(&Response, &Content)> = contents.collect();
        let Some((first, content)) = contents.first() else {
            if !about.outcomes.is_empty() {
                let message = "not supported: outcomes where no response has a content";
                findings.add(&about.at.child("x-talkspace-outcomes"), message);
            }
            return Some(Payload::Nothing(None));
        };
        let (name, _) = document.resolve(&content.schema);
        // A response is named, so that it can be told whether two are the same.
        if name.is_none() {
            if let Shape::OneOf { .. } = content.schema.shape {
                let message = "which of the wire's responses this is: add its `content`";
                return findings.wrong(&first.at, message);
            }
            let message =
                "not supported: a response in its place; write a `$ref` to a named schema";
            return findings.wrong(&content.schema.at, message);
        }
        for (other, its) in contents.iter().skip(1) {
            if its.media != content.media || document.resolve(&its.schema).0 != name {
                let message = format!(
                    "not supported: another content than that of {}; an operation has one",
                    first.status
                );
                findings.add(&other.at, message);
            }
        }
        let mut statuses = contents.iter().map(|(response, _)| response.status);
        let succeeds = statuses.any(Statuses::is_success);
        match content.media {
            Media::Text | Media::Mp3 if !succeeds => {
                let message = "not supported: a failure that is not in JSON, where a success is \
                               nothing; leave its content out";
                findings.wrong(&first.at, message)
            }
            Media::Text => {
                if !about.outcomes.is_empty() || !about.already.is_empty() {
                    let message = "not supported: a failure that is an outcome, in plain text";
                    findings.add(&about.at, message);
                }
                self.text(&content.schema).map(Payload::Text)
            }
            Media::Mp3 => Some(Payload::Bytes(self.context.docs(&content.schema, ""))),
            Media::Json => {
                let envelope = self.envelope(&content.schema)?;
                Some(match succeeds {
                    true => Payload::Envelope(envelope),
                    false => Payload::Nothing(Some(envelope)),
                })
            }
        }
    }

    fn text(&self, schema: &Schema) -> Option<Value> {
        let context = self.context;
        if context.is_nullable(schema) {
            let message = "not supported: `null` in plain text";
            context.findings.add(&schema.at, message);
        }
        let Type::Id(id) = context.scalar(schema)? else {
            let message = "not supported: a response of text is a string";
            return context.findings.wrong(&schema.at, message);
        };
        Some(Value {
            name: Snake::new(id.as_str())?,
            id,
            docs: context.docs(schema, ""),
        })
    }

    /// The envelope, which operations may share.
    fn envelope(&mut self, schema: &'d Schema) -> Option<Envelope> {
        let Context { document, findings } = self.context;
        let (_, outer) = document.resolve(schema);
        let Some((key, inner)) = envelope_of(outer) else {
            let right = "an object with one property, the envelope, which is required";
            return findings.wrong(&outer.at, format!("a response in JSON is {right}"));
        };
        let (_, inner) = document.resolve(inner);
        let mut met = self.envelopes.iter();
        if let Some((known, envelope)) = met.find(|(_, envelope)| envelope.key == key) {
            if **known != inner.at {
                let message = format!("`{key}` is the envelope of something else too");
                findings.add(&outer.at, message);
            }
            return Some(envelope.clone());
        }
        let envelope = Envelope {
            at: outer.at.clone(),
            name: self.context.type_name(key, &inner.at)?,
            key: key.to_owned(),
            docs: Prose::new(&inner.description),
            fields: self.fields(inner, true)?,
        };
        self.envelopes.push((&inner.at, envelope.clone()));
        Some(envelope)
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

impl<'d> Place<'d> {
    /// The responses with what each carries; an entry of a split has the content of the
    /// operation on the wire.
    fn contents(&self) -> impl Iterator<Item = (&'d Response, Option<&'d Content>)> {
        let on_the_wire = &self.wire.about.responses;
        self.about.responses.iter().map(move |response| {
            let same = || on_the_wire.iter().find(|it| it.status == response.status);
            let shared = || same()?.content.as_ref();
            (response, response.content.as_ref().or_else(shared))
        })
    }

    /// A success without content is a 204, and leaves nothing out that is needed.
    pub(super) fn contentless(&self, operation: &Operation) {
        let findings = self.context.findings;
        let contents = self.contents();
        let bare = contents.filter(|(it, content)| it.status.is_success() && content.is_none());
        let bare: Vec<&Response> = bare.map(|(response, _)| response).collect();
        for other in bare.iter().filter(|bare| bare.status != NO_CONTENT) {
            let message = format!("a success without content is a {NO_CONTENT}");
            findings.add(&other.at, message);
        }
        let Some(bare) = bare.first() else {
            return;
        };
        if let Payload::Text(_) | Payload::Bytes(_) = operation.payload {
            let message = "not supported: nothing, where another success is no JSON";
            findings.add(&bare.at, message);
        }
        for Field { key, .. } in operation.given() {
            if !operation.parameters().any(|own| own.is_named(key)) {
                let message =
                    format!("`{key}` is not in the request; without content, nobody knows it");
                findings.add(&bare.at, message);
            }
        }
    }
}
