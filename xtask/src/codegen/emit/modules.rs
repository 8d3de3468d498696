//! The modules that hold the others together.

use super::source::{Item, Source};
use super::text::Comment;
use crate::codegen::model::{Api, Group, Operation};

/// `generated/mod.rs`.
pub(crate) fn root(api: &Api) -> String {
    let mut source = Source::new(Comment::module().paragraph("What the spec says, as Rust."));
    let groups: String = api
        .groups
        .iter()
        .map(|group| format!("mod {};\n", group.module))
        .collect();
    source.push(Item::new(format!(
        "\
mod choices;
mod envelopes;
mod ids;
mod operations;
#[cfg(feature = \"server\")]
mod service;
mod transport;
{groups}"
    )));
    let ids: Vec<&str> = api.ids.iter().map(|id| id.name.as_str()).collect();
    let choices: Vec<String> = api
        .choices
        .iter()
        .flat_map(|choice| [choice.name.to_string(), format!("Invalid{}", choice.name)])
        .collect();
    let mut exports = format!("pub use choices::{{{}}};\n", choices.join(", "));
    exports.push_str(&format!("pub use ids::{{{}}};\n", ids.join(", ")));
    exports.push_str("pub use operations::OPERATIONS;\n");
    for group in &api.groups {
        let names: Vec<String> = api.operations_of(group).flat_map(names).collect();
        exports.push_str(&format!(
            "pub use {}::{{{}}};\n",
            group.module,
            names.join(", ")
        ));
    }
    exports.push_str("pub use transport::{BlockingTransport, Transport};\n");
    source.push(Item::new(exports));
    source.push(Item::new(
        "\
#[cfg(feature = \"server\")]
pub use operations::{OperationVisitor, visit_operations};
#[cfg(feature = \"server\")]
pub use service::{Service, dispatch, dispatch_parameters};
",
    ));
    source.finish()
}

/// The module of a group: one file for each operation.
pub(crate) fn group(api: &Api, group: &Group) -> String {
    let mut source = Source::new(Comment::module().prose(&group.docs));
    let mut modules = String::new();
    let mut exports = String::new();
    for operation in api.operations_of(group) {
        let module = &operation.function;
        let names = names(operation).join(", ");
        modules.push_str(&format!("mod {module};\n"));
        exports.push_str(&format!("pub use {module}::{{{names}}};\n"));
    }
    source.push(Item::new(modules));
    source.push(Item::new(exports));
    source.finish()
}

/// The types of an operation.
fn names(operation: &Operation) -> Vec<String> {
    let mut names = vec![operation.name.to_string()];
    if !operation.outcomes.is_empty() {
        names.push(operation.outcome().to_string());
    }
    names.push(operation.response().to_string());
    names
}
