//! Operations: what is sent where, and what comes back.

use super::keywords::{Alias, Joined, Look, Outcome};
use super::schema::{Reference, Schema};
use super::{each, optional};
use crate::codegen::finding::{Findings, Pointer};
use crate::codegen::load::{Node, Object, Scalar};
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
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) effect: Option<Effect>,
    pub(crate) already: Vec<(Pointer, u16)>,
    /// `x-talkspace-outcomes`: statuses that are values.
    pub(crate) outcomes: Vec<Outcome>,
    /// `x-talkspace-aliases`: where else a server takes it.
    pub(crate) aliases: Vec<Alias>,
    /// `x-talkspace-joined`: parameters that are lists.
    pub(crate) joined: Vec<Joined>,
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
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
    pub(crate) schema: Schema,
    /// `x-talkspace-name`: the name in Rust.
    pub(crate) rust_name: Option<String>,
    pub(crate) example: Option<Scalar>,
}

/// Where a parameter travels, other than in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
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
    pub(crate) description: Option<String>,
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

/// A response with one status.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) at: Pointer,
    pub(crate) status: u16,
    pub(crate) description: Option<String>,
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

    /// The responses of all of them.
    pub(super) fn responses_mut(&mut self) -> impl Iterator<Item = &mut Response> {
        let entries = self.split.iter_mut().flat_map(|split| &mut split.entries);
        let entries = entries.map(|entry| &mut entry.about);
        let abouts = std::iter::once(&mut self.about).chain(entries);
        abouts.flat_map(|about| &mut about.responses)
    }

    pub(crate) fn read(method: Method, node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut object = node.object(findings)?;
        let about = About::read(&mut object, findings);
        let tags = object.require("tags", findings);
        let tags = tags.and_then(|node| node.texts(findings));
        let parameters = each(object.get("parameters"), findings, ParameterOrRef::read);
        let form = optional(object.get("requestBody"), findings, Form::read);
        let split = optional(object.get("x-talkspace-split"), findings, Split::read);
        let url = optional(object.get("x-talkspace-url"), findings, text_at);
        object.finish(findings);
        Some(Self {
            at: node.at().clone(),
            method,
            tags: tags?,
            about: about?,
            parameters,
            form: form.ok()?,
            split: split.ok()?,
            url: url.ok()?,
        })
    }
}

fn effect(node: &Node<'_>, findings: &mut Findings) -> Option<Effect> {
    let text = node.text(findings)?;
    let mut all = Effect::ALL.into_iter();
    let found = all.find(|effect| effect.as_str().to_lowercase() == text);
    if found.is_none() {
        let message = format!("`{text}` is no effect; write reads, converges, once or rings");
        findings.add(node.at(), message);
    }
    found
}

fn wait(node: &Node<'_>, findings: &mut Findings) -> Option<(Pointer, Wait)> {
    let text = node.text(findings)?;
    let mut all = Wait::ALL.into_iter();
    let found = all.find(|wait| wait.as_str() == text);
    if found.is_none() {
        let message =
            format!("`{text}` cannot be waited for; write participant, registration or media");
        findings.add(node.at(), message);
    }
    Some((node.at().clone(), found?))
}

impl About {
    fn read(object: &mut Object<'_>, findings: &mut Findings) -> Option<Self> {
        let id = object.require("operationId", findings);
        let summary = object.text("summary", findings);
        let description = object.text("description", findings);
        let deprecated = optional(object.get("deprecated"), findings, Node::bool);
        let effect = optional(object.get("x-talkspace-effect"), findings, effect);
        let already = each(object.get("x-talkspace-already"), findings, status_at);
        let outcomes = optional(object.get("x-talkspace-outcomes"), findings, Outcome::all);
        let aliases = each(object.get("x-talkspace-aliases"), findings, Alias::read);
        let joined = optional(object.get("x-talkspace-joined"), findings, Joined::all);
        let wait = optional(object.get("x-talkspace-wait"), findings, wait);
        let look = optional(object.get("x-talkspace-look"), findings, Look::read);
        let mut responses = Vec::new();
        if let Some(node) = object.require("responses", findings) {
            for (key, node) in node.entries(findings).unwrap_or_default() {
                responses.push(Response::read(key, &node, findings));
            }
        }
        Some(Self {
            at: object.at().clone(),
            id: id?.text(findings)?,
            summary,
            description,
            deprecated: deprecated.ok()?.unwrap_or(false),
            effect: effect.ok()?,
            already,
            outcomes: outcomes.ok()?.unwrap_or_default(),
            aliases,
            joined: joined.ok()?.unwrap_or_default(),
            wait: wait.ok()?,
            look: look.ok()?,
            responses: responses.into_iter().collect::<Option<_>>()?,
        })
    }
}

