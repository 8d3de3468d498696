//! Operations: what is sent where, and what comes back.

use super::keywords::{Alias, Look, Outcome, Pair};
use super::schema::{Reference, Schema};
use super::statuses::Statuses;
use crate::codegen::finding::{Findings, Pointer};
use crate::codegen::load::{Entry, Map, Node, Object, Read, Scalar};
use crate::codegen::model::{Effect, Method, Wait};

/// What can be done to a path with one method.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) at: Pointer,
    pub(crate) method: Method,
    pub(crate) tags: Vec<String>,
    pub(crate) about: About,
    pub(crate) parameters: Vec<ParameterOrRef>,
    pub(crate) form: Option<Form>,
    pub(crate) split: Option<Split>,
    /// `x-talkspace-url`: it goes to the URL of this name.
    pub(crate) url: Option<(Pointer, String)>,
}

/// What an operation and an entry of a split both have.
#[derive(Debug)]
pub(crate) struct About {
    pub(crate) at: Pointer,
    pub(crate) id: String,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) deprecated: bool,
    pub(crate) effect: Option<Effect>,
    pub(crate) already: Vec<(Pointer, u16)>,
    /// `x-talkspace-outcomes`: statuses that are values.
    pub(crate) outcomes: Vec<Outcome>,
    /// `x-talkspace-aliases`: where else a server takes it.
    pub(crate) aliases: Vec<Alias>,
    /// `x-talkspace-joined`: parameters of the path that are lists, and what joins each.
    pub(crate) joined: Vec<Pair>,
    /// `x-talkspace-wait`: what it takes a while to bring about.
    pub(crate) wait: Option<(Pointer, Wait)>,
    /// `x-talkspace-look`: how its result is looked for.
    pub(crate) look: Option<Look>,
    pub(crate) responses: Vec<Response>,
}

/// A parameter, in its place or by reference.
#[derive(Debug)]
pub(crate) enum ParameterOrRef {
    Inline(Box<Parameter>),
    Ref(Reference),
}

/// A parameter of a path or a query.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) at: Pointer,
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) description: String,
    pub(crate) deprecated: bool,
    pub(crate) schema: Schema,
    /// `x-talkspace-name`: the name in Rust.
    pub(crate) rust_name: Option<String>,
    pub(crate) example: Option<Scalar>,
}

/// Where a parameter travels, other than in a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    #[default]
    Path,
    Query,
}

/// A form in the body of a request.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) at: Pointer,
    /// Whether it is of several parts, as it must be to carry a file.
    pub(crate) is_multipart: bool,
    /// The types of its parts, by property.
    pub(crate) encoding: Vec<PartType>,
    pub(crate) description: String,
    pub(crate) required: bool,
    pub(crate) schema: Schema,
}

/// The type of one part of a form.
#[derive(Debug)]
pub(crate) struct PartType {
    pub(crate) at: Pointer,
    pub(crate) property: String,
    pub(crate) content_type: String,
}

/// A response, with what it is for.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) at: Pointer,
    pub(crate) status: Statuses,
    pub(crate) description: String,
    /// The header fields, each with what it says.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content: Option<Content>,
    /// The one among the components that it is.
    pub(crate) reference: Option<Reference>,
}

/// The body of a response.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) media: Media,
    pub(crate) schema: Schema,
}

/// What the body of a response is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Media {
    Json,
    Text,
    /// A sound, `audio/mpeg`.
    Mp3,
}

/// The media type of a sound.
pub(crate) const MP3: &str = "audio/mpeg";

/// `x-talkspace-split`: several operations at one address.
#[derive(Debug)]
pub(crate) struct Split {
    pub(crate) at: Pointer,
    /// The form field that tells them apart.
    pub(crate) by: String,
    pub(crate) entries: Vec<SplitEntry>,
}

/// One of the operations at one address.
#[derive(Debug)]
pub(crate) struct SplitEntry {
    /// The value of the form field.
    pub(crate) value: String,
    pub(crate) about: About,
}

impl Operation {
    /// The operation and the entries of its split, each with whether it is split itself.
    pub(crate) fn abouts(&self) -> impl Iterator<Item = (&About, bool)> {
        let entries = self.split.iter().flat_map(|split| &split.entries);
        let entries = entries.map(|entry| (&entry.about, false));
        std::iter::once((&self.about, self.split.is_some())).chain(entries)
    }

    /// What the responses of all of them carry.
    pub(crate) fn contents(&self) -> impl Iterator<Item = &Content> {
        let responses = self.abouts().flat_map(|(about, _)| &about.responses);
        responses.filter_map(|response| response.content.as_ref())
    }

