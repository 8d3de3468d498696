//! The API as Rust sees it: what is generated, with its names settled.

use std::collections::BTreeMap;

use super::document::Statuses;
use super::finding::Pointer;
use super::kinds::{Input, Output, Slot, Start};
use super::names::{Camel, Snake};

#[cfg(test)]
mod tests;

/// Everything that is generated.
#[derive(Debug)]
pub(crate) struct Api {
    /// The names of all types, each with the place that gives it.
    pub(crate) types: BTreeMap<String, Pointer>,
    /// Identifiers with a type of their own.
    pub(crate) ids: Vec<Id>,
    /// Values of which there are few, each with a name.
    pub(crate) choices: Vec<Choice>,
    pub(crate) envelopes: Vec<Envelope>,
    /// What is in them and has parts.
    pub(crate) objects: Vec<Object>,
    pub(crate) groups: Vec<Group>,
    /// In the order of the spec.
    pub(crate) operations: Vec<Operation>,
}

impl Api {
    /// The operations of a group.
    pub(crate) fn operations_of(&self, group: &Group) -> impl Iterator<Item = &Operation> {
        let module = group.module.clone();
        self.operations
            .iter()
            .filter(move |operation| operation.module == module)
    }

    /// Whether such an identifier is the whole URL of a request.
    pub(crate) fn is_url(&self, id: &Camel) -> bool {
        let mut parameters = self.operations.iter().flat_map(Operation::parameters);
        parameters.any(|own| own.slot.place == Place::Url && own.kind.id.as_ref() == Some(id))
    }
}

/// Text for people, in Markdown, as the spec has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prose(String);

impl Prose {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The prose with this at its end.
    pub(crate) fn and(self, end: &str) -> Self {
        Self(self.0 + end)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// An identifier: text with a type of its own.
#[derive(Debug)]
pub(crate) struct Id {
    /// Where the spec has it, as in others below.
    pub(crate) at: Pointer,
    pub(crate) name: Camel,
    pub(crate) docs: Prose,
    /// Whether whoever has it may do something.
    pub(crate) secret: bool,
}

/// A value that is one of several words.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) at: Pointer,
    pub(crate) name: Camel,
    pub(crate) docs: Prose,
    pub(crate) words: Vec<Word>,
    /// The word that counts where none is chosen.
    pub(crate) default: Option<String>,
    /// Whether a response may have another word.
    pub(crate) open: bool,
}

/// One of the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// The word on the wire.
    pub(crate) text: String,
    pub(crate) variant: Camel,
    pub(crate) docs: Prose,
}

/// Operations that belong together, and share a module.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) at: Pointer,
    pub(crate) tag: String,
    pub(crate) module: Snake,
    pub(crate) docs: Prose,
}

/// What is inside the envelope of a response.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) at: Pointer,
    /// The name of the type.
    pub(crate) name: Camel,
    /// The key on the wire.
    pub(crate) key: String,
    pub(crate) docs: Prose,
    /// In the order of the wire, message and status among them.
    pub(crate) fields: Vec<Field>,
}

impl Envelope {
    /// The fields that a response shows as they are; the status it shows its own way.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.key != STATUS)
    }
}

/// An object in an envelope.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) at: Pointer,
    pub(crate) name: Camel,
    pub(crate) docs: Prose,
    pub(crate) fields: Vec<Field>,
}

/// The key of the status.
pub(crate) const STATUS: &str = "status";

/// A field inside an envelope.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// The name on the wire.
    pub(crate) key: String,
    pub(crate) name: Snake,
    pub(crate) docs: Prose,
    pub(crate) kind: Output,
    /// Whether nobody may read it in a log.
    pub(crate) secret: bool,
    /// Other spellings of the name on the wire, which are read.
    pub(crate) also: Vec<String>,
}

/// An operation.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) at: Pointer,
    /// The name in the spec.
    pub(crate) id: String,
    /// The name of the request.
    pub(crate) name: Camel,
    /// The name of the method and of the module.
    pub(crate) function: Snake,
    /// The module of its group.
    pub(crate) module: Snake,
    pub(crate) summary: Prose,
    pub(crate) description: Prose,
    pub(crate) method: Method,
    pub(crate) path: Path,
    /// The form field, and its value, by which it is told apart.
    pub(crate) action: Option<(String, String)>,
    pub(crate) effect: Effect,
    /// What a request carries, in the order of the wire.
    pub(crate) carries: Vec<Carried>,
    pub(crate) statuses: Vec<Status>,
    /// Statuses that tell outcomes apart, with their words.
    pub(crate) outcomes: Vec<(u16, Word)>,
    /// Where else a server takes it.
    pub(crate) aliases: Vec<Alias>,
    /// Failures that, after a retry, mean that it is done.
    pub(crate) already: Vec<u16>,
    /// What it takes a while to bring about.
    pub(crate) wait: Option<Wait>,
    /// How its result is looked for, if it must not be sent twice.
    pub(crate) look: Option<Look>,
    pub(crate) payload: Payload,
    /// Whether its response holds what nobody may read in a log.
    pub(crate) secret_response: bool,
}

