//! What a request holds, decoded: from its path, its query and its form.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use percent_encoding::{percent_decode_str, utf8_percent_encode};

use crate::codec::{ESCAPED, MediaFile};
use crate::operation::{OperationInfo, ParameterKind, ParameterLocation};
use crate::server::error::ServiceError;

use crate::value::{AppKey, PhoneNumber};

/// A type that a parameter may have, as it is spelt on the wire.
pub(crate) trait FromWire: Sized {
    /// What the service says about a value that is none of these; if it says
    /// nothing special, that the parameter is invalid.
    const COMPLAINT: Option<&'static str> = None;

    /// The value, if the text is one.
    fn from_wire(text: &str) -> Option<Self>;
}

impl FromWire for PhoneNumber {
    const COMPLAINT: Option<&'static str> = Some("Invalid phone number format");

    /// Only as the service wants it: a server does not guess.
    fn from_wire(text: &str) -> Option<Self> {
        text.parse()
            .ok()
            .filter(|phone: &Self| phone.as_str() == text)
    }
}

/// The parameters of a request, by location and in order.
///
/// ```
/// use talkspace_core::server::Parameters;
/// use talkspace_core::operation::ParameterLocation;
///
/// let mut parameters = Parameters::default();
/// parameters.push(ParameterLocation::Form, "networkid", "a+b@example.com");
/// assert_eq!(parameters.get(ParameterLocation::Form, "networkid"), Some("a+b@example.com"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    values: Vec<Parameter>,
    files: Vec<FilePart>,
}

#[derive(Clone, PartialEq, Eq)]
struct Parameter {
    location: ParameterLocation,
    name: String,
    value: String,
}

/// A file of a multipart form.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct FilePart {
    pub(super) name: String,
    pub(super) file_name: String,
    pub(super) content_type: Option<String>,
    pub(super) content: Bytes,
}

impl fmt::Debug for FilePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.name, self.content.len())
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.location, self.name)
    }
}

impl Parameters {
    /// The most parameters that a request may have, files among them.
    pub const MAX: usize = 100;
    /// The longest value of a parameter that is no file, in bytes.
    pub const MAX_LEN: usize = 4096;

    pub(super) fn push_file(&mut self, file: FilePart) {
        self.files.push(file);
    }

    /// An error if there are as many as there may be.
    pub(super) fn check_room(&self) -> Result<(), ServiceError> {
        if self.values.len() + self.files.len() < Self::MAX {
            return Ok(());
        }
        let why = format!("There are more than {} parameters", Self::MAX);
        Err(ServiceError::new(400, why))
    }

    /// An error if a value is longer than it may be.
    pub(super) fn check_length(name: &str, length: usize) -> Result<(), ServiceError> {
        if length <= Self::MAX_LEN {
            return Ok(());
        }
        let mut why = format!("A parameter is longer than {} bytes", Self::MAX_LEN);
        // A name that is no word is not repeated.
        if (1..32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase()) {
            why = format!("{why}: {name}");
        }
        Err(ServiceError::new(400, why))
    }

    /// Takes what came in the query as if it had come in the form: clients of
    /// the time sent some parameters either way.
    pub(crate) fn query_as_form(&mut self) {
        for parameter in &mut self.values {
            if parameter.location == ParameterLocation::Query {
                parameter.location = ParameterLocation::Form;
            }
        }
    }

