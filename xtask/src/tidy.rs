//! `cargo xtask ci tidy`: the rules of the house, as code.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::tree;

mod modules;
#[cfg(test)]
mod tests;

/// The most lines of a module written by hand, and of a generated one.
const MAX_LINES: usize = 600;
const MAX_GENERATED_LINES: usize = 800;

/// What must not be in a crate's normal dependencies.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "talkspace-core",
        &[
            "tokio",
            "hyper",
            "hyper-util",
            "ureq",
            "ureq-proto",
            "rustls",
            "native-tls",
            "openssl",
            "socket2",
            "mio",
            "futures-executor",
            "async-std",
            "smol",
            "rand",
        ],
    ),
    (
        "talkspace-blocking",
        &[
            "tokio",
            "hyper",
            "hyper-util",
            "futures-executor",
            "async-std",
            "smol",
            "mio",
            "native-tls",
            "openssl",
        ],
    ),
    (
        "talkspace-net",
        &["tokio", "hyper", "mio", "native-tls", "openssl"],
    ),
    (
        "talkspace-hyper",
        &["native-tls", "openssl", "openssl-sys", "reqwest"],
    ),
];

/// Where the core may read a clock: where a call begins, is driven, or waits.
const CLOCKS: &[&str] = &[
    "driver.rs",
    "client.rs",
    "client/reconcile.rs",
    "client/waiting.rs",
    "cancel.rs",
];

/// What would let a certificate go unchecked.
const UNCHECKED_TLS: &[&str] = &[
    "dangerous()",
    "DangerousClientConfig",
    "ServerCertVerifier",
    "danger_accept",
    "disable_verification",
    "set_certificate_verifier",
    "skip_verify",
    "fn insecure",
];

/// Checks all rules and lists every breach.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let mut breaches = Vec::new();
    for file in rust_files(root)? {
        let text =
            fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let path = file.strip_prefix(root).unwrap_or(&file);
        breaches.extend(breaches_in(
            &path.to_string_lossy().replace('\\', "/"),
            &text,
        ));
    }
    breaches.extend(manifests(root)?);
    breaches.extend(dependencies(root)?);
    breaches.extend(modules::breaches(root)?);
    breaches.extend(examples(root)?);
    if breaches.is_empty() {
        return Ok(());
    }
    Err(format!("\n  {}", breaches.join("\n  ")))
}

/// The breaches in one source file.
fn breaches_in(path: &str, text: &str) -> Vec<String> {
    let generated = path.contains("/generated/");
    let test =
        path.contains("/tests/") || path.ends_with("/tests.rs") || path.starts_with("tests/");
    let mut breaches = Vec::new();
    let mut breach = |line: usize, what: &str| breaches.push(format!("{path}:{line}: {what}"));

    if !text.starts_with("//!") && !text.starts_with("#![doc") {
        breach(1, "a module begins with what it is for (`//!`)");
    }
    let lines = text.lines().count();
    let most = if generated {
        MAX_GENERATED_LINES
    } else {
        MAX_LINES
    };
    if lines > most && !test {
        breach(
            lines,
            &format!("a module has at most {most} lines; split it"),
        );
    }
    let core = path.starts_with("crates/talkspace-core/src/");
    let reads_clock = CLOCKS
        .iter()
        .any(|name| path.ends_with(&format!("src/{name}")));
    for (index, line) in text.lines().enumerate() {
        let line_number = index + 1;
        if line.ends_with(' ') || line.contains('\t') {
            breach(line_number, "a line ends in a space or holds a tab");
        }
        // This file names what it forbids.
        if path == "xtask/src/tidy.rs" || path == "xtask/src/tidy/tests.rs" {
            continue;
        }
        // The suite's own transport has that fault on purpose, among others.
        let publishes = path.starts_with("crates/") && !path.contains("-conformance/");
        if publishes && UNCHECKED_TLS.iter().any(|name| line.contains(name)) {
            breach(line_number, "no switch lets a certificate go unchecked");
        }
        if line.contains("#[ignore") || line.contains("should_panic") {
            breach(line_number, "a test runs, and says what it expects");
        }
        if generated && (line.contains("allow(") || line.contains("expect(")) {
            breach(line_number, "generated code silences no lint");
        }
        if core
            && !test
            && line.contains("Instant::now")
            && !line.trim_start().starts_with("//")
            && !reads_clock
        {
            breach(line_number, "only the drivers read a clock");
        }
        if !test && line.trim() == "mod tests {" {
            breach(line_number, "tests live in a file of their own");
        }
    }
    breaches
}

/// Every crate takes the lints of the workspace, `unsafe_code = "forbid"` among them.
fn manifests(root: &Path) -> Result<Vec<String>, String> {
    let mut breaches = Vec::new();
    for manifest in files(root, "Cargo.toml")? {
        if manifest.parent() == Some(root) {
            continue;
        }
        let text = fs::read_to_string(&manifest).map_err(|error| error.to_string())?;
        // Another workspace has lints of its own, but no unsafe code either.
        let allowed = text.contains("[workspace]") && text.contains("unsafe_code = \"forbid\"");
        if !allowed && !text.contains("[lints]\nworkspace = true") {
            breaches.push(format!(
                "{}: takes no lints from the workspace",
                manifest.display()
            ));
        }
    }
    Ok(breaches)
}

fn dependencies(root: &Path) -> Result<Vec<String>, String> {
    let mut breaches = Vec::new();
    for (package, forbidden) in FORBIDDEN {
        for line in tree(root, package)? {
            let name = line.split(' ').next().unwrap_or_default();
            if forbidden.contains(&name) {
                breaches.push(format!("{package} depends on {name}"));
            }
        }
    }
    Ok(breaches)
}

/// Every operation has an example of its request and of its answer.
fn examples(root: &Path) -> Result<Vec<String>, String> {
    let table = root.join("crates/talkspace-core/src/generated/operations.md");
    let table = fs::read_to_string(table).map_err(|error| error.to_string())?;
    let mut breaches = Vec::new();
    for operation in operations_in(&table) {
        for example in ["request.http", "response.http"] {
            let path = root.join("spec/examples").join(&operation).join(example);
            if !path.is_file() {
                breaches.push(format!("spec/examples/{operation}/{example} is missing"));
            }
        }
    }
    Ok(breaches)
}

/// The operations that the generated table lists, by the names of their
/// request types, which begin with a capital.
fn operations_in(table: &str) -> impl Iterator<Item = String> {
    table
        .lines()
        .filter_map(|line| line.strip_prefix("| [`"))
        .filter_map(|line| line.split('`').next())
        .map(|name| {
            let (first, rest) = name.split_at(1);
            first.to_lowercase() + rest
        })
}

fn rust_files(root: &Path) -> Result<Vec<PathBuf>, String> {
    files(root, ".rs")
}

/// The files whose names end so, without what is built.
pub(crate) fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                if name != "target" && !name.starts_with('.') {
                    folders.push(path);
                }
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
