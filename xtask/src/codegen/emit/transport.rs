//! The two transport traits: one template, two flavours.

use std::collections::BTreeSet;

use askama::Template;

use super::text::{Comment, Span, series};
use crate::codegen::model::{Api, Carried, Payload, Place};

#[derive(Template)]
#[template(path = "transport.rs.j2")]
pub(crate) struct Transports<'a> {
    pub(crate) api: &'a Api,
}

impl Transports<'_> {
    /// What of HTTP the operations use.
    fn needs(&self) -> String {
        let operations = || self.api.operations.iter();
        let methods: BTreeSet<_> = operations().map(|it| it.method).collect();
        let methods = methods.iter().map(|it| Span(it.as_str()).to_string());
        let types: BTreeSet<_> = operations().filter_map(|it| content(&it.payload)).collect();
        let types = types.into_iter().map(str::to_owned);
        let carries = || operations().flat_map(|it| &it.carries).map(Carried::place);
        let bodies = [
            (Place::Form, "`application/x-www-form-urlencoded`"),
            (Place::Part, "`multipart/form-data`"),
        ];
        let bodies = bodies.iter().filter(|it| carries().any(|at| at == it.0));
        let bodies: Vec<_> = bodies.map(|it| it.1.to_owned()).collect();
        let bodies = match bodies.is_empty() {
            true => "no body".to_owned(),
            false => format!("a body of {}, or none", series(&bodies, "or")),
        };
        let needs = format!(
            "The methods are {}. Requests have {bodies}. Responses are {}; a transport does not \
             read them.",
            series(&methods.collect::<Vec<_>>(), "and"),
            series(&types.collect::<Vec<_>>(), "or")
        );
        Comment::item(0).paragraph(&needs).to_string()
    }
}

/// The type of a response's content.
const fn content(payload: &Payload) -> Option<&'static str> {
    match payload {
        Payload::Envelope(_) | Payload::Nothing(Some(_)) => Some("`application/json`"),
        Payload::Text(_) => Some("`text/plain`"),
        Payload::Bytes(_) => Some("`audio/mpeg`"),
        Payload::Nothing(None) => None,
    }
}