    /// Adds a parameter.
    pub fn push<'a>(
        &mut self,
        location: ParameterLocation,
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) {
        self.values.push(Parameter {
            location,
            name: name.into().into_owned(),
            value: value.into().into_owned(),
        });
    }

    /// All but the files, in order: where each is, its name and its value.
    pub fn values(&self) -> impl Iterator<Item = (ParameterLocation, &str, &str)> {
        let values = self.values.iter();
        values.map(|parameter| {
            let Parameter {
                location,
                name,
                value,
            } = parameter;
            (*location, name.as_str(), value.as_str())
        })
    }

    /// The files: the name of each, and its content.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        let files = self.files.iter();
        files.map(|file| (file.name.as_str(), &file.content))
    }

    /// Drops the values of which `keeps` says no; it may change the others. Files stay.
    ///
    /// ```
    /// use talkspace_core::server::Parameters;
    /// use talkspace_core::operation::ParameterLocation;
    ///
    /// let mut parameters = Parameters::default();
    /// parameters.push(ParameterLocation::Form, "appkey", "secret");
    /// parameters.push(ParameterLocation::Form, "networkid", "eta");
    /// parameters.retain(|_, name, _| name != "appkey");
    /// assert_eq!(parameters.values().count(), 1);
    /// ```
    pub fn retain(&mut self, mut keeps: impl FnMut(ParameterLocation, &str, &mut String) -> bool) {
        let values = &mut self.values;
        values.retain_mut(|it| keeps(it.location, &it.name, &mut it.value));
    }

    /// Drops the files of which `keeps` says no. Of the others the first bytes stay, so
    /// many of each, as a copy; not what they were called on the user's machine.
    pub fn retain_files(&mut self, keeps: impl Fn(&str) -> bool, bytes: usize) {
        self.files.retain(|file| keeps(&file.name));
        for file in &mut self.files {
            let kept = file.content.get(..bytes).unwrap_or(&file.content);
            file.content = Bytes::copy_from_slice(kept);
            file.file_name = String::new();
            file.content_type = None;
        }
    }

    /// The first value of a parameter.
    #[must_use]
    pub fn get(&self, location: ParameterLocation, name: &str) -> Option<&str> {
        self.all(location, name).next()
    }

    /// The value of a parameter that the operation needs.
    ///
    /// # Errors
    ///
    /// [`BadParameter`] when it is missing or empty.
    pub fn required(
        &self,
        location: ParameterLocation,
        name: &'static str,
    ) -> Result<String, BadParameter> {
        self.optional(location, name)?
            .ok_or(BadParameter::new(name))
    }

    /// The value of a parameter that may be left out.
    ///
    /// # Errors
    ///
    /// [`BadParameter`] when it is there and empty, or there more than once.
    pub fn optional(
        &self,
        location: ParameterLocation,
        name: &'static str,
    ) -> Result<Option<String>, BadParameter> {
        match self.single(location, name)? {
            Some("") => Err(BadParameter::new(name)),
            value => Ok(value.map(str::to_owned)),
        }
    }

    /// The value of a parameter that may be left out, or be empty, which means
    /// the same.
    ///
    /// # Errors
    ///
    /// [`BadParameter`] when it is there more than once.
    pub fn filled(
        &self,
        location: ParameterLocation,
        name: &'static str,
    ) -> Result<Option<String>, BadParameter> {
        let value = self
            .single(location, name)?
            .filter(|value| !value.is_empty());
        Ok(value.map(str::to_owned))
    }

    /// The values of a parameter that may be there several times, and is there.
    ///
    /// # Errors
    ///
    /// [`BadParameter`] when it is missing, or one of them is empty.
    pub fn required_all(
        &self,
        location: ParameterLocation,
        name: &'static str,
    ) -> Result<Vec<String>, BadParameter> {
        let values = self.optional_all(location, name)?;
        match values.is_empty() {
            true => Err(BadParameter::new(name)),
            false => Ok(values),
        }
    }

    /// The values of a parameter that may be there several times, or not at all.
    ///
    /// # Errors
    ///
    /// [`BadParameter`] when one of them is empty.
    pub fn optional_all(
        &self,
        location: ParameterLocation,
        name: &'static str,
    ) -> Result<Vec<String>, BadParameter> {
        let values = self.all(location, name).map(|value| match value {
            "" => Err(BadParameter::new(name)),
            value => Ok(value.to_owned()),
        });
        values.collect()
    }

    /// An error if a value of an operation's is smaller than it may be, or larger. What
    /// is no value at all is found by whoever reads it.
    pub(super) fn check_bounds(&self, operation: &OperationInfo) -> Result<(), BadParameter> {
        let all = operation.parameters.iter();
        for info in all.filter(|info| info.least.is_some() || info.most.is_some()) {
            let is_out = |value: &str| {
                let size = match info.kind {
                    ParameterKind::Integer => value.parse().ok(),
                    _ => i64::try_from(value.chars().count()).ok(),
                };
                let is_less = |size| info.least.is_some_and(|least| size < least);
                let is_more = |size| info.most.is_some_and(|most| size > most);
                size.is_some_and(|size| is_less(size) || is_more(size))
            };
            let values = self.all(info.location, info.name);
            let mut values = values.flat_map(|value| match info.kind {
                ParameterKind::Joined(separator) => value.split(separator).collect(),
                _ => vec![value],
            });
            if values.any(|value| !value.is_empty() && is_out(value)) {
                return Err(BadParameter::new(info.name));
            }
        }
        Ok(())
    }

    /// The values of a parameter.
    fn all(&self, location: ParameterLocation, name: &str) -> impl Iterator<Item = &str> {
        let is_it = move |it: &&Parameter| it.location == location && it.name == name;
        self.values.iter().filter(is_it).map(|it| it.value.as_str())
    }

    /// The value of a parameter that is there once at most. Clients of the time
    /// repeated `networkid` to add several people; only one would be added, so
    /// that is an error rather than done in part.
    fn single(
        &self,
        location: ParameterLocation,
        name: &'static str,
    ) -> Result<Option<&str>, BadParameter> {
        let mut values = self.all(location, name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(BadParameter::new(name)),
            (value, None) => Ok(value),
        }
    }

    /// The value of a parameter that the operation needs, as its type.
    pub(crate) fn required_value<T: FromWire>(
        &self,
        location: ParameterLocation,
        name: &'static str,
    ) -> Result<T, BadParameter> {
        let value = self.optional_value(location, name)?;
        value.ok_or(BadParameter::new(name))
    }

    /// The value of a parameter that may be left out, as its type.
    pub(crate) fn optional_value<T: FromWire>(
        &self,
        location: ParameterLocation,
        name: &'static str,
    ) -> Result<Option<T>, BadParameter> {
        match self.single(location, name)? {
            None => Ok(None),
            Some(text) => match T::from_wire(text) {
                Some(value) => Ok(Some(value)),
                None => Err(BadParameter {
                    name,
                    complaint: T::COMPLAINT,
                }),
            },
        }
    }

    /// The values that were joined into one.
    pub(crate) fn joined<T: From<String>>(
        &self,
        location: ParameterLocation,
        name: &'static str,
        separator: char,
    ) -> Result<Vec<T>, BadParameter> {
        let joined = self.required(location, name)?;
        if joined.split(separator).any(str::is_empty) {
            return Err(BadParameter::new(name));
        }
        let values = joined.split(separator);
        Ok(values.map(|value| T::from(value.to_owned())).collect())
    }

    /// A file of a multipart form, whatever its type.
    ///
    /// # Errors
    ///
    /// [`BadParameter`] when it is missing.
    pub fn file(&self, name: &'static str) -> Result<MediaFile, BadParameter> {
        let file = self.files.iter().find(|file| file.name == name);
        let file = file.ok_or(BadParameter::new(name))?;
        Ok(MediaFile::unchecked(file.content.clone()).file_name(&file.file_name))
    }

    /// The type that a file of a multipart form was sent with.
    #[must_use]
    pub fn file_type(&self, name: &str) -> Option<&str> {
        let file = self.files.iter().find(|file| file.name == name)?;
        file.content_type.as_deref()
    }

    /// Whether a flag is set. Only `true` sets it.
    #[must_use]
    pub fn flag(&self, location: ParameterLocation, name: &str) -> bool {
        self.get(location, name) == Some("true")
    }

    /// The application key.
    ///
    /// # Errors
    ///
    /// [`BadParameter`] when it is missing or empty.
    pub fn app_key(
        &self,
        location: ParameterLocation,
        name: &'static str,
    ) -> Result<AppKey, BadParameter> {
        self.required(location, name).map(AppKey::new)
    }
}

