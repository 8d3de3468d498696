//! What a request carries.

use super::types::{self, Type};
use super::{Place, collisions};
use crate::codegen::document::{
    About, Parameter as WireParameter, Place as WirePlace, Schema, Shape,
};
use crate::codegen::finding::{Findings, Pointer};
use crate::codegen::model::{
    Default, Parameter, ParameterKind, Path, Place as Travels, Prose, Segment,
};
use crate::codegen::names::{Camel, Snake};

/// Names that generated code uses for something else, and names of the options
/// that every command has.
pub(super) const TAKEN: [&str; 37] = [
    "add_root_certificates",
    "app_key",
    "app_key_file",
    "base_url",
    "client_certificate",
    "client_key",
    "connect_timeout",
    "default_greeting_id",
    "dry_run",
    "exclusive",
    "help",
    "json",
    "local_address",
    "max_retries",
    "min_rate",
    "new",
    "parameters",
    "plain_http_host",
    "proxy",
    "proxy_file",
    "proxy_from_env",
    "read_timeout",
    "record",
    "request",
    "request_id_header",
    "resolve",
    "response_timeout",
    "root_certificates",
    "segments",
    "service",
    "sure",
    "target",
    "tcp_keepalive",
    "timeout",
    "transport",
    "verbose",
    "wait",
];

/// A character that would have to be escaped in a query, a form or a part's header
/// field, or that means something there: names are sent as they are.
fn never_in_name(name: &str) -> Option<char> {
    let is_sent = |c: char| c.is_ascii_alphanumeric() || "-._~[]".contains(c);
    name.chars().find(|c| !is_sent(*c))
}

/// A value as the spec has it, wherever it travels.
struct Input<'d> {
    at: &'d Pointer,
    key: &'d str,
    travels: Travels,
    required: bool,
    schema: &'d Schema,
    docs: Prose,
    rust_name: Option<&'d str>,
    example: Option<String>,
}

impl<'d> Place<'d> {
    /// The parameters in the order of the wire: those of the path, of the
    /// query and of the form. A whole URL stands for all of them.
    pub(super) fn parameters(
        &self,
        path: &Path,
        about: &About,
        action: Option<&str>,
        findings: &mut Findings,
    ) -> Option<Vec<Parameter>> {
        if let Some((at, name)) = &self.operation.url {
            return self.url(at, name, findings).map(|url| vec![url]);
        }
        let mut inputs = Vec::new();
        let declared: Vec<&WireParameter> = self
            .path
            .parameters
            .iter()
            .chain(&self.operation.parameters)
            .filter_map(|parameter| self.document.parameter(parameter))
            .collect();
        for segment in &path.segments {
            if let Segment::Parameter(name) = segment {
                let named = |parameter: &&&WireParameter| {
                    parameter.place == WirePlace::Path && parameter.name == *name
                };
                inputs.extend(
                    declared
                        .iter()
                        .find(named)
                        .map(|found| self.declared(found)),
                );
            }
        }
        for parameter in &declared {
            if parameter.place == WirePlace::Query {
                inputs.push(self.declared(parameter));
            }
        }
        let form = self.operation.form.as_ref();
        let travels = if form.is_some_and(|form| form.is_multipart) {
            Travels::Part
        } else {
            Travels::Form
        };
        if let Some(Shape::Object {
            required,
            properties,
        }) = self.form(action).map(|schema| &schema.shape)
        {
            for (key, schema) in properties {
                inputs.push(Input {
                    at: &schema.at,
                    key,
                    travels,
                    required: required.contains(key),
                    schema,
                    docs: types::docs(self.document, schema, None),
                    rust_name: schema.rust_name.as_deref(),
                    example: types::example(self.document, schema),
                });
            }
        }
        let parameters: Vec<_> = inputs
            .into_iter()
            .map(|input| self.parameter(input, about, findings))
            .collect();
        let parameters: Vec<Parameter> = parameters.into_iter().collect::<Option<_>>()?;
        let names = parameters
            .iter()
            .map(|parameter| (parameter.name.as_str(), parameter.key.as_str()));
        collisions::inside(names, &self.operation.at, findings);
        Some(parameters)
    }

