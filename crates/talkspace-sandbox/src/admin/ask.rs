//! What a request asks for, read and checked.

use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::described::Described;
use super::problem::Problem;
use super::routes::{Route, Takes};
use crate::Sandbox;

/// How many rows a response has at most, if nothing is said.
const ROWS: u64 = 100;
/// What the query of a list has that is no filter.
const NO_FILTER: [&str; 4] = ["after", "limit", "since", "wait"];

pub(super) struct Ask {
    pub(super) sandbox: Sandbox,
    described: Described,
    values: Vec<String>,
    query: Vec<(String, String)>,
    /// The base URL by which the sandbox was reached.
    pub(super) base: String,
    pub(super) fields: Map<String, Value>,
    /// The file, or the saved sandbox, that was sent, if that is what the route takes.
    pub(super) file: Bytes,
}

/// What there is to respond.
pub(super) struct Reply {
    pub(super) body: Bytes,
    /// The content type.
    pub(super) kind: &'static str,
    /// Whether it is what was asked for, so that nothing need be waited for.
    pub(super) is_found: bool,
}

impl Reply {
    pub(super) fn of(value: &impl Serialize) -> Result<Self, Problem> {
        Self::found(value, true)
    }

    pub(super) fn found(value: &impl Serialize, is_found: bool) -> Result<Self, Problem> {
        let json = serde_json::to_string(value);
        let json = json.map_err(|error| Problem::new(500, "broken", error.to_string()))?;
        let reply = Self::json(json);
        Ok(Self { is_found, ..reply })
    }

    pub(super) fn json(text: impl Into<Bytes>) -> Self {
        Self {
            body: text.into(),
            kind: "application/json",
            is_found: true,
        }
    }

    pub(super) fn text(text: &str) -> Self {
        Self {
            kind: "text/plain; charset=utf-8",
            ..Self::json(format!("{text}\n"))
        }
    }

    pub(super) const fn mp3(file: Bytes) -> Self {
        Self {
            body: file,
            kind: "audio/mpeg",
            is_found: true,
        }
    }
}

impl Ask {
    pub(super) fn new(
        sandbox: Sandbox,
        route: &'static Route,
        values: Vec<String>,
        head: &Parts,
        body: Bytes,
    ) -> Result<Self, Problem> {
        let query = head.uri.query().unwrap_or_default();
        let query = form_urlencoded::parse(query.as_bytes()).into_owned();
        let query: Vec<(String, String)> = query.collect();
        let described = Described::of(route);
        described.check_query(&query)?;
        let (mut fields, mut file) = (Map::new(), Bytes::new());
        match route.takes {
            Takes::Sound | Takes::Saved => file = body,
            Takes::Nothing | Takes::Fields => {
                if !body.iter().all(u8::is_ascii_whitespace) {
                    let read = serde_json::from_slice(&body);
                    let why = |error| format!("The body is no JSON object: {error}.");
                    fields = read.map_err(|error| Problem::new(400, "bad_body", why(error)))?;
                }
                described.check_fields(&fields)?;
            }
        }
        let ask = Self {
            sandbox,
            described,
            values,
            query,
            base: base(head),
            fields,
            file,
        };
        ask.check_app()?;
        Ok(ask)
    }

    /// What stands in the place of the path's first parameter.
    pub(super) fn value(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    /// The first parameter as a number.
    pub(super) fn number(&self) -> Option<u64> {
        self.value().parse().ok()
    }

    /// Nothing is ever of an application that there is not.
    fn check_app(&self) -> Result<(), Problem> {
        for name in ["app", "apps"] {
            let field = self.field(name).and_then(Value::as_u64);
            let Some(app) = field.or_else(|| self.query_number(name)) else {
                continue;
            };
            let apps = self.sandbox.backend.with(|state| state.app_count()) as u64;
            if app > apps {
                let why = format!("is the number of no application; there are {apps}");
                return Err(Problem::field(name, &why));
            }
        }
        Ok(())
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let mut query = self.query.iter();
        let found = query.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn query_number(&self, name: &str) -> Option<u64> {
        self.query(name)?.parse().ok()
    }

    /// A number of seconds in the query, 0 if it is not there.
    pub(super) fn seconds(&self, name: &str) -> Duration {
        let seconds = self.query(name).and_then(|seconds| seconds.parse().ok());
        let time = seconds.map(Duration::try_from_secs_f64);
        time.and_then(Result::ok).unwrap_or_default()
    }

    /// How long to wait for something to be found, on a route where that can be.
    pub(super) fn wait(&self) -> Duration {
        self.seconds("wait")
    }

    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.field(name).and_then(Value::as_bool) == Some(true)
    }

    /// How many rows the response has at most.
    pub(super) fn limit(&self) -> usize {
        let limit = self.query_number("limit").unwrap_or(ROWS);
        usize::try_from(limit).unwrap_or(usize::MAX)
    }

    /// Those of these rows that the query asks for.
    pub(super) fn select(&self, rows: impl Iterator<Item = Value>) -> Vec<Value> {
        let filters = self.described.names().into_iter();
        let filters = filters.filter(|name| !NO_FILTER.contains(name));
        let filters = filters.filter_map(|name| Some((name, self.query(name)?)));
        let filters: Vec<_> = filters.collect();
        let is_wanted = |row: &Value| {
            let mut filters = filters.iter();
            filters.all(|(name, wanted)| row.get(*name).is_some_and(|it| is_like(it, wanted)))
        };
        rows.filter(is_wanted).collect()
    }

    /// Those of these things that the query asks for, as an object with one list of
    /// this name. `key` tells one from the others, for `after`.
    pub(super) fn list<T: Serialize>(
        &self,
        name: &str,
        key: &str,
        things: &[T],
    ) -> Result<Reply, Problem> {
        let limit = self.limit();
        let rows = self.select(things.iter().map(|thing| json!(thing)));
        let total = rows.len();
        let start = match self.query("after") {
            None => 0,
            Some(after) => {
                let is_it = |row: &Value| row.get(key).is_some_and(|it| is_like(it, after));
                let place = rows.iter().position(is_it);
                place.ok_or_else(|| Problem::field("after", "is none of these"))? + 1
            }
        };
        let rows: Vec<Value> = rows.into_iter().skip(start).take(limit).collect();
        Reply::found(&json!({name: rows, "total": total}), total > 0)
    }
}

/// The base URL that a request was made to. One of HTTP/1.0 need not say.
fn base(head: &Parts) -> String {
    let said = head.uri.authority().map(Authority::as_str);
    let said = said.or_else(|| head.headers.get(HOST)?.to_str().ok());
    format!("http://{}", said.unwrap_or("127.0.0.1:8080"))
}

/// Whether a value is what a query says.
fn is_like(value: &Value, said: &str) -> bool {
    match value {
        Value::String(text) => text == said,
        Value::Array(values) => values.iter().any(|value| is_like(value, said)),
        Value::Null => said.is_empty(),
        Value::Bool(value) => said.parse() == Ok(*value),
        Value::Number(value) => said
            .parse()
            .is_ok_and(|said: f64| value.as_f64() == Some(said)),
        Value::Object(_) => false,
    }
}
