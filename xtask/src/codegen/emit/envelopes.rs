//! The envelopes, as they are on the wire.

#![expect(unused_qualifications, reason = "what askama derives has them")]

use askama::Template;

use super::text::{Comment, Literal, filters};
use crate::codegen::kinds;
use crate::codegen::model::{Api, Envelope, Field, Group, Payload};

#[derive(Template)]
pub(crate) enum Envelopes<'a> {
    /// Any envelope may have the objects, so that they are with what holds all together.
    #[template(path = "envelopes.rs.j2")]
    All { api: &'a Api },
    #[template(path = "envelopes_of_group.rs.j2")]
    Of {
        group: &'a Group,
        envelopes: Vec<&'a Envelope>,
    },
}

/// The groups whose operations are the first to need envelopes, each with those.
pub(crate) fn groups(api: &Api) -> impl Iterator<Item = (&Group, Vec<&Envelope>)> {
    let groups = api.groups.iter().map(|group| {
        let is_first = |envelope: &&Envelope| {
            let mut users = api.operations.iter().filter(
                |it| matches!(&it.payload, Payload::Envelope(own) if own.name == envelope.name),
            );
            users.next().is_some_and(|it| it.module == group.module)
        };
        (group, api.envelopes.iter().filter(is_first).collect())
    });
    groups.filter(|(_, envelopes): &(_, Vec<_>)| !envelopes.is_empty())
}

/// How serde reads and writes a field, where that is not the type's own way.
fn attributes(field: &Field) -> Vec<String> {
    let rename = Some(format!("rename = {}", Literal(&field.key)));
    let rename = rename.filter(|_| field.name.as_str() != field.key);
    let also = field.also.iter();
    let also = also.map(|also| format!("alias = {}", Literal(also)));
    let own = field.kind.serde.clone();
    rename.into_iter().chain(also).chain(own).collect()
}

/// What of an envelope is secret.
fn secrets(envelope: &Envelope) -> Vec<&str> {
    let fields = envelope.fields.iter().filter(|field| field.secret);
    let texts = fields.filter_map(|field| field.kind.texts.as_ref());
    texts.map(|texts| texts.slice.as_str()).collect()
}

/// The statements that take secrets out of fields.
fn redacted(fields: &[Field]) -> String {
    let redacted = fields.iter().filter_map(|field| {
        let verb = match field.kind.id {
            Some(_) if field.secret => return None,
            Some(_) => "id",
            None => "text",
        };
        let texts = field.kind.texts.as_ref()?;
        Some(texts.redact.replace("{VERB}", verb))
    });
    redacted.collect()
}
