//! `cargo xtask ci pack`: each crate as a stranger gets it. What is published is packed and unpacked in a
//! folder with nothing around it, where each crate is built and tested offline, its siblings being those
//! that were unpacked.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

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
    pack(root, &folder, &packages, &[])?;
    // Without a lock file, which could only be made where the core is published.
    pack(&workspace, &folder, &adapters, &["--exclude-lockfile"])?;
    let own = packages.len();
    packages.extend(adapters);
    let place = empty(root)?;
    let mut found = BTreeSet::new();
    for package in &packages {
        found.extend(unpacked(&folder, &place, package)?);
    }
    listed(root, &folder, &found)?;
    fs::write(
        place.join(".cargo/config.toml"),
        settings(&place, &packages),
    )
    .map_err(|error| format!("{}: {error}", place.display()))?;
    let failed: Vec<String> = packages
        .iter()
        .enumerate()
        .filter_map(|(index, package)| {
            // `ci adapters` plays the suite against the others.
            let more: &[&str] = if index < own { &[] } else { &["--no-run"] };
            test(&folder, &place, package, more).err()
        })
        .collect();
    if !failed.is_empty() {
        return Err(failed.join("; "));
    }
    let _ = fs::remove_dir_all(place);
    Ok(())
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
    fs::create_dir(&place)
        .and_then(|()| fs::create_dir(place.join(".cargo")))
        .map_err(|error| format!("{}: {error}", place.display()))?;
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

/// Offline, with the siblings in place of what a registry would have.
fn settings(place: &Path, packages: &[Package]) -> String {
    let mut text =
        "[net]\noffline = true\n\n[profile.dev]\ndebug = false\n\n[patch.crates-io]\n".to_owned();
    for Package { name, version, .. } in packages {
        let path = place.join(format!("{name}-{version}"));
        // As a string of TOML.
        text.push_str(&format!(
            "{name} = {{ path = {:?} }}\n",
            path.to_string_lossy()
        ));
    }
    text
}

/// Builds and tests one of them.
fn test(folder: &Path, place: &Path, package: &Package, more: &[&str]) -> Result<(), String> {
    let Package { name, version, .. } = package;
    say(&format!("pack: testing {name}"));
    let place = place.join(format!("{name}-{version}"));
    let mut cargo = command(&place, "cargo", &["test", "--quiet", "--all-features"]);
    // Most tests wait.
    cargo
        .args(more)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("RUST_TEST_THREADS", "16");
    // What is set for a run of this workspace is not set for a stranger.
    for name in ["CARGO_MANIFEST_DIR", "TALKSPACE_CHECKOUT"] {
        cargo.env_remove(name);
    }
    run(cargo).map_err(|error| format!("{name}, in {}: {error}", place.display()))
}
