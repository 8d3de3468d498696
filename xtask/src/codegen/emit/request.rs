//! The request of an operation: its type, and how one is made.

use super::source::Item;
use super::text::{Comment, field_docs};
use super::{docs, serde};
use crate::codegen::model::{Default, Operation, Parameter, ParameterKind};

/// The type of a parameter, and how an argument becomes one.
struct Spelling {
    name: String,
    argument: String,
    conversion: &'static str,
    import: Option<String>,
}

impl Spelling {
    fn of(kind: &ParameterKind) -> Self {
        if let ParameterKind::Joined(id, _) = kind {
            return Self {
                name: format!("Vec<{id}>"),
                argument: format!("impl IntoIterator<Item = impl Into<{id}>>"),
                conversion: ".into_iter().map(Into::into).collect()",
                import: Some(format!("crate::value::{id}")),
            };
        }
        let (name, import) = match kind {
            ParameterKind::Id(id) => (id.to_string(), Some(format!("crate::value::{id}"))),
            ParameterKind::Integer => ("i64".to_owned(), None),
            ParameterKind::Flag => ("bool".to_owned(), None),
            ParameterKind::Phone => (
                "PhoneNumber".to_owned(),
                Some("crate::value::PhoneNumber".to_owned()),
            ),
            ParameterKind::Choice(name, _) => (
                name.to_string(),
                Some(format!("crate::request::choices::{name}")),
            ),
            ParameterKind::File(_) => (
                "MediaFile".to_owned(),
                Some("crate::codec::MediaFile".to_owned()),
            ),
            ParameterKind::Text
            | ParameterKind::Joined(..)
            | ParameterKind::AppKey
            | ParameterKind::Constant(_) => ("String".to_owned(), None),
        };
        let converts = matches!(kind, ParameterKind::Id(_) | ParameterKind::Text);
        Self {
            argument: if converts {
                format!("impl Into<{name}>")
            } else {
                name.clone()
            },
            conversion: if converts { ".into()" } else { "" },
            name,
            import,
        }
    }
}

/// The type in Rust, as a field of a request has it.
pub(crate) fn field_type(parameter: &Parameter) -> String {
    let name = Spelling::of(&parameter.kind).name;
    if is_optional(parameter) {
        format!("Option<{name}>")
    } else {
        name
    }
}

/// Whether the field is an `Option`. A flag that is left out is not set.
pub(crate) fn is_optional(parameter: &Parameter) -> bool {
    !parameter.required && parameter.kind != ParameterKind::Flag
}

pub(crate) fn declaration(operation: &Operation) -> Item {
    let docs = docs::operation(operation);
    let name = &operation.name;
    let default = if operation
        .own_parameters()
        .any(|parameter| parameter.required)
    {
        ""
    } else {
        "Default, "
    };
    // Whether two files are the same, only reading them can tell, and that may fail.
    let is_file = |parameter: &Parameter| matches!(parameter.kind, ParameterKind::File(_));
    let eq = if operation.own_parameters().any(is_file) {
        ""
    } else {
        ", Eq, Hash"
    };
    let serde = serde::request(operation);
    let mut fields = String::new();
    for parameter in operation.own_parameters() {
        let docs = parameter_docs(parameter);
        let name = &parameter.name;
        let field_type = field_type(parameter);
        let default = if parameter.required || is_optional(parameter) || serde.is_empty() {
            String::new()
        } else {
            serde::default()
        };
        fields.push_str(&format!("{docs}{default}pub {name}: {field_type},\n"));
    }
    let mut item = Item::new(format!(
        "\
{docs}#[derive(Clone, Debug, {default}PartialEq{eq})]
{serde}#[non_exhaustive]
#[must_use]
pub struct {name} {{
{fields}}}
"
    ));
    for parameter in operation.own_parameters() {
        item = item.uses(Spelling::of(&parameter.kind).import);
    }
    item
}

pub(crate) fn implementation(operation: &Operation) -> Item {
    let name = &operation.name;
    let mut arguments = String::new();
    let mut fields = String::new();
    let mut setters = String::new();
    for parameter in operation.own_parameters() {
        let Spelling {
            argument,
            conversion,
            ..
        } = Spelling::of(&parameter.kind);
        let name = &parameter.name;
        if parameter.required {
            arguments.push_str(&format!("{name}: {argument},"));
            let value = if conversion.is_empty() {
                format!("{name},\n")
            } else {
                format!("{name}: {name}{conversion},\n")
            };
            fields.push_str(&value);
        } else {
            let nothing = if is_optional(parameter) {
                "None"
            } else {
                "false"
            };
            fields.push_str(&format!("{name}: {nothing},\n"));
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
    Item::new(format!(
        "\
impl {name} {{
    /// {what}
    pub {constant}fn new({arguments}) -> Self {{
        Self {{
{fields}        }}
    }}
{setters}}}
"
    ))
}

fn setter(parameter: &Parameter) -> String {
    let docs = parameter_docs(parameter);
    let name = &parameter.name;
    let Spelling {
        argument,
        conversion,
        ..
    } = Spelling::of(&parameter.kind);
    let (constant, value) = if is_optional(parameter) {
        ("", format!("Some({name}{conversion})"))
    } else {
        ("const ", name.to_string())
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
    if let ParameterKind::Joined(_, separator) = &parameter.kind {
        docs = docs.paragraph(&format!(
            "One or more, of which none holds a `{separator}`."
        ));
    }
    match parameter.default {
        Some(Default::Greeting) => docs.paragraph(
            "`None` means the [greeting of the client](crate::ClientBuilder::greeting_id), if it \
             has one.",
        ),
        None => docs,
    }
}
