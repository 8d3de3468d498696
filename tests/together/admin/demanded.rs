//! What the sandbox's OpenAPI file says of requests is what the server demands of them: each
//! operation is sent what is right by the file, and then each thing wrong with it.

use serde_json::{Map, Value, json};

use super::http::{Http, Said};
use super::server;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

struct File(Value);

struct Operation<'f> {
    file: &'f File,
    method: String,
    /// Below `/_sandbox/`, with numbers and ids of nothing in the place of parameters.
    path: String,
    said: &'f Value,
}

#[test]
fn a_query_is_what_the_file_says() {
    let server = server();
    let http = Http::of(&server);
    let file = File(http.get("openapi.json").body);
    let mut seen = 0;
    for operation in file.operations() {
        if operation.method != "GET" {
            continue;
        }
        let with = |query: &str| http.get(&format!("{}?{query}", operation.path));
        operation.is_wrong(&with("xyzzy=1"), "xyzzy");
        for parameter in operation.query() {
            let name = parameter["name"].as_str().unwrap();
            let schema = file.resolved(&parameter["schema"]);
            for right in rights(schema) {
                let said = with(&format!("{name}={}", escaped(&right)));
                // It has the form that is right, and is perhaps none of those there are.
                if name != "after" && operation.path != "events" {
                    operation.is_right(&said, name);
                }
            }
            for wrong in wrongs(schema) {
                operation.is_wrong(&with(&format!("{name}={}", escaped(&wrong))), name);
            }
            let right = escaped(&rights(schema)[0]);
            let twice = with(&format!("{name}={right}&{name}={right}"));
            operation.is_wrong(&twice, name);
            let none = with(&format!("{name}="));
            match parameter["allowEmptyValue"] == true || is_text(schema) {
                true if name == "after" => {}
                true => operation.is_right(&none, name),
                false => operation.is_wrong(&none, name),
            }
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn a_body_is_what_the_file_says() {
    let server = server();
    let http = Http::of(&server);
    let file = File(http.get("openapi.json").body);
    let mut seen = 0;
    for operation in file.operations() {
        let Some((schema, members)) = operation.members() else {
            continue;
        };
        let send = |body: &Map<String, Value>| {
            let body = Value::Object(body.clone());
            http.json(&operation.method, &operation.path, body)
        };
        let required = schema["required"].as_array().into_iter().flatten();
        let required: Vec<&str> = required.filter_map(Value::as_str).collect();
        let needs: Map<String, Value> = required
            .iter()
            .map(|name| ((*name).to_owned(), rights(members[*name]).remove(0)))
            .collect();
        if !schema["oneOf"].is_array() {
            operation.is_right(&send(&needs), "what is required");
        }
        for name in &required {
            let mut less = needs.clone();
            less.remove(*name);
            operation.is_wrong(&send(&less), name);
        }
        for (name, schema) in &members {
            let with = |value: &Value| {
                let mut body = needs.clone();
                body.insert((*name).to_owned(), value.clone());
                send(&body)
            };
            for right in rights(schema) {
                // One kind of fault wants a field that the others do not have.
                if *name != "fault" || right != "delay" && right != "status" {
                    operation.is_right(&with(&right), name);
                }
            }
            let of_any_type = [json!([]), json!({})];
            for wrong in wrongs(schema).iter().chain(&of_any_type) {
                operation.is_wrong(&with(wrong), name);
            }
            if !is_type(schema, "null") {
                operation.is_wrong(&with(&Value::Null), name);
            }
        }
        let mut more = needs.clone();
        more.insert("xyzzy".to_owned(), json!(1));
        operation.is_wrong(&send(&more), "xyzzy");

        let nothing = http.send(&operation.method, &operation.path, &[], b"");
        match operation.said["requestBody"]["required"] == true {
            true => assert_eq!(nothing.code(), "bad_field", "{nothing:?}"),
            false => operation.is_right(&nothing, "no body"),
        }
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn a_method_that_is_not_there_is_told_which_are() {
    let server = server();
    let http = Http::of(&server);
    let file = File(http.get("openapi.json").body);
    for (path, operations) in file.0["paths"].as_object().unwrap() {
        for method in METHODS {
            if operations[method].is_object() {
                continue;
            }
            let said = http.json(&method.to_uppercase(), &filled(path), json!({}));
            assert_eq!(said.status, 405, "{method} {path}: {said:?}");
            for there in operations.as_object().unwrap().keys() {
                let there = there.to_uppercase();
                let message = said.body["message"].as_str().unwrap();
                assert!(message.contains(&there), "{message}");
                assert!(said.header("allow").contains(&there), "{said:?}");
            }
        }
    }
}

impl File {
    fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.0["paths"].as_object().unwrap();
        let all = paths.iter().flat_map(|(path, operations)| {
            let operations = operations.as_object().unwrap().iter();
            operations.map(move |(method, said)| Operation {
                file: self,
                method: method.to_uppercase(),
                path: filled(path),
                said,
            })
        });
        all.collect()
    }

    fn resolved<'f>(&'f self, schema: &'f Value) -> &'f Value {
        match schema["$ref"].as_str() {
            Some(to) => self.0.pointer(to.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }
}

impl<'f> Operation<'f> {
    fn query(&self) -> Vec<&'f Value> {
        let all = self.said["parameters"].as_array().into_iter().flatten();
        let all = all.map(|parameter| self.file.resolved(parameter));
        all.filter(|parameter| parameter["in"] == "query").collect()
    }

    /// The schema of its body, and of what can be in that, if it is an object of this file.
    fn members(&self) -> Option<(&'f Value, std::collections::BTreeMap<&'f str, &'f Value>)> {
        let schema = &self.said["requestBody"]["content"]["application/json"]["schema"];
        let members = schema["properties"].as_object()?;
        let members = members.iter();
        let members = members.map(|(name, schema)| (name.as_str(), self.file.resolved(schema)));
        Some((schema, members.collect()))
    }

    /// It may be about nothing that is there, but is not wrong in itself.
    fn is_right(&self, said: &Said, what: &str) {
        let Self { method, path, .. } = self;
        let is_right = matches!(said.status, 200 | 404 | 409);
        assert!(is_right, "{method} {path}, {what}: {said:?}");
    }

    /// It says what is wrong.
    fn is_wrong(&self, said: &Said, name: &str) {
        let Self { method, path, .. } = self;
        assert_eq!(said.status, 400, "{method} {path}, {name}: {said:?}");
        let message = said.body["message"].as_str().unwrap();
        let whose = format!("`{name}` ");
        assert!(message.starts_with(&whose), "{method} {path}: {message}");
    }
}

fn filled(path: &str) -> String {
    let path = path.trim_start_matches("/_sandbox/").replace('}', "");
    path.replace('{', "")
}

fn is_type(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|known| known == kind),
        known => known == kind,
    }
}

fn is_text(schema: &Value) -> bool {
    is_type(schema, "string") && !schema["enum"].is_array()
}

/// Values that fit.
fn rights(schema: &Value) -> Vec<Value> {
    if let Some(words) = schema["enum"].as_array() {
        return words.clone();
    }
    let limits = ["minimum", "maximum"].map(|name| schema[name].clone());
    let mut limits: Vec<Value> = limits.into_iter().filter(Value::is_number).collect();
    // Nothing is to be waited for.
    limits.truncate(1);
    match () {
        () if is_type(schema, "boolean") => vec![json!(true), json!(false)],
        () if is_type(schema, "string") => vec![json!("a b&c=ü")],
        () if limits.is_empty() => vec![json!(1)],
        () => limits,
    }
}

/// Values that do not.
fn wrongs(schema: &Value) -> Vec<Value> {
    if is_text(schema) {
        return Vec::new();
    }
    let mut wrongs = vec![json!("xyzzy"), json!("True"), json!(-1), json!("1e")];
    if let Some(words) = schema["enum"].as_array() {
        wrongs.extend(words.iter().filter_map(Value::as_str).map(|word| {
            let other = if word == word.to_uppercase() {
                word.to_lowercase()
            } else {
                word.to_uppercase()
            };
            json!(if other == word {
                format!("{word}{word}")
            } else {
                other
            })
        }));
    }
    if is_type(schema, "integer") {
        wrongs.push(json!(1.5));
    }
    for (name, beyond) in [("minimum", -1.0), ("maximum", 1.0)] {
        if let Some(limit) = schema[name].as_f64() {
            wrongs.push(json!(limit + beyond));
        }
    }
    wrongs
}

fn escaped(value: &Value) -> String {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
