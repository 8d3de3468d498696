//! A request as it may be shown: without the key, grants and phone numbers.

use std::borrow::Cow;

use http::Request;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use talkspace_core::operation::{OperationInfo, ParameterInfo, ParameterKind, ParameterLocation};
use talkspace_core::transport::{Body, Exchange};

use crate::print;

#[cfg(test)]
mod tests;

/// What stands in the place of a redacted value.
const REDACTED: &str = "…";

/// The form field that tells operations of one path apart.
const ACTION: &str = "action";

/// A request of an operation.
pub(crate) struct View<'r> {
    info: &'static OperationInfo,
    request: &'r Request<Body>,
}

/// A parameter that the request carries.
struct Carried {
    info: &'static ParameterInfo,
    /// `None` when it is redacted.
    value: Option<String>,
}

impl<'r> View<'r> {
    /// The request of an exchange. A client says of each which operation it is.
    pub(crate) fn of(exchange: &'r Exchange) -> Option<Self> {
        Some(Self {
            info: exchange.operation()?,
            request: exchange.request(),
        })
    }

    /// The operation, the method and the URL, on one line.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.request.method(), self.url())
    }

    /// The names of what is sent beside the path, for a person.
    pub(crate) fn contents(&self) -> String {
        let beside = |carried: &Carried| {
            matches!(
                carried.info.location,
                ParameterLocation::Query | ParameterLocation::Form
            )
        };
        let names: Vec<_> = self
            .parameters()
            .into_iter()
            .filter(beside)
            .map(|carried| carried.info.name)
            .collect();
        let id = self.info.id;
        match (&names[..], self.request.body().len()) {
            ([], 0) => id.to_owned(),
            (names, bytes) => format!("{id}; {} with {bytes} bytes", names.join(", ")),
        }
    }

    /// Line by line, for a person.
    pub(crate) fn to_text(&self) -> String {
        let mut text = format!("{}\n", self.line());
        for (name, value) in self.request.headers() {
            let value = String::from_utf8_lossy(value.as_bytes());
            text.push_str(&format!("{name}: {}\n", print::printable(&value)));
        }
        text.push('\n');
        let carried = self.parameters();
        let names = carried.iter().map(|carried| carried.info.name);
        let width = names
            .chain([ACTION])
            .map(str::len)
            .max()
            .unwrap_or_default();
        let mut line = |name: &str, value: &str, location: ParameterLocation| {
            let value = print::printable(value);
            let location = print::faint(location.as_str());
            text.push_str(&format!("{name:>width$} = {value}  {location}\n"));
        };
        for Carried { info, value } in &carried {
            line(
                info.name,
                value.as_deref().unwrap_or(REDACTED),
                info.location,
            );
        }
        if let Some(action) = self.info.action {
            line(ACTION, action, ParameterLocation::Form);
        }
        text
    }

    /// The same for a program.
    pub(crate) fn to_json(&self) -> Value {
        let headers = self.request.headers().iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), Value::String(value))
        });
        let parameters = self.parameters().into_iter().map(|carried| {
            json!({
                "name": carried.info.name,
                "location": carried.info.location.as_str(),
                "secret": carried.info.kind.is_secret(),
                "value": carried.value,
            })
        });
        json!({
            "operation": self.info.id,
            "action": self.info.action,
            "method": self.request.method().as_str(),
            "url": self.url(),
            "headers": Value::Object(headers.collect()),
            "parameters": parameters.collect::<Vec<_>>(),
        })
    }

    /// The URL without its query, and without what is secret in its path.
    fn url(&self) -> String {
        let uri = self.request.uri();
        let mut segments: Vec<&str> = uri.path().split('/').collect();
        for (index, parameter) in self.in_path() {
            if parameter.kind.is_secret() {
                if let Some(segment) = segments.get_mut(index) {
                    *segment = REDACTED;
                }
            }
        }
        let scheme = uri.scheme_str().unwrap_or_default();
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        format!("{scheme}://{authority}{}", segments.join("/"))
    }

    /// The path's parameters, with the numbers of their segments. A prefix of
    /// the base URL may come before what the template says, so it is the ends
    /// that fit together.
    fn in_path(&self) -> Vec<(usize, &'static ParameterInfo)> {
        let count = self.request.uri().path().split('/').count();
        let template = self.info.path.rsplit('/').enumerate();
        template
            .filter_map(|(from_end, segment)| {
                let name = segment.strip_prefix('{')?.strip_suffix('}')?;
                let index = count.checked_sub(from_end + 1)?;
                Some((index, self.named(ParameterLocation::Path, name)?))
            })
            .collect()
    }

    fn named(&self, location: ParameterLocation, name: &str) -> Option<&'static ParameterInfo> {
        let mut all = self.info.parameters.iter();
        all.find(|parameter| parameter.location == location && parameter.name == name)
    }

    /// The parameters that the request carries, in the order of the spec.
    fn parameters(&self) -> Vec<Carried> {
        let uri = self.request.uri();
        let segments: Vec<&str> = uri.path().split('/').collect();
        let in_path = self.in_path();
        let form = self.request.body().as_bytes().unwrap_or_default();
        let find = |info: &'static ParameterInfo| match info.location {
            ParameterLocation::Path => {
                let mut in_path = in_path.iter().filter(|(_, found)| found.name == info.name);
                let segment = in_path.next().and_then(|(index, _)| segments.get(*index));
                let text = segment.map(|it| percent_decode_str(it).decode_utf8_lossy());
                text.into_iter().map(Cow::into_owned).collect()
            }
            ParameterLocation::Query => {
                pairs(uri.query().unwrap_or_default().as_bytes(), info.name)
            }
            ParameterLocation::Form if info.kind == ParameterKind::File => {
                vec!["a file".to_owned()]
            }
            // In a form of several parts it is not looked for; all are there.
            ParameterLocation::Form if self.is_multipart() => vec![REDACTED.to_owned()],
            ParameterLocation::Form => pairs(form, info.name),
            // A copied URL may hold a key in its query.
            ParameterLocation::Url => vec![match uri.query() {
                Some(_) => format!("{}?{REDACTED}", self.url()),
                None => self.url(),
            }],
            _ => Vec::new(),
        };
        let all = self.info.parameters.iter();
        all.flat_map(|info| {
            let values = find(info).into_iter();
            values.map(move |value| Carried {
                info,
                value: Some(value).filter(|_| !info.kind.is_secret()),
            })
        })
        .collect()
    }

    fn is_multipart(&self) -> bool {
        let kind = self.request.headers().get(http::header::CONTENT_TYPE);
        kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"))
    }
}

/// The values of this name in a form or a query.
fn pairs(form: &[u8], name: &str) -> Vec<String> {
    let pairs = form_urlencoded::parse(form).filter(|(found, _)| found == name);
    pairs.map(|(_, value)| value.into_owned()).collect()
}
