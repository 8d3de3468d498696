//! The outcomes of an operation that are told apart by their status alone.

use super::{choices, serde};
use crate::codegen::model::{NO_CONTENT, Operation, Word};

/// The type, if the operation has such outcomes.
pub(crate) fn items(operation: &Operation) -> Vec<String> {
    if operation.outcomes.is_empty() {
        return Vec::new();
    }
    let words = || operation.outcomes.iter().map(|(_, word)| word);
    let name = operation.outcome();
    vec![
        declaration(operation, words()),
        choices::spelling(&name, words(), false, "", &statuses(operation)),
    ]
}

fn declaration<'a>(operation: &Operation, words: impl Iterator<Item = &'a Word>) -> String {
    let request = &operation.name;
    let name = operation.outcome();
    let variants = choices::variants(words, None);
    let serde = serde::words();
    format!(
        "\
/// What the response to [`{request}`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
{serde}#[non_exhaustive]
pub enum {name} {{
{variants}}}
"
    )
}

/// The status inside the envelope of a response with this one.
pub(super) fn status_inside(operation: &Operation, code: u16) -> String {
    match operation.envelope() {
        Some(_) if code != NO_CONTENT => format!("Some({code})"),
        _ => "None".to_owned(),
    }
}

/// The way from the status of a response to its outcome, and back.
fn statuses(operation: &Operation) -> String {
    let outcomes = &operation.outcomes;
    let first = outcomes
        .iter()
        .find(|(code, _)| (200..300).contains(code))
        .or(outcomes.first());
    let first = first.map(|(_, word)| word.variant.to_string());
    let first = first.unwrap_or_default();
    let reading: String = outcomes
        .iter()
        .filter(|(_, word)| word.variant.as_str() != first)
        .map(|(code, word)| format!("{code} => Self::{},\n", word.variant))
        .collect();
    let writing: String = outcomes
        .iter()
        .map(|(code, word)| {
            let envelope = status_inside(operation, *code);
            let variant = &word.variant;
            format!("Self::{variant} => Status::new({code}, {envelope}),\n")
        })
        .collect();
    format!(
        "
    /// What a status says; a success that the spec does not have counts as the first.
    const fn of(status: Status) -> Self {{
        match status.code() {{
{reading}            _ => Self::{first},
        }}
    }}

    /// The status that says it.
    const fn status(self) -> Status {{
        match self {{
{writing}        }}
    }}
"
    )
}
