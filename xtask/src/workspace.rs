//! The packages of this workspace that are published.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::process::{command, output};

/// A package that is published.
#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The oldest compiler that it promises to build with.
    pub(crate) rust_version: Option<String>,
    pub(crate) features: BTreeMap<String, Vec<String>>,
    targets: Vec<Target>,
    publish: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

impl Package {
    /// Whether others can call it.
    pub(crate) fn is_library(&self) -> bool {
        let mut kinds = self.targets.iter().flat_map(|target| &target.kind);
        kinds.any(|kind| kind == "lib")
    }
}

/// The packages that are published, by name.
pub(crate) fn published(root: &Path) -> Result<Vec<Package>, String> {
    let metadata = ["metadata", "--no-deps", "--format-version", "1", "--locked"];
    published_in(&output(command(root, "cargo", &metadata))?)
}

fn published_in(metadata: &str) -> Result<Vec<Package>, String> {
    let metadata: Metadata = serde_json::from_str(metadata)
        .map_err(|error| format!("cargo's metadata cannot be read: {error}"))?;
    let mut packages = metadata.packages;
    // `publish = false` is an empty list of registries.
    packages.retain(|package| package.publish.as_ref().is_none_or(|to| !to.is_empty()));
    packages.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(packages)
}

/// A package and the crates in its normal tree on this machine, each with its
/// version, as `cargo tree` writes them.
pub(crate) fn tree(folder: &Path, package: &str) -> Result<BTreeSet<String>, String> {
    let tree = [
        "tree",
        "--locked",
        "--edges=normal",
        "--prefix=none",
        "--package",
        package,
    ];
    Ok(crates_in(&output(command(folder, "cargo", &tree))?))
}

fn crates_in(tree: &str) -> BTreeSet<String> {
    // A crate that was shown before ends in a mark.
    let crates = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    crates
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `--package` and its name, for each.
pub(crate) fn selected<'a>(packages: impl IntoIterator<Item = &'a Package>) -> Vec<&'a str> {
    let packages = packages.into_iter();
    packages
        .flat_map(|package| ["--package", &package.name])
        .collect()
}

#[cfg(test)]
mod tests;