    /// The form of the operation, or of the one that `action` picks.
    fn form(&self, action: Option<&str>) -> Option<&'d Schema> {
        let schema = &self.operation.form.as_ref()?.schema;
        let (_, schema) = self.document.resolve(schema);
        let Some(action) = action else {
            return Some(schema);
        };
        let Shape::OneOf {
            discriminator: Some(discriminator),
            ..
        } = &schema.shape
        else {
            return None;
        };
        let (_, reference) = discriminator
            .mapping
            .iter()
            .find(|(value, _)| value == action)?;
        self.document.schema(&reference.name)
    }

    fn declared(&self, parameter: &'d WireParameter) -> Input<'d> {
        let example = parameter.example.as_ref().map(types::spelt);
        Input {
            at: &parameter.at,
            key: &parameter.name,
            travels: match parameter.place {
                WirePlace::Path => Travels::Path,
                WirePlace::Query => Travels::Query,
            },
            required: parameter.required,
            schema: &parameter.schema,
            docs: types::docs(
                self.document,
                &parameter.schema,
                parameter.description.as_deref(),
            ),
            rust_name: parameter.rust_name.as_deref(),
            example: example.or_else(|| types::example(self.document, &parameter.schema)),
        }
    }

    /// The URL that takes the place of the path. Its type has the same name.
    fn url(&self, at: &Pointer, key: &str, findings: &mut Findings) -> Option<Parameter> {
        let mut schemas = self.document.schemas.iter();
        let found = schemas.find(|(name, _)| name.to_lowercase() == key);
        let named = found.and_then(|(name, schema)| Some((Camel::new(name)?, schema)));
        let Some((id, schema)) = named else {
            findings.add(at, format!("there is no schema of the name `{key}`"));
            return None;
        };
        if schema.secret {
            findings.add(at, "not supported: a whole URL that is a secret");
        }
        Some(Parameter {
            key: key.to_owned(),
            name: Snake::of_value(key, Some(id.as_str()))?,
            docs: types::docs(self.document, schema, None),
            place: Travels::Url,
            kind: ParameterKind::Id(id),
            required: true,
            empty: false,
            secret: schema.secret,
            default: None,
            example: types::example(self.document, schema),
        })
    }

    /// The names of the path's parameters, where a URL takes its place.
    pub(super) fn url_segments(
        &self,
        path: &Path,
        findings: &mut Findings,
    ) -> Option<Vec<(String, Snake)>> {
        let mut names = Vec::new();
        if self.operation.url.is_some() {
            for segment in &path.segments {
                if let Segment::Parameter(key) = segment {
                    let name = Snake::new(key).filter(|name| !TAKEN.contains(&name.as_str()));
                    if name.is_none() {
                        let message = format!("`{key}` cannot be a name in Rust");
                        findings.add(&self.path.at, message);
                    }
                    names.push((key.clone(), name?));
                }
            }
        }
        Some(names)
    }

    fn parameter(
        &self,
        input: Input<'d>,
        about: &About,
        findings: &mut Findings,
    ) -> Option<Parameter> {
        let found = types::scalar(self.document, input.schema, findings)?;
        let mut joined = about.joined.iter();
        let joined = joined
            .find(|joined| input.travels == Travels::Path && joined.parameter == input.key)
            .and_then(|joined| joined.separator.chars().next());
        let plural = joined.map(|_| format!("{}s", input.key));
        let key = plural.as_deref().unwrap_or(input.key);
        let name = match input.rust_name {
            Some(name) => Snake::new(name),
            None => Snake::of_value(key, found.name()),
        };
        let Some(name) = name else {
            let message = format!(
                "`{}` cannot be a name in Rust; add x-talkspace-name",
                input.key
            );
            findings.add(input.at, message);
            return None;
        };
        if TAKEN.contains(&name.as_str()) && found != Type::AppKey {
            let message = format!("the name `{name}` is taken in Rust; add x-talkspace-name");
            findings.add(input.at, message);
        }
        if let Some(character) = never_in_name(input.key) {
            let message = format!(
                "`{character}` cannot be sent in a name; it has letters, digits and `-._~[]`"
            );
            findings.add(input.at, message);
        }
        if name.is_operator() {
            let message = format!("`{name}` is an operator in Rust; add x-talkspace-name");
            findings.add(input.at, message);
        }
        let kind = match found {
            Type::Text => ParameterKind::Text,
            Type::Id(name) => match joined {
                Some(separator) => ParameterKind::Joined(name, separator),
                None => ParameterKind::Id(name),
            },
            Type::Choice(name, words) => ParameterKind::Choice(name, words),
            Type::File => ParameterKind::File(self.part_type(input.key)),
            Type::Integer => ParameterKind::Integer,
            Type::Flag => ParameterKind::Flag,
            Type::Phone => ParameterKind::Phone,
            Type::AppKey => ParameterKind::AppKey,
            Type::Constant(value) => ParameterKind::Constant(value),
        };
        if kind == ParameterKind::Flag && input.required {
            let right = "a boolean is a flag, which is sent when set; do not require it";
            findings.add(input.at, format!("not supported: {right}"));
        }
        if kind == ParameterKind::AppKey && !input.required {
            findings.add(input.at, "the key is always sent; require it");
        }
        if kind == ParameterKind::AppKey && input.travels == Travels::Path {
            let right = "the key travels in a query or a form";
            findings.add(input.at, format!("not supported: {right}"));
        }
        let default = self.default(&input, &kind, findings);
        let secret = types::is_secret(self.document, input.schema);
        if secret && !matches!(kind, ParameterKind::Id(_)) {
            findings.add(input.at, "not supported: a secret that is one of several");
        }
        Some(Parameter {
            key: input.key.to_owned(),
            name,
            docs: input.docs,
            place: input.travels,
            secret: secret || kind == ParameterKind::Phone,
            kind,
            required: input.required,
            empty: input.schema.empty,
            default,
            example: input.example,
        })
    }

    /// The type that the part of a form has.
    fn part_type(&self, key: &str) -> String {
        let form = self.operation.form.as_ref();
        let mut parts = form.into_iter().flat_map(|form| &form.encoding);
        let part = parts.find(|part| part.property == key);
        part.map_or_else(String::new, |part| part.content_type.clone())
    }

    fn default(
        &self,
        input: &Input<'_>,
        kind: &ParameterKind,
        findings: &mut Findings,
    ) -> Option<Default> {
        let word = input.schema.default.as_deref()?;
        let at = input.schema.at.child("x-talkspace-default");
        let is_media = matches!(kind, ParameterKind::Id(name) if name.as_str() == "MediaId");
        if word != "greeting" {
            findings.add(
                &at,
                format!("`{word}` is no default; the one there is is `greeting`"),
            );
        } else if input.required || !is_media {
            findings.add(&at, "the greeting is an optional MediaId");
        } else {
            return Some(Default::Greeting);
        }
        None
    }
}
