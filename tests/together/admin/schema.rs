//! What is sent is what the sandbox's OpenAPI file says.

use std::collections::BTreeSet;

use serde_json::Value;

use super::http::{Http, Said};

pub(crate) struct Schema {
    file: Value,
    /// The operations whose response was checked.
    seen: BTreeSet<String>,
}

impl Schema {
    pub(crate) fn of(http: &Http) -> Self {
        let file = http.get("openapi.json");
        assert_eq!(file.status, 200);
        Self {
            file: file.body,
            seen: BTreeSet::new(),
        }
    }

    pub(crate) fn get(&mut self, http: &Http, path: &str) -> Value {
        let said = http.get(path);
        self.check("GET", path, &said);
        said.body
    }

    pub(crate) fn send(&mut self, http: &Http, method: &str, path: &str, body: Value) -> Value {
        let said = http.json(method, path, body);
        self.check(method, path, &said);
        said.body
    }

    /// A response of success has what is described.
    pub(crate) fn check(&mut self, method: &str, path: &str, said: &Said) {
        assert_eq!(said.status, 200, "{method} {path}: {said:?}");
        let path = path.split('?').next().unwrap();
        let parts: Vec<&str> = path.split('/').collect();
        let is_it = |template: &String| {
            let template = template.trim_start_matches("/_sandbox/");
            let template: Vec<&str> = template.split('/').collect();
            template.len() == parts.len()
                && template
                    .iter()
                    .zip(&parts)
                    .all(|(known, part)| known.starts_with('{') || known == part)
        };
        let paths = self.file["paths"].as_object().unwrap();
        let (_, operations) = paths.iter().find(|(path, _)| is_it(path)).unwrap();
        let operation = &operations[method.to_lowercase()];
        let content = &operation["responses"]["200"]["content"][said.header("content-type")];
        assert!(content.is_object(), "{method} {path}: {said:?}");
        if !said.body.is_null() {
            self.fits(&said.body, &content["schema"], &format!("{method} {path}"));
        }
        let id = operation["operationId"].as_str().unwrap();
        self.seen.insert(id.to_owned());
    }

    pub(crate) fn check_all_were_seen(&self) {
        let operations = self.file["paths"].as_object().unwrap().values();
        let ids = operations.flat_map(|path| path.as_object().unwrap().values());
        let ids = ids.map(|operation| operation["operationId"].as_str().unwrap().to_owned());
        let all: BTreeSet<String> = ids.collect();
        let left: Vec<_> = all.difference(&self.seen).collect();
        assert_eq!(left, ["events"], "no response of these was checked");
    }

    fn fits(&self, value: &Value, schema: &Value, place: &str) {
        if let Some(to) = schema["$ref"].as_str() {
            let to = self.file.pointer(to.trim_start_matches('#')).unwrap();
            return self.fits(value, to, place);
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            let known = |choice: &&Value| self.is_of_kind(value, choice);
            let choice = choices.iter().find(known);
            let choice = choice.unwrap_or_else(|| panic!("{place}: {value} is none of {schema}"));
            return self.fits(value, choice, place);
        }
        assert!(
            self.is_of_kind(value, schema),
            "{place}: {value} is not {schema}"
        );
        if let Some(words) = schema["enum"].as_array() {
            assert!(words.contains(value), "{place}: {value} is not {schema}");
        }
        if let Some(values) = value.as_array() {
            let items = &schema["items"];
            values
                .iter()
                .for_each(|value| self.fits(value, items, place));
        }
        if let (Some(fields), Some(known)) = (value.as_object(), schema["properties"].as_object()) {
            for (name, value) in fields {
                let place = format!("{place}.{name}");
                let schema = known.get(name);
                self.fits(
                    value,
                    schema.unwrap_or_else(|| panic!("{place} is not described")),
                    &place,
                );
            }
            for name in schema["required"].as_array().into_iter().flatten() {
                assert!(
                    fields.contains_key(name.as_str().unwrap()),
                    "{place} lacks {name}"
                );
            }
        }
    }

    /// Whether it is of its type, and for an object has what it must.
    fn is_of_kind(&self, value: &Value, schema: &Value) -> bool {
        if let Some(to) = schema["$ref"].as_str() {
            let to = self.file.pointer(to.trim_start_matches('#')).unwrap();
            return self.is_of_kind(value, to);
        }
        let is = |kind: &str| match kind {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_u64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.as_object().is_some_and(|fields| {
                let mut required = schema["required"].as_array().into_iter().flatten();
                required.all(|name| fields.contains_key(name.as_str().unwrap()))
            }),
            _ => panic!("what is {kind}?"),
        };
        match &schema["type"] {
            Value::String(kind) => is(kind),
            Value::Array(kinds) => kinds.iter().any(|kind| is(kind.as_str().unwrap())),
            _ => panic!("{schema} has no type"),
        }
    }
}
