//! What the OpenAPI file says of a request: the same that the server demands of it.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::PREFIX;
use super::problem::Problem;
use super::routes::{OPENAPI, Route};
use crate::requests::near::nearest;

/// A test reads it, too, so there is one.
static FILE: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(OPENAPI).unwrap_or_default());

/// An operation of the file.
#[derive(Clone, Copy)]
pub(super) struct Described(&'static Value);

impl Described {
    pub(super) fn of(route: &Route) -> Self {
        // A slash is `~1` in a pointer (RFC 6901 §3).
        let path = route.path.replace('/', "~1");
        let method = route.method.as_str().to_ascii_lowercase();
        let place = format!("/paths/~1{PREFIX}~1{path}/{method}");
        Self(FILE.pointer(&place).unwrap_or(&Value::Null))
    }

    /// The parameters of the query.
    fn query(self) -> impl Iterator<Item = (&'static str, &'static Value)> {
        let all = self.0["parameters"].as_array().into_iter().flatten();
        let query = all
            .map(resolved)
            .filter(|parameter| parameter["in"] == "query");
        query.filter_map(|parameter| Some((parameter["name"].as_str()?, parameter)))
    }

    /// Their names.
    pub(super) fn names(self) -> Vec<&'static str> {
        self.query().map(|(name, _)| name).collect()
    }

    /// Takes a query in which each parameter stands once, and is what it has to be.
    pub(super) fn check_query(self, query: &[(String, String)]) -> Result<(), Problem> {
        let known: Vec<_> = self.query().collect();
        for (place, (name, said)) in query.iter().enumerate() {
            let parameter = known.iter().find(|(known, _)| known == name);
            let Some((name, parameter)) = parameter else {
                return Err(unknown(name, &self.names()));
            };
            if query.iter().take(place).any(|(before, _)| before == name) {
                return Err(Problem::field(name, "stands there more than once"));
            }
            let is_none = said.is_empty() && parameter["allowEmptyValue"] == true;
            let schema = resolved(&parameter["schema"]);
            if !is_none && !is_so(&read(said, schema), schema) {
                return Err(Problem::field(name, &format!("is {}", right(schema, said))));
            }
        }
        Ok(())
    }

    /// Takes an object that has what it must, and nothing that is not known.
    pub(super) fn check_fields(self, fields: &Map<String, Value>) -> Result<(), Problem> {
        let body = self
            .0
            .pointer("/requestBody/content/application~1json/schema");
        let body = body.unwrap_or(&Value::Null);
        let known = body["properties"].as_object();
        let schema = |name: &str| known.and_then(|known| known.get(name)).map(resolved);
        for (name, value) in fields {
            let Some(schema) = schema(name) else {
                let names = known.into_iter().flat_map(Map::keys).map(String::as_str);
                return Err(unknown(name, &names.collect::<Vec<_>>()));
            };
            if !is_so(value, schema) {
                let said = value.as_str().unwrap_or_default();
                return Err(Problem::field(name, &format!("is {}", right(schema, said))));
            }
        }
        let required = body["required"].as_array().into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            if let (None, Some(schema)) = (fields.get(name), schema(name)) {
                let why = format!("is wanted, and is {}", right(schema, ""));
                return Err(Problem::field(name, &why));
            }
        }
        Ok(())
    }
}

fn resolved(schema: &'static Value) -> &'static Value {
    let to = schema["$ref"].as_str();
    let to = to.and_then(|to| FILE.pointer(to.trim_start_matches('#')));
    to.unwrap_or(schema)
}

/// The types of a schema.
fn types(schema: &Value) -> impl Iterator<Item = &str> {
    let one = schema["type"].as_str();
    let several = schema["type"].as_array().into_iter().flatten();
    one.into_iter().chain(several.filter_map(Value::as_str))
}

/// What a query says, as a value of the type that it has to have, or as nothing.
fn read(said: &str, schema: &Value) -> Value {
    let value = match types(schema).next() {
        Some("integer") => said.parse::<u64>().map(Value::from).ok(),
        Some("number") => said.parse::<f64>().map(Value::from).ok(),
        Some("boolean") => said.parse::<bool>().map(Value::from).ok(),
        _ => Some(Value::from(said)),
    };
    value.unwrap_or_default()
}

fn is_so(value: &Value, schema: &Value) -> bool {
    let is = |kind| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        _ => false,
    };
    let limit = |name: &str| schema[name].as_f64();
    let is_between = value.as_f64().is_none_or(|value| {
        limit("minimum").is_none_or(|least| value >= least)
            && limit("maximum").is_none_or(|most| value <= most)
    });
    let words = schema["enum"].as_array();
    types(schema).any(is) && is_between && words.is_none_or(|words| words.contains(value))
}

/// What would be right in the place of what is said.
fn right(schema: &Value, said: &str) -> String {
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        let near = nearest(said, words.iter().copied());
        let near = near.map(|near| format!(" (did you mean `{near}`?)"));
        return format!("one of {}{}", words.join(", "), near.unwrap_or_default());
    }
    let what = match types(schema).next() {
        Some("boolean") => "true or false",
        Some("integer") => "a whole number",
        Some("number") => "a number",
        _ => "a text",
    };
    match (&schema["minimum"], &schema["maximum"]) {
        (Value::Number(least), Value::Number(most)) => format!("{what} from {least} to {most}"),
        (Value::Number(least), _) => format!("{what}, {least} at least"),
        _ => what.to_owned(),
    }
}

/// A name of a query or a field that is none of these.
fn unknown(name: &str, names: &[&str]) -> Problem {
    let all = names.join(", ");
    let why = match nearest(name, names.iter().copied()) {
        _ if names.is_empty() => "is not known here: nothing is".to_owned(),
        Some(near) => format!("is not known here; did you mean `{near}`? There are {all}"),
        None => format!("is not known here; there are {all}"),
    };
    let name = name.chars().take(100).flat_map(char::escape_debug);
    Problem::field(&name.collect::<String>(), &why)
}
