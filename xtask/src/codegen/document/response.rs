//! What comes back, and for which status.

use std::fmt;

use super::find;
use super::schema::{Reference, Schema};
use crate::codegen::finding::{Findings, Pointer};
use crate::codegen::load::{Node, Object, Read, object};

object! {
    /// A response, with what it is for; one among the components has no status of its own.
    pub(crate) struct Response {
        at: Pointer = at(),
        status: Statuses = with(|_| Statuses::Others),
        description: String = optional("description"),
        /// The header fields, each with what it says.
        headers: Vec<(String, String)> = with(headers),
        content: Option<Content> = optional("content"),
        /// The one among the components that it is.
        reference: Option<Reference> = with(|object| {
            Reference::into("responses", &object.node("$ref")?)
        }),
    }
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

/// A status, or failures that have no response of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statuses {
    One(u16),
    /// All of a class: 4 stands for `4XX`.
    Class(u16),
    /// `default`.
    Others,
}

impl Statuses {
    /// Reads the key of a response.
    fn of(node: &Node<'_>) -> Option<Self> {
        match node.key {
            "default" => Some(Self::Others),
            "4XX" => Some(Self::Class(4)),
            "5XX" => Some(Self::Class(5)),
            key @ ("1XX" | "2XX" | "3XX") => {
                let right = "write the statuses one by one, as a server sends one of them";
                node.wrong(format!("not supported: `{key}`; {right}"))
            }
            key => status(node, key).map(Self::One),
        }
    }

    pub(crate) const fn one(self) -> Option<u16> {
        match self {
            Self::One(code) => Some(code),
            Self::Class(_) | Self::Others => None,
        }
    }

    /// Whether a status is among them, if it is not said otherwise.
    pub(crate) const fn cover(self, code: u16) -> bool {
        match self {
            Self::One(one) => one == code,
            Self::Class(class) => code / 100 == class,
            Self::Others => true,
        }
    }

    pub(crate) const fn is_success(self) -> bool {
        matches!(self, Self::One(200..=299))
    }
}

impl PartialEq<u16> for Statuses {
    fn eq(&self, code: &u16) -> bool {
        self.one() == Some(*code)
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(code) => write!(f, "{code}"),
            Self::Class(class) => write!(f, "{class}XX"),
            Self::Others => f.write_str("default"),
        }
    }
}

/// A single status, as text.
impl Read for u16 {
    fn read(node: &Node<'_>) -> Option<Self> {
        status(node, &String::read(node)?)
    }
}

/// The status that stands at a node.
pub(super) fn status(node: &Node<'_>, text: &str) -> Option<u16> {
    // Another spelling of a number would be another key of the same status.
    let status = text
        .parse()
        .ok()
        .filter(|code: &u16| code.to_string() == text);
    let status = status.filter(|code| (200..=599).contains(code));
    status.or_else(|| node.wrong(format!("`{text}` is no status; write one such as '404'")))
}

/// The responses of an operation, by their statuses.
pub(super) fn responses(object: &mut Object<'_>) -> Vec<Response> {
    let entries = object
        .required_node("responses")
        .and_then(|node| node.entries());
    let read = |node: &Node<'_>| {
        let status = Statuses::of(node)?;
        let response = Response::read(node)?;
        Some(Response { status, ..response })
    };
    entries.iter().flatten().filter_map(read).collect()
}

impl Response {
    /// Takes from the one that it refers to what it does not say itself.
    pub(super) fn resolve(&mut self, shared: &[(String, Self)], findings: &Findings) {
        let Some(reference) = &self.reference else {
            return;
        };
        let Some(found) = find(shared, &reference.name) else {
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

/// The header fields. They are for people: of those that matter, the library knows by itself.
fn headers(object: &mut Object<'_>) -> Vec<(String, String)> {
    let read = |node: &Node<'_>| {
        let mut header = node.object()?;
        header.skip(&["required", "example", "examples"]);
        let schema = header.node("schema");
        if let Some(schema) = schema.filter(|schema| schema.has("x-talkspace-secret")) {
            schema.wrong::<()>("not supported: a secret in a header field");
        }
        let description = header.required("description");
        header.finish();
        Some((node.key.to_owned(), description))
    };
    object.entries("headers").iter().filter_map(read).collect()
}

impl Read for Content {
    fn read(node: &Node<'_>) -> Option<Self> {
        const MEDIA: [(&str, Media); 3] = [
            ("application/json", Media::Json),
            ("text/plain", Media::Text),
            (MP3, Media::Mp3),
        ];
        let (media, mut body) = body(node, &MEDIA, "")?;
        let schema = body.required("schema");
        body.finish();
        Some(Self { media, schema })
    }
}

/// What is in a body, which is of one of these media types. Its examples are for readers and
/// mock servers.
pub(super) fn body<'a, T: Copy>(
    node: &Node<'a>,
    media: &[(&str, T)],
    hint: &str,
) -> Option<(T, Object<'a>)> {
    let entries = node.entries()?;
    let known = match entries.as_slice() {
        [one] => media
            .iter()
            .find(|(name, _)| *name == one.key)
            .map(|(_, it)| (*it, one)),
        _ => None,
    };
    let Some((media, content)) = known else {
        let names: Vec<&str> = media.iter().map(|(name, _)| *name).collect();
        let right = names.join("`, `");
        return node.wrong(format!("not supported: write one of `{right}`{hint}"));
    };
    let mut object = content.object()?;
    object.skip(&["example", "examples"]);
    Some((media, object))
}
