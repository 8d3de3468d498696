//! What may be written: a request and its response without what is secret.

use std::collections::BTreeMap;

use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, PROXY_AUTHORIZATION};
use http::{HeaderMap, Request};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::line::RecordedRequest;
use crate::codec::{KEY, Redactor, SECRET};
use crate::operation::{OperationInfo, ParameterInfo, ParameterKind, ParameterLocation};
use crate::transport::Body;
use crate::transport::Exchange;

/// The header fields of a response that are kept: those that a client reads.
const KEPT: [&str; 4] = [
    "content-type",
    "content-encoding",
    "retry-after",
    "x-request-id",
];
/// Fields of a response that name nothing secret, even where the response does.
const PLAIN: [&str; 3] = ["message", "status", "uri"];

/// All that was secret so far: a later response may repeat it.
#[derive(Debug, Default)]
pub(super) struct Redaction(Redactor<'static>);

impl Redaction {
    /// A request, and what the paths of its client begin with.
    pub(super) fn request(&mut self, exchange: &Exchange) -> (String, RecordedRequest) {
        let request = exchange.request();
        let uri = request.uri();
        let scheme = uri.scheme_str().unwrap_or_default();
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let origin = format!("{scheme}://{authority}");
        let mut recorded = RecordedRequest {
            operation: String::new(),
            method: request.method().as_str().to_owned(),
            path: String::new(),
            parameters: BTreeMap::new(),
        };
        let Some(info) = exchange.operation() else {
            // Where its secrets would be is not known.
            return (origin, recorded);
        };
        self.learn_header_fields(request.headers());
        let carried = Carried::of(info, request);
        for (parameter, value) in &carried.parameters {
            if parameter.kind.is_secret() {
                self.0.learn(value, parameter.kind == ParameterKind::AppKey);
            }
        }
        info.id.clone_into(&mut recorded.operation);
        recorded.path = self.text(&carried.path);
        let parameters = carried.parameters.into_iter().map(|(parameter, value)| {
            let value = match parameter.kind {
                ParameterKind::AppKey => KEY.to_owned(),
                kind if kind.is_secret() => SECRET.to_owned(),
                _ => self.text(&value),
            };
            (parameter.name.to_owned(), value)
        });
        recorded.parameters = parameters.collect();
        (self.text(&format!("{origin}{}", carried.prefix)), recorded)
    }

    fn learn_header_fields(&mut self, headers: &HeaderMap) {
        for (name, value) in headers {
            let is_known = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name);
            let Some(text) = value
                .to_str()
                .ok()
                .filter(|_| is_known || value.is_sensitive())
            else {
                continue;
            };
            self.0.learn(text, false);
            if let Some((_scheme, credentials)) = text.split_once(' ') {
                self.0.learn(credentials, false);
            }
        }
    }

    fn text(&self, text: &str) -> String {
        self.0.redact(text).into_owned()
    }

    /// The header fields of a response that are kept.
    pub(super) fn header_fields(&self, headers: &HeaderMap) -> BTreeMap<String, String> {
        let kept = KEPT.iter().filter_map(|name| {
            let value = headers.get(*name)?.to_str().ok()?;
            Some(((*name).to_owned(), self.text(value)))
        });
        kept.collect()
    }

    /// The body of a response.
    pub(super) fn body(
        &mut self,
        info: Option<&OperationInfo>,
        status: u16,
        body: &[u8],
    ) -> Vec<u8> {
        let json: Option<Value> = serde_json::from_slice(body).ok();
        match (info, &json) {
            (None, _) => return Vec::new(),
            (Some(info), Some(json)) if info.secret_response => {
                let mut found = Vec::new();
                permissions(json, "", &mut found, |name| {
                    name.to_lowercase().contains("grant")
                });
                if found.is_empty() {
                    permissions(json, "", &mut found, |name| !PLAIN.contains(&name));
                }
                if found.is_empty() && is_success(status, json) {
                    return SECRET.as_bytes().to_vec();
                }
                for secret in found {
                    self.0.learn(&secret, false);
                }
            }
            // What it would be in there is not known.
            (Some(info), None) if info.secret_response && !body.is_empty() => {
                return SECRET.as_bytes().to_vec();
            }
            _ => {}
        }
        let kept = self.0.bytes(body);
        match json {
            // A number cannot have brackets in its place, a text can.
            Some(mut json) if serde_json::from_slice::<Value>(&kept).is_err() => {
                self.values(&mut json);
                json.to_string().into_bytes()
            }
            _ => kept.into_owned(),
        }
    }

    fn values(&self, json: &mut Value) {
        match json {
            Value::Array(values) => values.iter_mut().for_each(|value| self.values(value)),
            Value::Object(members) => members.values_mut().for_each(|value| self.values(value)),
            Value::String(text) => *text = self.text(text),
            Value::Number(number) => {
                let (text, kept) = (number.to_string(), self.text(&number.to_string()));
                if text != kept {
                    *json = Value::String(kept);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }
}

/// The texts and numbers in a document whose names are of this kind. What is in a list
/// has the name of the list, and a document that is nothing else has none.
fn permissions(json: &Value, name: &str, found: &mut Vec<String>, is_one: fn(&str) -> bool) {
    match json {
        Value::Object(members) => {
            for (name, value) in members {
                permissions(value, name, found, is_one);
            }
        }
        Value::Array(values) => {
            for value in values {
                permissions(value, name, found, is_one);
            }
        }
        Value::String(text) if is_one(name) && !text.is_empty() => found.push(text.clone()),
        Value::Number(number) if is_one(name) => found.push(number.to_string()),
        _ => {}
    }
}

/// Whether it says that all went well: an error has its status in the document, even
/// where HTTP has none.
fn is_success(http: u16, json: &Value) -> bool {
    let envelopes = json
        .as_object()
        .into_iter()
        .flat_map(|members| members.values());
    let status = std::iter::once(json)
        .chain(envelopes)
        .find_map(|json| json.get("status")?.as_u64());
    (200..300).contains(&status.unwrap_or(http.into()))
}

/// The parameters that a request carries, as they are.
struct Carried {
    /// The path of the base URL.
    prefix: String,
    path: String,
    parameters: Vec<(&'static ParameterInfo, String)>,
}

impl Carried {
    fn of(info: &'static OperationInfo, request: &Request<Body>) -> Self {
        let uri = request.uri();
        let is_whole_url = |parameter: &ParameterInfo| parameter.location == ParameterLocation::Url;
        let segments: Vec<&str> = uri.path().split('/').collect();
        let template: Vec<&str> = info.path.split('/').collect();
        // A prefix may come before what the template says: the ends fit together.
        let begin = match info.parameters.iter().any(is_whole_url) {
            true => 1,
            false => segments.len().saturating_sub(template.len()) + 1,
        };
        let (prefix, own) = segments.split_at(begin.min(segments.len()));
        let path = format!("/{}", own.join("/"));
        let forms = Forms::of(request);
        let find = |parameter: &ParameterInfo| match parameter.location {
            ParameterLocation::Path => {
                let name = format!("{{{}}}", parameter.name);
                let place = template.iter().position(|word| *word == name)?;
                let segment = own.get(place.checked_sub(1)?)?;
                Some(percent_decode_str(segment).decode_utf8_lossy().into_owned())
            }
            ParameterLocation::Query => {
                pair(uri.query().unwrap_or_default().as_bytes(), parameter.name)
            }
            ParameterLocation::Form => forms.get(parameter),
            ParameterLocation::Url => Some(path.clone()),
        };
        let all = info.parameters.iter();
        let parameters = all.filter_map(|parameter| Some((parameter, find(parameter)?)));
        Self {
            parameters: parameters.collect(),
            prefix: prefix.join("/"),
            path,
        }
    }
}

/// The form in a body, of either kind.
enum Forms<'r> {
    Pairs(&'r [u8]),
    Parts(Vec<String>, u64),
}

impl<'r> Forms<'r> {
    fn of(request: &'r Request<Body>) -> Self {
        let kind = request.headers().get(CONTENT_TYPE);
        let body = request.body();
        match kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/")) {
            true => {
                let (texts, length) = body.around_files();
                let texts = texts.into_iter();
                let texts = texts.map(|text| String::from_utf8_lossy(text).into_owned());
                Self::Parts(texts.collect(), length)
            }
            false => Self::Pairs(body.as_bytes().unwrap_or_default()),
        }
    }

    fn get(&self, parameter: &ParameterInfo) -> Option<String> {
        match self {
            Self::Pairs(form) => pair(form, parameter.name),
            Self::Parts(_, length) if parameter.kind == ParameterKind::File => {
                Some(format!("{length} bytes"))
            }
            Self::Parts(texts, _) => texts.iter().find_map(|text| {
                let begin = format!("name=\"{}\"\r\n\r\n", parameter.name);
                let (_, rest) = text.split_once(&begin)?;
                Some(rest.split("\r\n--").next()?.to_owned())
            }),
        }
    }
}

/// The value of a pair in a form or a query; of several pairs, a line for each.
fn pair(form: &[u8], name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(form).filter(|(found, _)| found == name);
    let values: Vec<_> = pairs.map(|(_, value)| value).collect();
    (!values.is_empty()).then(|| values.join("\n"))
}
