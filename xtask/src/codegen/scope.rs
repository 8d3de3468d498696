//! What is in scope where generated code goes, read from the code that is around it.

use std::collections::BTreeSet;

use super::emit::File;

const CORE: &str = include_str!("../../../crates/talkspace-core/src/lib.rs");
const COMMAND: &str = include_str!("../../../crates/talkspace-cli/src/main.rs");
const OPTIONS: [&str; 4] = [
    include_str!("../../../crates/talkspace-cli/src/connection.rs"),
    include_str!("../../../crates/talkspace-cli/src/limits.rs"),
    include_str!("../../../crates/talkspace-cli/src/network.rs"),
    include_str!("../../../crates/talkspace-cli/src/sure.rs"),
];
const MANIFESTS: [&str; 2] = [
    include_str!("../../../crates/talkspace-core/Cargo.toml"),
    include_str!("../../../crates/talkspace-cli/Cargo.toml"),
];

/// The types that the core exports at its root.
pub(crate) fn exports() -> impl Iterator<Item = &'static str> {
    let exports = CORE.split("pub use ").skip(1);
    let exports = exports.filter_map(|rest| rest.split(';').next());
    let names = exports.flat_map(|export| export.split(|c: char| !c.is_alphanumeric() && c != '_'));
    names.filter(|name| name.starts_with(char::is_uppercase))
}

/// The commands that are written by hand; `Help` is the parser's.
pub(crate) fn commands() -> impl Iterator<Item = &'static str> {
    let inside = block(COMMAND, "enum Command {");
    let names = inside.filter_map(|line| line.split_once('('));
    let names = names.filter(|(name, inside)| {
        name.starts_with(char::is_uppercase) && !inside.contains("Operations")
    });
    names.map(|(name, _)| name).chain(["Help"])
}

/// The options that every command has, as fields: `dry_run`.
pub(crate) fn options() -> impl Iterator<Item = &'static str> {
    let lines = OPTIONS
        .iter()
        .flat_map(|file| block(file, "pub(crate) struct "));
    let names = lines.filter_map(|line| line.split_once(": ").map(|(name, _)| name));
    // What is flattened has a visibility, and options of its own.
    let is_name = |name: &&str| name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_'));
    names.filter(is_name).chain(["help"])
}

/// The crates that generated code may name, or that what it derives does.
pub(crate) fn crates() -> impl Iterator<Item = String> {
    let lines = MANIFESTS.iter().flat_map(|manifest| {
        let (_, rest) = manifest
            .split_once("\n[dependencies]\n")
            .unwrap_or_default();
        rest.lines().take_while(|line| !line.starts_with('['))
    });
    let names = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    let names = names.filter_map(|line| line.split(['.', ' ']).next());
    let others = ["alloc", "core", "std", "talkspace_core"].map(str::to_owned);
    names.map(|name| name.replace('-', "_")).chain(others)
}

/// The lines of the block that begins with a line that starts so.
fn block(file: &'static str, begins: &str) -> impl Iterator<Item = &'static str> {
    let (_, rest) = file.split_once(begins).unwrap_or_default();
    let (inside, _) = rest.split_once("\n}").unwrap_or_default();
    inside.lines().map(str::trim)
}

/// What generated files import that does not come from the spec: each name, and its path.
pub(crate) fn imports(files: &[File]) -> BTreeSet<(&str, &str)> {
    let crates: BTreeSet<String> = crates().collect();
    let is_foreign = |path: &str| match path.split_once("::").unwrap_or((path, "")) {
        ("crate", inside) => {
            !inside.starts_with("request") && !inside.starts_with("generated") && inside != "value"
        }
        ("talkspace_core", _) => false,
        (name, _) => crates.contains(name),
    };
    let rust = files.iter().filter(|(path, _)| path.ends_with(".rs"));
    let lines = rust.flat_map(|(_, text)| text.lines());
    let imports = lines.filter_map(|line| line.strip_prefix("use ")?.strip_suffix("};"));
    let imports = imports.filter_map(|import| import.rsplit_once("::{"));
    let foreign = imports.filter(|(path, _)| is_foreign(path));
    foreign
        .flat_map(|(path, names)| names.split(", ").map(move |name| (name, path)))
        .collect()
}
