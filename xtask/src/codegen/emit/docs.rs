//! What people read about an operation: beside its type, and in the table of all.

use super::look;
use super::source::PREAMBLE;
use super::text::{Comment, Literal, Span, cell};
use crate::codegen::model::{Api, Effect, Look, Operation, Parameter, ParameterKind};
use crate::codegen::names::Camel;

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
    let required = operation
        .own_parameters()
        .filter(|parameter| parameter.required);
    let arguments: Vec<String> = required.map(argument).collect();
    let optional = shown(operation).filter(|parameter| !parameter.required);
    let setters: Vec<String> = optional
        .map(|parameter| format!(".{}({})", parameter.name, argument(parameter)))
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
    match operation.own_parameters().next() {
        Some(parameter) => lines.push(assertion(parameter)),
        None => lines.push(format!("assert_eq!(request, {name}::default());")),
    }
    let mut errors = Vec::new();
    for parameter in shown(operation) {
        match &parameter.kind {
            ParameterKind::Phone => errors.push("InvalidPhoneNumber"),
            ParameterKind::Choice(name, _) => imports.push(name.to_string()),
            ParameterKind::File(_) => {
                imports.push("MediaFile".to_owned());
                errors.push("InvalidMediaFile");
            }
            ParameterKind::Text
            | ParameterKind::Id(_)
            | ParameterKind::Integer
            | ParameterKind::Flag
            | ParameterKind::Joined(..)
            | ParameterKind::AppKey
            | ParameterKind::Constant(_) => {}
        }
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

/// The parameters that the example has: what it must, and two that it may.
fn shown(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    let own = || operation.own_parameters();
    let required = own().filter(|parameter| parameter.required);
    required.chain(own().filter(|parameter| !parameter.required).take(2))
}

/// The value of the example, as code.
fn argument(parameter: &Parameter) -> String {
    let example = text(parameter);
    match &parameter.kind {
        ParameterKind::Joined(..) => format!("[{}]", Literal(&example)),
        ParameterKind::Choice(name, words) => {
            // One that the type does not have shows when the example is compiled.
            let word = parameter.example.as_ref().or(words.first());
            let variant = word.and_then(|word| Camel::of_words(word));
            format!("{name}::{}", variant.as_ref().map_or("", Camel::as_str))
        }
        ParameterKind::File(_) => "MediaFile::mp3(&b\"ID3\"[..])?".to_owned(),
        ParameterKind::Integer => example,
        ParameterKind::Flag => "true".to_owned(),
        ParameterKind::Phone => format!("{}.parse()?", Literal(&example)),
        ParameterKind::Text
        | ParameterKind::Id(_)
        | ParameterKind::AppKey
        | ParameterKind::Constant(_) => Literal(&example).to_string(),
    }
}

fn text(parameter: &Parameter) -> String {
    let stand_in = match parameter.kind {
        ParameterKind::Integer => "1",
        ParameterKind::Phone => "14151239876",
        ParameterKind::Text
        | ParameterKind::Id(_)
        | ParameterKind::Flag
        | ParameterKind::Choice(..)
        | ParameterKind::Joined(..)
        | ParameterKind::File(_)
        | ParameterKind::AppKey
        | ParameterKind::Constant(_) => "text",
    };
    parameter
        .example
        .clone()
        .unwrap_or_else(|| stand_in.to_owned())
}

/// What the example shows of the request that it made.
fn assertion(parameter: &Parameter) -> String {
    let name = &parameter.name;
    let example = text(parameter);
    let value = Literal(&example);
    match (&parameter.kind, parameter.required) {
        (ParameterKind::Flag, _) => format!("assert!(request.{name});"),
        (ParameterKind::Integer, true) => format!("assert_eq!(request.{name}, {example});"),
        (ParameterKind::Integer, false) => format!("assert_eq!(request.{name}, Some({example}));"),
        (ParameterKind::Joined(..), true) => {
            format!("assert_eq!(request.{name}.len(), 1);")
        }
        (ParameterKind::File(_), true) => format!("assert_eq!(request.{name}.len(), 3);"),
        (ParameterKind::Choice(..), true) => {
            format!("assert_eq!(request.{name}, {});", argument(parameter))
        }
        (ParameterKind::Text, true) => format!("assert_eq!(request.{name}, {value});"),
        (_, true) => format!("assert_eq!(request.{name}.as_str(), {value});"),
        (_, false) => format!("assert!(request.{name}.is_some());"),
    }
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
