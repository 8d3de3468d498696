//! What the spec says about operations, as data: codegen writes it; transports,
//! sandboxes and tests read it.

use std::fmt;

use http::Method;

/// What the spec says about an operation.
///
/// ```
/// use http::Method;
/// use talkspace_core::Effect;
/// use talkspace_core::operation::OperationInfo;
///
/// let by_hand = OperationInfo::new("ping", Method::GET, "/api/rest/ping", Effect::Reads);
/// assert_eq!(by_hand.success, &[200]);
/// ```
#[derive(Debug)]
#[non_exhaustive]
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
    /// The name of the response's envelope, or `None` for a response without one.
    pub envelope: Option<&'static str>,
    /// The documented statuses of success.
    pub success: &'static [u16],
    /// Status codes of failure that are outcomes and not errors, such as the 404 of
    /// a person who is not registered.
    pub outcomes: &'static [u16],
    /// The documented statuses of failure.
    pub errors: &'static [u16],
    /// Status codes of failure that mean "already so" when the request may have
    /// arrived before: a success.
    pub already: &'static [u16],
    /// Whether the response holds a permission, so that no error keeps its body.
    pub secret_response: bool,
    /// Whether a file goes up or comes down. Then its time is bounded by
    /// [`transfer_timeout`](crate::RequestOptions::transfer_timeout), and not by the
    /// timeout of other requests.
    pub transfers_file: bool,
}

impl OperationInfo {
    /// An operation without parameters whose one success is 200, with plain text.
    /// The fields are public: set the others for an operation that is written by hand.
    #[must_use]
    pub const fn new(id: &'static str, method: Method, path: &'static str, effect: Effect) -> Self {
        Self {
            id,
            summary: "",
            method,
            path,
            action: None,
            effect,
            parameters: &[],
            envelope: None,
            success: &[200],
            outcomes: &[],
            errors: &[],
            already: &[],
            secret_response: false,
            transfers_file: false,
        }
    }
}

/// A parameter of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParameterInfo {
    /// The name on the wire, such as `networkid`.
    pub name: &'static str,
    /// The name of the request's field in Rust, such as `network_id`. The command's option
    /// has hyphens in it.
    pub field: &'static str,
    /// Where it is in the request.
    pub location: ParameterLocation,
    /// What values it takes.
    pub kind: ParameterKind,
    /// Whether it must be there.
    pub required: bool,
    /// Whether a server takes an empty one for one that was left out.
    pub or_empty: bool,
    /// Whether it may be there several times, each with a value.
    pub repeated: bool,
    /// The least number that it may be; of what is no number, of how many characters.
    pub least: Option<i64>,
    /// The greatest number that it may be, or number of characters.
    pub most: Option<i64>,
}

impl ParameterInfo {
    /// A parameter that the operation needs.
    #[must_use]
    pub const fn required(
        name: &'static str,
        location: ParameterLocation,
        kind: ParameterKind,
    ) -> Self {
        Self {
            name,
            field: name,
            location,
            kind,
            required: true,
            or_empty: false,
            repeated: false,
            least: None,
            most: None,
        }
    }

    /// A parameter that may be left out.
    #[must_use]
    pub const fn optional(
        name: &'static str,
        location: ParameterLocation,
        kind: ParameterKind,
    ) -> Self {
        Self {
            required: false,
            ..Self::required(name, location, kind)
        }
    }

    /// The same, whose field has another name than on the wire.
    #[must_use]
    pub const fn in_field(mut self, field: &'static str) -> Self {
        self.field = field;
        self
    }

    /// The same, where empty means left out.
    #[must_use]
    pub const fn or_empty(mut self) -> Self {
        self.or_empty = true;
        self
    }

    /// The same, which may be there several times.
    #[must_use]
    pub const fn repeated(mut self) -> Self {
        self.repeated = true;
        self
    }

    /// The same with a [least](Self::least) number.
    #[must_use]
    pub const fn at_least(mut self, least: i64) -> Self {
        self.least = Some(least);
        self
    }

    /// The same with a [greatest](Self::most) number.
    #[must_use]
    pub const fn at_most(mut self, most: i64) -> Self {
        self.most = Some(most);
        self
    }
}

/// Where a parameter is in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterLocation {
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

impl ParameterLocation {
    /// A stable name: `path`, `query`, `form` or `url`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Form => "form",
            Self::Url => "url",
        }
    }
}

impl fmt::Display for ParameterLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ParameterKind {
    /// Whether a log, an error or a screen must not show the value.
    ///
    /// ```
    /// use talkspace_core::operation::ParameterKind;
    ///
    /// assert!(ParameterKind::Phone.is_secret());
    /// assert!(!ParameterKind::Text.is_secret());
    /// ```
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::AppKey | Self::Secret | Self::Phone)
    }
}

/// What sending a request twice would do. This decides what is retried, and when:
/// [the manual](crate::manual::retries) has the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Effect {
    /// Nothing: it only reads. *Safe* (RFC 9110 §9.2.1), and hence idempotent.
    Reads,
    /// Nothing more: the second finds what the first did. *Idempotent* (RFC 9110
    /// §9.2.2).
    Converges,
    /// Something twice, but no telephone rings. Not idempotent.
    Once,
    /// A telephone rings twice. Not idempotent, and a person notices.
    Rings,
}

impl Effect {
    /// The word that the spec uses, a stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Converges => "converges",
            Self::Once => "once",
            Self::Rings => "rings",
        }
    }

    /// Whether sending the request twice does no more than sending it once
    /// (RFC 9110 §9.2.2): [`Reads`](Self::Reads) and [`Converges`](Self::Converges).
    #[must_use]
    pub const fn is_idempotent(self) -> bool {
        matches!(self, Self::Reads | Self::Converges)
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
