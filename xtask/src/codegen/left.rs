//! What is left to do by hand once everything is generated (spec/README.md lists the steps).

use std::fs;
use std::path::Path;

use super::model::Api;

#[cfg(test)]
mod tests;

const EXAMPLES: &str = "spec/examples";
const SANDBOX: &str = "crates/talkspace-sandbox/src/turn.rs";
const TRUTH: &str = "crates/talkspace-cli/tests/cli/truth/operations.txt";

/// A line for each thing, with its place.
pub(super) fn to_do(root: &Path, api: &Api) -> Vec<String> {
    // A file that is not there has nothing in it.
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    let (sandbox, truth) = (read(SANDBOX), read(TRUTH));
    let mut left = Vec::new();
    for operation in &api.operations {
        let (id, function) = (&operation.id, &operation.function);
        for example in ["request.http", "response.http"] {
            let path = format!("{EXAMPLES}/{id}/{example}");
            if !root.join(&path).is_file() {
                left.push(format!("{path}: write it"));
            }
        }
        if !sandbox.contains(&format!("    fn {function}(")) {
            left.push(format!(
                "{SANDBOX}: write `fn {function}` of `Service`; until then it responds with 501"
            ));
        }
        if !truth.contains(&format!("\n\n{id} ")) {
            left.push(format!("{TRUTH}: write what is true of `{id}`"));
        }
    }
    let known = |id: &str| api.operations.iter().any(|operation| operation.id == id);
    let folders = fs::read_dir(root.join(EXAMPLES)).into_iter().flatten();
    let names = folders.flatten().map(|folder| folder.file_name());
    let mut stale: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| !known(name))
        .map(|name| format!("{EXAMPLES}/{name}/: no operation is called so; rename or remove it"))
        .collect();
    stale.sort();
    left.extend(stale);
    let truths = truth.split("\n\n").skip(2);
    let ids = truths.filter_map(|entry| entry.split(' ').next());
    let stale = ids.filter(|id| !id.trim().is_empty() && !known(id));
    left.extend(stale.map(|id| format!("{TRUTH}: no operation is called `{id}`")));
    left
}