/// The segments of a path, decoded one by one. Empty ones are dropped: clients
/// of the time sent trailing and double slashes.
///
/// ```
/// use talkspace_core::server::segments;
///
/// assert_eq!(segments("/api/rest//registrant/a%2Fb+c/"), ["api", "rest", "registrant", "a/b+c"]);
/// ```
#[must_use]
pub fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| match segment.as_bytes().contains(&b'%') {
            true => percent_decode_str(segment).decode_utf8_lossy().into_owned(),
            false => segment.to_owned(),
        })
        .collect()
}

/// A text as a segment of a path, encoded as the clients encode it.
///
/// ```
/// use talkspace_core::server::{segment, segments};
///
/// assert_eq!(segment("@a/b"), "%40a%2Fb");
/// assert_eq!(segments(&segment("@a/b")), ["@a/b"]);
/// ```
#[must_use]
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// A parameter that is missing, empty or unfit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadParameter {
    name: &'static str,
    complaint: Option<&'static str>,
}

impl BadParameter {
    /// The parameter of this name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            complaint: None,
        }
    }

    /// The parameter's name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Display for BadParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.complaint {
            Some(complaint) => f.write_str(complaint),
            None => write!(f, "Missing or invalid {} parameter", self.name),
        }
    }
}

impl StdError for BadParameter {}

impl From<BadParameter> for ServiceError {
    fn from(bad: BadParameter) -> Self {
        Self::new(400, bad.to_string())
    }
}
