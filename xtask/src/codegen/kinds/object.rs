//! An object inside a response: a type of its own, in Rust and on the wire.

use super::*;

/// The type on the wire.
pub(crate) fn wire_type(name: &Camel) -> Camel {
    name.with("Object")
}

/// The function that makes JSON of it for the command.
fn json(name: &Camel) -> String {
    format!("super::objects::{}", function(name))
}

/// The name of that function.
pub(crate) fn function(name: &Camel) -> String {
    name.shouted().to_lowercase() + "_json"
}

pub(super) fn output(held: &Camel, name: &Snake, presence: Presence) -> Output {
    let (wire, json) = (wire_type(held), json(held));
    let one = one(held, &format!("fields.{name}"));
    let output = Output {
        rust_type: held.to_string(),
        wire_type: wire.to_string(),
        serde: None,
        read: format!("{one}?"),
        write: format!("(&response.{name}).into()"),
        start: Start::Given,
        texts: Some(Texts {
            slice: String::new(),
            redact: format!("self.{name}.redact(redactor);\n"),
        }),
        record: "with",
        shown: Some(format!("{json}({{VALUE}})")),
        json: format!("{json}({{VALUE}})"),
        is_option: false,
        id: None,
        is_list: false,
    };
    if !presence.is_option() {
        return output;
    }
    Output {
        rust_type: format!("Option<{held}>"),
        wire_type: format!("Option<{wire}>"),
        serde: presence.skip().map(str::to_owned),
        read: format!(
            "fields.{name}.map(|fields| {}).transpose()?",
            self::one(held, "fields")
        ),
        write: format!("response.{name}.as_ref().map(Into::into)"),
        start: Start::Value("None"),
        texts: Some(each(&format!("self.{name}.as_mut_slice()"))),
        json: format!("{{VALUE}}.map_or(Value::Null, {json})"),
        is_option: true,
        ..output
    }
}

/// An array of them.
pub(super) fn list(held: &Camel, name: &Snake, skip: Option<&str>) -> Output {
    let (wire, json) = (wire_type(held), json(held));
    let one = one(held, "fields");
    let all = format!("Value::from_iter({{VALUE}}.into_iter().map({json}))");
    Output {
        rust_type: format!("Vec<{held}>"),
        wire_type: format!("Vec<{wire}>"),
        serde: skip.map(str::to_owned),
        read: format!("fields.{name}.into_iter().map(|fields| {one}).collect::<Result<_, _>>()?"),
        write: format!("response.{name}.iter().map(Into::into).collect()"),
        start: Start::Value("Vec::new()"),
        texts: Some(each(&format!("&mut self.{name}"))),
        shown: Some(format!("serde_json::{all}")),
        json: all,
        is_list: true,
        ..output(held, name, Presence::Required)
    }
}

/// The expression that reads one.
fn one(held: &Camel, fields: &str) -> String {
    format!("{held}::of({fields}, raw)")
}

fn each(all: &str) -> Texts {
    Texts {
        slice: String::new(),
        redact: format!("for one in {all} {{ one.redact(redactor); }}\n"),
    }
}
