//! `cargo xtask ci pack`: each crate as a stranger gets it. What is published is packed and unpacked in a
//! folder with nothing around it, where it is built and tested offline, the siblings of each crate being
//! those that were unpacked.
//!
//! All are tested at once, so that nothing is built twice. Whether a crate builds with the features
//! alone that it asks for itself is seen by `ci features`.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::compiler;
use crate::process::{command, output, run, say};
use crate::tools;
use crate::workspace::{Package, published, selected};

#[cfg(test)]
mod tests;

/// A workspace of its own, whose crates are published too.
const ADAPTERS: &str = "tests/engines";

/// What every tarball has: cargo writes the first four.
const EVERYWHERE: &[&str] = &[
    ".cargo_vcs_info.json",
    "Cargo.lock",
    "Cargo.toml",
    "Cargo.toml.orig",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
];

/// Where Rust files are, and need not be listed.
const SOURCES: &[&str] = &["src/", "tests/", "examples/"];

/// The other files, each behind its crate.
const LIST: &str = "xtask/src/checks/pack/files.txt";

/// Packs, compares what is in the tarballs, and tests what was unpacked.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let folder = tools::folder(root, "pack");
    // What is left of the last time would be taken for this one's.
    let _ = fs::remove_dir_all(folder.join("package"));
    let mut packages = published(root)?;
    let workspace = root.join(ADAPTERS);
    let adapters = published(&workspace)?;
    // What it is tested with offline.
    let host = compiler::host(root)?;
    for workspace in [root, workspace.as_path()] {
        let fetch = ["fetch", "--quiet", "--locked", "--target", &host];
        run(command(workspace, "cargo", &fetch))?;
    }
    pack(root, &folder, &packages, &[])?;
    // Without a lock file, which could only be made where the core is published.
    pack(&workspace, &folder, &adapters, &["--exclude-lockfile"])?;
    packages.extend(adapters);
    let place = empty(root)?;
    let mut found = BTreeSet::new();
    for package in &packages {
        found.extend(unpacked(&folder, &place, package)?);
    }
    listed(root, &folder, &found)?;
    let told = |error: io::Error| format!("{}: {error}", place.display());
    let own = fs::read_to_string(root.join("Cargo.toml")).map_err(told)?;
    fs::write(place.join("Cargo.toml"), manifest(&packages, &own)).map_err(told)?;
    // With other flags, all that other crates were built to would be built once more.
    fs::create_dir(place.join(".cargo")).map_err(told)?;
    let config = ".cargo/config.toml";
    fs::copy(root.join(config), place.join(config)).map_err(told)?;
    // The verdicts on the adapters are those of these versions.
    fs::copy(workspace.join("Cargo.lock"), place.join("Cargo.lock")).map_err(told)?;
    test(root, &folder, &place)?;
    fs::remove_dir_all(&place).map_err(told)
}

fn pack(from: &Path, to: &Path, packages: &[Package], more: &[&str]) -> Result<(), String> {
    let pack = [
        "package",
        "--quiet",
        "--offline",
        "--allow-dirty",
        "--no-verify",
    ];
    let arguments = [&pack[..], more, &selected(packages)].concat();
    let mut cargo = command(from, "cargo", &arguments);
    cargo.env("CARGO_TARGET_DIR", to);
    run(cargo)
}

/// A folder without a manifest or a configuration of cargo in any above it, and the same at every run:
/// what is built is named after it.
fn empty(root: &Path) -> Result<PathBuf, String> {
    let checkout = root.to_string_lossy().replace(std::path::is_separator, "-");
    let place = std::env::temp_dir().join(format!("talkspace-pack{checkout}"));
    let _ = fs::remove_dir_all(&place);
    // It is an error if it is there: somebody else's, then.
    fs::create_dir(&place).map_err(|error| format!("{}: {error}", place.display()))?;
    Ok(place)
}

