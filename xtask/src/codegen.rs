//! `cargo xtask codegen`: from `spec/openapi.yaml` to Rust.
//!
//! ```text
//! spec ──load──▶ tree ──document──▶ OpenAPI ──lint, lower──▶ API ──emit──▶ text ──format, write──▶ files
//! ```
//!
//! Up to the last step everything is pure, and gives the same bytes for the same spec.

mod document;
mod emit;
mod finding;
mod format;
mod kinds;
mod left;
mod lint;
mod load;
mod lower;
mod model;
mod names;
mod scope;
mod write;

use std::fs;
use std::path::Path;

use document::Document;
pub use emit::File;
pub use finding::Findings;
use load::Node;
use model::Api;
use write::Difference;

#[cfg(test)]
mod tests;

/// Where the spec is, below the workspace.
const SPEC: &str = "spec/openapi.yaml";

/// Whether files are written or only compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// What differs is written.
    Write,
    /// What differs is said.
    Check,
}

/// Generates everything, and says what it did.
///
/// # Errors
///
/// All that is wrong with the spec, or, in a check, what differs.
pub fn run(root: &Path, mode: Mode) -> Result<String, String> {
    let spec = fs::read_to_string(root.join(SPEC)).map_err(|error| format!("{SPEC}: {error}"))?;
    let (api, files) = api_and_files(&spec).map_err(|findings| findings.show(&spec))?;
    let files = format::format(root, files)?;
    let differences =
        write::compare(root, &files).map_err(|error| format!("cannot compare: {error}"))?;
    let list = |differences: &[Difference]| -> String {
        let paths = differences.iter().map(|it| format!("\n  {}", it.path));
        paths.collect()
    };
    let changed = match (mode, differences.as_slice()) {
        (_, []) => format!("{} files are up to date", files.len()),
        (Mode::Check, [first, others @ ..]) => {
            let others = match others {
                [] => String::new(),
                _ => format!("these differ too:{}\n", list(others)),
            };
            return Err(format!("{}\n{others}run: cargo xtask codegen", first.said));
        }
        (Mode::Write, all) => {
            write::apply(root, &files, all).map_err(|error| format!("cannot write: {error}"))?;
            let (changed, of) = (all.len(), files.len());
            format!("{changed} of {of} files changed:{}", list(all))
        }
    };
    let left = left::to_do(root, &api);
    match (mode, left.is_empty()) {
        (Mode::Write, false) => Ok(format!(
            "{changed}\nleft to do by hand:\n  {}",
            left.join("\n  ")
        )),
        _ => Ok(changed),
    }
}

/// Whether a file begins as those do that are generated. One that cannot be read does not.
#[must_use]
pub fn is_generated(path: &Path) -> bool {
    write::is_generated(path)
}

/// The files for a spec, Rust not formatted yet; or all that is wrong with it.
///
/// # Errors
///
/// What is wrong, each with its place.
pub fn generate(spec: &str) -> Result<Vec<File>, Findings> {
    api_and_files(spec).map(|(_, files)| files)
}

fn api_and_files(spec: &str) -> Result<(Api, Vec<File>), Findings> {
    let findings = Findings::default();
    let api = read(spec, &findings).and_then(|document| {
        let api = lower::lower(&document, &findings)?;
        // Another mistake may be why nothing refers to something.
        if findings.is_empty() {
            lint::unused(&document, &findings);
        }
        Some(api)
    });
    let both = api.map(|api| {
        let files = emit::emit(&api);
        for (name, path) in scope::imports(&files) {
            if let Some(at) = api.types.get(name) {
                let message = format!(
                    "the name `{name}` in Rust is that of `{path}` already; name it otherwise"
                );
                findings.add(at, message);
            }
        }
        (api, files)
    });
    match both {
        Some(both) if findings.is_empty() => Ok(both),
        _ => Err(findings),
    }
}

/// The document, if it keeps the rules. What could be read of one that does not is
/// held against the other rules, too.
fn read(spec: &str, findings: &Findings) -> Option<Document> {
    let (value, _) = load::read(spec, findings)?;
    let document = Document::read(&Node::root(&value, findings), findings)?;
    let broken = Findings::default();
    lint::check(&document, &broken);
    findings.add_independent(broken);
    findings.is_empty().then_some(document)
}