impl ParameterOrRef {
    pub(crate) fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let is_ref = node
            .entries(&mut Findings::default())
            .is_some_and(|entries| entries.iter().any(|(key, _)| *key == "$ref"));
        if !is_ref {
            return Parameter::read(node, findings)
                .map(|parameter| Self::Inline(Box::new(parameter)));
        }
        let mut object = node.object(findings)?;
        let reference = object.require("$ref", findings)?;
        object.finish(findings);
        Reference::read(&reference, "parameters", findings).map(Self::Ref)
    }
}

impl Parameter {
    pub(crate) fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut object = node.object(findings)?;
        let name = object.require("name", findings);
        let place = object.require("in", findings);
        let required = optional(object.get("required"), findings, Node::bool);
        let description = object.text("description", findings);
        let deprecated = optional(object.get("deprecated"), findings, Node::bool);
        let rust_name = object.text("x-talkspace-name", findings);
        let example = optional(object.get("example"), findings, Node::scalar);
        let schema = object.require("schema", findings);
        object.finish(findings);
        let schema = schema.and_then(|node| Schema::read(&node, findings));
        let place = place.and_then(|node| Place::read(&node, findings));
        Some(Self {
            at: node.at().clone(),
            name: name?.text(findings)?,
            place: place?,
            required: required.ok()?.unwrap_or(false),
            description,
            deprecated: deprecated.ok()?.unwrap_or(false),
            schema: schema?,
            rust_name,
            example: example.ok()?,
        })
    }
}

impl Place {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        match node.text(findings)?.as_str() {
            "path" => Some(Self::Path),
            "query" => Some(Self::Query),
            other => {
                let message = format!("not supported: `{other}`; parameters are in path or query");
                findings.add(node.at(), message);
                None
            }
        }
    }
}

impl Form {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut object = node.object(findings)?;
        let description = object.text("description", findings);
        let required = optional(object.get("required"), findings, Node::bool);
        let content = object.require("content", findings);
        object.finish(findings);
        let (is_multipart, body) = match content?.entries(findings)?.as_slice() {
            [("application/x-www-form-urlencoded", body)] => (
                false,
                media_schema(body, findings).map(|it| (it, Vec::new())),
            ),
            [("multipart/form-data", body)] => (true, parts(body, findings)),
            _ => {
                let right =
                    "a body is `application/x-www-form-urlencoded` or `multipart/form-data`";
                findings.add(node.at(), format!("not supported: {right}, one of the two"));
                (false, None)
            }
        };
        let (schema, encoding) = body?;
        Some(Self {
            at: node.at().clone(),
            is_multipart,
            encoding,
            description,
            required: required.ok()?.unwrap_or(false),
            schema,
        })
    }
}

impl Response {
    fn read(key: &str, node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let read = Self::shared(node, findings)?;
        let status = status(node.at(), key, findings)?;
        Some(Self { status, ..read })
    }

    /// One among the components, which has no status of its own.
    pub(super) fn shared(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut object = node.object(findings)?;
        let read =
            |node: &Node<'_>, findings: &mut Findings| Reference::read(node, "responses", findings);
        let reference = optional(object.get("$ref"), findings, read);
        let description = object.text("description", findings);
        let headers = optional(object.get("headers"), findings, headers);
        let content = optional(object.get("content"), findings, Content::read);
        object.finish(findings);
        Some(Self {
            at: node.at().clone(),
            status: 0,
            description,
            headers: headers.ok()?.unwrap_or_default(),
            content: content.ok()?,
            reference: reference.ok()?,
        })
    }

