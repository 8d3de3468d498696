//! The request of an operation: its type, and how one is made.

use super::text::{Comment, field_docs};
use super::{docs, serde};
use crate::codegen::kinds::Rust;
use crate::codegen::model::{Default, Operation, Parameter};

pub(crate) fn declaration(operation: &Operation) -> String {
    let docs = docs::operation(operation);
    let name = &operation.name;
    let default = match operation.required().next() {
        Some(_) => "",
        None => "Default, ",
    };
    // Whether two files are the same, only reading them can tell, and that may fail.
    let eq = if operation.sends_file() {
        ""
    } else {
        ", Eq, Hash"
    };
    let serde = serde::request(operation);
    let mut fields = String::new();
    for parameter in operation.parameters() {
        let docs = parameter_docs(parameter);
        let (name, field_type) = (&parameter.slot.name, parameter.field_type());
        let needed = parameter.slot.required || parameter.is_option() || serde.is_empty();
        let default = if needed {
            String::new()
        } else {
            serde::default()
        };
        fields.push_str(&format!("{docs}{default}pub {name}: {field_type},\n"));
    }
    format!(
        "\
{docs}#[derive(Clone, Debug, {default}PartialEq{eq})]
{serde}#[non_exhaustive]
#[must_use]
pub struct {name} {{
{fields}}}
"
    )
}

pub(crate) fn implementation(operation: &Operation) -> String {
    let name = &operation.name;
    let mut arguments = String::new();
    let mut fields = String::new();
    let mut setters = String::new();
    for parameter in operation.parameters() {
        let Rust {
            argument,
            conversion,
            ..
        } = &parameter.kind.rust;
        let name = &parameter.slot.name;
        if parameter.slot.required {
            arguments.push_str(&format!("{name}: {argument},"));
            let value = if conversion.is_empty() {
                format!("{name},\n")
            } else {
                format!("{name}: {name}{conversion},\n")
            };
            fields.push_str(&value);
        } else {
            fields.push_str(&format!("{name}: {},\n", parameter.kind.absent));
            setters.push_str(&setter(parameter));
        }
    }
    let (what, constant) = if arguments.is_empty() {
        let what = if fields.is_empty() {
            "The request."
        } else {
            "The request, with nothing chosen."
        };
        (what, "const ")
    } else {
        ("A request with what it cannot do without.", "")
    };
    format!(
        "\
impl {name} {{
    /// {what}
    pub {constant}fn new({arguments}) -> Self {{
        Self {{
{fields}        }}
    }}
{setters}}}
"
    )
}

fn setter(parameter: &Parameter) -> String {
    let docs = parameter_docs(parameter);
    let name = &parameter.slot.name;
    let Rust {
        argument,
        conversion,
        ..
    } = &parameter.kind.rust;
    let value = format!("{name}{conversion}");
    let (constant, value) = match (parameter.is_option(), conversion.is_empty()) {
        (true, _) => ("", format!("Some({value})")),
        (false, true) => ("const ", value),
        (false, false) => ("", value),
    };
    format!(
        "
{docs}    pub {constant}fn {name}(mut self, {name}: {argument}) -> Self {{
        self.{name} = {value};
        self
    }}
"
    )
}

fn parameter_docs(parameter: &Parameter) -> Comment {
    let mut docs = field_docs(&parameter.docs);
    if let Some(remark) = &parameter.kind.remark {
        docs = docs.paragraph(remark);
    }
    match parameter.slot.default {
        Some(Default::Greeting) => docs.paragraph(
            "`None` means the [greeting of the client](crate::ClientBuilder::greeting_id), if it \
             has one.",
        ),
        None => docs,
    }
}
