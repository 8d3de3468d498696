//! What is left to do by hand once everything is generated (spec/README.md lists the steps).

use std::fs;
use std::path::Path;

use super::kinds::Start;
use super::model::{Api, Envelope, Operation, Payload, Place};

#[cfg(test)]
mod tests;

const EXAMPLES: &str = "spec/examples";
const SANDBOX: &str = "crates/talkspace-sandbox/src/turn.rs";
/// What the sandbox responds with.
const STATE: &str = "crates/talkspace-sandbox/src/state";
const COMMANDS: &str = "crates/talkspace-cli/src/main.rs";
const TRUTH: &str = "crates/talkspace-cli/tests/cli/truth/operations.txt";

/// A line for each thing, with its place.
pub(super) fn to_do(root: &Path, api: &Api) -> Vec<String> {
    // A file that is not there has nothing in it.
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    let (sandbox, truth, commands) = (read(SANDBOX), read(TRUTH), read(COMMANDS));
    let states = names(&root.join(STATE)).into_iter();
    let states: String = states
        .map(|name| read(&format!("{STATE}/{name}")))
        .collect();
    // A field may stand in a line of its own.
    let states = states.split_whitespace().collect::<Vec<_>>();
    let states = states.join(" ").replace(" .", ".");
    let served =
        |operation: &Operation| sandbox.contains(&format!("    fn {}(", operation.function));
    let mut left = Vec::new();
    for operation in &api.operations {
        let Operation {
            id, function, name, ..
        } = operation;
        for example in ["request.http", "response.http"] {
            let path = format!("{EXAMPLES}/{id}/{example}");
            if !root.join(&path).is_file() {
                left.push(format!("{path}: write it"));
            }
        }
        left.extend(outdated(root, operation));
        if !served(operation) {
            left.push(format!(
                "{SANDBOX}: write `fn {function}` of `Service`; until then it responds with 501"
            ));
        } else {
            let fields = operation.parameters().map(|it| it.slot.name.to_string());
            let ignored = fields.filter(|field| !says(&states, &format!("request.{field}")));
            left.extend(ignored.map(|field| {
                format!("{STATE}/: read `{field}` of `{function}`; until then it is ignored")
            }));
        }
        if operation.transfers_file() && !commands.contains(&format!("    {name}(")) {
            left.push(format!(
                "{COMMANDS}: write the command of `{id}`, which carries a file"
            ));
        }
        let head = format!("{id} ");
        match truth.split("\n\n").find(|entry| entry.starts_with(&head)) {
            None => left.push(format!("{TRUTH}: write what is true of `{id}`")),
            Some(entry) => {
                let fields = operation.parameters().map(|it| it.slot.key.as_str());
                let unsaid = fields.filter(|field| !says(entry, field));
                left.extend(unsaid.map(|field| format!("{TRUTH}: `{id}` has a `{field}`")));
            }
        }
    }
    for envelope in &api.envelopes {
        let mut operations = api.operations.iter().filter(|it| served(it));
        let has_it = |operation| envelope_of(operation).is_some_and(|it| it.key == envelope.key);
        if operations.any(has_it) {
            let unset = unset(envelope, &states);
            left.extend(unset.map(|name| {
                let key = &envelope.key;
                format!("{STATE}/: set `{name}` of a `{key}`; until then it is empty or left out")
            }));
        }
    }
    let known = |id: &str| api.operations.iter().any(|operation| operation.id == id);
    let folders = names(&root.join(EXAMPLES)).into_iter();
    let stale = folders.filter(|name| !known(name));
    left.extend(
        stale.map(|name| {
            format!("{EXAMPLES}/{name}/: no operation is called so; rename or remove it")
        }),
    );
    let truths = truth.split("\n\n").skip(2);
    let ids = truths.filter_map(|entry| entry.split(' ').next());
    let stale = ids.filter(|id| !id.trim().is_empty() && !known(id));
    left.extend(stale.map(|id| format!("{TRUTH}: no operation is called `{id}`")));
    left
}

/// What is in a folder, in order; one that is not there has nothing in it.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// What in the examples of an operation is not as the spec has it any more.
fn outdated(root: &Path, operation: &Operation) -> Vec<String> {
    let folder = format!("{EXAMPLES}/{}", operation.id);
    let mut outdated = Vec::new();
    for name in names(&root.join(&folder)) {
        let path = format!("{folder}/{name}");
        let status = name.strip_suffix(".http").and_then(|name| {
            let (_, status) = name.split_once('-')?;
            status.parse::<u16>().ok()
        });
        let documented = |code| {
            operation
                .statuses
                .iter()
                .any(|status| status.codes.cover(code))
        };
        if let Some(status) = status.filter(|code| !documented(*code)) {
            outdated.push(format!("{path}: there is no status {status}; remove it"));
            continue;
        }
        let text = fs::read_to_string(root.join(&path)).unwrap_or_default();
        let has = |key: &str| text.contains(&format!("\"{key}\":"));
        let envelope = envelope_of(operation).filter(|envelope| has(&envelope.key));
        let fields = envelope.into_iter().flat_map(|envelope| &envelope.fields);
        let skipped = |serde: &Option<String>| {
            serde
                .as_ref()
                .is_some_and(|serde| serde.contains("skip_serializing_if"))
        };
        // One example has them all.
        let asked = |serde| name == "response.http" || !skipped(serde);
        let missing = fields.filter(|field| asked(&field.kind.serde) && !has(&field.key));
        let mut missing: Vec<String> = missing.map(|field| format!("`{}`", field.key)).collect();
        if name == "request.http" {
            let slots = operation.parameters().map(|it| &it.slot);
            let form = slots.filter(|slot| matches!(slot.place, Place::Form | Place::Part));
            let absent = form.filter(|slot| !says(&text, &slot.key));
            missing.extend(absent.map(|slot| format!("`{}`", slot.key)));
        }
        if !missing.is_empty() {
            outdated.push(format!("{path}: write its {}", missing.join(", ")));
        }
    }
    outdated
}

/// Whether a text has this name as a word.
fn says(text: &str, name: &str) -> bool {
    let is_letter = |sign: Option<char>| sign.is_some_and(|it| it.is_alphanumeric() || it == '_');
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = text.split_at(at);
        let after = after.strip_prefix(name).unwrap_or_default();
        !is_letter(before.chars().next_back()) && !is_letter(after.chars().next())
    })
}

fn envelope_of(operation: &Operation) -> Option<&Envelope> {
    match &operation.payload {
        Payload::Envelope(envelope) => Some(envelope),
        Payload::Text(_) | Payload::Bytes(_) | Payload::Nothing(_) => None,
    }
}

/// The fields that a response has without anybody giving it them, and that the sandbox
/// does not set either. A remark is often empty.
fn unset<'e>(envelope: &'e Envelope, sandbox: &'e str) -> impl Iterator<Item = &'e str> {
    let fields = envelope.shown().filter(|field| field.key != "message");
    let fields = fields.filter(|field| matches!(field.kind.start, Start::Value(_)));
    let names = fields.map(|field| field.name.as_str());
    names.filter(|name| !says(sandbox, &format!("response.{name}")))
}
