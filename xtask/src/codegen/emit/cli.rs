//! The operations as commands.

use askama::Template;

use super::text::{Comment, Literal, filters, plain};
use crate::codegen::model::{Api, Field, Group, Look, Operation, Parameter, Payload, Prose, Wait};
use crate::codegen::names::{Camel, Snake};

/// A choice of commands, and how the one is run that is chosen.
#[derive(Template)]
#[template(path = "commands.rs.j2")]
struct Commands<'a> {
    head: Comment,
    modules: Vec<&'a Snake>,
    name: &'a str,
    what: &'a str,
    variants: Vec<Variant>,
}

struct Variant {
    help: String,
    name: String,
    content: String,
}

/// The arguments of a group's commands.
#[derive(Template)]
#[template(path = "cli.rs.j2")]
struct Arguments<'a> {
    api: &'a Api,
    group: &'a Group,
    head: Comment,
}

/// `commands/mod.rs`.
pub(crate) fn all(api: &Api) -> impl Template {
    let modules = api.groups.iter().filter(|group| has_commands(api, group));
    let modules: Vec<_> = modules.map(|group| &group.module).collect();
    let variants = modules.iter().map(|module| Variant {
        help: "#[command(flatten)]\n".to_owned(),
        // `Self` is no name.
        name: Camel::of_words(module.as_str())
            .map_or_else(|| "Self_".to_owned(), |name| name.to_string()),
        content: format!("Box<{module}::Commands>"),
    });
    Commands {
        head: Comment::module().paragraph("The commands, one for each operation."),
        name: "Operations",
        what: "The operations, save those that carry files.",
        variants: variants.collect(),
        modules,
    }
}

/// Whether any operation of the group is a command that is generated.
pub(crate) fn has_commands(api: &Api, group: &Group) -> bool {
    commands_of(api, group).next().is_some()
}

/// The commands of a group.
pub(crate) fn of_group(api: &Api, group: &Group) -> impl Template {
    let variants = commands_of(api, group).map(|operation| Variant {
        help: help(
            ["command", "about", "long_about"],
            &[&operation.summary, &operation.description],
        ),
        name: operation.name.to_string(),
        content: format!("Connected<{}Args>", operation.name),
    });
    Commands {
        head: Comment::module().prose(&group.docs),
        modules: Vec::new(),
        name: "Commands",
        what: "Those of the group.",
        variants: variants.collect(),
    }
}

/// The operations that get a command here. The commands of the others open
/// files and show how far they are, and are written by hand.
fn commands_of<'a>(api: &'a Api, group: &Group) -> impl Iterator<Item = &'a Operation> {
    let operations = api.operations_of(group);
    operations.filter(|operation| !operation.transfers_file())
}

/// The arguments of a group's commands.
pub(crate) fn arguments<'a>(api: &'a Api, group: &'a Group) -> impl Template {
    let head = Comment::module().prose(&group.docs);
    Arguments { api, group, head }
}

/// What clap says of an argument.
fn argument_help(parameter: &Parameter) -> String {
    help(["arg", "help", "long_help"], &[&parameter.docs])
}

/// What clap says of a command or an argument. Of a doc comment it makes paragraphs, and knows
/// no marks: where that is not all, the text is handed to it as it shall be.
fn help([attribute, short, long]: [&str; 3], prose: &[&Prose]) -> String {
    let plain: Vec<String> = prose.iter().map(|it| plain(it)).collect();
    let plain = plain.join("\n\n");
    let docs = Comment::item(4).prose(&Prose::new(&plain)).to_string();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let read: Vec<String> = docs
        .replace("    ///", "")
        .split("\n\n")
        .map(words)
        .collect();
    if read.join("\n\n") == plain {
        return docs;
    }
    let first = plain.split("\n\n").next().unwrap_or_default();
    let all = match first == plain {
        true => String::new(),
        false => format!(", {long} = {}", Literal(&plain)),
    };
    // As it leaves it out where it reads a comment.
    let first = Literal(first.strip_suffix('.').unwrap_or(first));
    format!("#[{attribute}({short} = {first}{all})]\n")
}

/// The fields that a record shows: those that need not be there, and the others.
fn shown(operation: &Operation) -> (Vec<&Field>, Vec<&Field>) {
    match &operation.payload {
        Payload::Envelope(envelope) => envelope.shown().partition(|field| field.kind.is_option),
        // A file never comes here.
        Payload::Text(_) | Payload::Bytes(_) | Payload::Nothing(_) => (Vec::new(), Vec::new()),
    }
}

/// What a record shows of a field.
fn value(field: &Field) -> String {
    let shown = field.kind.shown.as_deref().unwrap_or("{VALUE}");
    match field.kind.is_option {
        true => shown.replace("{VALUE}", "value"),
        false => shown.replace("{VALUE}", &format!("response.{}", field.name)),
    }
}

/// Whether its result can be looked for.
fn can_look(operation: &Operation) -> bool {
    matches!(operation.look, Some(Look::By(_)))
}

/// The method of the record that takes the field. Having the identifier may be enough to
/// do something: it is a secret, or the whole URL of a request. Others may be told beside
/// the record too.
fn verb(api: &Api, field: &Field) -> &'static str {
    let is_url = || field.kind.id.as_ref().is_some_and(|id| api.is_url(id));
    match field.kind.record {
        "id" if field.secret || is_url() => "text",
        verb => verb,
    }
}
