//! What people read about an operation: beside its type, and in the table of all.

use askama::Template;

use super::text::{Comment, Span, cell, field_docs, series};
use super::{PREAMBLE, imports};
use crate::codegen::document::Statuses;
use crate::codegen::model::{Api, Default, Effect, Look, Operation, Parameter, Spot, Status};

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
        .map(|status| format!("| {} | {} |", status_cell(status), cell(&status.meaning)));
    let look = operation.look.as_ref();
    let look = look.map_or_else(String::new, |look| format!(" {}", look_at(look)));
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

/// What the documentation says about it.
fn look_at(look: &Look) -> String {
    const SURE: &str = "[`send_surely`](crate::Client::send_surely)";
    match look {
        Look::None(_) => format!("In doubt, {SURE} has no way to look whether it was applied."),
        Look::By(sight) => {
            let request = &sight.request;
            let looks = match &sight.spot {
                Spot::Here(_) => format!("[`{request}`]"),
                Spot::New { request: list, .. } => format!("[`{list}`] and [`{request}`]"),
            };
            format!("In doubt, {SURE} looks with {looks} whether it was applied.")
        }
    }
}

fn status_cell(status: &Status) -> String {
    match status.codes {
        Statuses::Others => "other".to_owned(),
        codes @ (Statuses::One(_) | Statuses::Class(_)) => codes.to_string(),
    }
}

/// The documentation of a field of a request, and of its setter.
pub(crate) fn parameter(parameter: &Parameter) -> Comment {
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
    if codes.is_empty() {
        return words.to_owned();
    }
    let codes = series(&codes, "or");
    format!(
        "{words} After a retry, {codes} means that an earlier attempt did the work, and is a \
         success."
    )
}

/// The most optional parameters of an example.
const MOST_OPTIONAL: usize = 2;

/// A test that makes a request, from the examples of the spec.
fn example(operation: &Operation) -> Vec<String> {
    let name = &operation.name;
    let optional = operation.optional().take(MOST_OPTIONAL);
    let shown: Vec<&Parameter> = operation.required().chain(optional).collect();
    let required = operation.required().map(|own| own.kind.example.as_str());
    let arguments = required.collect::<Vec<_>>().join(", ");
    let setters = shown.iter().filter(|own| !own.slot.required);
    let setters: Vec<String> = setters
        .map(|own| format!(".{}({})", own.slot.name, own.kind.example))
        .collect();
    let mut made = format!(
        "let request = {name}::new({arguments}){};",
        setters.concat()
    );
    if made.len() > EXAMPLE_WIDTH || setters.len() > 1 {
        let setters: String = setters.iter().map(|it| format!("\n    {it}")).collect();
        made = format!("let request = {name}::new({arguments}){setters};");
    }
    let first = operation.parameters().next();
    let assertion = match first.map(|own| &own.kind.assertion) {
        Some(assertion) => assertion.clone(),
        None => format!("assert_eq!(request, {name}::default());"),
    };
    let names = imports::types(&format!("{made}{assertion}"));
    let imports = match names.as_slice() {
        [one] => one.clone(),
        several => format!("{{{}}}", several.join(", ")),
    };
    let mut errors: Vec<&str> = shown
        .iter()
        .filter_map(|own| own.kind.example_error)
        .collect();
    errors.dedup();
    let end = match errors.as_slice() {
        [] => String::new(),
        [error] => format!("\n# Ok::<(), talkspace_core::{error}>(())"),
        _ => "\n# Ok::<(), Box<dyn std::error::Error>>(())".to_owned(),
    };
    let text = format!(
        "\
```
use talkspace_core::{imports};

{made}
{assertion}{end}
```"
    );
    text.lines().map(str::to_owned).collect()
}

/// All operations at a glance, for the first page of the documentation.
#[derive(Template)]
#[template(path = "operations.md.j2")]
pub(crate) struct Table<'a> {
    pub(crate) api: &'a Api,
}
