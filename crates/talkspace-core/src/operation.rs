//! What an operation is: a typed request, the way to the wire and back.

use std::fmt;

use http::{Method, Request};

use crate::answer::{Answer, Rejection};
use crate::body::Body;
use crate::invalid_request::InvalidRequest;
use crate::target::Target;

/// A request of the API, with its way to the wire and back.
///
/// Both directions are pure: they read no clock, do no I/O, and give the same
/// bytes for the same values. The generated request types implement it.
pub trait Operation: Clone + fmt::Debug + Send + Sync + 'static {
    /// What the spec says about the operation.
    const INFO: &'static OperationInfo;

    /// What a successful answer holds.
    type Response: Clone + fmt::Debug + PartialEq + Send + Sync + 'static;

    /// Writes the request.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] when a parameter could not be sent safely.
    fn encode(&self, target: &Target) -> Result<Request<Body>, InvalidRequest>;

    /// Reads an answer to this very request: an id that comes back empty is
    /// taken from the request.
    ///
    /// # Errors
    ///
    /// [`Rejection`] when the service refused, or when the answer is not one
    /// that this operation can have.
    fn decode(&self, answer: &Answer<'_>) -> Result<Self::Response, Rejection>;

    /// What of the request must not be read in a log: phone numbers and grants.
    ///
    /// The service is known to repeat parameters in its messages, so these are
    /// taken out of the texts of a response, and out of what an
    /// [`Error`](crate::Error) keeps, as the key is.
    fn secrets(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// What the spec says about an operation.
#[derive(Debug)]
pub struct OperationInfo {
    /// The operation's name in the spec, such as `createTalkspace`.
    pub id: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// The value of the form field `action`, where that tells operations apart.
    pub action: Option<&'static str>,
    /// What sending it twice would do.
    pub effect: Effect,
    /// The parameters, in the order in which they are sent.
    pub parameters: &'static [ParameterInfo],
    /// The name of the answer's envelope, or `None` for an answer without one.
    pub envelope: Option<&'static str>,
    /// The documented statuses of success.
    pub success: &'static [u16],
    /// Statuses that look like failures but are answers.
    pub answers: &'static [u16],
    /// The documented statuses of a refusal.
    pub refusals: &'static [u16],
    /// Refusals that mean "already so" when the request may have arrived before.
    pub already: &'static [u16],
    /// Whether the answer holds a permission, so that no error keeps its body.
    pub secret_answer: bool,
}

/// A parameter of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParameterInfo {
    /// The name on the wire, such as `networkid`.
    pub name: &'static str,
    /// Where it travels.
    pub place: Place,
    /// What values it takes.
    pub kind: ParameterKind,
    /// Whether the operation cannot do without it.
    pub required: bool,
    /// Whether a server takes an empty one for one that was left out.
    pub or_empty: bool,
}

impl ParameterInfo {
    /// A parameter that the operation needs.
    #[must_use]
    pub const fn required(name: &'static str, place: Place, kind: ParameterKind) -> Self {
        Self {
            name,
            place,
            kind,
            required: true,
            or_empty: false,
        }
    }

    /// A parameter that may be left out.
    #[must_use]
    pub const fn optional(name: &'static str, place: Place, kind: ParameterKind) -> Self {
        Self {
            name,
            place,
            kind,
            required: false,
            or_empty: false,
        }
    }

    /// The same, where empty means left out.
    #[must_use]
    pub const fn or_empty(mut self) -> Self {
        self.or_empty = true;
        self
    }
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// The form in the body.
    Form,
    /// The whole URL: the parameter takes the place of base URL and path.
    Url,
}

/// What values a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterKind {
    /// Text, or an identifier.
    Text,
    /// A whole number.
    Integer,
    /// Sent as `true` when set, else left out.
    Flag,
    /// A phone number of eleven digits.
    Phone,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One or more texts, joined by this character, which none of them holds.
    Joined(char),
    /// An absolute `http` or `https` URL.
    Url,
    /// A file.
    File,
    /// Text whose possession is a permission, such as an upload grant.
    Secret,
    /// The application key, which the client adds.
    AppKey,
}

impl ParameterKind {
    /// Whether a log, an error or a screen must not show the value.
    ///
    /// ```
    /// use talkspace_core::ParameterKind;
    ///
    /// assert!(ParameterKind::Phone.is_secret());
    /// assert!(!ParameterKind::Text.is_secret());
    /// ```
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::AppKey | Self::Secret | Self::Phone)
    }
}

/// What sending a request twice would do. This decides what is retried.
///
/// See the architecture page for the whole table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing: it only looks.
    Reads,
    /// Nothing more: the second finds what the first did.
    Converges,
    /// Something twice, but nobody is called.
    Once,
    /// A telephone rings twice.
    Rings,
}

impl Effect {
    /// The word that the spec uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Converges => "converges",
            Self::Once => "once",
            Self::Rings => "rings",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