    /// The responses of all of them.
    pub(super) fn responses_mut(&mut self) -> impl Iterator<Item = &mut Response> {
        let entries = self.split.iter_mut().flat_map(|split| &mut split.entries);
        let entries = entries.map(|entry| &mut entry.about);
        let abouts = std::iter::once(&mut self.about).chain(entries);
        abouts.flat_map(|about| &mut about.responses)
    }

    pub(crate) fn read(method: Method, node: &Node<'_>) -> Option<Self> {
        let mut object = node.object()?;
        let operation = Self {
            at: node.at().clone(),
            method,
            about: About::read(&mut object),
            tags: object.require("tags"),
            parameters: object.each("parameters"),
            form: object.get("requestBody"),
            split: object.get("x-talkspace-split"),
            url: object.get("x-talkspace-url"),
        };
        object.finish(operation)
    }
}

impl Read for Effect {
    fn read(node: &Node<'_>) -> Option<Self> {
        let text = String::read(node)?;
        let mut all = Self::ALL.into_iter();
        let found = all.find(|effect| effect.as_str().to_lowercase() == text);
        let right = "write reads, converges, once or rings";
        found.or_else(|| node.wrong(format!("`{text}` is no effect; {right}")))
    }
}

impl Read for Wait {
    fn read(node: &Node<'_>) -> Option<Self> {
        let text = String::read(node)?;
        let found = Self::ALL.into_iter().find(|wait| wait.as_str() == text);
        let right = "write participant, registration or media";
        found.or_else(|| node.wrong(format!("`{text}` cannot be waited for; {right}")))
    }
}

impl About {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            at: object.at().clone(),
            id: object.require("operationId"),
            summary: object.or_default("summary"),
            description: object.or_default("description"),
            deprecated: object.or_default("deprecated"),
            effect: object.get("x-talkspace-effect"),
            already: object.each("x-talkspace-already"),
            outcomes: object.or_default::<Map<_>>("x-talkspace-outcomes").0,
            aliases: object.each("x-talkspace-aliases"),
            joined: object.or_default::<Map<_>>("x-talkspace-joined").0,
            wait: object.get("x-talkspace-wait"),
            look: object.get("x-talkspace-look"),
            responses: object.require::<Map<_>>("responses").0,
        }
    }
}

impl Read for ParameterOrRef {
    fn read(node: &Node<'_>) -> Option<Self> {
        if !node.has("$ref") {
            return Parameter::read(node).map(|own| Self::Inline(own.into()));
        }
        let mut object = node.object()?;
        let reference = object.get_by("$ref", |node| Reference::into("parameters", node));
        object.finish(reference?).map(Self::Ref)
    }
}

impl Read for Parameter {
    fn read(node: &Node<'_>) -> Option<Self> {
        let mut object = node.object()?;
        let parameter = Self {
            at: node.at().clone(),
            name: object.require("name"),
            place: object.require("in"),
            required: object.or_default("required"),
            description: object.or_default("description"),
            deprecated: object.or_default("deprecated"),
            rust_name: object.get("x-talkspace-name"),
            example: object.get("example"),
            schema: object.require("schema"),
        };
        object.finish(parameter)
    }
}

impl Read for Place {
    fn read(node: &Node<'_>) -> Option<Self> {
        match String::read(node)?.as_str() {
            "path" => Some(Self::Path),
            "query" => Some(Self::Query),
            other => {
                let right = match other {
                    "header" | "cookie" => {
                        "header fields are set on a client, by `with_header`; send it in the query"
                    }
                    _ => "parameters are in path or query",
                };
                node.wrong(format!("not supported: `{other}`; {right}"))
            }
        }
    }
}

impl Read for Form {
    fn read(node: &Node<'_>) -> Option<Self> {
        let mut object = node.object()?;
        let (description, required) = (
            object.or_default("description"),
            object.or_default("required"),
        );
        let content = object.require_by("content", |content| {
            let (is_multipart, body) = match content.entries()?.as_slice() {
                [("application/x-www-form-urlencoded", body)] => (false, self::body(body, false)),
                [("multipart/form-data", body)] => (true, self::body(body, true)),
                [(media, _)] if media.contains("json") => {
                    let right = "write a form, `application/x-www-form-urlencoded`, with a \
                                 property for each value, and a list for several";
                    return node.wrong(format!("not supported: JSON in a request; {right}"));
                }
                _ => {
                    let right =
                        "a body is `application/x-www-form-urlencoded` or `multipart/form-data`";
                    return node.wrong(format!("not supported: {right}, one of the two"));
                }
            };
            Some((is_multipart, body?))
        });
        object.finish(())?;
        let (is_multipart, (schema, encoding)) = content?;
        Some(Self {
            at: node.at().clone(),
            is_multipart,
            encoding,
            description,
            required,
            schema,
        })
    }
}

