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
    let states: Vec<String> = states
        .map(|name| read(&format!("{STATE}/{name}")))
        .collect();
    // A field may stand in a line of its own.
    let states: Vec<&str> = states.iter().flat_map(|it| it.split_whitespace()).collect();
    let states = states.join(" ").replace(" .", ".");
    let is_served = |it: &Operation| sandbox.contains(&format!("    fn {}(", it.function));
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
        outdated(root, operation, &mut left);
        let slots = || operation.parameters().map(|it| &it.slot);
        if is_served(operation) {
            let fields = slots().map(|slot| slot.name.to_string());
            let ignored = fields.filter(|field| !says(&states, &format!("request.{field}")));
            left.extend(ignored.map(|field| {
                format!("{STATE}/: read `{field}` of `{function}`; until then it is ignored")
            }));
        } else {
            left.push(format!(
                "{SANDBOX}: write `fn {function}` of `Service`; until then it responds with 501"
            ));
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
                let unsaid = slots().filter(|slot| !says(entry, &slot.key));
                left.extend(unsaid.map(|slot| format!("{TRUTH}: `{id}` has a `{}`", slot.key)));
            }
        }
    }
    for envelope in &api.envelopes {
        let key = &envelope.key;
        let mut served = api.operations.iter().filter(|it| is_served(it));
        if served.any(|it| envelope_of(it).is_some_and(|own| own.key == *key)) {
            left.extend(unset(envelope, &states).map(|name| {
                format!("{STATE}/: set `{name}` of a `{key}`; until then it is empty or left out")
            }));
        }
    }
    let is_stale = |id: &&str| api.operations.iter().all(|operation| operation.id != *id);
    let folders = names(&root.join(EXAMPLES));
    let stale = folders.iter().map(String::as_str).filter(is_stale);
    left.extend(
        stale.map(|name| {
            format!("{EXAMPLES}/{name}/: no operation is called so; rename or remove it")
        }),
    );
    let truths = truth.split("\n\n").skip(2);
    let ids = truths.filter_map(|entry| entry.split_whitespace().next());
    let stale = ids.filter(is_stale);
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
fn outdated(root: &Path, operation: &Operation, left: &mut Vec<String>) {
    let folder = format!("{EXAMPLES}/{}", operation.id);
    for name in names(&root.join(&folder)) {
        let path = format!("{folder}/{name}");
        let status = name.strip_suffix(".http");
        let status = status.and_then(|name| name.split_once('-')?.1.parse().ok());
        let mut documented = operation.statuses.iter();
        if let Some(status) = status.filter(|code| !documented.any(|it| it.codes.cover(*code))) {
            left.push(format!("{path}: there is no status {status}; remove it"));
            continue;
        }
        let text = fs::read_to_string(root.join(&path)).unwrap_or_default();
        let has = |key: &str| text.contains(&format!("\"{key}\":"));
        let envelope = envelope_of(operation).filter(|envelope| has(&envelope.key));
        let fields = envelope.into_iter().flat_map(|envelope| &envelope.fields);
        // One example has them all.
        let may_lack = |serde: &Option<String>| {
            let serde = serde.as_deref().unwrap_or_default();
            name != "response.http" && serde.contains("skip_serializing_if")
        };
        let missing = fields.filter(|field| !may_lack(&field.kind.serde) && !has(&field.key));
        let mut missing: Vec<&str> = missing.map(|field| field.key.as_str()).collect();
        if name == "request.http" {
            let slots = operation.parameters().map(|it| &it.slot);
            let form = slots.filter(|slot| matches!(slot.place, Place::Form | Place::Part));
            let keys = form.map(|slot| slot.key.as_str());
            missing.extend(keys.filter(|key| !says(&text, key)));
        }
        if !missing.is_empty() {
            left.push(format!("{path}: write its `{}`", missing.join("`, `")));
        }
    }
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