/// An enum of which each variant has a word.
macro_rules! words {
    (
        $(#[$attribute:meta])*
        $name:ident { $($(#[$docs:meta])* $variant:ident = $word:literal,)* }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum $name {
            $($(#[$docs])* $variant,)*
        }

        impl $name {
            pub(crate) const ALL: [Self; [$($word),*].len()] = [$(Self::$variant),*];

            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

words! {
    /// What an operation brings about a while after its response.
    Wait {
        /// The person is in the TalkSpace.
        Participant = "participant",
        /// The person is registered.
        Registration = "registration",
        /// The media has content.
        Media = "media",
    }
}

/// How the result of an operation is looked for.
#[derive(Debug)]
pub(crate) enum Look {
    /// Not at all, and why.
    None(Prose),
    By(Box<Sight>),
}

/// The request that shows the result of another.
#[derive(Debug)]
pub(crate) struct Sight {
    pub(crate) request: Camel,
    pub(crate) response: Camel,
    pub(crate) spot: Spot,
    /// The expression that finds the result in what was `seen`.
    pub(crate) shows: String,
    /// The expressions of the ids in the other's response, in their order: fields of
    /// its own request, or of the one that is the `look`.
    pub(crate) known: Vec<String>,
}

/// Where the result is seen.
#[derive(Debug)]
pub(crate) enum Spot {
    /// With the request of this expression.
    Here(String),
    /// At an id that this request's response lists, and did not list before.
    New {
        request: Camel,
        response: Camel,
        /// The list in which it can be looked at, and those in which it is over.
        open: Snake,
        closed: Vec<Snake>,
    },
}

impl Operation {
    /// The name of the response.
    pub(crate) fn response(&self) -> Camel {
        self.name.with("Response")
    }

    /// The name of the type that tells its outcomes apart.
    pub(crate) fn outcome(&self) -> Camel {
        self.name.with("Outcome")
    }

    /// The fields that the response shows as they are in its envelope.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Field> {
        let envelope = match &self.payload {
            Payload::Envelope(envelope) => Some(envelope),
            Payload::Text(_) | Payload::Bytes(_) | Payload::Nothing(_) => None,
        };
        envelope.into_iter().flat_map(Envelope::shown)
    }

    /// Those of them that the response cannot do without.
    pub(crate) fn given(&self) -> impl Iterator<Item = &Field> {
        self.shown()
            .filter(|field| field.kind.start == Start::Given)
    }

    /// Whether the response has this field.
    pub(crate) fn responds_with(&self, key: &str) -> bool {
        self.shown().any(|field| field.key == key)
    }

    /// Whether it carries a sound, in the request or in the response. Then its
    /// command is written by hand: files are opened, and progress is shown.
    pub(crate) fn transfers_file(&self) -> bool {
        matches!(self.payload, Payload::Bytes(_)) || self.sends_file()
    }

    /// Whether the request has a file.
    pub(crate) fn sends_file(&self) -> bool {
        self.parameters().any(|parameter| parameter.kind.is_file)
    }

    /// What its responses are in, those of failure at least.
    pub(crate) const fn envelope(&self) -> Option<&Envelope> {
        match &self.payload {
            Payload::Envelope(envelope) | Payload::Nothing(Some(envelope)) => Some(envelope),
            Payload::Text(_) | Payload::Bytes(_) | Payload::Nothing(None) => None,
        }
    }

    /// The parameter that is the whole URL.
    pub(crate) fn url(&self) -> Option<&Parameter> {
        self.parameters()
            .find(|parameter| parameter.slot.place == Place::Url)
    }

    /// What a caller chooses.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.carries.iter().filter_map(Carried::parameter)
    }

    /// What a caller must choose.
    pub(crate) fn required(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters()
            .filter(|parameter| parameter.slot.required)
    }

    /// What a caller may choose.
    pub(crate) fn optional(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters()
            .filter(|parameter| !parameter.slot.required)
    }

    /// Where the application key is, and its name there.
    pub(crate) fn app_key(&self) -> Option<(Place, &str)> {
        self.carries.iter().find_map(|carried| match carried {
            Carried::AppKey(place, key) => Some((*place, key.as_str())),
            Carried::Parameter(_) | Carried::Constant(..) => None,
        })
    }

    /// The documented statuses of success.
    pub(crate) fn success(&self) -> Vec<u16> {
        let codes = self.statuses.iter().filter_map(|status| status.codes.one());
        codes.filter(|code| SUCCESS.contains(code)).collect()
    }

    /// The statuses of failure that are outcomes.
    pub(crate) fn failing_outcomes(&self) -> Vec<u16> {
        let codes = self.outcomes.iter().map(|(code, _)| *code);
        codes.filter(|code| !SUCCESS.contains(code)).collect()
    }

    /// The documented statuses of failure that are errors.
    pub(crate) fn errors(&self) -> Vec<u16> {
        let others = [self.success(), self.failing_outcomes()].concat();
        let codes = self.statuses.iter().filter_map(|status| status.codes.one());
        codes.filter(|code| !others.contains(code)).collect()
    }
}

/// The statuses of success.
const SUCCESS: std::ops::Range<u16> = 200..300;

/// The status without content.
pub(crate) const NO_CONTENT: u16 = 204;

/// What a response holds.
#[derive(Debug)]
pub(crate) enum Payload {
    /// Plain text: one value.
    Text(Value),
    /// A sound, with its docs.
    Bytes(Prose),
    /// The fields are as this operation has them: with what its request knows.
    Envelope(Envelope),
    /// Nothing, and what a failure is in.
    Nothing(Option<Envelope>),
}

/// The one value of a plain response.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) name: Snake,
    pub(crate) id: Camel,
    pub(crate) docs: Prose,
}

/// A documented status, or several.
#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) codes: Statuses,
    pub(crate) meaning: Prose,
}

/// Another address of an operation, for servers.
#[derive(Debug)]
pub(crate) struct Alias {
    pub(crate) method: Method,
    pub(crate) path: Path,
    /// Whether the fields of the form are in the query.
    pub(crate) in_query: bool,
    /// The form field, and its value, with which alone it is taken.
    pub(crate) action: Option<(String, String)>,
}

/// A path, taken apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path {
    pub(crate) template: String,
    /// Without the empty ones, as of a slash at the end: a server takes a path with them
    /// and without.
    pub(crate) segments: Vec<Segment>,
}

impl Path {
    pub(crate) fn new(template: String) -> Self {
        let segments = template.split('/').filter(|segment| !segment.is_empty());
        let segments = segments.map(|segment| {
            let parameter = segment.strip_prefix('{');
            match parameter.and_then(|rest| rest.strip_suffix('}')) {
                Some(name) => Segment::Parameter(name.to_owned()),
                None => Segment::Literal(segment.to_owned()),
            }
        });
        Self {
            segments: segments.collect(),
            template,
        }
    }

    /// The names of its parameters.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Parameter(name) => Some(name.as_str()),
            Segment::Literal(_) => None,
        })
    }

    /// Whether it is the same path, whatever its parameters are called.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let mut pairs = self.segments.iter().zip(&other.segments);
        self.segments.len() == other.segments.len()
            && pairs.all(|pair| match pair {
                (Segment::Parameter(_), Segment::Parameter(_)) => true,
                (one, other) => one == other,
            })
    }
}