/// One among the components, which has no status of its own.
impl Read for Response {
    fn read(node: &Node<'_>) -> Option<Self> {
        let mut object = node.object()?;
        let response = Self {
            at: node.at().clone(),
            status: Statuses::Others,
            reference: object.get_by("$ref", |node| Reference::into("responses", node)),
            description: object.or_default("description"),
            headers: object.get_by("headers", headers).unwrap_or_default(),
            content: object.get("content"),
        };
        object.finish(response)
    }
}

impl Entry for Response {
    fn read(key: &str, node: &Node<'_>) -> Option<Self> {
        let read: Self = Read::read(node)?;
        let status = Statuses::read(node, key)?;
        Some(Self { status, ..read })
    }
}

impl Response {
    /// Takes from the one that it refers to what it does not say itself.
    pub(super) fn resolve(&mut self, shared: &[(String, Self)], findings: &Findings) {
        let Some(reference) = &self.reference else {
            return;
        };
        let mut shared = shared.iter();
        let Some((_, found)) = shared.find(|(name, _)| *name == reference.name) else {
            let message = format!(
                "there is no `{}` under components/responses",
                reference.name
            );
            findings.add(&reference.at, message);
            return;
        };
        if let Some(reference) = &found.reference {
            findings.add(&reference.at, "not supported: a response that is another");
        }
        let found = found.clone();
        if self.description.is_empty() {
            self.description = found.description;
        }
        self.headers = found.headers;
        self.content = found.content;
    }
}

/// The header fields of a response. They are for people: of those that matter, the library
/// knows by itself.
fn headers(node: &Node<'_>) -> Option<Vec<(String, String)>> {
    let described = |(name, node): (&str, Node<'_>)| {
        let mut object = node.object()?;
        object.skip(&["required", "example", "examples"]);
        let schema = object.node("schema");
        if let Some(schema) = schema.filter(|schema| schema.has("x-talkspace-secret")) {
            schema.wrong::<()>("not supported: a secret in a header field");
        }
        let description = object.require("description");
        object.finish((name.to_owned(), description))
    };
    node.entries()?.into_iter().map(described).collect()
}

impl Read for Content {
    fn read(node: &Node<'_>) -> Option<Self> {
        let entries = node.entries()?;
        let (media, content) = match entries.as_slice() {
            [("application/json", content)] => (Media::Json, content),
            [("text/plain", content)] => (Media::Text, content),
            [(MP3, content)] => (Media::Mp3, content),
            _ => {
                let right = "`application/json`, `text/plain` or `audio/mpeg`, one of them";
                return node.wrong(format!("not supported: a response is {right}"));
            }
        };
        let (schema, _) = body(content, false)?;
        Some(Self { media, schema })
    }
}

impl Read for Split {
    fn read(node: &Node<'_>) -> Option<Self> {
        let mut object = node.object()?;
        let split = Self {
            at: node.at().clone(),
            by: object.require("by"),
            entries: object.require::<Map<_>>("operations").0,
        };
        object.finish(split)
    }
}

impl Entry for SplitEntry {
    fn read(value: &str, node: &Node<'_>) -> Option<Self> {
        let mut object = node.object()?;
        let entry = Self {
            value: value.to_owned(),
            about: About::read(&mut object),
        };
        object.finish(entry)
    }
}

/// The schema of a body, and the type of each of its parts that has one. Its examples are
/// for readers and mock servers.
fn body(node: &Node<'_>, has_parts: bool) -> Option<(Schema, Vec<PartType>)> {
    let mut object = node.object()?;
    object.skip(&["example", "examples"]);
    let schema = object.require("schema");
    let Map(encoding) = match has_parts {
        true => object.or_default("encoding"),
        false => Map::default(),
    };
    object.finish((schema, encoding))
}

impl Entry for PartType {
    fn read(property: &str, node: &Node<'_>) -> Option<Self> {
        let mut object = node.object()?;
        let part = Self {
            at: node.at().clone(),
            property: property.to_owned(),
            content_type: object.require("contentType"),
        };
        object.finish(part)
    }
}
