//! The modules that hold the others together.

use super::source;
use super::text::Comment;
use crate::codegen::model::{Api, Group, Operation};
use crate::codegen::names::Snake;

/// `request/mod.rs`.
pub(crate) fn root(api: &Api) -> String {
    let docs = Comment::module().paragraph("The requests of the API, one module for each family.");
    let groups = families(api);
    let objects = match api.objects.is_empty() {
        true => "",
        false => "mod objects;\n",
    };
    let modules = format!(
        "\
mod choices;
pub(crate) mod envelopes;
{objects}mod operations;
pub mod response;
{groups}"
    );
    let choices = api.choices.iter().map(|choice| &choice.name);
    let choices = names(choices.flat_map(|name| [name.to_string(), format!("Invalid{name}")]));
    let mut exports = format!("pub use choices::{{{choices}}};\n");
    exports.push_str("pub use operations::OPERATIONS;\n");
    for group in &api.groups {
        let (module, names) = (
            &group.module,
            names(api.operations_of(group).map(|it| &it.name)),
        );
        exports.push_str(&format!("pub use self::{module}::{{{names}}};\n"));
    }
    source::file(docs, [modules, exports])
}

/// `request/response.rs`.
pub(crate) fn responses(api: &Api) -> String {
    let docs = Comment::module().paragraph("The responses, one for each request.");
    let mut exports = String::new();
    for group in &api.groups {
        let names = names(api.operations_of(group).flat_map(response_names));
        let module = &group.module;
        exports.push_str(&format!("pub use super::{module}::{{{names}}};\n"));
    }
    if !api.objects.is_empty() {
        let names = names(api.objects.iter().map(|object| &object.name));
        exports.push_str(&format!("pub use super::objects::{{{names}}};\n"));
    }
    source::file(docs, [exports])
}

/// The modules of the families.
pub(super) fn families(api: &Api) -> String {
    let groups = api.groups.iter();
    groups
        .map(|group| format!("mod {};\n", group.module))
        .collect()
}

/// Names for a `use`.
pub(super) fn names(names: impl Iterator<Item = impl ToString>) -> String {
    names
        .map(|name| name.to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The module of a group: one file for each operation.
pub(crate) fn group(api: &Api, group: &Group) -> String {
    let mut modules = String::new();
    let mut exports = String::new();
    for operation in api.operations_of(group) {
        let module = module(group, operation);
        let mut names = vec![operation.name.to_string()];
        names.extend(response_names(operation));
        let names = names.join(", ");
        modules.push_str(&format!("mod {module};\n"));
        exports.push_str(&format!("pub use self::{module}::{{{names}}};\n"));
    }
    let docs = Comment::module().prose(&group.docs);
    source::file(docs, [modules, exports])
}

/// The module of an operation, which is not called as the one that it is in.
pub(crate) fn module(group: &Group, operation: &Operation) -> Snake {
    let module = operation.function.as_module();
    match module == group.module {
        true => module.otherwise(),
        false => module,
    }
}

/// The types of an operation's response.
fn response_names(operation: &Operation) -> Vec<String> {
    let mut names = Vec::new();
    if !operation.outcomes.is_empty() {
        names.push(operation.outcome().to_string());
    }
    names.push(operation.response().to_string());
    names
}
