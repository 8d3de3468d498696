//! The parameters of any operation: made up from its description, and found
//! again in a request by decoders that other people wrote.
//!
//! Nothing here knows an operation by name, so one that is added to the spec
//! is tested like the others.

use std::fmt;

use http::Request;
use http1_conformance::wire::show_up_to;
use talkspace_core::codec::Target;
use talkspace_core::operation::{OperationInfo, ParameterInfo, ParameterKind, ParameterLocation};
use talkspace_core::server::{Parameters, ServerOperation};
use talkspace_core::transport::Body;
use talkspace_core::{AppKey, BaseUrl};

use crate::core::KEY;

mod decode;
mod strategy;
#[cfg(test)]
mod tests;

pub(crate) use decode::Arrived;

/// A value for each parameter of an operation; `None` where it is left out.
#[derive(Clone)]
pub(crate) struct Values {
    info: &'static OperationInfo,
    values: Vec<Option<String>>,
}

/// Whether all parameters of an operation are text of some kind. A file is no
/// text, and a whole URL is not encoded: those have tests of their own.
pub(crate) fn are_text(info: &OperationInfo) -> bool {
    let is_text = |parameter: &ParameterInfo| {
        !matches!(parameter.kind, ParameterKind::File | ParameterKind::Url)
    };
    info.parameters.iter().all(is_text)
}

impl Values {
    /// A plain value for every parameter.
    #[cfg(any(test, feature = "wiremock"))]
    pub(crate) fn sample(info: &'static OperationInfo) -> Self {
        Self::with(info, |parameter| match parameter.kind {
            ParameterKind::Text | ParameterKind::Secret => format!("sample-{}", parameter.name),
            kind => special(kind),
        })
    }

    /// Forms of the largest values that are promised to arrive.
    pub(crate) fn long(info: &'static OperationInfo) -> Self {
        Self::with(info, |parameter| {
            match (parameter.kind, parameter.location) {
                (ParameterKind::Text | ParameterKind::Secret, ParameterLocation::Form) => {
                    "a b&ü=".repeat(LONGEST / 7)
                }
                (ParameterKind::Text | ParameterKind::Secret, _) => "a b&ü=".repeat(40),
                (kind, _) => special(kind),
            }
        })
    }

    fn with(
        info: &'static OperationInfo,
        value: impl Fn(&'static ParameterInfo) -> String,
    ) -> Self {
        let values = info.parameters.iter().map(value).map(Some).collect();
        Self { info, values }
    }

    /// The request that a typed request with these values becomes.
    ///
    /// # Errors
    ///
    /// Says why the values were rejected.
    pub(crate) fn encode<O: ServerOperation>(
        &self,
        authority: &str,
    ) -> Result<(O, Request<Body>), String> {
        let operation =
            O::from_parameters(&self.parameters()).map_err(|error| error.to_string())?;
        let base =
            BaseUrl::parse(&format!("http://{authority}")).map_err(|error| error.to_string())?;
        let request = operation
            .encode(&Target::new(base, self.app_key()))
            .map_err(|error| error.to_string())?;
        Ok((operation, request))
    }

    /// The key that is among the values, or [`KEY`].
    pub(crate) fn app_key(&self) -> AppKey {
        let key = self
            .pairs()
            .find(|(parameter, _)| parameter.kind == ParameterKind::AppKey);
        AppKey::from(key.map_or(KEY, |(_, value)| value))
    }

    fn parameters(&self) -> Parameters {
        let mut parameters = Parameters::default();
        for (parameter, value) in self.given() {
            parameters.push(parameter.location, parameter.name, value);
        }
        parameters
    }

    /// Whether a request can carry all of the values.
    pub(crate) fn are_sendable(&self) -> bool {
        self.pairs().all(|(parameter, value)| {
            let dots = parameter.location == ParameterLocation::Path && matches!(value, "." | "..");
            !(value.is_empty() || value.chars().any(char::is_control) || dots)
        })
    }

    /// The values that are sent, in the order in which they are.
    fn pairs(&self) -> impl Iterator<Item = (&'static ParameterInfo, &str)> {
        self.given()
            .filter(|(parameter, value)| !(parameter.or_empty && value.is_empty()))
    }

    /// The values that are there, those among them that mean left out.
    fn given(&self) -> impl Iterator<Item = (&'static ParameterInfo, &str)> {
        self.info
            .parameters
            .iter()
            .zip(&self.values)
            .filter_map(|(parameter, value)| Some((parameter, value.as_deref()?)))
    }

    fn pairs_in(&self, place: ParameterLocation) -> Vec<(String, String)> {
        self.pairs()
            .filter(|(parameter, _)| parameter.location == place)
            .map(|(parameter, value)| (parameter.name.to_owned(), value.to_owned()))
            .collect()
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self
            .pairs()
            .map(|(parameter, value)| (parameter.name, show_up_to(120, value.as_bytes())));
        f.write_str(self.info.id)?;
        f.debug_map().entries(pairs).finish()
    }
}

/// The longest value in a form, in bytes.
const LONGEST: usize = 64 * 1024;

/// Values that cannot be any text.
fn special(kind: ParameterKind) -> String {
    match kind {
        ParameterKind::Integer => "7",
        ParameterKind::Flag => "true",
        ParameterKind::Phone => "12065550100",
        ParameterKind::AppKey => KEY,
        ParameterKind::Choice(words) => words.first().copied().unwrap_or("sample"),
        _ => "sample",
    }
    .to_owned()
}