/// Unpacks a crate. Its files are those that its tarball says it has.
fn unpacked(
    folder: &Path,
    place: &Path,
    package: &Package,
) -> Result<Vec<(String, String)>, String> {
    let name = format!("{}-{}", package.name, package.version);
    let tarball = folder.join(format!("package/{name}.crate"));
    let tarball = tarball.to_string_lossy();
    // As old as they are now: cargo sees by that whether they are others than at the last run.
    let files = output(command(place, "tar", &["-xvzmf", &tarball]))?;
    say(&format!("pack: {name}: {} files", files.lines().count()));
    files
        .lines()
        .map(|file| {
            let inner = file.strip_prefix(&format!("{name}/"));
            let inner = inner.ok_or_else(|| format!("{name}.crate has {file}"))?;
            // A link would lead out of what is unpacked.
            let is_file = fs::symlink_metadata(place.join(file)).is_ok_and(|found| found.is_file());
            match is_file {
                true => Ok((package.name.clone(), inner.to_owned())),
                false => Err(format!("{file} is no file")),
            }
        })
        .collect()
}

/// Compares what was unpacked with what is to be there, and writes down all of it.
fn listed(root: &Path, folder: &Path, found: &BTreeSet<(String, String)>) -> Result<(), String> {
    let all: String = found
        .iter()
        .map(|(of, file)| format!("{of} {file}\n"))
        .collect();
    let list = folder.join("files.txt");
    fs::write(&list, all).map_err(|error| format!("{}: {error}", list.display()))?;
    let text = fs::read_to_string(root.join(LIST)).map_err(|error| format!("{LIST}: {error}"))?;
    let changes = changes(&text, found);
    if changes.is_empty() {
        return Ok(());
    }
    Err(format!(
        "tarballs do not have what {LIST} lists:\n  {}",
        changes.join("\n  ")
    ))
}

/// What to add to the list, or to keep out of a tarball, and what is not there.
fn changes(list: &str, found: &BTreeSet<(String, String)>) -> Vec<String> {
    let expected: BTreeSet<&str> = list.lines().collect();
    let is_source =
        |file: &str| file.ends_with(".rs") && SOURCES.iter().any(|of| file.starts_with(of));
    let lines = found
        .iter()
        .filter(|(_, file)| !EVERYWHERE.contains(&&**file) && !is_source(file));
    let lines: BTreeSet<String> = lines.map(|(of, file)| format!("{of} {file}")).collect();
    let lines: BTreeSet<&str> = lines.iter().map(String::as_str).collect();
    let crates: BTreeSet<&str> = found.iter().map(|(of, _)| &**of).collect();
    let lacking = crates.into_iter().flat_map(|of| {
        let has = move |file: &str| found.contains(&(of.to_owned(), file.to_owned()));
        let needed = EVERYWHERE
            .iter()
            .filter(|file| file.starts_with("LICENSE") || **file == "README.md");
        needed
            .filter(move |file| !has(file))
            .map(move |file| format!("- {of} {file}"))
    });
    let more = lines.difference(&expected).map(|line| format!("+ {line}"));
    let less = expected.difference(&lines).map(|line| format!("- {line}"));
    more.chain(less).chain(lacking).collect()
}

/// Of all of them, with the siblings in place of what a registry would have, and the profiles of ours.
fn manifest(packages: &[Package], ours: &str) -> String {
    let profiles = ours.find("\n[profile.").map_or("", |start| &ours[start..]);
    let folder = |Package { name, version, .. }: &Package| format!("{name}-{version}");
    let members: Vec<_> = packages.iter().map(folder).collect();
    let siblings = packages.iter().map(|package| {
        let (name, folder) = (&package.name, folder(package));
        format!("{name} = {{ path = {folder:?} }}\n")
    });
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n{profiles}\n[patch.crates-io]\n{}",
        siblings.collect::<String>()
    )
}

/// Builds and tests them.
fn test(root: &Path, folder: &Path, place: &Path) -> Result<(), String> {
    let test = [
        "test",
        "--quiet",
        "--offline",
        "--workspace",
        "--all-features",
    ];
    let mut cargo = command(place, "cargo", &test);
    cargo
        .arg("--no-fail-fast")
        .env("CARGO_TARGET_DIR", folder.join("target"))
        // There is what other crates were built to for the workspace.
        .env("CARGO_BUILD_BUILD_DIR", root.join("target"));
    run(cargo).map_err(|error| format!("in {}: {error}", place.display()))
}