    /// Takes from the one that it refers to what it does not say itself.
    pub(super) fn resolve(&mut self, shared: &[(String, Self)], findings: &mut Findings) {
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
        self.description = self.description.take().or(found.description);
        self.headers = found.headers;
        self.content = found.content;
    }
}

/// The header fields of a response. They are for people: of those that matter, the library
/// knows by itself.
fn headers(node: &Node<'_>, findings: &mut Findings) -> Option<Vec<(String, String)>> {
    let mut headers = Vec::new();
    for (name, node) in node.entries(findings)? {
        let mut object = node.object(findings)?;
        object.skip(&["required", "schema", "example", "examples"]);
        let description = object.require("description", findings);
        object.finish(findings);
        headers.push((name.to_owned(), description?.text(findings)?));
    }
    Some(headers)
}

impl Content {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let entries = node.entries(findings)?;
        let (media, body) = match entries.as_slice() {
            [("application/json", body)] => (Media::Json, body),
            [("text/plain", body)] => (Media::Text, body),
            [(MP3, body)] => (Media::Mp3, body),
            _ => {
                let right =
                    "a response is `application/json`, `text/plain` or `audio/mpeg`, one of them";
                findings.add(node.at(), format!("not supported: {right}"));
                return None;
            }
        };
        Some(Self {
            media,
            schema: media_schema(body, findings)?,
        })
    }
}

impl Split {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut object = node.object(findings)?;
        let by = object.require("by", findings);
        let operations = object.require("operations", findings);
        object.finish(findings);
        let mut entries = Vec::new();
        for (value, node) in operations?.entries(findings)? {
            let mut object = node.object(findings)?;
            let about = About::read(&mut object, findings);
            object.finish(findings);
            entries.push(about.map(|about| SplitEntry {
                value: value.to_owned(),
                about,
            }));
        }
        Some(Self {
            at: node.at().clone(),
            by: by?.text(findings)?,
            entries: entries.into_iter().collect::<Option<_>>()?,
        })
    }
}

/// The schema of a body; its examples are for readers and mock servers.
fn media_schema(node: &Node<'_>, findings: &mut Findings) -> Option<Schema> {
    let mut object = node.object(findings)?;
    object.skip(&["example", "examples"]);
    let schema = object.require("schema", findings);
    object.finish(findings);
    Schema::read(&schema?, findings)
}

/// A form of several parts: its schema, and the type of each part that has one.
fn parts(node: &Node<'_>, findings: &mut Findings) -> Option<(Schema, Vec<PartType>)> {
    let mut object = node.object(findings)?;
    object.skip(&["example", "examples"]);
    let schema = object.require("schema", findings);
    let parts = optional(object.get("encoding"), findings, Node::entries);
    object.finish(findings);
    let mut encoding = Vec::new();
    for (property, node) in parts.ok()?.unwrap_or_default() {
        let mut object = node.object(findings)?;
        let content_type = object.require("contentType", findings);
        object.finish(findings);
        let content_type = content_type?.text(findings)?;
        encoding.push(PartType {
            at: node.at().clone(),
            property: property.to_owned(),
            content_type,
        });
    }
    Some((Schema::read(&schema?, findings)?, encoding))
}

fn text_at(node: &Node<'_>, findings: &mut Findings) -> Option<(Pointer, String)> {
    Some((node.at().clone(), node.text(findings)?))
}

fn status_at(node: &Node<'_>, findings: &mut Findings) -> Option<(Pointer, u16)> {
    let text = node.text(findings)?;
    Some((node.at().clone(), status(node.at(), &text, findings)?))
}

pub(super) fn status(at: &Pointer, text: &str, findings: &mut Findings) -> Option<u16> {
    let status = text.parse().ok().filter(|code| (100..=599).contains(code));
    if status.is_none() {
        findings.add(
            at,
            format!("`{text}` is no status; write one such as '404'"),
        );
    }
    status
}
