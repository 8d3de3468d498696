//! What a request holds, decoded: from its path, its query and its form.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use http::Request;
use percent_encoding::percent_decode_str;

use crate::app_key::AppKey;
use crate::operation::Place;

/// The parameters of a request, by place and in order.
///
/// ```
/// use talkspace_core::server::Parameters;
/// use talkspace_core::Place;
///
/// let mut parameters = Parameters::default();
/// parameters.push(Place::Form, "networkid", "a+b@example.com");
/// assert_eq!(parameters.get(Place::Form, "networkid"), Some("a+b@example.com"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(Vec<Parameter>);

#[derive(Clone, PartialEq, Eq)]
struct Parameter {
    place: Place,
    name: String,
    value: String,
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.place, self.name)
    }
}

impl Parameters {
    /// The query and the form of a request; its path is matched by
    /// [`dispatch`](crate::dispatch).
    #[must_use]
    pub fn of(request: &Request<Bytes>) -> Self {
        let mut parameters = Self::default();
        let query = request.uri().query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            parameters.push(Place::Query, name, value);
        }
        for (name, value) in form_urlencoded::parse(request.body()) {
            parameters.push(Place::Form, name, value);
        }
        parameters
    }

    /// Adds a parameter.
    pub fn push<'a>(
        &mut self,
        place: Place,
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) {
        self.0.push(Parameter {
            place,
            name: name.into().into_owned(),
            value: value.into().into_owned(),
        });
    }

    /// The first value of a parameter.
    #[must_use]
    pub fn get(&self, place: Place, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|parameter| parameter.place == place && parameter.name == name)
            .map(|parameter| parameter.value.as_str())
    }

    /// The value of a parameter that the operation needs.
    ///
    /// # Errors
    ///
    /// [`BadParameter`] when it is missing or empty.
    pub fn required(&self, place: Place, name: &'static str) -> Result<String, BadParameter> {
        self.optional(place, name)?.ok_or(BadParameter(name))
    }

    /// The value of a parameter that may be left out.
    ///
    /// # Errors
    ///
    /// [`BadParameter`] when it is there and empty.
    pub fn optional(
        &self,
        place: Place,
        name: &'static str,
    ) -> Result<Option<String>, BadParameter> {
        match self.get(place, name) {
            Some("") => Err(BadParameter(name)),
            value => Ok(value.map(str::to_owned)),
        }
    }

    /// Whether a flag is set. Only `true` sets it.
    #[must_use]
    pub fn flag(&self, place: Place, name: &str) -> bool {
        self.get(place, name) == Some("true")
    }

    /// The application key.
    ///
    /// # Errors
    ///
    /// [`BadParameter`] when it is missing or empty.
    pub fn app_key(&self, place: Place, name: &'static str) -> Result<AppKey, BadParameter> {
        self.required(place, name).map(AppKey::new)
    }
}

/// The segments of a path, decoded one by one. Empty ones are dropped: clients
/// of the time sent trailing and double slashes.
pub(crate) fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect()
}

/// A parameter that is missing, empty or unfit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadParameter(pub &'static str);

impl fmt::Display for BadParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Missing or invalid {} parameter", self.0)
    }
}

impl StdError for BadParameter {}
