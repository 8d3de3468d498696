//! What people read about an operation: beside its type, and in the table of all.

use super::look;
use super::source::PREAMBLE;
use super::text::{Comment, Span, cell};
use crate::codegen::model::{Api, Effect, Look, Operation, Parameter};

/// The longest line of an example; the mark of the comment comes before it.
const EXAMPLE_WIDTH: usize = 92;

/// By which timeout a transfer ends, which is not that of most.
const TRANSFER: &str = "It transfers a file, which takes its time: \
    [`transfer_timeout`](crate::RequestOptions::transfer_timeout) bounds it, and not \
    [`timeout`](crate::RequestOptions::timeout).";

/// The documentation of a request.
pub(crate) fn operation(operation: &Operation) -> Comment {
    let table = ["| status | meaning |".to_owned(), "|---|---|".to_owned()];
    let rows = operation
        .statuses
        .iter()
        .map(|status| format!("| {} | {} |", status.code, cell(&status.meaning)));
    let look = operation.look.as_ref();
    let look = look.map_or_else(String::new, |look| format!(" {}", look::docs(look)));
    let sent = format!("{}. {}{look}", wire(operation), effect(operation));
    let mut comment = Comment::item(0)
        .prose(&operation.summary)
        .prose(&operation.description)
        .paragraph(&sent);
    if let Some(Look::None(why)) = &operation.look {
        comment = comment.prose(why);
    }
    if operation.transfers_file() {
        comment = comment.paragraph(TRANSFER);
    }
    comment
        .block(table.into_iter().chain(rows))
        .block(example(operation))
}

/// The operation on the wire: `` `POST /path` with `action=add` ``.
pub(crate) fn wire(operation: &Operation) -> String {
    let line = format!("{} {}", operation.method.as_str(), operation.path.template);
    match &operation.action {
        Some((by, value)) => format!("{} with {}", Span(&line), Span(&format!("{by}={value}"))),
        None => Span(&line).to_string(),
    }
}

/// What sending it twice would do, and so when it is sent again.
fn effect(operation: &Operation) -> String {
    let words = match operation.effect {
        Effect::Reads => "Sending it twice does nothing more: it only looks.",
        Effect::Converges => "Sending it twice does nothing more than sending it once.",
        Effect::Once => {
            "Sending it twice may do it twice, so it is sent again only when it surely was not \
             applied."
        }
        Effect::Rings => {
            "Sending it twice rings a telephone twice, so it is sent again only when it surely \
             did not arrive."
        }
    };
    let codes: Vec<String> = operation.already.iter().map(u16::to_string).collect();
    match codes.as_slice() {
        [] => words.to_owned(),
        [code] => format!(
            "{words} After a retry, {code} means that an earlier attempt did the work, and is a \
             success."
        ),
        [most @ .., last] => format!(
            "{words} After a retry, {} or {last} means that an earlier attempt did the work, and \
             is a success.",
            most.join(", ")
        ),
    }
}

/// A test that makes a request, from the examples of the spec.
fn example(operation: &Operation) -> Vec<String> {
    let name = &operation.name;
    let mut imports = vec![name.to_string()];
    let required = operation.required();
    let arguments: Vec<&str> = required.map(|own| own.kind.example.as_str()).collect();
    let optional = operation.optional().take(MOST_OPTIONAL);
    let setters: Vec<String> = optional
        .map(|own| format!(".{}({})", own.slot.name, own.kind.example))
        .collect();
    let made = format!("let request = {name}::new({})", arguments.join(", "));
    let mut lines = vec!["```".to_owned(), String::new(), String::new()];
    let line = format!("{made}{};", setters.concat());
    if line.len() <= EXAMPLE_WIDTH && setters.len() < 2 {
        lines.push(line);
    } else {
        lines.push(made);
        lines.extend(setters.iter().map(|setter| format!("    {setter}")));
        if let Some(last) = lines.last_mut() {
            last.push(';');
        }
    }
    match operation.parameters().next() {
        Some(own) => lines.push(own.kind.assertion.clone()),
        None => lines.push(format!("assert_eq!(request, {name}::default());")),
    }
    let mut errors = Vec::new();
    for own in shown(operation) {
        imports.extend(own.kind.example_import.clone());
        errors.extend(own.kind.example_error);
    }
    errors.dedup();
    match errors.as_slice() {
        [] => {}
        [error] => lines.push(format!("# Ok::<(), talkspace_core::{error}>(())")),
        _ => lines.push("# Ok::<(), Box<dyn std::error::Error>>(())".to_owned()),
    }
    imports.sort();
    imports.dedup();
    let imports = match imports.as_slice() {
        [one] => one.clone(),
        several => format!("{{{}}}", several.join(", ")),
    };
    if let Some(line) = lines.get_mut(1) {
        *line = format!("use talkspace_core::{imports};");
    }
    lines.push("```".to_owned());
    lines
}

/// The most optional parameters of an example.
const MOST_OPTIONAL: usize = 2;

/// The parameters that the example has: what it must, and some that it may.
fn shown(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    let optional = operation.optional().take(MOST_OPTIONAL);
    operation.required().chain(optional)
}

/// All operations at a glance, for the first page of the documentation.
pub(crate) fn table(api: &Api) -> String {
    let mut text = format!(
        "\
<!-- {PREAMBLE} -->

# Operations

What sending a request twice would do decides what is retried: see [`Effect`]. A client
sends one with `client.send(CreateTalkspace::new(\"eta\"))`; the page of each request has its
arguments, its path, and what each status means.

| request | effect | what it does |
|---|---|---|
"
    );
    for operation in &api.operations {
        let name = &operation.name;
        let effect = operation.effect.as_str().to_lowercase();
        let summary = cell(&operation.summary);
        text.push_str(&format!("| [`{name}`] | {effect} | {summary} |\n"));
    }
    text
}