/// A part of a path between slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(String),
    /// The parameter with this name on the wire.
    Parameter(String),
}

/// Something that a request carries.
#[derive(Debug)]
pub(crate) enum Carried {
    Parameter(Box<Parameter>),
    /// The application key, of this name.
    AppKey(Place, String),
    /// The value that tells operations at one address apart, by this name.
    Constant(Place, String, String),
}

impl Carried {
    /// What a caller chooses of it.
    pub(crate) fn parameter(&self) -> Option<&Parameter> {
        match self {
            Self::Parameter(parameter) => Some(parameter),
            Self::AppKey(..) | Self::Constant(..) => None,
        }
    }

    /// Where it travels.
    pub(crate) fn place(&self) -> Place {
        match self {
            Self::Parameter(parameter) => parameter.slot.place,
            Self::AppKey(place, _) | Self::Constant(place, ..) => *place,
        }
    }
}

/// What a caller chooses.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) slot: Slot,
    pub(crate) docs: Prose,
    pub(crate) kind: Input,
    /// Whether nobody may read it in a log.
    pub(crate) secret: bool,
}

impl Parameter {
    /// Whether it has this name on the wire, in either case.
    pub(crate) fn is_named(&self, key: &str) -> bool {
        self.slot.key.to_lowercase() == key.to_lowercase()
    }

    /// The type in Rust, as a field of a request has it.
    pub(crate) fn field_type(&self) -> String {
        let name = &self.kind.rust.name;
        match self.is_option() {
            true => format!("Option<{name}>"),
            false => name.clone(),
        }
    }

    /// Whether the field is an `Option`.
    pub(crate) fn is_option(&self) -> bool {
        !self.slot.required && self.kind.absent == "None"
    }
}

/// A default that a client carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Default {
    Greeting,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Form,
    /// A form of several parts.
    Part,
    /// In place of path and all.
    Url,
}

impl Place {
    /// The variant in Rust.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "Path",
            Self::Query => "Query",
            Self::Form | Self::Part => "Form",
            Self::Url => "Url",
        }
    }

    /// The method that writes a value there.
    pub(crate) const fn verb(self) -> &'static str {
        match self {
            Self::Path => "segment",
            Self::Query => "query",
            Self::Form => "form",
            Self::Part => "part",
            Self::Url => "url",
        }
    }
}

words! {
    /// An HTTP method that an operation may have; the word is the constant in Rust, too.
    #[derive(Default)]
    Method {
        #[default]
        Get = "GET",
        Post = "POST",
        Put = "PUT",
        Patch = "PATCH",
        Delete = "DELETE",
    }
}

impl Method {
    /// By the word in the spec.
    pub(crate) fn of(word: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|method| method.as_str().to_lowercase() == word)
    }
}

words! {
    /// What sending an operation twice would do; the word is the variant in Rust, too.
    Effect {
        Reads = "Reads",
        Converges = "Converges",
        Once = "Once",
        Rings = "Rings",
    }
}
