//! Operations: what is sent where.

use super::response::{Content, Response, body, responses, status};
use super::schema::{Reference, Schema};
use crate::codegen::finding::Pointer;
use crate::codegen::load::{Node, Object, Read, Scalar, object};
use crate::codegen::model::{Effect, Method, Path, Wait};

object! {
    /// What can be done to a path with one method.
    pub(crate) struct Operation {
        at: Pointer = at(),
        method: Method = with(|object| Method::of(object.node.key).unwrap_or_default()),
        tags: Vec<String> = required("tags"),
        about: About = with(About::part_of),
        parameters: Vec<ParameterOrRef> = optional("parameters"),
        form: Option<Form> = optional("requestBody"),
        split: Option<Split> = optional("x-talkspace-split"),
        /// It goes to the URL of this name.
        url: Option<(Pointer, String)> = optional("x-talkspace-url"),
    }
}

object! {
    /// What an operation and an entry of a split both have.
    pub(crate) struct About {
        at: Pointer = at(),
        id: String = required("operationId"),
        summary: String = optional("summary"),
        description: String = optional("description"),
        deprecated: bool = optional("deprecated"),
        effect: Option<Effect> = optional("x-talkspace-effect"),
        already: Vec<(Pointer, u16)> = optional("x-talkspace-already"),
        /// Statuses that are values.
        outcomes: Vec<Outcome> = map("x-talkspace-outcomes"),
        /// Where else a server takes it.
        aliases: Vec<Alias> = optional("x-talkspace-aliases"),
        /// Parameters of the path that are lists, and what joins each.
        joined: Vec<Pair> = map("x-talkspace-joined"),
        /// What it takes a while to bring about.
        wait: Option<(Pointer, Wait)> = optional("x-talkspace-wait"),
        /// How its result is looked for.
        look: Option<Look> = optional("x-talkspace-look"),
        responses: Vec<Response> = with(responses),
    }
}

/// A parameter, in its place or by reference.
#[derive(Clone, Debug)]
pub(crate) enum ParameterOrRef {
    Inline(Box<Parameter>),
    Ref(Reference),
}

object! {
    /// A parameter of a path or a query.
    pub(crate) struct Parameter {
        at: Pointer = at(),
        name: String = required("name"),
        place: Place = required("in"),
        required: bool = optional("required"),
        description: String = optional("description"),
        deprecated: bool = optional("deprecated"),
        schema: Schema = required("schema"),
        /// The name in Rust.
        rust_name: Option<String> = optional("x-talkspace-name"),
        example: Option<Scalar> = optional("example"),
    }
}

/// Where a parameter travels, other than in a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    #[default]
    Path,
    Query,
}

/// A form in the body of a request.
#[derive(Clone, Debug)]
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

object! {
    /// The type of one part of a form.
    pub(crate) struct PartType {
        at: Pointer = at(),
        property: String = key(),
        content_type: String = required("contentType"),
    }
}

object! {
    /// Several operations at one address.
    pub(crate) struct Split {
        at: Pointer = at(),
        /// The form field that tells them apart.
        by: String = required("by"),
        entries: Vec<SplitEntry> = required_map("operations"),
    }
}

object! {
    /// One of the operations at one address.
    pub(crate) struct SplitEntry {
        /// The value of the form field.
        value: String = key(),
        about: About = with(About::part_of),
    }
}

/// A status that is a value, and the word for it.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) at: Pointer,
    pub(crate) status: u16,
    pub(crate) word: String,
}

object! {
    /// Another address at which a server takes an operation.
    pub(crate) struct Alias {
        at: Pointer = at(),
        method: Method = required("method"),
        path: Path = with(|object| Path::new(object.required("path"))),
        /// Whether the fields of the form are in the query.
        in_query: bool = with(in_query),
        /// The one `action` with which it is taken here.
        action: Option<String> = optional("action"),
    }
}

object! {
    /// How the result of an operation is looked for.
    pub(crate) struct Look {
        at: Pointer = at(),
        way: Way = with(way),
    }
}

/// The way to look, or why there is none.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    None(String),
    By {
        /// The operation whose response shows the result.
        operation: (Pointer, String),
        /// Its parameters, and what they get.
        with: Vec<Pair>,
        /// The parameter that gets an id which is new in a list, and the operation
        /// that lists.
        new: Option<Pair>,
        /// What in the response shows the result.
        shows: Pair,
    },
}

/// An entry of a map: its key and its text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pair {
    pub(crate) at: Pointer,
    pub(crate) key: String,
    pub(crate) text: String,
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
}

impl Read for ParameterOrRef {
    fn read(node: &Node<'_>) -> Option<Self> {
        if !node.has("$ref") {
            return Parameter::read(node).map(|own| Self::Inline(own.into()));
        }
        let mut object = node.object()?;
        let reference = object.node("$ref");
        object.finish();
        Reference::into("parameters", &reference?).map(Self::Ref)
    }
}

impl Read for Form {
    fn read(node: &Node<'_>) -> Option<Self> {
        const MEDIA: [(&str, bool); 2] = [
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data", true),
        ];
        let mut object = node.object()?;
        let (description, required) = (object.optional("description"), object.optional("required"));
        let content = object.required_node("content");
        object.finish();
        let hint = ", with a property for each value, and a list for several";
        let (is_multipart, mut body) = body(&content?, &MEDIA, hint)?;
        let form = Self {
            at: node.at.clone(),
            is_multipart,
            encoding: match is_multipart {
                true => body.map("encoding"),
                false => Vec::new(),
            },
            description,
            required,
            schema: body.required("schema"),
        };
        body.finish();
        Some(form)
    }
}

impl Read for Outcome {
    fn read(node: &Node<'_>) -> Option<Self> {
        Some(Self {
            at: node.at.clone(),
            status: status(node, node.key)?,
            word: Read::read(node)?,
        })
    }
}

impl Read for Pair {
    fn read(node: &Node<'_>) -> Option<Self> {
        Some(Self {
            at: node.at.clone(),
            key: node.key.to_owned(),
            text: Read::read(node)?,
        })
    }
}

fn in_query(object: &mut Object<'_>) -> bool {
    let place = object.node("in");
    place.is_some_and(|node| node.one_of(&[("query", ())]).is_some())
}

fn way(object: &mut Object<'_>) -> Way {
    if let Some(why) = object.optional("none") {
        return Way::None(why);
    }
    Way::By {
        operation: object.required("operation"),
        with: object.map("with"),
        new: object.node("new").and_then(|node| only(&node)),
        shows: object
            .required_node("shows")
            .and_then(|node| only(&node))
            .unwrap_or_default(),
    }
}

/// The only entry of a map.
fn only(node: &Node<'_>) -> Option<Pair> {
    match node.entries()?.as_slice() {
        [one] => Read::read(one),
        entries => node.wrong(format!("{} entries; write one", entries.len())),
    }
}

impl Read for Place {
    fn read(node: &Node<'_>) -> Option<Self> {
        node.one_of(&[("path", Self::Path), ("query", Self::Query)])
    }
}

impl Read for Method {
    fn read(node: &Node<'_>) -> Option<Self> {
        node.one_of(&Self::ALL.map(|it| (it.as_str().to_lowercase(), it)))
    }
}

impl Read for Effect {
    fn read(node: &Node<'_>) -> Option<Self> {
        node.one_of(&Self::ALL.map(|it| (it.as_str().to_lowercase(), it)))
    }
}

impl Read for Wait {
    fn read(node: &Node<'_>) -> Option<Self> {
        node.one_of(&Self::ALL.map(|it| (it.as_str(), it)))
    }
}
